//! Several changes in one request, each with its own outcome.

use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use axum::extract::State;
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use kizuna_access::{PersonId, Principal};
use kizuna_app::{AppError, Delivery, Node, Report, Target, Versions};
use kizuna_http::{Failure, Payload, Query, Server, Viewer, payload};
use kizuna_stix::Id;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::item::{self, Json};
use super::write::ITEMS;

/// Operations of one batch.
const OPERATIONS: usize = 1_000;
/// How long an answer is kept under its idempotency key.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);
const KEPT: &str = "batch";
/// Characters of an idempotency key.
const KEY_LENGTH: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Operation {
    Add(Add),
    Withdraw(Withdraw),
}

/// Objects that are one envelope.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Add {
    objects: Vec<Box<RawValue>>,
    label: Option<String>,
    collection: Option<Uuid>,
    reliability: Option<char>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Withdraw {
    id: Id,
    version: Option<Timestamp>,
}

/// What became of an operation. A failure of one leaves the others as they are.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    Added(Report),
    Withdrawn { versions: u64 },
    Failed(serde_json::Value),
}

#[derive(Serialize)]
struct Answer {
    dry_run: bool,
    outcomes: Vec<Outcome>,
}

/// An answer as it was given, for the same request again.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// SHA-256 of the body, in hex.
    body: String,
    answer: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchQuery {
    #[serde(default)]
    dry_run: bool,
}

pub(super) async fn batch(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<BatchQuery>,
    headers: HeaderMap,
    Payload(body): Payload,
) -> Result<Json, Failure> {
    let batch: Batch = payload::json(&body)?;
    if batch.operations.len() > OPERATIONS {
        return Err(Failure::too_large("the number of operations", OPERATIONS));
    }
    let objects = batch.operations.iter().map(|operation| match operation {
        Operation::Add(add) => add.objects.len(),
        Operation::Withdraw(_) => 0,
    });
    let cap = server.caps().objects;
    if objects.sum::<usize>() > cap {
        return Err(Failure::too_large("the number of objects", cap));
    }
    let key = idempotency_key(&headers)?.filter(|_| !query.dry_run);
    let work = move |node: &Node| match key {
        None => run(node, &viewer.principal, &batch, query.dry_run),
        Some(key) => once(node, &viewer.principal, &key, &body, &batch),
    };
    server.writing(work).await.map(Json)
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= KEY_LENGTH => Ok(Some(key.to_owned())),
        _ => Err(Failure::invalid(
            "Idempotency-Key",
            format!("must be a text of 1 to {KEY_LENGTH} characters"),
        )),
    }
}

/// Keys whose batch is under way, each with its person, in this process: the node's one.
static UNDER_WAY: LazyLock<Mutex<BTreeSet<(PersonId, String)>>> = LazyLock::new(Mutex::default);

/// Holds a key while its batch is under way.
struct UnderWay((PersonId, String));

impl UnderWay {
    fn begin(who: &Principal, key: &str) -> Result<Self, AppError> {
        let place = (who.person(), key.to_owned());
        let mut held = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
        if !held.insert(place.clone()) {
            return Err(AppError::Conflict(
                "the same batch is under way: ask again when it is done".to_owned(),
            ));
        }
        Ok(Self(place))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Runs a batch unless it ran before under this key.
fn once(node: &Node, who: &Principal, key: &str, body: &[u8], batch: &Batch) -> Result<String, AppError> {
    let _under_way = UnderWay::begin(who, key)?;
    let digest = hex::encode(Sha256::digest(body));
    let internal = |error: serde_json::Error| AppError::Internal(error.to_string());
    if let Some(kept) = node.kept(who, KEPT, key)? {
        let kept: Kept = serde_json::from_slice(&kept).map_err(internal)?;
        if kept.body != digest {
            return Err(AppError::Conflict("this idempotency key was used for another body".to_owned()));
        }
        return Ok(kept.answer);
    }
    let answer = run(node, who, batch, false)?;
    let kept = serde_json::to_vec(&Kept { body: digest, answer: answer.clone() }).map_err(internal)?;
    node.keep(who, KEPT, key, kept, node.now() + KEPT_FOR)?;
    Ok(answer)
}

fn run(node: &Node, who: &Principal, batch: &Batch, dry_run: bool) -> Result<String, AppError> {
    let mut outcomes = Vec::with_capacity(batch.operations.len());
    for operation in &batch.operations {
        let done = match operation {
            Operation::Add(add) => take_in(node, who, add, dry_run).map(Outcome::Added),
            Operation::Withdraw(withdraw) => {
                take_back(node, who, withdraw, dry_run).map(|versions| Outcome::Withdrawn { versions })
            }
        };
        outcomes.push(match done {
            Ok(outcome) => outcome,
            // Nobody any more, or no room on the disk: the rest would fail alike.
            Err(error @ (AppError::NotAuthenticated | AppError::Unavailable(_) | AppError::Internal(_))) => {
                return Err(error);
            }
            Err(error) => Outcome::Failed(Failure::from(error).problem(Uuid::nil())),
        });
    }
    item::write(&Answer { dry_run, outcomes })
}

fn take_in(node: &Node, who: &Principal, add: &Add, dry_run: bool) -> Result<Report, AppError> {
    let objects: Vec<&[u8]> = add.objects.iter().map(|object| object.get().as_bytes()).collect();
    let envelope = kizuna_taxii::Envelope::write(objects, None);
    let delivery = Delivery {
        target: add.collection.map_or(Target::Own, Target::Collection),
        label: add.label.as_deref(),
        reliability: add.reliability,
        items: ITEMS,
        ..Delivery::default()
    };
    if dry_run { node.dry_run(who, &envelope, &delivery) } else { node.ingest(who, &envelope, &delivery) }
}

fn take_back(node: &Node, who: &Principal, withdraw: &Withdraw, dry_run: bool) -> Result<u64, AppError> {
    if !dry_run {
        return node.withdraw(who, &withdraw.id, withdraw.version);
    }
    let own = node.read(who)?.own_versions(&withdraw.id, Versions::All)?;
    let is_meant = |given: &&jiff::Timestamp| withdraw.version.is_none_or(|version| **given == version);
    match own.iter().filter(is_meant).count() {
        0 => Err(AppError::NotFound),
        versions => Ok(versions as u64),
    }
}

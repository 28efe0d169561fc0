//! Adding objects, what became of them, and taking one's own back.

use axum::extract::{RawQuery, State};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use kizuna_app::{AppError, Delivery, ItemOutcome, ItemReport, Node, Report, Target, Versions};
use kizuna_http::{Failure, Path, Payload, Server, Viewer};
use kizuna_stix::Id;
use kizuna_taxii::message::Progress;
use kizuna_taxii::{Filter, Match, Status, StatusDetail};
use uuid::Uuid;

use super::answer::{Message, bytes, message};
use super::objects::read_filter;
use super::recent::Recent;
use super::roots::collection_in;

/// How long a status can be asked for.
const STATUS_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// More successes than this are counted and not listed: the standard lets a server leave the list out.
const SUCCESSES_LISTED: usize = 500;
/// Stands where an object said nothing that could be its id.
const NO_ID: &str = "unknown--00000000-0000-0000-0000-000000000000";
/// The kind under which statuses are kept.
const KEPT: &str = "taxii-status";

/// Adds objects. The work is done when this answers, so the status is complete; a bundle is taken as well, because
/// common clients send one.
pub(super) async fn objects(
    State(server): State<Server>,
    viewer: Viewer,
    Path((root, name)): Path<(String, String)>,
    Payload(body): Payload,
) -> Result<Message, Failure> {
    let who = viewer.principal.clone();
    let slug = root.clone();
    let limits = server.envelope();
    let work = move |node: &Node| {
        let collection = collection_in(node, &viewer, &root, &name)?;
        if !collection.can_write {
            return Err(AppError::Forbidden("this collection is only read".to_owned()));
        }
        let received = node.now();
        let delivery = Delivery {
            target: Target::Collection(collection.id),
            limits: Some(limits),
            items: usize::MAX,
            ..Delivery::default()
        };
        let report = node.ingest(&viewer.principal, &body, &delivery)?;
        Ok(status_of(&report, Uuid::new_v4(), received))
    };
    let status = server.writing(work).await.map_err(unprocessable)?;
    let written = serde_json::to_vec(&status).map_err(|error| AppError::Internal(error.to_string()))?;
    let place = format!("{slug}/{}", status.id);
    let recent = Recent::hold((who.person(), place.clone()), written.clone());
    let kept = written.clone();
    let expires = status.request_timestamp + STATUS_KEPT;
    tokio::spawn(async move {
        let keeping = server.writing(move |node| node.keep(&who, KEPT, &place, kept, expires)).await;
        if keeping.is_err() {
            tracing::warn!(status.id = %status.id, "a status could not be kept");
        }
        drop(recent);
    });
    Ok(bytes(written).status(StatusCode::ACCEPTED))
}

/// What became of objects that this viewer added. Another's status is not there.
pub(super) async fn status(
    State(server): State<Server>,
    viewer: Viewer,
    Path((root, id)): Path<(String, Uuid)>,
) -> Result<Message, Failure> {
    let place = format!("{root}/{id}");
    if let Some(status) = Recent::find(&(viewer.principal.person(), place.clone())) {
        return Ok(bytes(status));
    }
    let kept = server.blocking(move |node| node.kept(&viewer.principal, KEPT, &place)).await?;
    Ok(bytes(kept.ok_or(AppError::NotFound)?))
}

/// Narrows the viewer's own contributions to its member: nobody else's copy is touched.
pub(super) async fn delete(
    State(server): State<Server>,
    viewer: Viewer,
    Path((root, name, id)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Message, Failure> {
    let filter = read_filter(query.as_deref(), Match::OBJECT)?;
    let work = move |node: &Node| {
        let collection = collection_in(node, &viewer, &root, &name)?;
        if !collection.can_write {
            return Err(AppError::Forbidden("this collection is only read".to_owned()));
        }
        let id: Id = id.parse().map_err(|_| AppError::NotFound)?;
        if !filter.takes_spec_version("2.1") {
            return Err(AppError::NotFound);
        }
        let Some(versions) = named(&filter) else {
            return node.withdraw(&viewer.principal, &id, None).map(drop);
        };
        let found = node.read(&viewer.principal)?.own_versions(&id, versions)?;
        if found.is_empty() {
            return Err(AppError::NotFound);
        }
        for version in found {
            node.withdraw(&viewer.principal, &id, Some(version))?;
        }
        Ok(())
    };
    server.writing(work).await?;
    Ok(message(&serde_json::json!({})))
}

/// The versions that a deletion names; `None` for the whole object, which is what is meant where nothing is said
/// (§5.7).
fn named(filter: &Filter) -> Option<Versions> {
    let wanted = filter.versions.as_ref().filter(|wanted| !wanted.all)?;
    Some(Versions::Any { latest: wanted.last, first: wanted.first, at: wanted.at.clone() })
}

/// A body that is TAXII by its type and no envelope by its content is 422 (§5.5).
fn unprocessable(mut failure: Failure) -> Failure {
    if failure.status == StatusCode::BAD_REQUEST {
        let other = Failure::unprocessable("");
        (failure.status, failure.title) = (other.status, other.title);
    }
    failure
}

/// A report in TAXII's form. A duplicate is a success.
fn status_of(report: &Report, id: Uuid, received: Timestamp) -> Status {
    let is_failure = |item: &&ItemReport| item.outcome == ItemOutcome::Quarantined;
    let failures: Vec<StatusDetail> =
        report.items.iter().filter(is_failure).map(|item| detail(item, received)).collect();
    let success_count = report.stored + report.duplicates;
    let successes = if success_count <= SUCCESSES_LISTED {
        report.items.iter().filter(|item| !is_failure(item)).map(|item| detail(item, received)).collect()
    } else {
        Vec::new()
    };
    Status {
        id,
        status: Progress::Complete,
        request_timestamp: received,
        total_count: report.total as u64,
        success_count: success_count as u64,
        successes,
        failure_count: report.quarantined as u64,
        failures,
        pending_count: 0,
        pendings: Vec::new(),
    }
}

fn detail(item: &ItemReport, received: Timestamp) -> StatusDetail {
    let reasons: Vec<String> = item.faults.iter().map(ToString::to_string).collect();
    let message = Some(reasons.join("; ")).filter(|text| !text.is_empty());
    StatusDetail::new(item.id.as_deref().unwrap_or(NO_ID), item.version.unwrap_or(received), message)
}

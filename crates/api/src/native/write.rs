//! Taking in objects, and taking one's own back.

use axum::extract::State;
use jiff::Timestamp;
use kizuna_app::{Delivery, ItemOutcome, Node, Report, Target};
use kizuna_http::{Failure, Path, Payload, Place, Query, Server, Viewer};
use serde::Deserialize;
use uuid::Uuid;

use super::item::{self, Json};
use super::objects::id;

/// Objects of which a report tells one by one.
pub(super) const ITEMS: usize = 10_000;
/// Faults that one answer lists.
const PLACES: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AddQuery {
    collection: Option<Uuid>,
    label: Option<String>,
    reliability: Option<char>,
    #[serde(default)]
    dry_run: bool,
}

pub(super) async fn add(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<AddQuery>,
    Payload(body): Payload,
) -> Result<Json, Failure> {
    let limits = server.envelope();
    let work = move |node: &Node| {
        let delivery = Delivery {
            limits: Some(limits),
            target: query.collection.map_or(Target::Own, Target::Collection),
            label: query.label.as_deref(),
            reliability: query.reliability,
            items: ITEMS,
            ..Delivery::default()
        };
        if query.dry_run {
            return node.dry_run(&viewer.principal, &body, &delivery);
        }
        node.ingest(&viewer.principal, &body, &delivery)
    };
    let report = server.writing(work).await?;
    if report.total > 0 && report.quarantined == report.total {
        return Err(all_refused(&report));
    }
    Ok(Json(item::write(&report)?))
}

/// Nothing of an envelope could be accepted: each fault with its exact place in the body.
fn all_refused(report: &Report) -> Failure {
    let refused =
        report.items.iter().enumerate().filter(|(_, item)| item.outcome == ItemOutcome::Quarantined);
    let places = refused.flat_map(|(index, item)| {
        let root = if report.total == 1 { "$".to_owned() } else { format!("$.objects[{index}]") };
        item.faults.iter().map(move |fault| Place {
            path: format!("{root}{}", fault.path.strip_prefix('$').unwrap_or(&fault.path)),
            rule: fault.rule.clone(),
        })
    });
    let places = places.take(PLACES).collect();
    let mut failure =
        Failure::unprocessable("nothing could be accepted; it lies in quarantine as it was sent");
    failure.places = places;
    failure
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WithdrawQuery {
    version: Option<Timestamp>,
}

pub(super) async fn withdraw(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
    Query(query): Query<WithdrawQuery>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        let versions = node.withdraw(&viewer.principal, &id(&text)?, query.version)?;
        item::write(&serde_json::json!({ "versions": versions }))
    };
    server.writing(work).await.map(Json)
}

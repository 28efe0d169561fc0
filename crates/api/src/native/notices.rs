//! Alerts, receipts, requests and requirements.

use std::num::NonZeroUsize;

use axum::extract::State;
use jiff::Timestamp;
use kizuna_access::MemberId;
use kizuna_access::alert::Urgency;
use kizuna_access::receipt::{By, Receipt, State as Reached};
use kizuna_app::alerts::{self, NewAlert, Way};
use kizuna_app::receipts::NewReceipt;
use kizuna_app::requests::{self, NewAnswer, NewRequest};
use kizuna_app::requirements::NewRequirement;
use kizuna_app::{AppError, Item, Node, Reading};
use kizuna_http::registry::native as paths;
use kizuna_http::{Failure, Json as Body, Path, Query, Routes, Server, Viewer};
use kizuna_stix::Id;
use serde::{Deserialize, Serialize};

use super::directory::{List, change};
use super::item::{self, Json, Page};
use super::objects::{PageQuery, answer, capped, id};

pub(super) fn routes() -> Routes {
    Routes::new()
        .add(&paths::ALERTS, alerts)
        .add(&paths::SEND_ALERT, send_alert)
        .add(&paths::PROTECTION, protection)
        .add(&paths::ALERT_OF, alert)
        .add(&paths::READ_ALERT, read_alert)
        .add(&paths::RECEIPTS, receipts)
        .add(&paths::RECEIPTS_OF, receipts_of)
        .add(&paths::GIVE_RECEIPT, give_receipt)
        .add(&paths::REQUESTS, requests)
        .add(&paths::ASK, ask)
        .add(&paths::REQUEST_OF, request)
        .add(&paths::ANSWER, answer_request)
        .add(&paths::PROPOSE_ONWARD, propose_onward)
        .add(&paths::REQUIREMENTS, requirements)
        .add(&paths::REQUIRE, require)
        .add(&paths::HITS, hits)
        .add(&paths::SET_INDUSTRIES, set_industries)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlertsQuery {
    urgency: Option<Urgency>,
    way: Option<Way>,
    #[serde(default)]
    open: bool,
    limit: Option<NonZeroUsize>,
    cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LabelQuery {
    label: Option<String>,
}

pub(super) async fn alerts(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<AlertsQuery>,
) -> Result<Json, Failure> {
    let limit = capped(query.limit, &server);
    let read = move |reading: Reading| {
        let AlertsQuery { urgency, way, open, cursor, .. } = query;
        let wanted = alerts::Wanted { urgency, way, open };
        let found = reading.alerts(&wanted, cursor.as_deref(), limit)?;
        item::write(&Page::of(found, |listed| listed.line(&reading)))
    };
    answer(&server, viewer, read).await
}

pub(super) async fn send_alert(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<LabelQuery>,
    Body(new): Body<NewAlert>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        let id = node.send_alert(&viewer.principal, &new, query.label.as_deref())?;
        let reading = node.read(&viewer.principal)?;
        item::write(&reading.alert(&id)?.info(&reading))
    };
    server.writing(work).await.map(Json)
}

pub(super) async fn alert(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
) -> Result<Json, Failure> {
    let read = move |reading: Reading| item::write(&reading.alert(&id(&text)?)?.info(&reading));
    answer(&server, viewer, read).await
}

pub(super) async fn read_alert(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        let shown = node.open_alert(&viewer.principal, &id(&text)?)?;
        item::write(&shown.info(&node.read(&viewer.principal)?))
    };
    server.writing(work).await.map(Json)
}

pub(super) async fn protection(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    answer(&server, viewer, |reading| item::write(&List { items: reading.protection()? })).await
}

/// A receipt of any object.
#[derive(Serialize)]
struct ReceiptRow {
    id: Id,
    object_ref: Id,
    /// Nothing where it is anonymous.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<MemberId>,
    state: Reached,
    since: Timestamp,
    last: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl ReceiptRow {
    fn of((receipt, _): (Receipt, Item)) -> Self {
        let by = match receipt.by {
            By::Member(member) => Some(member),
            By::Anonymous { .. } => None,
        };
        Self {
            id: receipt.id,
            object_ref: receipt.object_ref,
            by,
            state: receipt.state,
            since: receipt.created,
            last: receipt.modified,
            count: receipt.count,
            note: receipt.note,
        }
    }
}

pub(super) async fn receipts(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<PageQuery>,
) -> Result<Json, Failure> {
    let limit = capped(query.limit, &server);
    let read = move |reading: Reading| {
        let found = reading.newest_receipts(query.cursor.as_deref(), limit)?;
        item::write(&Page::of(found, ReceiptRow::of))
    };
    answer(&server, viewer, read).await
}

pub(super) async fn receipts_of(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
) -> Result<Json, Failure> {
    answer(&server, viewer, move |reading| item::write(&reading.receipts_of(&id(&text)?)?.info())).await
}

pub(super) async fn give_receipt(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
    Body(new): Body<NewReceipt>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        let id = id(&text)?;
        node.give_receipt(&viewer.principal, &id, &new)?;
        item::write(&node.read(&viewer.principal)?.receipts_of(&id)?.info())
    };
    server.writing(work).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestsQuery {
    way: Option<Way>,
    #[serde(default)]
    open: bool,
    limit: Option<NonZeroUsize>,
    cursor: Option<String>,
}

pub(super) async fn requests(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<RequestsQuery>,
) -> Result<Json, Failure> {
    let limit = capped(query.limit, &server);
    let read = move |reading: Reading| {
        let wanted = requests::Wanted { way: query.way, open: query.open };
        let found = reading.requests(&wanted, query.cursor.as_deref(), limit)?;
        item::write(&Page::of(found, |shown| shown.info(&reading)))
    };
    answer(&server, viewer, read).await
}

pub(super) async fn ask(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<LabelQuery>,
    Body(new): Body<NewRequest>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        let id = node.ask(&viewer.principal, &new, query.label.as_deref())?;
        let reading = node.read(&viewer.principal)?;
        item::write(&reading.request(&id)?.info(&reading))
    };
    server.writing(work).await.map(Json)
}

pub(super) async fn request(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
) -> Result<Json, Failure> {
    let read = move |reading: Reading| item::write(&reading.request(&id(&text)?)?.info(&reading));
    answer(&server, viewer, read).await
}

pub(super) async fn answer_request(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
    Query(query): Query<LabelQuery>,
    Body(new): Body<NewAnswer>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        let id = id(&text)?;
        node.answer(&viewer.principal, &id, &new, query.label.as_deref())?;
        let reading = node.read(&viewer.principal)?;
        item::write(&reading.request(&id)?.info(&reading))
    };
    server.writing(work).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BasisQuery {
    basis: Option<String>,
}

pub(super) async fn propose_onward(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
    Query(query): Query<BasisQuery>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        item::write(&node.propose_onward(&viewer.principal, &id(&text)?, query.basis.as_deref())?)
    };
    server.writing(work).await.map(Json)
}

pub(super) async fn requirements(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    let read = |reading: Reading| {
        let found = reading.requirements()?;
        let items = found.iter().map(|shown| shown.info(&reading)).collect();
        item::write(&List { items })
    };
    answer(&server, viewer, read).await
}

pub(super) async fn require(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<LabelQuery>,
    Body(new): Body<NewRequirement>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        let id = node.require(&viewer.principal, &new, query.label.as_deref())?;
        let reading = node.read(&viewer.principal)?;
        item::write(&reading.requirement(&id)?.info(&reading))
    };
    server.writing(work).await.map(Json)
}

pub(super) async fn hits(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Json, Failure> {
    let limit = capped(query.limit, &server);
    let read =
        move |reading: Reading| item::list(reading.hits(&id(&text)?, query.cursor.as_deref(), limit)?);
    answer(&server, viewer, read).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectorsBody {
    sectors: Vec<String>,
}

pub(super) async fn set_industries(
    State(server): State<Server>,
    viewer: Viewer,
    Path(member): Path<MemberId>,
    Body(body): Body<SectorsBody>,
) -> Result<Json, Failure> {
    let set = move |people: kizuna_app::People<'_>| -> Result<_, AppError> {
        people.set_industries(member, &body.sectors)
    };
    change(&server, viewer, set).await
}

//! Tear-lines, forecasts, and looking as others.

use std::num::NonZeroUsize;

use axum::extract::State;
use jiff::Timestamp;
use kizuna_access::{MemberId, PersonId};
use kizuna_app::as_seen::Eyes;
use kizuna_app::forecast::Change;
use kizuna_app::tearline::{Order, Tearline};
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Json as Body, Path, Query, Server, Viewer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::item::{self, Json};
use super::objects::{capped, id};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TearlineQuery {
    #[serde(default)]
    dry_run: bool,
}

/// A tear-line as programs read it.
#[derive(Serialize)]
struct Written<'a> {
    label: String,
    /// The label of the drafts: what all sources ask together.
    high: String,
    objects: Vec<&'a RawValue>,
    torn: &'a [kizuna_app::tearline::Torn],
    findings: &'a [kizuna_app::betrayal::Finding],
    record: &'a kizuna_stix::Id,
}

pub(super) async fn tearline(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<TearlineQuery>,
    Body(order): Body<Order>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        let who = &viewer.principal;
        let made = if query.dry_run { node.tearline(who, &order)? } else { node.make_tearline(who, &order)? };
        let reading = node.read(who)?;
        item::write(&written(&made, &reading)?)
    };
    server.writing(work).await.map(Json)
}

fn written<'a>(made: &'a Tearline, reading: &kizuna_app::Reading) -> Result<Written<'a>, AppError> {
    let raw = |object: &'a kizuna_stix::Object| {
        serde_json::from_slice::<&RawValue>(object.canonical())
            .map_err(|error| AppError::Internal(format!("an object is no JSON: {error}")))
    };
    Ok(Written {
        label: reading.label_text(&made.label),
        high: reading.label_text(&made.high),
        objects: made.low.iter().map(raw).collect::<Result<_, _>>()?,
        torn: &made.torn,
        findings: &made.findings,
        record: made.record.id(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ForecastQuery {
    at: Option<Timestamp>,
}

pub(super) async fn forecast(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<ForecastQuery>,
    Body(change): Body<Change>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| item::write(&node.foresee(&viewer.principal, &change, query.at)?);
    server.blocking(work).await.map(Json)
}

/// Whose eyes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EyesQuery {
    person: Option<PersonId>,
    member: Option<MemberId>,
}

impl EyesQuery {
    /// Nothing where nobody is named.
    pub(super) fn eyes(&self) -> Result<Option<Eyes>, Failure> {
        match (self.person, self.member) {
            (None, None) => Ok(None),
            (Some(person), None) => Ok(Some(Eyes::Person(person))),
            (None, Some(member)) => Ok(Some(Eyes::Member(member))),
            (Some(_), Some(_)) => Err(one_viewer()),
        }
    }
}

fn one_viewer() -> Failure {
    Failure::invalid("?person", "takes a person or a member, and not both")
}

pub(super) async fn as_seen(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
    Query(eyes): Query<EyesQuery>,
) -> Result<Json, Failure> {
    let eyes = eyes.eyes()?.ok_or_else(one_viewer)?;
    let work = move |node: &Node| item::write(&node.as_seen(&viewer.principal, &id(&text)?, eyes)?);
    server.blocking(work).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeenQuery {
    person: Option<PersonId>,
    member: Option<MemberId>,
    limit: Option<NonZeroUsize>,
    cursor: Option<String>,
}

pub(super) async fn list_as_seen(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<SeenQuery>,
) -> Result<Json, Failure> {
    let SeenQuery { person, member, limit, cursor } = query;
    let eyes = EyesQuery { person, member }.eyes()?.ok_or_else(one_viewer)?;
    let limit = capped(limit, &server);
    let work = move |node: &Node| {
        let (_, page) = node.list_as_seen(&viewer.principal, eyes, cursor.as_deref(), limit)?;
        item::list(page)
    };
    server.blocking(work).await.map(Json)
}

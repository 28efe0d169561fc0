//! Releases.

use axum::extract::State;
use http::StatusCode;
use kizuna_access::release::{Direct, Needs, On, Refusal};
use kizuna_app::release::meaning::State as Stage;
use kizuna_app::release::{Filter, Proposal, RuleShown, Shown};
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Json as Body, Path, Payload, Query, Server, Viewer, payload};
use kizuna_stix::Id;
use serde::{Deserialize, Serialize};

use super::item::{self, Json};

/// The most releases in one answer.
const MOST: usize = 1_000;
const DEFAULT: usize = 100;

#[derive(Serialize)]
struct List<T> {
    items: Vec<T>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    state: Option<Stage>,
    #[serde(default)]
    open: bool,
    #[serde(default)]
    own: bool,
    limit: Option<usize>,
}

pub(super) async fn list(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<ListQuery>,
) -> Result<Json, Failure> {
    let ListQuery { state, open, own, limit } = query;
    let limit = limit.unwrap_or(DEFAULT).clamp(1, MOST);
    let filter = Filter { state, open, own };
    let work =
        move |node: &Node| item::write(&List { items: node.releases(&viewer.principal, &filter, limit)? });
    server.blocking(work).await.map(Json)
}

pub(super) async fn one(
    State(server): State<Server>,
    viewer: Viewer,
    Path(id): Path<Id>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| item::write(&node.show_release(&viewer.principal, &id)?);
    server.blocking(work).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProposeQuery {
    #[serde(default)]
    dry_run: bool,
}

pub(super) async fn propose(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<ProposeQuery>,
    Body(proposal): Body<Proposal>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        let who = &viewer.principal;
        if query.dry_run {
            return item::write(&node.preview_release(who, &proposal)?);
        }
        item::write(&node.propose_release(who, &proposal)?)
    };
    server.writing(work).await.map(Json)
}

pub(super) async fn amend(
    State(server): State<Server>,
    viewer: Viewer,
    Path(id): Path<Id>,
    Body(proposal): Body<Proposal>,
) -> Result<Json, Failure> {
    step(&server, viewer, move |node, viewer| node.amend_release(&viewer.principal, &id, &proposal)).await
}

pub(super) async fn propose_draft(
    State(server): State<Server>,
    viewer: Viewer,
    Path(id): Path<Id>,
) -> Result<Json, Failure> {
    step(&server, viewer, move |node, viewer| node.propose_draft(&viewer.principal, &id)).await
}

pub(super) async fn approve(
    State(server): State<Server>,
    viewer: Viewer,
    Path(id): Path<Id>,
) -> Result<Json, Failure> {
    step(&server, viewer, move |node, viewer| node.approve_release(&viewer.principal, &id)).await
}

pub(super) async fn take_back(
    State(server): State<Server>,
    viewer: Viewer,
    Path(id): Path<Id>,
) -> Result<Json, Failure> {
    step(&server, viewer, move |node, viewer| node.take_back_approval(&viewer.principal, &id)).await
}

pub(super) async fn reject(
    State(server): State<Server>,
    viewer: Viewer,
    Path(id): Path<Id>,
    Body(refusal): Body<Refusal>,
) -> Result<Json, Failure> {
    step(&server, viewer, move |node, viewer| node.reject_release(&viewer.principal, &id, refusal)).await
}

pub(super) async fn withdraw(
    State(server): State<Server>,
    viewer: Viewer,
    Path(id): Path<Id>,
    Payload(bytes): Payload,
) -> Result<Json, Failure> {
    let refusal: Option<Refusal> = if bytes.is_empty() { None } else { Some(payload::json(&bytes)?) };
    step(&server, viewer, move |node, viewer| node.withdraw_release(&viewer.principal, &id, refusal)).await
}

/// One step; the answer is the release as it stands then.
async fn step<F>(server: &Server, viewer: Viewer, take: F) -> Result<Json, Failure>
where
    F: FnOnce(&Node, &Viewer) -> Result<Shown, AppError> + Send + 'static,
{
    server.writing(move |node: &Node| item::write(&take(node, &viewer)?)).await.map(Json)
}

pub(super) async fn report(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    let work = move |node: &Node| item::write(&node.release_report(&viewer.principal)?);
    server.blocking(work).await.map(Json)
}

pub(super) async fn rules(State(server): State<Server>, _viewer: Viewer) -> Result<Json, Failure> {
    let work = move |node: &Node| item::write(&List::<RuleShown> { items: node.release_rules()? });
    server.blocking(work).await.map(Json)
}

/// A rule to be set; without `releasers` it goes back to its default.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRule {
    on: String,
    releasers: Option<u8>,
    #[serde(default)]
    originator: bool,
    direct: Option<Direct>,
    #[serde(default)]
    basis: bool,
}

pub(super) async fn set_rule(
    State(server): State<Server>,
    viewer: Viewer,
    Body(rule): Body<NewRule>,
) -> Result<StatusCode, Failure> {
    let on: On = rule.on.parse().map_err(|error| Failure::invalid("$.on", format!("{error}")))?;
    let direct = rule.direct.unwrap_or(Direct::Nobody);
    let NewRule { originator, basis, .. } = rule;
    let needs = rule.releasers.map(|releasers| Needs { releasers, originator, direct, basis });
    server.writing(move |node: &Node| node.set_release_rule(&viewer.caller(), on, needs)).await?;
    Ok(StatusCode::NO_CONTENT)
}

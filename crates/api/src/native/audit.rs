//! The audit, and what takes two people: changes of rights, erasure.

use std::num::NonZeroUsize;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use jiff::Timestamp;
use kizuna_access::rights::{Clearance, Holder, Proposed};
use kizuna_app::audit::AuditQuestion;
use kizuna_app::erasure::ErasureRequest;
use kizuna_app::people::Proposal;
use kizuna_app::{AppError, People};
use kizuna_http::{Failure, Json as Body, Path, Query, Server, Viewer};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::item::{self, Json, Page};
use super::objects::{capped, id};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AuditQuery {
    action: Option<String>,
    actor: Option<String>,
    object: Option<String>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
    limit: Option<NonZeroUsize>,
    cursor: Option<String>,
}

pub(super) async fn list(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<AuditQuery>,
) -> Result<Json, Failure> {
    let limit = capped(query.limit, &server);
    let work = move |node: &kizuna_app::Node| {
        let AuditQuery { action, actor, object, after, before, cursor, .. } = query;
        let asked = AuditQuestion { action, actor, object, after, before };
        let found = node.read(&viewer.principal)?.audit(&asked, cursor.as_deref(), limit)?;
        item::write(&Page::of(found, |shown| shown))
    };
    server.blocking(work).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Between {
    after: Option<Timestamp>,
    before: Option<Timestamp>,
}

pub(super) async fn export(
    State(server): State<Server>,
    viewer: Viewer,
    Query(between): Query<Between>,
) -> Result<Response, Failure> {
    let work = move |node: &kizuna_app::Node| {
        let mut file = Vec::new();
        node.export_audit(&viewer.principal, between.after, between.before, &mut file)?;
        Ok(file)
    };
    let file = server.blocking(work).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.jsonl\""),
    ];
    Ok((headers, file).into_response())
}

/// Changes rights as the viewer may; there is nothing to answer with.
async fn done<F>(server: &Server, viewer: Viewer, change: F) -> Result<StatusCode, Failure>
where
    F: FnOnce(People<'_>) -> Result<(), AppError> + Send + 'static,
{
    server.writing(move |node| change(node.people(viewer.caller()))).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Above {
    above: String,
}

pub(super) async fn record_reads(
    State(server): State<Server>,
    viewer: Viewer,
    Body(new): Body<Above>,
) -> Result<StatusCode, Failure> {
    done(&server, viewer, move |people| people.record_reads_above(&new.above)).await
}

pub(super) async fn proposals(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    #[derive(Serialize)]
    struct List {
        items: Vec<Proposal>,
    }
    let work = move |node: &kizuna_app::Node| {
        item::write(&List { items: node.people(viewer.caller()).proposals()? })
    };
    server.blocking(work).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewProposal {
    change: Proposed,
    reason: String,
}

pub(super) async fn propose(
    State(server): State<Server>,
    viewer: Viewer,
    Body(new): Body<NewProposal>,
) -> Result<Json, Failure> {
    let work = move |node: &kizuna_app::Node| {
        item::write(&node.people(viewer.caller()).propose(new.change, &new.reason)?)
    };
    server.writing(work).await.map(Json)
}

pub(super) async fn confirm(
    State(server): State<Server>,
    viewer: Viewer,
    Path(proposal): Path<Uuid>,
) -> Result<StatusCode, Failure> {
    done(&server, viewer, move |people| people.confirm(proposal)).await
}

pub(super) async fn drop_proposal(
    State(server): State<Server>,
    viewer: Viewer,
    Path(proposal): Path<Uuid>,
) -> Result<StatusCode, Failure> {
    done(&server, viewer, move |people| people.drop_proposal(proposal)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewClearance {
    holder: Holder,
    clearance: Clearance,
}

pub(super) async fn clear(
    State(server): State<Server>,
    viewer: Viewer,
    Body(new): Body<NewClearance>,
) -> Result<StatusCode, Failure> {
    done(&server, viewer, move |people| people.clear(new.holder, new.clearance)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewErasure {
    object: String,
    version: Option<Timestamp>,
    reason: String,
    basis: String,
}

pub(super) async fn erasures(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    #[derive(Serialize)]
    struct List {
        items: Vec<ErasureRequest>,
    }
    let work = move |node: &kizuna_app::Node| item::write(&List { items: node.erasures(&viewer.principal)? });
    server.blocking(work).await.map(Json)
}

pub(super) async fn ask_to_erase(
    State(server): State<Server>,
    viewer: Viewer,
    Body(new): Body<NewErasure>,
) -> Result<Json, Failure> {
    let work = move |node: &kizuna_app::Node| {
        let object = id(&new.object)?;
        let asked = node.ask_to_erase(&viewer.principal, &object, new.version, &new.reason, &new.basis)?;
        item::write(&asked)
    };
    server.writing(work).await.map(Json)
}

pub(super) async fn confirm_erasure(
    State(server): State<Server>,
    viewer: Viewer,
    Path(request): Path<Uuid>,
) -> Result<Json, Failure> {
    let work = move |node: &kizuna_app::Node| {
        let erased = node.confirm_erasure(&viewer.principal, request)?;
        item::write(&serde_json::json!({ "erased": erased }))
    };
    server.writing(work).await.map(Json)
}

pub(super) async fn drop_erasure(
    State(server): State<Server>,
    viewer: Viewer,
    Path(request): Path<Uuid>,
) -> Result<StatusCode, Failure> {
    server.writing(move |node| node.drop_erasure(&viewer.principal, request)).await?;
    Ok(StatusCode::NO_CONTENT)
}

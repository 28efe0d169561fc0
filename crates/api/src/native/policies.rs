//! Security policies, and labels in every form.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use kizuna_access::form::Form;
use kizuna_app::agreements::NewAgreement;
use kizuna_app::{AppError, Node, Target};
use kizuna_http::{Failure, Json as Body, Path, Payload, Query, Server, Viewer};
use serde::Deserialize;
use uuid::Uuid;

use super::directory::{List, change, read};
use super::item::{self, Json};

pub(super) async fn list(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    read(&server, viewer, |people| Ok(List { items: people.policies()? })).await
}

pub(super) async fn one(
    State(server): State<Server>,
    viewer: Viewer,
    Path(policy): Path<String>,
) -> Result<Json, Failure> {
    read(&server, viewer, move |people| people.policy(&policy)).await
}

pub(super) async fn file(
    State(server): State<Server>,
    viewer: Viewer,
    Path(policy): Path<String>,
) -> Result<Response, Failure> {
    let text = server.blocking(move |node| node.people(viewer.caller()).policy_file(&policy)).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/xml"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"policy.xml\""),
    ];
    Ok((headers, text).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct With {
    with: String,
}

pub(super) async fn difference(
    State(server): State<Server>,
    viewer: Viewer,
    Path(policy): Path<String>,
    Query(With { with }): Query<With>,
) -> Result<Json, Failure> {
    read(&server, viewer, move |people| Ok(List { items: people.policy_difference(&policy, &with)? })).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trial {
    #[serde(default)]
    dry_run: bool,
}

pub(super) async fn import(
    State(server): State<Server>,
    viewer: Viewer,
    Query(Trial { dry_run }): Query<Trial>,
    Payload(bytes): Payload,
) -> Result<Json, Failure> {
    if dry_run {
        return read(&server, viewer, move |people| people.try_policy(&bytes)).await;
    }
    change(&server, viewer, move |people| people.import_policy(&bytes)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    label: String,
    form: String,
}

pub(super) async fn label_form(
    State(server): State<Server>,
    viewer: Viewer,
    Query(Wanted { label, form }): Query<Wanted>,
) -> Result<Json, Failure> {
    let form = Form::from_word(&form)
        .ok_or_else(|| Failure::invalid("?form", "one of words, 4774, json, stix, acs"))?;
    read(&server, viewer, move |people| people.label_in(&label, form)).await
}

pub(super) async fn agreements(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    let list = move |node: &Node| item::write(&List { items: node.read(&viewer.principal)?.agreements()? });
    server.blocking(list).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Under {
    label: Option<String>,
}

pub(super) async fn add_agreement(
    State(server): State<Server>,
    viewer: Viewer,
    Query(Under { label }): Query<Under>,
    Body(new): Body<NewAgreement>,
) -> Result<Json, Failure> {
    let add = move |node: &Node| {
        let id = node.add_agreement(&viewer.caller(), &new, label.as_deref())?;
        item::write(&serde_json::json!({ "id": id }))
    };
    server.writing(add).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    #[serde(default)]
    label: String,
    collection: Option<Uuid>,
}

pub(super) async fn reach(
    State(server): State<Server>,
    viewer: Viewer,
    Query(Given { label, collection }): Query<Given>,
) -> Result<Json, Failure> {
    let target = collection.map_or(Target::Own, Target::Collection);
    read(&server, viewer, move |people| people.reach_through(target, &label)).await
}

pub(super) async fn read_label(
    State(server): State<Server>,
    viewer: Viewer,
    Payload(bytes): Payload,
) -> Result<Json, Failure> {
    read(&server, viewer, move |people| {
        let text = std::str::from_utf8(&bytes).map_err(|_| AppError::invalid("$", "a label is UTF-8"))?;
        people.read_label(text)
    })
    .await
}

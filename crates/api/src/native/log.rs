//! The log: how it stands, proofs, partners.

use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use kizuna_app::log::NewWitness;
use kizuna_http::registry::log::TEXT;
use kizuna_http::registry::native as paths;
use kizuna_http::{Failure, Json as Body, Path, Routes, Server, Viewer};
use serde::Deserialize;

use super::directory::{change, done, read};
use super::item::{self, Json};
use super::objects::id;

pub(super) fn routes() -> Routes {
    Routes::new()
        .add(&paths::LOG_STATUS, status)
        .add(&paths::LOG_PROOF, proof)
        .add(&paths::LOG_PARTNERS, partners)
        .add(&paths::ADD_WITNESS, add_witness)
        .add(&paths::REMOVE_WITNESS, remove_witness)
        .add(&paths::FOLLOW_LOG, follow)
        .add(&paths::UNFOLLOW_LOG, unfollow)
        .add(&paths::RENEW_LOG, renew)
}

async fn status(State(server): State<Server>, _: Viewer) -> Result<Json, Failure> {
    server.blocking(|node| item::write(&node.log_status()?)).await.map(Json)
}

async fn proof(
    State(server): State<Server>,
    viewer: Viewer,
    Path((object, version)): Path<(String, String)>,
) -> Result<impl IntoResponse, Failure> {
    let proof = server
        .blocking(move |node| {
            let version = match version.as_str() {
                "latest" => None,
                text => Some(text.parse().map_err(|_| kizuna_app::AppError::NotFound)?),
            };
            Ok(node.log_proof(&viewer.principal, &id(&object)?, version)?.to_string())
        })
        .await?;
    Ok(([(CONTENT_TYPE, TEXT)], proof))
}

async fn partners(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    read(&server, viewer, |people| people.log_partners()).await
}

async fn add_witness(
    State(server): State<Server>,
    viewer: Viewer,
    Body(new): Body<NewWitness>,
) -> Result<Json, Failure> {
    change(&server, viewer, move |people| people.add_witness(new)).await
}

async fn remove_witness(
    State(server): State<Server>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Result<StatusCode, Failure> {
    done(&server, viewer, move |people| people.remove_witness(&name)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewFollowed {
    name: String,
    key: String,
}

async fn follow(
    State(server): State<Server>,
    viewer: Viewer,
    Body(new): Body<NewFollowed>,
) -> Result<Json, Failure> {
    change(&server, viewer, move |people| people.follow_log(&new.name, &new.key)).await
}

async fn unfollow(
    State(server): State<Server>,
    viewer: Viewer,
    Path(origin): Path<String>,
) -> Result<StatusCode, Failure> {
    done(&server, viewer, move |people| people.unfollow_log(&origin)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Renewed {
    origin: Option<String>,
}

async fn renew(
    State(server): State<Server>,
    viewer: Viewer,
    Body(asked): Body<Renewed>,
) -> Result<Json, Failure> {
    change(&server, viewer, move |people| {
        let key = people.renew_log(asked.origin.as_deref())?;
        Ok(serde_json::json!({ "key": key.to_string() }))
    })
    .await
}

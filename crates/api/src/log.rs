//! The node's log, under `/log/`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use kizuna_app::AppError;
use kizuna_app::tlog::Tile;
use kizuna_http::registry::log::{ADD_CHECKPOINT, CHECKPOINT, CONSISTENCY, KEY, OCTETS, TEXT, TILE};
use kizuna_http::{Failure, Path, Payload, Routes, Server, Viewer};

/// What is under a leaf stays as it is; what a viewer may ask is his own affair.
const FOR_EVER: &str = "private, max-age=31536000, immutable";

pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(&CHECKPOINT, checkpoint)
        .add(&KEY, key)
        .add(&TILE, tile)
        .add(&CONSISTENCY, consistency)
        .add(&ADD_CHECKPOINT, add_checkpoint)
}

async fn checkpoint(State(server): State<Server>, _: Viewer) -> Result<impl IntoResponse, Failure> {
    let note = server.blocking(|node| Ok(node.log_checkpoint()?.to_string())).await?;
    Ok(([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")], note))
}

async fn key(State(server): State<Server>, _: Viewer) -> Result<impl IntoResponse, Failure> {
    let key = server.blocking(|node| Ok(format!("{}\n", node.log_verifier()?))).await?;
    Ok(([(CONTENT_TYPE, TEXT)], key))
}

async fn tile(
    State(server): State<Server>,
    _: Viewer,
    Path(place): Path<String>,
) -> Result<impl IntoResponse, Failure> {
    let octets = server
        .blocking(move |node| match place.strip_prefix("entries/") {
            Some(index) => node.log_entries(Tile::at_level(0, index).map_err(|_| AppError::NotFound)?),
            None => node.log_tile(place.parse().map_err(|_| AppError::NotFound)?),
        })
        .await?;
    Ok(([(CONTENT_TYPE, OCTETS), (CACHE_CONTROL, FOR_EVER)], octets))
}

async fn consistency(
    State(server): State<Server>,
    _: Viewer,
    Path((old, size)): Path<(u64, u64)>,
) -> Result<impl IntoResponse, Failure> {
    let proof = server.blocking(move |node| node.log_consistency(old, size)).await?;
    Ok(([(CONTENT_TYPE, TEXT)], proof))
}

async fn add_checkpoint(
    State(server): State<Server>,
    _: Viewer,
    Payload(body): Payload,
) -> Result<Response, Failure> {
    let answered = server.writing(move |node| node.add_checkpoint(&body)).await?;
    let mut response = answered.body.into_response();
    *response.status_mut() = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::BAD_REQUEST);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(answered.media));
    Ok(response)
}

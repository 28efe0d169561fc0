//! Whether the node runs and its store answers.

use axum::extract::State;
use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;
use kizuna_http::registry::node::{HEALTHZ, METRICS, METRICS_MEDIA, READYZ};
use kizuna_http::{Failure, Routes, Server};

pub(crate) fn routes() -> Routes {
    Routes::new().add(&HEALTHZ, health).add(&READYZ, ready).add(&METRICS, metrics)
}

async fn health() -> &'static str {
    "ok\n"
}

async fn ready(State(server): State<Server>) -> Result<&'static str, Failure> {
    server.blocking(|node| node.directory().map(drop)).await?;
    Ok("ok\n")
}

async fn metrics(State(server): State<Server>) -> Result<impl IntoResponse, Failure> {
    Ok(([(CONTENT_TYPE, METRICS_MEDIA)], server.metrics_text().await?))
}

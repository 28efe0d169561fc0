//! Whether the node runs and its store answers.

use axum::extract::State;
use kizuna_http::registry::node::{HEALTHZ, READYZ};
use kizuna_http::{Failure, Routes, Server};

pub(crate) fn routes() -> Routes {
    Routes::new().add(&HEALTHZ, health).add(&READYZ, ready)
}

async fn health() -> &'static str {
    "ok\n"
}

async fn ready(State(server): State<Server>) -> Result<&'static str, Failure> {
    server.blocking(|node| node.directory().map(drop)).await?;
    Ok("ok\n")
}

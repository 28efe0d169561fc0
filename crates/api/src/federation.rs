//! What nodes say to one another, under `/federation/`.

use axum::extract::State;
use kizuna_app::peers::{Begin, Binding, Hello, Proof, Reply};
use kizuna_app::{AppError, Node};
use kizuna_http::registry::federation::{ENROL, ENROL_PROOF, HELLO, TELL, TRANSPORT};
use kizuna_http::{Failure, Json, Presented, Routes, Server, Viewer};
use serde::Deserialize;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(&HELLO, hello)
        .add(&TELL, tell)
        .add(&ENROL, enrol)
        .add(&ENROL_PROOF, prove)
        .add(&TRANSPORT, transport)
}

async fn hello(State(server): State<Server>, viewer: Viewer) -> Result<axum::Json<Hello>, Failure> {
    server.blocking(move |node| node.hello(&viewer.principal)).await.map(axum::Json)
}

async fn tell(
    State(server): State<Server>,
    viewer: Viewer,
    Json(theirs): Json<Hello>,
) -> Result<axum::Json<Hello>, Failure> {
    server.writing(move |node| node.hear_hello(&viewer.principal, &theirs)).await.map(axum::Json)
}

async fn enrol(
    State(server): State<Server>,
    Presented(pin): Presented,
    Json(begin): Json<Begin>,
) -> Result<axum::Json<Reply>, Failure> {
    server.writing(move |node| node.begin_enrolment(pin, &begin)).await.map(axum::Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Proven {
    place: u32,
    proof: Proof,
}

async fn prove(
    State(server): State<Server>,
    Presented(pin): Presented,
    Json(sent): Json<Proven>,
) -> Result<axum::Json<Proof>, Failure> {
    server.writing(move |node| node.end_enrolment(pin, sent.place, &sent.proof)).await.map(axum::Json)
}

async fn transport(
    State(server): State<Server>,
    _: Viewer,
    presented: Option<axum::Extension<Presented>>,
    Json(words): Json<Vec<Binding>>,
) -> Result<axum::Json<serde_json::Value>, Failure> {
    let work = move |node: &Node| match presented {
        Some(axum::Extension(Presented(pin))) => node.hear_transport(&pin, &words),
        None => Err(AppError::NotFound),
    };
    server.writing(work).await?;
    Ok(axum::Json(serde_json::json!({})))
}

//! Have and want: what a peer offers, and which of it is wanted here.

use axum::extract::State;
use kizuna_http::{Failure, Payload, Server, Viewer};

use super::item::{self, Json};

pub(super) async fn offer(
    State(server): State<Server>,
    viewer: Viewer,
    Payload(body): Payload,
) -> Result<Json, Failure> {
    let read = move |node: &kizuna_app::Node| item::write(&node.read(&viewer.principal)?.wanted(&body)?);
    server.blocking(read).await.map(Json)
}

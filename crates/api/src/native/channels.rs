//! Channels, the reports of their packages, and packages as they come and go.

mod octets;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt as _, stream};
use http::{HeaderMap, header};
use kizuna_app::package::{Exported, Outcome, What};
use kizuna_app::{AppError, Node};
use kizuna_http::registry::log::OCTETS;
use kizuna_http::registry::native as paths;
use kizuna_http::{Failure, Path, Place, Query, Routes, Server, Viewer};
use serde::Deserialize;
use tokio::sync::mpsc;

use super::item::{self, Json};
use octets::{CHUNKS, Chunk, Coming, Going, forward};

pub(super) fn routes() -> Routes {
    Routes::new()
        .add(&paths::CHANNELS, list)
        .add(&paths::CHANNEL, one)
        .add(&paths::IMPORT_PACKAGE, import)
        .add(&paths::EXPORT_PACKAGE, export)
        .add(&paths::PACKAGE, again)
}

async fn list(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    let read = server.blocking(move |node| {
        let items = node.channels(&viewer.caller())?;
        item::write(&serde_json::json!({ "items": items }))
    });
    read.await.map(Json)
}

async fn one(
    State(server): State<Server>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Result<Json, Failure> {
    let read = server.blocking(move |node| {
        let items = node.channel(&viewer.caller(), &name)?;
        item::write(&serde_json::json!({ "items": items }))
    });
    read.await.map(Json)
}

/// Takes a package in as it comes, within the cap of every body; it is never as a whole in memory.
async fn import(
    State(server): State<Server>,
    viewer: Viewer,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json, Failure> {
    let cap = server.caps().body_bytes;
    let over = || Failure::too_large("the package in octets", cap);
    if length(request.headers()).is_some_and(|length| length > cap as u64) {
        return Err(over());
    }
    let (sender, chunks) = mpsc::channel(CHUNKS);
    let work = move |node: &Node| {
        node.import_package(&viewer.caller(), Some(&name), Coming::new(chunks), &|_, _| ())
    };
    let (is_within, imported) = tokio::join!(forward(request.into_body(), sender, cap), server.writing(work));
    if !is_within {
        return Err(over());
    }
    let imported = imported?;
    if imported.report.outcome == Outcome::Passed {
        return Ok(Json(item::write(&imported)?));
    }
    let place = |finding: &kizuna_app::package::Finding| Place {
        path: finding.place.clone(),
        rule: format!("{}: {}", finding.kind.as_str(), finding.says),
    };
    let mut failure = Failure::unprocessable("the guard refused the package; its report is kept");
    failure.places = imported.report.findings.iter().map(place).collect();
    Err(failure)
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportQuery {
    #[serde(default)]
    all: bool,
}

async fn export(
    State(server): State<Server>,
    viewer: Viewer,
    Path(name): Path<String>,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Failure> {
    handed_out(server, viewer, name, if query.all { What::All } else { What::Since }).await
}

async fn again(
    State(server): State<Server>,
    viewer: Viewer,
    Path((name, sequence)): Path<(String, u64)>,
) -> Result<Response, Failure> {
    handed_out(server, viewer, name, What::Again(sequence)).await
}

/// Hands a package out as it is read. One that did not come whole is there to be given again.
async fn handed_out(server: Server, viewer: Viewer, name: String, what: What) -> Result<Response, Failure> {
    let (sender, mut chunks) = mpsc::channel::<Chunk>(CHUNKS);
    let channel = name.clone();
    let work = move |node: &Node| -> Result<Exported, AppError> {
        let mut going = Going::new(sender);
        let exported = node.export_package(&viewer.principal, &channel, &what, &mut going);
        going.end(exported.is_ok());
        exported
    };
    let writing = tokio::spawn(async move { server.writing(work).await });
    let Some(Ok(first)) = chunks.recv().await else {
        let internal = |cause: &str| Failure::from(AppError::Internal(cause.to_owned()));
        let ended = writing.await.unwrap_or_else(|_| Err(internal("writing a package panicked")));
        return Err(ended.err().unwrap_or_else(|| internal("a package without octets")));
    };
    let rest = stream::unfold(chunks, |mut chunks| async move {
        let chunk = chunks.recv().await?;
        Some((chunk, chunks))
    });
    // What compresses the answer asks once more after its end.
    let rest = rest.fuse();
    let body = Body::from_stream(stream::once(std::future::ready(Ok(first))).chain(rest));
    let file = format!("attachment; filename=\"{name}.age\"");
    Ok(([(header::CONTENT_TYPE, OCTETS.to_owned()), (header::CONTENT_DISPOSITION, file)], body)
        .into_response())
}

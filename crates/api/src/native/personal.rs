//! Personal data: where it is, and marking it.

use axum::extract::State;
use kizuna_app::personal::Mark;
use kizuna_app::{Node, Reading};
use kizuna_http::{Failure, Json as Body, Path, Query, Server, Viewer};
use serde::Deserialize;

use super::item::{self, Json, Page};
use super::objects::{PageQuery, answer, capped, id};

pub(super) async fn list(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<PageQuery>,
) -> Result<Json, Failure> {
    let limit = capped(query.limit, &server);
    let read = move |reading: Reading| {
        let found = reading.personal_data(query.cursor.as_deref(), limit)?;
        item::write(&Page::of(found, |place| place))
    };
    answer(&server, viewer, read).await
}

pub(super) async fn mark(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
    Body(mark): Body<Mark>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| item::text(&node.mark_personal(&viewer.principal, &id(&text)?, &mark)?);
    server.writing(work).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unmark {
    #[serde(default)]
    field: String,
}

pub(super) async fn unmark(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
    Query(Unmark { field }): Query<Unmark>,
) -> Result<Json, Failure> {
    let named = field.split(',').map(str::trim).filter(|field| !field.is_empty());
    let fields: Vec<String> = named.map(str::to_owned).collect();
    let work =
        move |node: &Node| item::text(&node.unmark_personal(&viewer.principal, &id(&text)?, &fields)?);
    server.writing(work).await.map(Json)
}

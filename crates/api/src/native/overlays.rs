//! What members add for themselves to objects.

use std::num::NonZeroUsize;

use axum::extract::State;
use jiff::Timestamp;
use kizuna_access::overlay::Judgement;
use kizuna_access::{Label, MemberId, PersonId};
use kizuna_app::overlay::{Judged, Wanted};
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Json as Body, Path, Query, Server, Viewer};
use kizuna_stix::Id;
use serde::{Deserialize, Serialize};

use super::item::{self, Json, Page};
use super::objects::{capped, id};

/// An overlay as the API writes it.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a Id,
    object_ref: &'a Id,
    by: MemberId,
    modified: Timestamp,
    label: &'a Label,
    judgement: &'a Judgement,
}

impl<'a> Row<'a> {
    fn of(judged: &'a Judged) -> Self {
        Self {
            id: &judged.item.id,
            object_ref: &judged.overlay.object_ref,
            by: judged.overlay.by,
            modified: judged.overlay.modified,
            label: &judged.item.label,
            judgement: &judged.overlay.judgement,
        }
    }
}

pub(super) async fn of_object(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
) -> Result<Json, Failure> {
    #[derive(Serialize)]
    struct Overlays<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        own: Option<Row<'a>>,
        others: Vec<Row<'a>>,
    }
    let read = move |node: &Node| -> Result<String, AppError> {
        let found = node.read(&viewer.principal)?.overlays_of(&id(&text)?)?;
        let others = found.others.iter().map(Row::of).collect();
        item::write(&Overlays { own: found.own.as_ref().map(Row::of), others })
    };
    server.blocking(read).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetQuery {
    label: Option<String>,
}

pub(super) async fn set(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
    Query(query): Query<SetQuery>,
    Body(judgement): Body<Judgement>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        let stands =
            node.judge(&viewer.principal, &id(&text)?, query.label.as_deref(), |said| *said = judgement)?;
        item::write(&Row::of(&stands))
    };
    server.writing(work).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    tag: Option<String>,
    state: Option<String>,
    assignee: Option<PersonId>,
    #[serde(default)]
    own: bool,
    limit: Option<NonZeroUsize>,
    cursor: Option<String>,
}

pub(super) async fn list(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<ListQuery>,
) -> Result<Json, Failure> {
    let limit = capped(query.limit, &server);
    let read = move |node: &Node| {
        let ListQuery { tag, state, assignee, own, cursor, .. } = query;
        let wanted = Wanted { tag, state, assignee, own };
        let found = node.read(&viewer.principal)?.judged(&wanted, cursor.as_deref(), limit)?;
        let items = found.items.iter().map(Row::of).collect();
        item::write(&Page { items, next: found.next.filter(|_| found.more) })
    };
    server.blocking(read).await.map(Json)
}

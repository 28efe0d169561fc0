//! Changes as server-sent events.
//!
//! Each event is read in a view of its own, so that rights are judged anew for it; its id is the sealed cursor after
//! it. A commit only wakes: what is new is found by reading on.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::Event;
use futures::Stream;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use kizuna_app::{From, Node, Selection, Versions};
use kizuna_http::{Failure, Permit, Query, Server, Viewer};
use serde::Deserialize;
use tokio::sync::watch;

use super::item;
use super::objects::list_of;

/// How long a stream is silent at most. It also reads then: a dated right opens content without a commit.
const HEARTBEAT: Duration = Duration::from_secs(15);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangesQuery {
    #[serde(rename = "type")]
    kinds: Option<String>,
    cursor: Option<String>,
    added_after: Option<Timestamp>,
}

/// Without a place to begin, a stream begins now.
pub(super) async fn changes(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<ChangesQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let permit = server.stream_permit()?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let from = match (last.or(query.cursor), query.added_after) {
        (Some(cursor), _) => From::Cursor(cursor),
        (None, Some(after)) => From::AddedAfter(after),
        (None, None) => From::AddedAfter(server.node().now()),
    };
    let kinds = list_of(query.kinds.as_deref());
    let selection = Selection { kinds, versions: Versions::All, ..Selection::default() };
    let commits = server.node().commits();
    let mut watcher = Watcher { server, viewer, selection, from, commits, ended: false, _permit: permit };
    // The first reading is made at once: a cursor that is none is an error of the request.
    let first = watcher.read().await?;
    let stream = futures::stream::unfold((watcher, first), |(mut watcher, read)| async move {
        let event = match read {
            Some(event) => event,
            None => watcher.next().await?,
        };
        Some((Ok(event), (watcher, None)))
    });
    Ok(Sse::new(stream))
}

/// One client's place in its order.
struct Watcher {
    server: Server,
    viewer: Viewer,
    selection: Selection,
    from: From,
    commits: watch::Receiver<u64>,
    ended: bool,
    _permit: Permit,
}

impl Watcher {
    /// The next event: a change, or after a while a sign of life. Nothing when the viewer may read no more.
    async fn next(&mut self) -> Option<Event> {
        if self.ended {
            return None;
        }
        loop {
            self.commits.borrow_and_update();
            match self.read().await {
                Ok(Some(event)) => return Some(event),
                Ok(None) => {}
                Err(failure) => {
                    self.ended = true;
                    let reason =
                        if failure.status == StatusCode::UNAUTHORIZED { "signed out" } else { "try again" };
                    return Some(Event::default().event("end").data(reason));
                }
            }
            match tokio::time::timeout(HEARTBEAT, self.commits.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return None,
                // The reading that follows finds what a date opened meanwhile.
                Err(_) => return Some(Event::default().comment("")),
            }
        }
    }

    /// One change, read under the rights as they are now.
    async fn read(&mut self) -> Result<Option<Event>, Failure> {
        let (viewer, selection, from) = (self.viewer.clone(), self.selection.clone(), self.from.clone());
        let work = move |node: &Node| {
            if let Some(session) = &viewer.session {
                node.session(&session.token)?;
            }
            let listing = node.read(&viewer.principal)?.page(&selection, &from, 1)?;
            let text = listing.items.first().map(item::text).transpose()?;
            Ok(text.zip(listing.next))
        };
        // Beyond the first reading nobody says any more what is asked.
        let read = kizuna_http::asked("native.changes", self.server.patiently(work)).await?;
        let Some((text, cursor)) = read else { return Ok(None) };
        let event = Event::default().event("object").id(cursor.clone()).data(text);
        self.from = From::Cursor(cursor);
        Ok(Some(event))
    }
}

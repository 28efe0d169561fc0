//! Changes as server-sent events.
//!
//! What is new is found by one task for all streams of the node ([`relay`]), which judges the rights of each anew for
//! each event and reads once for those who stand alike (`kizuna_app::changes`). The id of an event is the sealed cursor
//! after it. A commit only wakes: what is new is found by reading on.

mod events;
mod relay;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use kizuna_app::From;
use kizuna_app::changes::Wanted;
use kizuna_http::registry::native as paths;
use kizuna_http::{Failure, Query, Routes, Server, Viewer};
use serde::Deserialize;

use super::objects::list_of;
use relay::Relay;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangesQuery {
    #[serde(rename = "type")]
    kinds: Option<String>,
    cursor: Option<String>,
    added_after: Option<Timestamp>,
}

/// The streams of one router are those of one relay.
pub(super) fn routes() -> Routes {
    let relay = Relay::default();
    Routes::new().add(&paths::CHANGES, move |server, viewer, query, headers| {
        changes(relay.clone(), server, viewer, query, headers)
    })
}

/// Without a place to begin, a stream begins now.
async fn changes(
    relay: Relay,
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<ChangesQuery>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let place = server.stream_place(viewer.principal.person())?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let from = match (last.or(query.cursor), query.added_after) {
        (Some(cursor), _) => Some(From::Cursor(cursor)),
        (None, Some(after)) => Some(From::AddedAfter(after)),
        (None, None) => None,
    };
    let wanted = Wanted {
        principal: viewer.principal,
        session: viewer.session.map(|session| session.token),
        kinds: list_of(query.kinds.as_deref()),
        from,
    };
    // The first reading is made before the answer: a cursor that is none is an error of the request.
    let events = relay.join(&server, wanted, place).await?;
    let mut response = Response::new(Body::from_stream(events));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

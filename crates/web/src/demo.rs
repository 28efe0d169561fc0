//! The demonstration's page: the same object, side by side, as each nation sees it.
//!
//! It holds one API key per viewer and asks each node through its native API, so that it shows what those nodes
//! answer and nothing else. Whoever opens it sees all columns: it is mounted by `kizuna demo` only, whose content is
//! invented.

mod ask;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;

use crate::language::Language;
use crate::pages::{Visitor, html, own_path, see};
use crate::preferences::{LANGUAGE_COOKIE, THEME_COOKIE, Theme, ZONE_COOKIE, zone};
use crate::view::Value;
use crate::view::demo::{ArrivalView, Column, DemoPage, RoundView, Seen, StoryObject};
use ask::Asker;

/// What the page shows.
#[derive(Clone)]
pub struct Config {
    /// From left to right.
    pub viewers: Vec<Viewer>,
    /// The objects of the story, the first one shown first.
    pub story: Vec<Told>,
    /// What to try.
    pub tries: Vec<Try>,
    /// Alerts that can be fired here.
    pub alarm: Option<Arc<dyn Alarm>>,
}

/// Alerts that go out at the press of a key.
pub trait Alarm: Send + Sync {
    /// Fires one, and waits until it is everywhere.
    ///
    /// # Errors
    /// Why it was not taken.
    fn ring(&self) -> Result<(), String>;

    /// The one that was fired last.
    fn last(&self) -> Option<Round>;
}

/// One alert, and how it went.
#[derive(Debug, Clone)]
pub struct Round {
    /// From 1.
    pub number: usize,
    pub title: String,
    pub id: String,
    pub arrivals: Vec<Arrival>,
    /// That had come back when it was everywhere.
    pub receipts: usize,
}

/// How long after the press of the key an alert was at a place; nothing where it never came.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub place: String,
    pub after: Option<Duration>,
}

/// Somebody who sees.
#[derive(Clone)]
pub struct Viewer {
    /// Such as `CERT Esteria (EST)`.
    pub name: String,
    /// The node's address, such as `http://127.0.0.1:8480`.
    pub node: String,
    pub key: String,
}

impl std::fmt::Debug for Viewer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Viewer").field("name", &self.name).field("node", &self.node).finish_non_exhaustive()
    }
}

/// An object of the story.
#[derive(Debug, Clone)]
pub struct Told {
    pub id: String,
    pub name: String,
}

/// A line for the reader's own terminal.
#[derive(Debug, Clone)]
pub struct Try {
    /// What it does.
    pub what: String,
    pub line: String,
}

/// A server of its own: the page, and what it needs of a node's pages.
pub fn router(config: Config) -> Router {
    Router::new()
        .route("/", get(demo))
        .route("/alert", post(ring))
        .route("/preferences", post(prefer))
        .route("/assets/{name}", get(asset))
        .with_state(Arc::new(config))
}

#[derive(Deserialize)]
struct Choice {
    back: Option<String>,
    language: Option<String>,
    theme: Option<String>,
    zone: Option<String>,
}

/// Keeps a choice in a cookie, as a node's pages do, and shows the page again.
async fn prefer(Form(choice): Form<Choice>) -> Response {
    let language = choice.language.as_deref().and_then(Language::of_tag).map(|t| (LANGUAGE_COOKIE, t.tag()));
    let theme = choice.theme.as_deref().and_then(Theme::of_word).map(|theme| (THEME_COOKIE, theme.as_str()));
    let found = choice.zone.as_deref().and_then(|name| zone(name.trim()));
    let zone = found.as_ref().and_then(|zone| zone.iana_name()).map(|name| (ZONE_COOKIE, name));
    let mut response = see(own_path(choice.back.as_deref().unwrap_or("/")));
    for (name, value) in [language, theme, zone].into_iter().flatten() {
        if let Ok(cookie) = HeaderValue::from_str(&format!("{name}={value}; Path=/; SameSite=Lax")) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// Fires an alert and shows the page again.
async fn ring(State(config): State<Arc<Config>>) -> Response {
    let Some(alarm) = config.alarm.clone() else { return StatusCode::NOT_FOUND.into_response() };
    match tokio::task::spawn_blocking(move || alarm.ring()).await {
        Ok(Ok(())) => see("/#alarm"),
        Ok(Err(reason)) => (StatusCode::BAD_GATEWAY, reason).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn asset(Path(name): Path<String>) -> Response {
    let Some(asset) = crate::asset::find(&name) else { return StatusCode::NOT_FOUND.into_response() };
    ([(header::CONTENT_TYPE, asset.media)], asset.bytes).into_response()
}

#[derive(Deserialize)]
struct Wish {
    id: Option<String>,
}

async fn demo(State(config): State<Arc<Config>>, visitor: Visitor, Query(wish): Query<Wish>) -> Response {
    let first = config.story.first().map(|told| told.id.clone());
    let wished = wish.id.map(|id| id.trim().to_owned()).filter(|id| is_id(id));
    let id = wished.or(first).unwrap_or_default();
    let mut asked = Vec::with_capacity(config.viewers.len());
    for viewer in &config.viewers {
        let node = Asker::new(viewer, &visitor.preferences);
        let id = id.clone();
        asked.push(tokio::task::spawn_blocking(move || node.see(&id)));
    }
    let mut columns = Vec::with_capacity(asked.len());
    for (viewer, asked) in config.viewers.iter().zip(asked) {
        let (seen, objects) = asked.await.unwrap_or((Seen::Unreachable(String::new()), None));
        columns.push(Column {
            viewer: viewer.name.clone(),
            node: viewer.node.clone(),
            href: format!("{}/objects/{id}", viewer.node),
            seen,
            objects,
        });
    }
    let told = config.story.iter().map(|told| StoryObject {
        href: format!("/?id={}", told.id),
        name: told.name.clone(),
        chosen: told.id == id,
    });
    html(&DemoPage {
        page: visitor.page(),
        id: Value::uncut(id.clone()),
        story: told.collect(),
        columns,
        rings: config.alarm.is_some(),
        round: config.alarm.as_ref().and_then(|alarm| alarm.last()).map(|last| round(&visitor, last)),
        lines: config.tries.iter().map(|to_try| (to_try.what.clone(), to_try.line.clone())).collect(),
    })
}

/// The last alert as a picture: how long it took to each place.
fn round(visitor: &Visitor, round: Round) -> RoundView {
    let t = visitor.preferences.language;
    let longest = round.arrivals.iter().filter_map(|arrival| arrival.after).max().unwrap_or_default();
    let bars = round.arrivals.into_iter().map(|arrival| {
        let width = arrival
            .after
            .map_or(0.0, |after| 100.0 * after.as_secs_f64() / longest.as_secs_f64().max(f64::EPSILON));
        let after = match arrival.after {
            Some(after) => t.with("demo-after", "time", &format!("{:.1}", after.as_secs_f64() * 1e3)),
            None => t.say("demo-never"),
        };
        ArrivalView { place: arrival.place, after, width: format!("{width:.1}") }
    });
    RoundView {
        title: round.title,
        href: format!("/?id={}", round.id),
        arrivals: bars.collect(),
        receipts: t.count("demo-receipts", round.receipts as u64),
    }
}

/// An id becomes part of a path: it is one, or nothing is asked.
fn is_id(text: &str) -> bool {
    text.parse::<kizuna_stix::Id>().is_ok()
}

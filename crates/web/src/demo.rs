//! The demonstration's page: the same object, side by side, as each nation sees it.
//!
//! It holds one API key per viewer and asks each node through its native API, so that it shows what those nodes
//! answer and nothing else. Whoever opens it sees all columns: it is mounted by `kizuna demo` only, whose content is
//! invented.

mod ask;

use std::sync::Arc;

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
use crate::view::demo::{Column, DemoPage, Seen, StoryObject};
use ask::Asker;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Config {
    /// From left to right.
    pub viewers: Vec<Viewer>,
    /// The objects of the story, the first one shown first.
    pub story: Vec<Told>,
    /// What to try.
    pub tries: Vec<Try>,
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
        lines: config.tries.iter().map(|to_try| (to_try.what.clone(), to_try.line.clone())).collect(),
    })
}

/// An id becomes part of a path: it is one, or nothing is asked.
fn is_id(text: &str) -> bool {
    text.parse::<kizuna_stix::Id>().is_ok()
}

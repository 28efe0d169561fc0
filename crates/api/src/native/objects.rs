//! Reading objects: pages, one object, search, counts, quarantine.

use std::num::NonZeroUsize;

use axum::extract::State;
use jiff::Timestamp;
use kizuna_app::{AppError, From, Quarantined, Reading, Search, Selection, Versions};
use kizuna_http::{Failure, Path, Query, Server, Viewer};
use kizuna_stix::{Id, observable};
use serde::{Deserialize, Serialize};

use super::decide::EyesQuery;
use super::item::{self, Json, Page};

/// Items of a page where nothing is said.
const PAGE: usize = 100;
/// Hits are counted no further.
const COUNT_CAP: u64 = 10_000;

pub(super) fn capped(limit: Option<NonZeroUsize>, server: &Server) -> usize {
    limit.map_or(PAGE, NonZeroUsize::get).min(server.caps().page)
}

/// An id from a path. What is no id names nothing: not found, as for an object that is absent or hidden.
pub(super) fn id(text: &str) -> Result<Id, AppError> {
    text.parse().map_err(|_| AppError::NotFound)
}

pub(super) fn list_of(text: Option<&str>) -> Vec<String> {
    let values = text.unwrap_or_default().split(',').map(str::trim);
    values.filter(|value| !value.is_empty()).map(str::to_owned).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    id: Option<String>,
    #[serde(rename = "type")]
    kinds: Option<String>,
    versions: Option<Which>,
    #[serde(default)]
    own: bool,
    added_after: Option<Timestamp>,
    limit: Option<NonZeroUsize>,
    cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Which {
    Latest,
    First,
    All,
}

impl ListQuery {
    fn selection(&self) -> Result<Selection, AppError> {
        let texts = list_of(self.id.as_deref());
        if self.id.is_some() && texts.is_empty() {
            return Err(AppError::invalid("?id", "is empty"));
        }
        let ids = texts.iter().map(|text| text.parse::<Id>());
        let ids = ids.collect::<Result<_, _>>().map_err(|bad| AppError::invalid("?id", bad.to_string()))?;
        let versions = match self.versions {
            None | Some(Which::Latest) => Versions::Latest,
            Some(Which::First) => Versions::First,
            Some(Which::All) => Versions::All,
        };
        let kinds = list_of(self.kinds.as_deref());
        Ok(Selection { ids, kinds, versions, own: self.own, ..Selection::default() })
    }
}

pub(super) async fn list(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<ListQuery>,
) -> Result<Json, Failure> {
    let limit = capped(query.limit, &server);
    let read = move |reading: Reading| {
        let selection = query.selection()?;
        let from = match (query.cursor, query.added_after) {
            (Some(cursor), _) => From::Cursor(cursor),
            (None, Some(after)) => From::AddedAfter(after),
            (None, None) => From::First,
        };
        item::list(reading.page(&selection, &from, limit)?)
    };
    answer(&server, viewer, read).await
}

pub(super) async fn one(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
) -> Result<Json, Failure> {
    answer(&server, viewer, move |reading| item::text(&reading.object(&id(&text)?)?)).await
}

pub(super) async fn versions(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
) -> Result<Json, Failure> {
    answer(&server, viewer, move |reading| item::whole(reading.versions(&id(&text)?)?)).await
}

pub(super) async fn claims(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
) -> Result<Json, Failure> {
    answer(&server, viewer, move |reading| item::whole(reading.claims(&id(&text)?)?)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    pub limit: Option<NonZeroUsize>,
    pub cursor: Option<String>,
}

pub(super) async fn referring(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Json, Failure> {
    let limit = capped(query.limit, &server);
    let read = move |reading: Reading| {
        let id = id(&text)?;
        // What refers to an object that is not there would tell that it is somewhere.
        reading.object(&id)?;
        item::list(reading.referring(&id, query.cursor.as_deref(), limit)?)
    };
    answer(&server, viewer, read).await
}

pub(super) async fn explain(
    State(server): State<Server>,
    viewer: Viewer,
    Path(text): Path<String>,
    Query(eyes): Query<EyesQuery>,
) -> Result<Json, Failure> {
    let eyes = eyes.eyes()?;
    let work = move |node: &kizuna_app::Node| {
        let (who, id) = (&viewer.principal, id(&text)?);
        let told = match eyes {
            None => node.explain(who, &id)?,
            Some(eyes) => node.explain_as(who, &id, eyes)?,
        };
        item::write(&told)
    };
    server.blocking(work).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchQuery {
    q: Option<String>,
    value: Option<String>,
    refers_to: Option<Id>,
    #[serde(rename = "type")]
    kinds: Option<String>,
    limit: Option<NonZeroUsize>,
    cursor: Option<String>,
}

impl SearchQuery {
    fn search(&self) -> Result<Search, AppError> {
        let observables = match &self.value {
            None => Vec::new(),
            Some(value) => observable::guess(value),
        };
        if self.value.is_some() && observables.is_empty() {
            return Err(AppError::invalid("?value", "not an observable: a domain, address, hash, URL …"));
        }
        Ok(Search {
            text: self.q.clone(),
            observables,
            refers_to: self.refers_to.clone(),
            kinds: list_of(self.kinds.as_deref()),
        })
    }
}

pub(super) async fn search(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<SearchQuery>,
) -> Result<Json, Failure> {
    let limit = capped(query.limit, &server);
    let read = move |reading: Reading| {
        item::list(reading.search(&query.search()?, query.cursor.as_deref(), limit)?)
    };
    answer(&server, viewer, read).await
}

pub(super) async fn count(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<SearchQuery>,
) -> Result<Json, Failure> {
    answer(&server, viewer, move |reading| item::write(&reading.count(&query.search()?, COUNT_CAP)?)).await
}

/// Refused input, with its bytes as text where they are text.
#[derive(Serialize)]
struct Refused {
    #[serde(flatten)]
    quarantined: Quarantined,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    bytes: usize,
}

/// So much of the bytes is shown.
const SHOWN_BYTES: usize = 64 << 10;

impl std::convert::From<Quarantined> for Refused {
    fn from(quarantined: Quarantined) -> Self {
        let head = &quarantined.bytes[..quarantined.bytes.len().min(SHOWN_BYTES)];
        let text = String::from_utf8(head.to_vec()).ok();
        Self { bytes: quarantined.bytes.len(), text, quarantined }
    }
}

pub(super) async fn quarantine(
    State(server): State<Server>,
    viewer: Viewer,
    Query(query): Query<PageQuery>,
) -> Result<Json, Failure> {
    let limit = capped(query.limit, &server);
    let read = move |reading: Reading| {
        let found = reading.quarantine(query.cursor.as_deref(), limit)?;
        item::write(&Page::of(found, Refused::from))
    };
    answer(&server, viewer, read).await
}

/// Reads in the viewer's view.
pub(super) async fn answer<F>(server: &Server, viewer: Viewer, read: F) -> Result<Json, Failure>
where
    F: FnOnce(Reading) -> Result<String, AppError> + Send + 'static,
{
    server.blocking(move |node| read(node.read(&viewer.principal)?)).await.map(Json)
}

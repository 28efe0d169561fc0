//! The search page.

mod tagged;

use axum::extract::State;
use axum::response::Response;
use kizuna_access::overlay;
use kizuna_app::{AppError, Reading, Search};
use kizuna_http::{Failure, Query, Server};
use kizuna_stix::Id;
use kizuna_stix::observable::{self, Observable};
use serde::Deserialize;

use super::desk::Desk;
use super::{html, row, see};
use crate::language::Language;
use crate::view::search::{KindFilter, SearchPage};
use crate::view::{Here, Page};

/// Rows of a page.
const ROWS: usize = 50;
/// Hits are counted no further.
const COUNT_CAP: u64 = 1_000;
/// Kinds that are offered as filters.
const KINDS: [&str; 16] = [
    "indicator",
    "malware",
    "intrusion-set",
    "threat-actor",
    "campaign",
    "attack-pattern",
    "report",
    "vulnerability",
    "tool",
    "sighting",
    "relationship",
    overlay::KIND,
    "ipv4-addr",
    "domain-name",
    "url",
    "file",
];

#[derive(Deserialize)]
pub(super) struct SearchQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    kind: String,
    #[serde(rename = "as")]
    read_as: Option<ReadAs>,
    next: Option<String>,
}

/// How the text is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ReadAs {
    Value,
    Words,
}

impl ReadAs {
    fn as_str(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Words => "words",
        }
    }
}

enum Found {
    /// The question was an object's id.
    Object(Id),
    Page(Box<SearchPage>),
}

pub(super) async fn search(
    State(server): State<Server>,
    desk: Desk,
    Query(query): Query<SearchQuery>,
) -> Result<Response, Failure> {
    let found = server.blocking(move |node| answer(&node.read(desk.who())?, &desk, &query)).await?;
    Ok(match found {
        Found::Object(id) => see(&format!("/objects/{id}")),
        Found::Page(page) => html(&*page),
    })
}

fn answer(reading: &Reading, desk: &Desk, query: &SearchQuery) -> Result<Found, AppError> {
    let text = query.q.trim();
    if let Ok(id) = text.parse::<Id>() {
        match reading.object(&id) {
            Ok(_) => return Ok(Found::Object(id)),
            Err(AppError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    if let Some(wanted) = tagged::wanted(reading, text) {
        let page = tagged::page(reading, desk, query, text, &wanted)?;
        return Ok(Found::Page(Box::new(page)));
    }
    let t = desk.t();
    let values = if text.is_empty() { Vec::new() } else { observable::guess(text) };
    let (read_as, search) = understand(reading, query, text, &values)?;
    let listing = reading.search(&search, query.next.as_deref(), ROWS)?;
    let count = reading.count(&search, COUNT_CAP)?;
    let next = listing.next.filter(|_| listing.more);
    let mut page: Page = desk.page(Here::Search, reading.directory());
    page.query.clone_from(&query.q);
    Ok(Found::Page(Box::new(SearchPage {
        page: page.under(row::banner(&desk.preferences, reading, &listing.items)),
        kinds: filters(t, text, &query.kind),
        rows: row::rows(&desk.preferences, reading, &listing.items)?,
        found: count.at_least,
        capped: count.capped,
        read_as: if read_as == ReadAs::Value { said(t, &values) } else { Vec::new() },
        next: next.map(|next| href(text, &query.kind, Some((read_as, &next)))),
        may_choose: reading.reader().may_write(),
        later: query.next.is_some(),
    })))
}

/// A value is looked for as a value first; where nobody has it, its text is looked for as words.
fn understand(
    reading: &Reading,
    query: &SearchQuery,
    text: &str,
    values: &[Observable],
) -> Result<(ReadAs, Search), AppError> {
    let kinds = if query.kind.is_empty() { Vec::new() } else { vec![query.kind.clone()] };
    let words = Search {
        text: (!text.is_empty()).then(|| text.to_owned()),
        kinds: kinds.clone(),
        ..Search::default()
    };
    let value = Search { observables: values.to_vec(), kinds, ..Search::default() };
    let read_as = match query.read_as {
        _ if values.is_empty() => ReadAs::Words,
        Some(said) => said,
        None if reading.count(&value, 1)?.at_least > 0 => ReadAs::Value,
        None => ReadAs::Words,
    };
    Ok((read_as, if read_as == ReadAs::Value { value } else { words }))
}

fn said(t: Language, values: &[Observable]) -> Vec<String> {
    let say = |value: &Observable| format!("{} {}", t.term("observable", value.kind.name()), value.value);
    values.iter().map(say).collect()
}

fn filters(t: Language, text: &str, chosen: &str) -> Vec<KindFilter> {
    let all = KindFilter {
        kind: String::new(),
        name: t.say("search-all-kinds"),
        href: href(text, "", None),
        chosen: chosen.is_empty(),
    };
    let mut filters = vec![all];
    let further = (!chosen.is_empty() && !KINDS.contains(&chosen)).then_some(chosen);
    for kind in KINDS.into_iter().chain(further) {
        filters.push(KindFilter {
            kind: kind.to_owned(),
            name: t.term("kind", kind),
            href: href(text, kind, None),
            chosen: kind == chosen,
        });
    }
    filters
}

fn href(text: &str, kind: &str, next: Option<(ReadAs, &str)>) -> String {
    let mut pairs = Vec::new();
    if !text.is_empty() {
        pairs.push(format!("q={}", super::encoded(text)));
    }
    if !kind.is_empty() {
        pairs.push(format!("kind={}", super::encoded(kind)));
    }
    if let Some((read_as, cursor)) = next {
        pairs.push(format!("as={}&next={cursor}", read_as.as_str()));
    }
    if pairs.is_empty() { "/search".to_owned() } else { format!("/search?{}", pairs.join("&")) }
}

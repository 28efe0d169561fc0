//! `tag:phishing`, `state:in-progress`, `assigned:me`: objects by what is said of them.

use kizuna_app::overlay::{Judged, Wanted};
use kizuna_app::{AppError, Item, Reading};

use super::super::desk::Desk;
use super::super::row;
use super::{ROWS, SearchQuery, filters, href};
use crate::view::Here;
use crate::view::search::SearchPage;

/// What a question asks for, where it asks for what is said of objects.
pub(super) fn wanted(reading: &Reading, text: &str) -> Option<Wanted> {
    let (property, value) = text.split_once(':')?;
    let value = value.trim().trim_matches('"');
    if value.is_empty() {
        return None;
    }
    let said = Wanted::default();
    match property {
        "tag" => Some(Wanted { tag: Some(value.to_owned()), ..said }),
        "state" => Some(Wanted { state: Some(value.to_owned()), ..said }),
        "assigned" if value == "me" => {
            Some(Wanted { assignee: Some(reading.reader().principal().person()), own: true, ..said })
        }
        _ => None,
    }
}

/// The objects that are meant, each once; where one cannot be read, what is said of it.
pub(super) fn page(
    reading: &Reading,
    desk: &Desk,
    query: &SearchQuery,
    text: &str,
    wanted: &Wanted,
) -> Result<SearchPage, AppError> {
    let listing = reading.judged(wanted, query.next.as_deref(), ROWS)?;
    let mut items: Vec<Item> = Vec::new();
    for judged in listing.items {
        let Judged { overlay, item } = judged;
        let meant = match reading.object(&overlay.object_ref) {
            Ok(object) => object,
            Err(AppError::NotFound) => item,
            Err(error) => return Err(error),
        };
        if !items.iter().any(|known| known.id == meant.id) {
            items.push(meant);
        }
    }
    let mut page = desk.page(Here::Search, reading.directory());
    page.query.clone_from(&query.q);
    let next = listing.next.filter(|_| listing.more);
    Ok(SearchPage {
        page: page.under(row::banner(&desk.preferences, reading, &items)),
        kinds: filters(desk.t(), "", ""),
        rows: row::rows(&desk.preferences, reading, &items)?,
        found: items.len() as u64,
        capped: next.is_some(),
        read_as: vec![text.to_owned()],
        next: next.map(|next| format!("{}&next={next}", href(text, "", None))),
        may_choose: reading.reader().may_write(),
        later: query.next.is_some(),
    })
}

//! Items as the native API writes them.

use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use kizuna_access::{Label, MemberId};
use kizuna_app::{AppError, Item, Listing};
use kizuna_stix::{Fault, Id};
use serde::Serialize;
use serde_json::value::RawValue;

/// One version as the viewer may read it: the object as the bytes it is, and what the node knows beside it.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    id: &'a Id,
    version: Timestamp,
    added: Timestamp,
    source: MemberId,
    /// Whether the source owns the identity in `created_by_ref`: a claim otherwise.
    authored: bool,
    revoked: bool,
    /// Others that the viewer may read gave different bytes for this version.
    disputed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reliability: Option<char>,
    label: &'a Label,
    /// Fields that ask for more than the object, of those that are in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Narrower<'a>>,
    #[serde(skip_serializing_if = "<[Fault]>::is_empty")]
    warnings: &'a [Fault],
    object: &'a RawValue,
}

/// Fields with a label of their own, as granular markings select them.
#[derive(Serialize)]
struct Narrower<'a> {
    selectors: &'a [String],
    label: &'a Label,
}

/// A page of a list. There is a `next` only where there is more.
#[derive(Serialize)]
pub(super) struct Page<T> {
    pub items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// What was read, each as `row` writes it.
    pub(super) fn of<S>(listing: Listing<S>, row: impl FnMut(S) -> T) -> Self {
        let items = listing.items.into_iter().map(row).collect();
        Self { items, next: listing.next.filter(|_| listing.more) }
    }
}

impl<'a> Row<'a> {
    pub(super) fn of(item: &'a Item) -> Result<Self, AppError> {
        let object: &RawValue = serde_json::from_slice(&item.bytes)
            .map_err(|error| AppError::Internal(format!("a stored object is no JSON: {error}")))?;
        Ok(Self {
            id: &item.id,
            version: item.version,
            added: item.added,
            source: item.source,
            authored: item.authored,
            revoked: item.revoked,
            disputed: item.disputed,
            reliability: item.reliability,
            label: &item.label,
            fields: item
                .fields
                .iter()
                .map(|fields| Narrower { selectors: &fields.selectors, label: &fields.label })
                .collect(),
            warnings: &item.warnings,
            object,
        })
    }
}

/// One item as JSON text.
pub(super) fn text(item: &Item) -> Result<String, AppError> {
    write(&Row::of(item)?)
}

/// A page of items as JSON text.
pub(super) fn list(listing: Listing) -> Result<String, AppError> {
    let items: Result<Vec<Row<'_>>, AppError> = listing.items.iter().map(Row::of).collect();
    write(&Page { items: items?, next: listing.next.filter(|_| listing.more) })
}

/// All there is, as a page.
pub(super) fn whole(items: Vec<Item>) -> Result<String, AppError> {
    list(Listing { items, next: None, more: false })
}

pub(super) fn write<T: Serialize>(value: &T) -> Result<String, AppError> {
    serde_json::to_string(value).map_err(|error| AppError::Internal(error.to_string()))
}

/// JSON text that is written already.
pub(super) struct Json(pub String);

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        ([(http::header::CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

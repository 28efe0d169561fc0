//! Personal data.

use askama::Template;

use crate::view::form::{Faults, Shape};
use crate::view::{Page, Value};

/// The form that marks.
pub const MARK: Shape =
    Shape { name: "mark", fields: &["object", "fields", "legal_basis", "review", "named"] };
/// Taking a mark away: buttons alone.
pub const UNMARK: Shape = Shape { name: "unmark", fields: &[] };

/// One place of an object.
#[derive(Debug, Clone)]
pub struct PersonalRow {
    pub href: String,
    pub object: Value,
    /// JSONPath; `$` for the whole.
    pub place: String,
    pub category: String,
    /// Marked so, or only likely.
    pub marked: bool,
    pub basis: String,
    pub review: String,
    /// As granular markings select it; empty for the whole.
    pub field: String,
    /// The form that marks, filled with this place.
    pub mark: String,
    /// A tear-line of the object, from which the place can be left out.
    pub minimise: String,
}

/// What was typed to mark.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct ToMark {
    pub object: String,
    pub fields: String,
    pub category: String,
    pub legal_basis: String,
    pub review: String,
    pub named: String,
}

#[derive(Debug, Clone, Template)]
#[template(path = "personal.html")]
pub struct PersonalPage {
    pub page: Page,
    pub rows: Vec<PersonalRow>,
    pub next: Option<String>,
    /// Whether the reader writes.
    pub may_mark: bool,
    pub categories: Vec<String>,
    pub typed: ToMark,
    pub faults: Faults,
    pub unmark_faults: Faults,
}

//! What could not be accepted, and why.

use askama::Template;

use crate::moment::Moment;
use crate::view::object::FaultView;
use crate::view::{Page, Value};

#[derive(Debug, Clone)]
pub struct QuarantinedRow {
    pub href: String,
    /// As it was written, where it could be read.
    pub id: Option<Value>,
    pub source: String,
    pub channel: String,
    pub received: Moment,
    pub first: Option<FaultView>,
    /// Faults beyond the first.
    pub more: u64,
}

#[derive(Debug, Clone, Template)]
#[template(path = "quarantine.html")]
pub struct QuarantinePage {
    pub page: Page,
    pub rows: Vec<QuarantinedRow>,
    pub next: Option<String>,
}

#[derive(Debug, Clone, Template)]
#[template(path = "quarantined.html")]
pub struct QuarantinedPage {
    pub page: Page,
    pub id: Option<Value>,
    pub source: String,
    pub channel: String,
    pub received: Moment,
    pub faults: Vec<FaultView>,
    /// The bytes, with what is not printable escaped.
    pub bytes: String,
    pub size: u64,
    /// Not all of the bytes are shown.
    pub cut: bool,
}

//! The search page.

use askama::Template;

use crate::view::{Page, Row};

/// A filter by kind.
#[derive(Debug, Clone)]
pub struct KindFilter {
    pub kind: String,
    pub name: String,
    pub href: String,
    pub chosen: bool,
}

impl KindFilter {
    pub fn icon(&self) -> crate::icon::Icon {
        crate::icon::of_kind(&self.kind)
    }
}

#[derive(Debug, Clone, Template)]
#[template(path = "search.html")]
pub struct SearchPage {
    pub page: Page,
    pub kinds: Vec<KindFilter>,
    pub rows: Vec<Row>,
    /// Hits in all; counting stops at a cap.
    pub found: u64,
    pub capped: bool,
    /// What the question was also understood as, such as `IPv4 address 192.0.2.7`.
    pub read_as: Vec<String>,
    pub next: Option<String>,
    /// Whether rows can be chosen, for a tear-line or a release.
    pub may_choose: bool,
    /// Whether this is a later page of the same search.
    pub later: bool,
}

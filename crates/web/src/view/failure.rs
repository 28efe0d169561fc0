//! Pages about what failed. One text per status, from one map; hidden and absent are the same page.

use askama::Template;

use crate::view::Page;
use crate::view::object::FaultView;

#[derive(Debug, Clone, Template)]
#[template(path = "failure.html")]
pub struct FailurePage {
    pub page: Page,
    pub status: u16,
    /// What happened.
    pub title: String,
    /// What is next.
    pub way_out: String,
    /// What the node says about it, in its own words (English).
    pub detail: String,
    pub places: Vec<FaultView>,
    /// Shown with a fault of the program only.
    pub request: Option<String>,
}

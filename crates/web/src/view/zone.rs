//! The time zone, asked for again where no zone has the name that was typed.

use askama::Template;

use crate::view::Page;
use crate::view::form::{Faults, Shape};

/// The form that sets it.
pub const FORM: Shape = Shape { name: "zone", fields: &["zone"] };

#[derive(Debug, Clone, Template)]
#[template(path = "zone.html")]
pub struct ZonePage {
    pub page: Page,
    /// Where to go on to.
    pub back: String,
    /// What was typed.
    pub zone: String,
    pub faults: Faults,
}

//! What changed, and how much there is.

use askama::Template;

use crate::view::{Page, Row};

/// A figure that leads to the list it counts.
#[derive(Debug, Clone)]
pub struct Figure {
    pub href: String,
    /// Written out, with a `+` where counting stopped at the cap.
    pub number: String,
    pub kind: String,
    pub name: String,
}

impl Figure {
    pub fn icon(&self) -> crate::icon::Icon {
        crate::icon::of_kind(&self.kind)
    }
}

#[derive(Debug, Clone, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    pub page: Page,
    pub figures: Vec<Figure>,
    /// What became readable last, newest first.
    pub recent: Vec<Row>,
    pub may_write: bool,
    /// Said once after the sample was loaded: how many objects.
    pub loaded: Option<u64>,
}

//! Standing requirements, and what matched them.

use askama::Template;

use crate::moment::Moment;
use crate::view::form::{Faults, Shape};
use crate::view::marking::MarkingForm;
use crate::view::sign_in::Choice;
use crate::view::{LabelView, Page, Row};

/// The form with which a requirement is stated.
pub const FORM: Shape = Shape {
    name: "requirement",
    fields: &["title", "priority", "kinds", "words", "sectors", "labels", "pattern", "label"],
};

/// A requirement in the list.
#[derive(Debug, Clone)]
pub struct RequirementRow {
    pub href: String,
    pub title: String,
    /// From 1, the most important, to 5.
    pub priority: u8,
    pub from: String,
    /// What is wanted: each part by name.
    pub wanted: Vec<(String, String)>,
    pub since: Moment,
    pub label: LabelView,
}

#[derive(Debug, Clone, Template)]
#[template(path = "requirements.html")]
pub struct RequirementsPage {
    pub page: Page,
    pub rows: Vec<RequirementRow>,
    pub may_write: bool,
}

/// One requirement with what matched.
#[derive(Debug, Clone, Template)]
#[template(path = "requirement.html")]
pub struct RequirementPage {
    pub page: Page,
    pub object: String,
    pub row: RequirementRow,
    /// Where a further version is written, for who may.
    pub change: Option<String>,
    pub hits: Vec<Row>,
    pub next: Option<String>,
}

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The requirement of which it is a further version.
    pub id: String,
    pub title: String,
    pub kinds: String,
    pub words: String,
    pub labels: String,
    pub pattern: String,
}

#[derive(Debug, Clone, Template)]
#[template(path = "requirement_new.html")]
pub struct NewRequirementPage {
    pub page: Page,
    pub typed: Typed,
    pub priorities: Vec<Choice>,
    pub sectors: Vec<Choice>,
    pub marking: MarkingForm,
    pub faults: Faults,
}

impl NewRequirementPage {
    pub fn names_a_sector(&self) -> bool {
        self.sectors.iter().any(|sector| sector.chosen)
    }
}

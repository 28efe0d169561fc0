//! Why the viewer may read an object, rule by rule.

use askama::Template;

use crate::moment::Moment;
use crate::view::{Page, Value};

/// One rule, as it was applied.
#[derive(Debug, Clone)]
pub struct RuleView {
    /// Its name in the reader's language.
    pub rule: String,
    /// What was found, in the reader's language.
    pub means: String,
    /// The same with its particulars, in the node's own words (English).
    pub found: String,
    pub met: bool,
}

/// One contribution.
#[derive(Debug, Clone)]
pub struct Because {
    pub source: String,
    pub version: Option<Moment>,
    pub label: String,
    pub readable: bool,
    pub rules: Vec<RuleView>,
    /// Fields that ask for more than the object.
    pub fields: Vec<FieldBecause>,
}

/// Some fields of a contribution.
#[derive(Debug, Clone)]
pub struct FieldBecause {
    pub selectors: Vec<String>,
    pub label: String,
    pub rules: Vec<RuleView>,
}

#[derive(Debug, Clone, Template)]
#[template(path = "explain.html")]
pub struct ExplainPage {
    pub page: Page,
    pub id: Value,
    pub contributions: Vec<Because>,
}

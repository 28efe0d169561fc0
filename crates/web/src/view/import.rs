//! Taking in a bundle: choose it and its label, see whom it reaches, then do it.

use askama::Template;

use crate::view::form::{Faults, Shape};
use crate::view::marking::MarkingForm;
use crate::view::reach::ReachView;
use crate::view::{LabelView, Page};

/// The form with which a bundle is chosen.
pub const FORM: Shape = Shape { name: "import", fields: &["file", "label"] };

#[derive(Debug, Clone, Template)]
#[template(path = "import.html")]
pub struct ImportPage {
    pub page: Page,
    pub marking: MarkingForm,
    pub faults: Faults,
    pub limit: String,
}

/// What would happen.
#[derive(Debug, Clone, Template)]
#[template(path = "import_check.html")]
pub struct ImportCheckPage {
    pub page: Page,
    /// Names the bytes that wait on the node.
    pub token: String,
    pub file: String,
    pub label: LabelView,
    /// The label in words, as a command would take it.
    pub words: String,
    pub reach: ReachView,
    /// The reader himself could not read it: his clearance does not reach.
    pub beyond_reader: bool,
    pub counts: Counts,
    pub reasons: Vec<(String, u64)>,
}

/// What becomes, or would become, of an envelope.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    pub total: u64,
    pub stored: u64,
    pub duplicates: u64,
    pub quarantined: u64,
    pub warned: u64,
}

/// What was done.
#[derive(Debug, Clone, Template)]
#[template(path = "import_done.html")]
pub struct ImportDonePage {
    pub page: Page,
    pub counts: Counts,
    pub reasons: Vec<(String, u64)>,
}

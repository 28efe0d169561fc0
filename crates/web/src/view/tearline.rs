//! Tear-lines: choosing how one is made, what it would be, and high against low field by field.

use askama::Template;

use crate::icon::{self, Icon};
use crate::moment::Moment;
use crate::view::form::{Faults, Shape};
use crate::view::reach::ReachView;
use crate::view::sign_in::Choice;
use crate::view::{LabelView, Page, Run};

/// The form with which a tear-line is made.
pub const FORM: Shape =
    Shape { name: "tearline", fields: &["objects", "template", "label", "times", "advisory"] };

/// An object on one of the two sides.
#[derive(Debug, Clone)]
pub struct Side {
    /// Nothing where it is not stored yet.
    pub href: Option<String>,
    pub kind: String,
    pub kind_name: String,
    pub title: Run,
    pub label: LabelView,
}

impl Side {
    pub fn icon(&self) -> Icon {
        icon::of_kind(&self.kind)
    }
}

/// What can be chosen for one field, in a form.
#[derive(Debug, Clone)]
pub struct FieldChoice {
    /// Numbers the fields of the whole form.
    pub number: usize,
    /// The object's id and the place in it.
    pub target: String,
    pub acts: Vec<Choice>,
    /// What stands in its place where it is replaced.
    pub with: String,
    /// Why what was chosen cannot be done.
    pub fault: Option<String>,
}

/// One field, high against low.
#[derive(Debug, Clone)]
pub struct FieldView {
    pub place: String,
    /// The style's class: `ok`, `note`, `warn` or `danger`.
    pub class: &'static str,
    pub sign: &'static str,
    /// What was done, such as `Removed`.
    pub rule: String,
    /// Why.
    pub because: String,
    pub before: String,
    pub after: Option<String>,
    pub choice: Option<FieldChoice>,
}

impl FieldView {
    pub fn is_same(&self) -> bool {
        self.after.as_ref() == Some(&self.before)
    }
}

/// One object, high against low.
#[derive(Debug, Clone)]
pub struct TornView {
    pub high: Side,
    pub low: Option<Side>,
    /// Why it was left out.
    pub left_out: Option<String>,
    pub fields: Vec<FieldView>,
}

/// How many fields met which fate.
#[derive(Debug, Clone, Default)]
pub struct Fates {
    /// The word and the number, in a fixed order, none of them zero.
    pub counts: Vec<(String, u64)>,
}

/// High against low, of some objects.
#[derive(Debug, Clone, Default)]
pub struct DifferenceView {
    pub torn: Vec<TornView>,
    pub fates: Fates,
}

/// What was typed to make one.
#[derive(Debug, Clone, Default)]
pub struct TypedTearline {
    /// Ids, one to a line.
    pub objects: String,
    pub label: String,
    /// Of an advisory.
    pub name: String,
    pub text: String,
}

/// What it would be.
#[derive(Debug, Clone)]
pub struct PreviewView {
    pub difference: DifferenceView,
    /// Made beside: the advisory.
    pub added: Vec<Run>,
    /// Objects that would be made.
    pub count: u64,
    pub to: LabelView,
    pub reach: ReachView,
    /// What it would still betray, and the ways out.
    pub findings: Vec<(String, String)>,
    /// More fields than the form offers choices for.
    pub cut: bool,
}

#[derive(Debug, Clone, Template)]
#[template(path = "tearline_new.html")]
pub struct NewTearlinePage {
    pub page: Page,
    pub typed: TypedTearline,
    pub templates: Vec<Choice>,
    pub times: Vec<Choice>,
    /// What it is made from, as far as the reader reads it.
    pub chosen: Vec<Side>,
    pub preview: Option<PreviewView>,
    pub faults: Faults,
}

/// A tear-line that was made.
#[derive(Debug, Clone, Template)]
#[template(path = "tearline.html")]
pub struct TearlinePage {
    pub page: Page,
    pub template: String,
    pub at: Moment,
    pub low: Vec<Side>,
    pub difference: DifferenceView,
    /// Leads to the form that proposes its release.
    pub propose: String,
}

//! What members say for themselves of an object.

use crate::moment::Moment;
use crate::view::form::{Faults, Shape};
use crate::view::sign_in::Choice;
use crate::view::{LabelView, Run};

/// The form with which an analyst judges.
pub const FORM: Shape = Shape {
    name: "judge",
    fields: &[
        "tags",
        "state",
        "assignee",
        "score",
        "scale",
        "source_reliability",
        "credibility",
        "note",
        "label",
    ],
};

/// A tag, and where else it stands.
#[derive(Debug, Clone)]
pub struct Tag {
    pub text: String,
    pub href: String,
}

/// One member's overlay.
#[derive(Debug, Clone)]
pub struct JudgementView {
    /// The overlay itself, with its versions.
    pub href: String,
    pub by: String,
    pub tags: Vec<Tag>,
    /// In the reader's language where it is a word that is known.
    pub state: Option<String>,
    /// A person of the reader's own member, by address.
    pub assignee: Option<String>,
    /// How much, and on which scale.
    pub score: Option<(u8, String)>,
    /// By the Admiralty scale, such as `B2`, with what it means.
    pub grade: Option<(String, String)>,
    pub note: Option<Run>,
    pub at: Moment,
    pub label: LabelView,
}

/// The form with which an analyst judges, filled with what is said already.
#[derive(Debug, Clone)]
pub struct JudgementForm {
    /// Separated by commas.
    pub tags: String,
    pub state: String,
    /// States that are offered; any other word is one too.
    pub states: Vec<String>,
    pub assignee: String,
    pub score: String,
    pub scale: String,
    pub reliabilities: Vec<Choice>,
    pub credibilities: Vec<Choice>,
    pub note: String,
    /// Who may read it, in words; empty where that stays as it is.
    pub label: String,
    pub faults: Faults,
}

/// The part of an object's page that holds them.
#[derive(Debug, Clone, Default)]
pub struct Judgements {
    pub own: Option<JudgementView>,
    pub others: Vec<JudgementView>,
    /// Where the reader may write.
    pub form: Option<JudgementForm>,
}

impl Judgements {
    pub fn count(&self) -> usize {
        self.others.len() + usize::from(self.own.is_some())
    }
}

//! Alerts, requests and receipts.

use askama::Template;

use crate::icon::{self, Icon};
use crate::moment::Moment;
use crate::view::form::{Faults, Shape};
use crate::view::marking::{MarkingForm, PartyGroup};
use crate::view::reach::ReachView;
use crate::view::sign_in::Choice;
use crate::view::{LabelView, Page, Run};

/// The form that tells what became of an object.
pub const RECEIPT: Shape = Shape { name: "receipt", fields: &["state", "count", "note", "anonymous_in"] };
/// The form that answers a request.
pub const ANSWER: Shape = Shape { name: "answer", fields: &["outcome", "text", "objects", "label"] };
/// The form with which an alert is written.
pub const ALERT: Shape = Shape {
    name: "alert",
    fields: &["title", "text", "urgency", "actions", "respond_by", "to", "objects", "label"],
};
/// The form with which something is asked.
pub const REQUEST: Shape = Shape {
    name: "request",
    fields: &["question", "text", "deadline", "to", "objects", "onward_to", "label"],
};

/// A state as a page shows it: its word, and how it looks.
#[derive(Debug, Clone)]
pub struct StateView {
    pub word: String,
    pub class: &'static str,
    pub sign: &'static str,
}

/// How many of those who are addressed are how far: parts of a whole of 100.
#[derive(Debug, Clone, Default)]
pub struct Strip {
    /// How each part looks, where it begins and how wide it is.
    pub parts: Vec<(&'static str, u64, u64)>,
}

/// A step on the way of an alert at one member.
#[derive(Debug, Clone)]
pub struct StepView {
    pub name: String,
    pub is_reached: bool,
}

/// The time to protection of one member, over the longest time of any: parts of a whole of 1,000.
#[derive(Debug, Clone)]
pub struct SpanView {
    pub name: String,
    /// What each part waited for, where it begins and how wide it is.
    pub parts: Vec<(&'static str, u64, u64)>,
    /// The same in words.
    pub words: String,
}

/// An alert in the list.
#[derive(Debug, Clone)]
pub struct AlertRow {
    pub href: String,
    pub title: String,
    pub urgency: StateView,
    pub from: String,
    pub at: Moment,
    /// How far the own member is.
    pub state: Option<StateView>,
    pub addressees: u64,
    pub delivered: u64,
    pub settled: u64,
    pub strip: Strip,
    pub label: LabelView,
}

/// A request in the list.
#[derive(Debug, Clone)]
pub struct RequestRow {
    pub href: String,
    pub question: String,
    /// `information` or `onward-release`.
    pub ask: String,
    pub from: String,
    pub deadline: Option<Moment>,
    pub overdue: bool,
    pub answers: u64,
    pub label: LabelView,
}

/// How long something took: the half of those that got there, and nine in ten.
#[derive(Debug, Clone)]
pub struct SpreadView {
    /// The message that says until when.
    pub key: &'static str,
    pub median: String,
    pub p90: String,
    /// Of how many.
    pub of: u64,
    /// The same over the longest of the page: parts of a whole of 1,000.
    pub bars: (u64, u64),
}

/// The times of one member.
#[derive(Debug, Clone)]
pub struct TimesRow {
    pub name: String,
    pub alerts: u64,
    /// Delivered, acknowledged, settled.
    pub spreads: Vec<SpreadView>,
}

#[derive(Debug, Clone, Template)]
#[template(path = "alerts.html")]
pub struct AlertsPage {
    pub page: Page,
    pub alerts: Vec<AlertRow>,
    pub next: Option<String>,
    pub requests: Vec<RequestRow>,
    pub times: Vec<TimesRow>,
    /// Whether only what is left to do is shown.
    pub open: bool,
    pub may_write: bool,
}

/// One recipient in the grid.
#[derive(Debug, Clone)]
pub struct RecipientRow {
    pub name: String,
    pub state: Option<StateView>,
    /// Delivered, acknowledged, acted on, settled.
    pub steps: Vec<StepView>,
    pub delivered: Option<Moment>,
    pub acknowledged: Option<Moment>,
    pub settled: Option<Moment>,
    pub blocked: String,
    pub note: String,
}

/// What was said without names.
#[derive(Debug, Clone)]
pub struct BlindedRow {
    pub community: String,
    pub state: StateView,
    pub members: u64,
}

/// A line of receipts about an object.
#[derive(Debug, Clone)]
pub struct ReceiptRow {
    pub name: String,
    pub state: StateView,
    pub since: Moment,
    pub count: String,
    pub note: String,
}

/// The form that tells what became of an object.
#[derive(Debug, Clone, Default)]
pub struct ReceiptForm {
    /// Words and their names.
    pub states: Vec<(String, String)>,
    /// Communities of the own member's.
    pub communities: Vec<String>,
    pub faults: Faults,
}

/// What became of an object, as far as the reader may know.
#[derive(Debug, Clone, Default)]
pub struct ReceiptsView {
    pub lines: Vec<ReceiptRow>,
    pub blinded: Vec<BlindedRow>,
    pub form: Option<ReceiptForm>,
}

/// What something refers to.
#[derive(Debug, Clone)]
pub struct Referred {
    pub href: String,
    pub kind: String,
    pub kind_name: String,
    /// Its title, or its id for who does not read it.
    pub title: Run,
}

impl Referred {
    pub fn icon(&self) -> Icon {
        icon::of_kind(&self.kind)
    }
}

#[derive(Debug, Clone, Template)]
#[template(path = "alert.html")]
pub struct AlertPage {
    pub page: Page,
    /// Where forms are sent.
    pub path: String,
    pub object: String,
    pub title: String,
    pub text: String,
    pub urgency: StateView,
    pub from: String,
    pub at: Moment,
    pub respond_by: Option<Moment>,
    pub state: Option<StateView>,
    pub actions: Vec<String>,
    pub to: Vec<String>,
    pub objects: Vec<Referred>,
    pub recipients: Vec<RecipientRow>,
    pub blinded: Vec<BlindedRow>,
    pub spreads: Vec<SpreadView>,
    /// Time to protection of each recipient that told something.
    pub spans: Vec<SpanView>,
    /// Whether the reader's member sent it, so that a further version may be written.
    pub is_own: bool,
    /// Whether opening it is to be told.
    pub is_unread: bool,
    pub form: Option<ReceiptForm>,
}

impl AlertPage {
    pub fn id(&self) -> &str {
        self.path.trim_start_matches("/alerts/")
    }

    /// Where the form is sent.
    pub fn action(&self) -> String {
        format!("{}/receipt", self.path)
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct AnswerView {
    pub from: String,
    pub outcome: StateView,
    pub text: String,
    pub at: Moment,
    pub objects: Vec<Referred>,
    pub label: LabelView,
}

/// How far one that was asked is.
#[derive(Debug, Clone)]
pub struct AskedRow {
    pub name: String,
    pub state: Option<StateView>,
    /// What it said beside that.
    pub note: String,
    pub answered: bool,
}

/// The form that says that the reader's member is acting.
#[derive(Debug, Clone, Default)]
pub struct ActForm {
    pub note: String,
    pub faults: Faults,
}

#[derive(Debug, Clone, Template)]
#[template(path = "request.html")]
pub struct RequestPage {
    pub page: Page,
    pub path: String,
    pub object: String,
    pub question: String,
    pub ask: String,
    pub text: String,
    pub from: String,
    pub at: Moment,
    pub deadline: Option<Moment>,
    pub overdue: bool,
    pub to: Vec<String>,
    pub onward_to: Vec<String>,
    pub objects: Vec<Referred>,
    pub recipients: Vec<AskedRow>,
    pub answers: Vec<AnswerView>,
    /// Releases by which what was asked for came: link, id, state.
    pub decisions: Vec<(String, String, String)>,
    /// Whether the reader's member may answer, and what stands in the form.
    pub may_answer: bool,
    /// Since when the reader's member has said that it is acting.
    pub acting: Option<Moment>,
    /// The form that says so, where it has neither said so nor answered.
    pub act: Option<ActForm>,
    /// Whether it may propose the release that is asked for.
    pub may_propose: bool,
    pub typed: String,
    /// Ids of what the answer refers to, one a line.
    pub typed_objects: String,
    pub marking: MarkingForm,
    pub faults: Faults,
}

/// What was typed for an alert.
#[derive(Debug, Clone, Default)]
pub struct TypedAlert {
    /// The alert of which it is a further version.
    pub id: String,
    pub title: String,
    pub text: String,
    /// One a line.
    pub actions: String,
    pub respond_by: String,
    pub objects: String,
}

#[derive(Debug, Clone, Template)]
#[template(path = "alert_new.html")]
pub struct NewAlertPage {
    pub page: Page,
    pub typed: TypedAlert,
    /// What the ids in the form mean.
    pub about: Vec<Referred>,
    pub urgencies: Vec<Choice>,
    pub to: Vec<PartyGroup>,
    pub sectors: Vec<Choice>,
    pub marking: MarkingForm,
    pub faults: Faults,
}

impl NewAlertPage {
    pub fn names_a_sector(&self) -> bool {
        self.sectors.iter().any(|sector| sector.chosen)
    }
}

/// What was typed for a request.
#[derive(Debug, Clone, Default)]
pub struct TypedRequest {
    pub question: String,
    pub text: String,
    pub deadline: String,
    pub objects: String,
}

#[derive(Debug, Clone, Template)]
#[template(path = "request_new.html")]
pub struct NewRequestPage {
    pub page: Page,
    pub typed: TypedRequest,
    /// What the ids in the form mean.
    pub about: Vec<Referred>,
    pub to: Vec<PartyGroup>,
    pub sectors: Vec<Choice>,
    /// To whom the objects may go on, of a request for onward release.
    pub onward_to: Vec<PartyGroup>,
    pub marking: MarkingForm,
    pub faults: Faults,
}

impl NewRequestPage {
    pub fn names_a_sector(&self) -> bool {
        self.sectors.iter().any(|sector| sector.chosen)
    }

    pub fn is_onward(&self) -> bool {
        self.onward_to.iter().flat_map(|group| &group.parties).any(|party| party.chosen)
    }
}

/// What would be sent, before it is: whom it reaches, and what was typed.
#[derive(Debug, Clone, Template)]
#[template(path = "notice_check.html")]
pub struct NoticeCheckPage {
    pub page: Page,
    /// The message that names what it is.
    pub kind: &'static str,
    pub title: String,
    /// Where it is sent.
    pub action: String,
    /// Whether it can be changed in the same place.
    pub may_edit: bool,
    /// What was typed, to be sent again.
    pub fields: Vec<(String, String)>,
    pub label: LabelView,
    /// The label in words, as a command would take it.
    pub words: String,
    pub reach: ReachView,
    /// Addressees whom the label does not name.
    pub unreached: Vec<String>,
    /// What it is about.
    pub objects: Vec<Referred>,
    /// What it says, by name.
    pub facts: Vec<(String, String)>,
    /// The message on the button that sends it.
    pub send: &'static str,
}

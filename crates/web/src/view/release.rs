//! Releases: the queue, one of them, proposing one, and where sharing gets stuck.

use askama::Template;

use crate::icon::{self, Icon};
use crate::moment::Moment;
use crate::view::form::{Faults, Shape};
use crate::view::object::FaultView;
use crate::view::reach::ReachView;
use crate::view::sign_in::Choice;
use crate::view::tearline::DifferenceView;
use crate::view::{LabelView, Page, Run};

/// The form that proposes a release.
pub const FORM: Shape = Shape {
    name: "release",
    fields: &["objects", "label", "basis", "basis_note", "expires", "decide_by", "reason"],
};

/// One release in a list.
#[derive(Debug, Clone)]
pub struct ReleaseCard {
    pub href: String,
    /// `draft`, `proposed`, …
    pub state: String,
    pub title: Run,
    /// Objects beside the one in the title.
    pub more: u64,
    pub from: Vec<LabelView>,
    pub to: LabelView,
    /// Who proposed it, as far as the reader may know.
    pub proposer: String,
    /// What is still missing; nothing where it is decided.
    pub waits: Option<String>,
    /// For how long it has waited, in words.
    pub waiting: Option<String>,
    pub at: Moment,
}

impl ReleaseCard {
    pub fn class(&self) -> &'static str {
        class(&self.state)
    }

    pub fn sign(&self) -> &'static str {
        sign(&self.state)
    }
}

fn class(state: &str) -> &'static str {
    match state {
        "released" => "ok",
        "rejected" | "withdrawn" => "danger",
        "expired" => "warn",
        _ => "note",
    }
}

fn sign(state: &str) -> &'static str {
    match state {
        "released" => "ok",
        "rejected" | "withdrawn" => "no",
        "expired" => "clock",
        _ => "note",
    }
}

#[derive(Debug, Clone, Template)]
#[template(path = "releases.html")]
pub struct ReleasesPage {
    pub page: Page,
    /// What waits for a decision, the reader's own decisions first.
    pub open: Vec<ReleaseCard>,
    pub decided: Vec<ReleaseCard>,
    pub may_propose: bool,
}

/// What is released.
#[derive(Debug, Clone)]
pub struct ReleasedObject {
    pub href: String,
    pub kind: String,
    pub title: Run,
    pub kind_name: String,
}

impl ReleasedObject {
    pub fn icon(&self) -> Icon {
        icon::of_kind(&self.kind)
    }
}

/// One part of a label, before and after.
#[derive(Debug, Clone)]
pub struct Difference {
    pub name: String,
    pub gone: Vec<String>,
    pub kept: Vec<String>,
    pub new: Vec<String>,
}

/// One step of its history.
#[derive(Debug, Clone)]
pub struct StepView {
    /// `proposed`, `approved`, …
    pub act: String,
    pub at: Moment,
    pub by: Option<String>,
}

impl StepView {
    pub fn class(&self) -> &'static str {
        class(&self.act)
    }

    pub fn sign(&self) -> &'static str {
        if self.act == "approved" { "ok" } else { sign(&self.act) }
    }
}

/// What stands in the way.
#[derive(Debug, Clone)]
pub struct FindingView {
    pub place: String,
    pub rule: String,
    pub way_out: String,
}

/// The agreement that a release rests on.
#[derive(Debug, Clone)]
pub struct BasisView {
    pub href: String,
    pub title: String,
}

/// What was typed to propose it.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The page of the release that is changed; nothing where a new one is proposed.
    pub release: Option<String>,
    pub objects: String,
    pub label: String,
    /// An agreement's id.
    pub basis: String,
    /// What else it rests on.
    pub basis_note: String,
    pub expires: String,
    pub reason: String,
}

impl Typed {
    /// The message that heads the form.
    pub fn title(&self) -> &'static str {
        if self.release.is_some() { "release-amend" } else { "release-propose" }
    }

    /// Where the form goes.
    pub fn action(&self) -> String {
        self.release.as_ref().map_or_else(|| "/releases".to_owned(), |release| format!("{release}/amend"))
    }
}

/// What the reader may do.
#[expect(clippy::struct_excessive_bools, reason = "one fact for each button")]
#[derive(Debug, Clone, Copy, Default)]
pub struct Buttons {
    pub propose: bool,
    pub amend: bool,
    pub approve: bool,
    pub take_back: bool,
    pub reject: bool,
    pub withdraw: bool,
}

#[derive(Debug, Clone, Template)]
#[template(path = "release.html")]
pub struct ReleasePage {
    pub page: Page,
    pub card: ReleaseCard,
    pub objects: Vec<ReleasedObject>,
    /// High against low of what was made as a tear-line, for who reads both.
    pub torn: DifferenceView,
    /// Leads to the form that makes a tear-line of what would be released.
    pub tearline: Option<String>,
    pub differences: Vec<Difference>,
    pub reach: ReachView,
    pub basis: Option<BasisView>,
    /// What else was said of the basis.
    pub basis_note: Option<String>,
    pub expires: Option<Moment>,
    /// When it lapses if nobody decides.
    pub decide_by: Option<Moment>,
    pub reason: Option<String>,
    /// Kind and words.
    pub refusal: Option<(String, String)>,
    pub steps: Vec<StepView>,
    /// Who agreed and does not count, and why.
    pub uncounted: Vec<(String, String)>,
    pub buttons: Buttons,
    pub kinds: Vec<Choice>,
    /// What blocks it.
    pub findings: Vec<FindingView>,
    /// What is to be looked at.
    pub warnings: Vec<FindingView>,
    /// Where the last attempt was wrong, and why.
    pub faults: Vec<FaultView>,
    /// It is not proposed yet: what would be sent to do so.
    pub preview: Option<Typed>,
}

#[derive(Debug, Clone, Template)]
#[template(path = "release_new.html")]
pub struct NewReleasePage {
    pub page: Page,
    pub typed: Typed,
    /// Agreements that it can rest on: id and title.
    pub agreements: Vec<(String, String)>,
    pub faults: Faults,
}

/// One bar of a chart.
#[derive(Debug, Clone)]
pub struct Bar {
    pub name: String,
    pub count: u64,
    /// Of at most 100, the longest of its chart.
    pub width: u64,
}

#[derive(Debug, Clone, Template)]
#[template(path = "release_report.html")]
pub struct ReleaseReportPage {
    pub page: Page,
    pub median: Option<String>,
    pub p90: Option<String>,
    pub longest_wait: Option<String>,
    pub released: u64,
    /// From proposal to release.
    pub times: Vec<Bar>,
    /// Of those that wait.
    pub waits: Vec<Bar>,
    pub states: Vec<Bar>,
    /// By kind of reason.
    pub reasons: Vec<Bar>,
    /// Of all reasons.
    pub refused: u64,
    pub capped: bool,
}

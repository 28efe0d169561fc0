//! Releases: the queue, one of them, proposing one, and where sharing gets stuck.

use askama::Template;

use crate::moment::Moment;
use crate::view::form::{Faults, Shape};
use crate::view::object::FaultView;
use crate::view::sign_in::Choice;
use crate::view::{LabelView, Page, Run};

/// The form that proposes a release.
pub const FORM: Shape =
    Shape { name: "release", fields: &["objects", "label", "basis", "expires", "decide_by", "reason"] };

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
    pub title: Run,
    pub kind_name: String,
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

/// What was typed to propose it.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub objects: String,
    pub label: String,
    pub basis: String,
    pub expires: String,
    pub reason: String,
}

/// What the reader may do.
#[expect(clippy::struct_excessive_bools, reason = "one fact for each button")]
#[derive(Debug, Clone, Copy, Default)]
pub struct Buttons {
    pub propose: bool,
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
    pub differences: Vec<Difference>,
    /// The members that it reaches, the own one first.
    pub members: Vec<String>,
    pub peers: Vec<String>,
    pub basis: Option<String>,
    pub expires: Option<Moment>,
    pub reason: Option<String>,
    /// Kind and words.
    pub refusal: Option<(String, String)>,
    pub steps: Vec<StepView>,
    /// Who agreed and does not count, and why.
    pub uncounted: Vec<(String, String)>,
    pub buttons: Buttons,
    pub kinds: Vec<Choice>,
    pub findings: Vec<FindingView>,
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
    pub faults: Faults,
}

/// One bar of a chart.
#[derive(Debug, Clone)]
pub struct Bar {
    pub name: String,
    pub count: u64,
    /// Of at most 300.
    pub width: u64,
    pub y: u64,
}

impl Bar {
    pub fn text_y(&self) -> u64 {
        self.y + 15
    }

    pub fn count_x(&self) -> u64 {
        self.width + 128
    }
}

#[derive(Debug, Clone, Template)]
#[template(path = "release_report.html")]
pub struct ReleaseReportPage {
    pub page: Page,
    pub median: Option<String>,
    pub p90: Option<String>,
    pub longest_wait: Option<String>,
    pub released: u64,
    pub states: Vec<(String, u64)>,
    pub bars: Vec<Bar>,
    /// Of all bars.
    pub refused: u64,
    pub capped: bool,
}

impl ReleaseReportPage {
    pub fn height(&self) -> usize {
        self.bars.len() * 32
    }
}

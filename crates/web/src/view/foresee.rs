//! Before something happens: what a change would do, and what others see of an object.

use askama::Template;

use crate::moment::Moment;
use crate::view::sign_in::Choice;
use crate::view::{Page, Value};
use crate::view::{Row, explain::Because};

/// Objects to which the same would happen, for one viewer.
#[derive(Debug, Clone)]
pub struct Lot {
    /// The message that says what.
    pub key: &'static str,
    pub count: u64,
    /// Addresses and identifiers of the first of them.
    pub listed: Vec<(String, String)>,
}

impl Lot {
    /// How many are not listed.
    pub fn more(&self) -> u64 {
        self.count.saturating_sub(self.listed.len() as u64)
    }
}

/// What one viewer would gain and lose.
#[derive(Debug, Clone)]
pub struct ViewerRow {
    pub name: String,
    /// Gained, lost, seen more of, seen less of.
    pub lots: Vec<Lot>,
}

/// What was chosen.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// `join`, `leave`, `clear`, `roles`, `label` or `policy`.
    pub change: String,
    pub clearance: String,
    pub objects: String,
    pub label: String,
    pub at: String,
}

/// What a change would do.
#[derive(Debug, Clone, Template)]
#[template(path = "forecast.html")]
pub struct ForecastPage {
    pub page: Page,
    pub communities: Vec<Choice>,
    pub members: Vec<Choice>,
    /// Whoever can be cleared: people of the own member, and members.
    pub holders: Vec<Choice>,
    pub people: Vec<Choice>,
    pub roles: Vec<Choice>,
    pub asked: Asked,
    /// Why it cannot be told, in the node's words.
    pub problem: Option<String>,
    /// Nothing where nothing was asked.
    pub told: Option<Vec<ViewerRow>>,
    /// Of what goes beside content, the most that a viewer would gain or lose.
    pub beside: u64,
}

impl ForecastPage {
    /// Whether a change is the one that was asked for.
    pub fn is(&self, change: &str) -> bool {
        self.asked.change == change
    }
}

/// What somebody sees of an object.
#[derive(Debug, Clone)]
pub struct SeenView {
    pub name: String,
    /// Properties and what they say, as this viewer gets them; nothing where the object is hidden.
    pub properties: Option<Vec<(String, String)>>,
    /// Fields that are hidden from it.
    pub hidden: Vec<String>,
    pub version: Moment,
    pub earlier: bool,
    pub label: String,
    pub contributions: Vec<Because>,
}

/// What somebody else gets of what the reader reads.
#[derive(Debug, Clone, Template)]
#[template(path = "as_seen_list.html")]
pub struct AsSeenListPage {
    pub page: Page,
    pub viewers: Vec<Choice>,
    /// Through whose eyes; nothing where nobody was chosen.
    pub name: Option<String>,
    pub rows: Vec<Row>,
    pub next: Option<String>,
}

/// An object as somebody else sees it, and why.
#[derive(Debug, Clone, Template)]
#[template(path = "as_seen.html")]
pub struct AsSeenPage {
    pub page: Page,
    pub id: Value,
    pub viewers: Vec<Choice>,
    pub seen: Option<SeenView>,
}

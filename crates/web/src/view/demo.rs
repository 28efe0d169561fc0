//! The demonstration's page: the same object, side by side, as each nation sees it.

use askama::Template;

use crate::moment::Moment;
use crate::view::{LabelView, Page, Run, Value};

/// What one viewer sees of the object.
#[derive(Debug, Clone)]
pub enum Seen {
    /// Nothing: hidden and absent alike.
    Nothing,
    /// The node did not answer.
    Unreachable(String),
    Object(Box<SeenObject>),
}

#[derive(Debug, Clone)]
pub struct SeenObject {
    pub title: Run,
    pub kind_name: String,
    pub description: Option<Run>,
    pub pattern: Option<String>,
    pub label: Option<LabelView>,
    pub version: Option<Moment>,
    pub versions: u64,
    pub relations: u64,
    pub digest: String,
    pub json: String,
}

/// A viewer and its node.
#[derive(Debug, Clone)]
pub struct Column {
    pub viewer: String,
    pub node: String,
    /// The object's page on that node.
    pub href: String,
    pub seen: Seen,
    /// How many objects this viewer reads in all.
    pub objects: Option<String>,
}

/// An object of the story.
#[derive(Debug, Clone)]
pub struct StoryObject {
    pub href: String,
    pub name: String,
    pub chosen: bool,
}

/// An alert, and how long it took to each place.
#[derive(Debug, Clone)]
pub struct RoundView {
    pub title: String,
    pub href: String,
    pub arrivals: Vec<ArrivalView>,
    /// In words.
    pub receipts: String,
}

#[derive(Debug, Clone)]
pub struct ArrivalView {
    pub place: String,
    /// In words.
    pub after: String,
    /// Of 100.
    pub width: String,
}

#[derive(Debug, Clone, Template)]
#[template(path = "demo.html")]
pub struct DemoPage {
    pub page: Page,
    pub id: Value,
    pub story: Vec<StoryObject>,
    pub columns: Vec<Column>,
    /// Whether alerts can be fired here.
    pub rings: bool,
    /// The last one.
    pub round: Option<RoundView>,
    /// A line to try, and what it does.
    pub lines: Vec<(String, String)>,
}

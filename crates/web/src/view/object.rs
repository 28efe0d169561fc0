//! One object, as one viewer may read it.

use askama::Template;

use crate::icon::{self, Icon};
use crate::moment::Moment;
use crate::view::judgement::Judgements;
use crate::view::notices::ReceiptsView;
use crate::view::{LabelView, Page, Run, Value};

/// One thing that a fact states.
#[derive(Debug, Clone)]
pub enum Stated {
    Text(Run),
    /// Exact: an id, a hash.
    Exact(Value),
    Time(Moment),
    /// Another object that the viewer may read.
    Object {
        href: String,
        kind: String,
        name: Run,
    },
    /// A page elsewhere, shown as text with a link that tells it nothing.
    Web {
        href: String,
        name: String,
    },
    /// Something with structure, as JSON.
    Json(String),
}

impl Stated {
    pub fn icon(&self) -> Icon {
        match self {
            Self::Object { kind, .. } => icon::of_kind(kind),
            _ => icon::icon("object"),
        }
    }
}

/// A property and what it states.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The property.
    pub property: String,
    /// Its name in the reader's language, or the property's own.
    pub name: String,
    pub stated: Vec<Stated>,
}

/// Things of a fact that are shown before the reader asks for the rest.
const SHOWN_FIRST: usize = 6;

impl Fact {
    pub fn first(&self) -> &[Stated] {
        &self.stated[..self.stated.len().min(SHOWN_FIRST)]
    }

    pub fn rest(&self) -> &[Stated] {
        self.stated.get(SHOWN_FIRST..).unwrap_or_default()
    }
}

/// A field that asks for more than its object.
#[derive(Debug, Clone)]
pub struct Narrower {
    /// As a granular marking selects it.
    pub selector: String,
    pub label: LabelView,
}

/// A translation from a `language-content` object.
#[derive(Debug, Clone)]
pub struct Translation {
    pub href: String,
    pub lang: String,
    /// Property name → text.
    pub fields: Vec<(String, String)>,
    /// It translates an earlier version.
    pub stale: bool,
    pub label: LabelView,
    pub source: String,
}

/// A relationship, seen from this object.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The relationship object itself.
    pub href: String,
    /// This object is its source.
    pub outgoing: bool,
    /// In the reader's language, or as it is written.
    pub verb: String,
    pub other_href: String,
    pub other_kind: String,
    pub other: Run,
    pub label: LabelView,
    pub source: String,
    pub revoked: bool,
}

impl Relation {
    pub fn icon(&self) -> Icon {
        icon::of_kind(&self.other_kind)
    }
}

/// The relations that a page shows.
#[derive(Debug, Clone, Default)]
pub struct Relations {
    pub shown: Vec<Relation>,
    /// There are older ones.
    pub more: bool,
}

/// A sighting of this object.
#[derive(Debug, Clone)]
pub struct Sighting {
    pub href: String,
    pub source: String,
    pub count: Option<String>,
    pub first: Option<Moment>,
    pub last: Option<Moment>,
    pub label: LabelView,
}

/// A version, or a claim about one.
#[derive(Debug, Clone)]
pub struct Version {
    pub href: String,
    pub version: Moment,
    /// The one that is shown.
    pub current: bool,
    pub claims: Vec<Claim>,
}

/// What one source gave for a version.
#[derive(Debug, Clone)]
pub struct Claim {
    pub source: String,
    /// By the member that owns the identity which made it.
    pub authored: bool,
    /// The one that is served.
    pub served: bool,
    pub digest: String,
    pub added: Moment,
    pub label: LabelView,
    /// The source's reliability by the Admiralty scale.
    pub reliability: Option<char>,
}

/// What one source gave, as a choice.
#[derive(Debug, Clone)]
pub struct Copy {
    /// The source's id.
    pub source: String,
    pub name: String,
    /// It is the one that is read now.
    pub read: bool,
    /// It is the one that the reader's member follows.
    pub followed: bool,
}

/// Copies of what an author made who is no party here.
#[derive(Debug, Clone)]
pub struct Copies {
    pub author: String,
    pub copies: Vec<Copy>,
    /// The reader's member has chosen one.
    pub chosen: bool,
    /// The reader may choose for its member.
    pub may_choose: bool,
}

/// A fault that was kept with the object.
#[derive(Debug, Clone)]
pub struct FaultView {
    pub path: String,
    pub rule: String,
}

#[derive(Debug, Clone, Template)]
#[template(path = "object.html")]
pub struct ObjectPage {
    pub page: Page,
    pub id: Value,
    pub kind: String,
    pub kind_name: String,
    pub title: Run,
    /// Whether the title is a value (monospace).
    pub exact: bool,
    pub description: Option<Run>,
    pub revoked: bool,
    pub disputed: bool,
    /// An earlier version is shown.
    pub earlier: Option<Moment>,
    /// Since when it is in the log.
    pub logged: Option<Moment>,
    /// Where its proof is.
    pub proof: String,
    /// An indicator's pattern, and in which language it is.
    pub pattern: Option<(String, String)>,
    pub facts: Vec<Fact>,
    pub judgements: Judgements,
    pub receipts: ReceiptsView,
    /// Fields that ask for more than the object, of those that the viewer reads.
    pub narrower: Vec<Narrower>,
    pub translations: Vec<Translation>,
    pub relations: Relations,
    pub sightings: Vec<Sighting>,
    /// Other objects that refer to this one: reports, groupings, notes.
    pub mentions: Vec<crate::view::Row>,
    pub versions: Vec<Version>,
    pub copies: Option<Copies>,
    pub warnings: Vec<FaultView>,
    pub json: String,
}

impl ObjectPage {
    pub fn icon(&self) -> Icon {
        icon::of_kind(&self.kind)
    }

    /// What fields of a property ask beyond what the object asks.
    pub fn narrower_of<'a>(&'a self, property: &'a str) -> impl Iterator<Item = &'a Narrower> {
        let lies_in = move |field: &&Narrower| field.selector.split('.').next() == Some(property);
        self.narrower.iter().filter(lies_in)
    }

    pub fn self_href(&self) -> String {
        format!("/objects/{}", self.id.whole)
    }

    /// Where the form is sent that tells what became of it.
    pub fn receipt_action(&self) -> String {
        format!("{}/receipt", self.self_href())
    }
}

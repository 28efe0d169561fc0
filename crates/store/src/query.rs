//! What can be asked of a view, and what it answers.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use kizuna_access::rights::Holds;
use kizuna_access::{Label, MemberId, PersonId};
use kizuna_stix::Id;
use kizuna_stix::observable::Observable;

/// A place in one viewer's order of arrivals. Means nothing to another viewer; never leaves the node in the clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Position {
    /// When the right was gained that brought the content, in microseconds; 0 for content that arrived under a right
    /// held already.
    pub gained: i64,
    pub seq: u64,
}

/// Which versions of each object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Versions {
    #[default]
    Latest,
    First,
    All,
    /// TAXII `match[version]` with several values: any of these.
    Any {
        latest: bool,
        first: bool,
        at: Vec<Timestamp>,
    },
}

/// A filter over objects. Empty lists filter nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    pub holds: Holds,
    pub ids: Vec<Id>,
    pub kinds: Vec<String>,
    pub versions: Versions,
    /// Only what its reader's member itself contributed.
    pub own: bool,
}

impl Default for Selection {
    fn default() -> Self {
        Self { holds: Holds::All, ids: Vec::new(), kinds: Vec::new(), versions: Versions::Latest, own: false }
    }
}

/// A question for the search box. All parts must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// Words, in any language; every one must occur.
    pub text: Option<String>,
    /// One of these values.
    pub observables: Vec<Observable>,
    /// Refers to this object.
    pub refers_to: Option<Id>,
    pub kinds: Vec<String>,
}

/// Fields that ask for more than their object does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    pub label: Arc<Label>,
    /// As granular markings select them in the bytes that go with this.
    pub selectors: Vec<String>,
}

/// One version as a viewer may read it.
#[expect(clippy::struct_excessive_bools, reason = "four independent facts that a page shows side by side")]
#[derive(Debug, Clone)]
pub struct Item {
    pub id: Id,
    /// `modified`, or for objects without it the time of arrival for this viewer.
    pub version: Timestamp,
    /// Whether the object has `modified`.
    pub versioned: bool,
    /// Of the bytes as this viewer gets them.
    pub digest: [u8; 32],
    /// Canonical JSON.
    pub bytes: Bytes,
    /// Of the object; some fields may ask for more.
    pub label: Arc<Label>,
    /// The fields with narrower labels, of those that the viewer reads. Of others nothing is said, nor that there are
    /// any.
    pub fields: Vec<Fields>,
    pub source: MemberId,
    /// Who of the viewer's own member brought it in; never told of others.
    pub by: Option<PersonId>,
    pub authored: bool,
    pub reliability: Option<char>,
    /// When it became readable to this viewer; strictly increasing over a viewer's pages.
    pub added: Timestamp,
    /// When this node stored it: what is asked of who joined from a date on. Not for showing.
    pub stored: Timestamp,
    pub position: Position,
    /// Computed for this viewer: the object's newest readable state is revoked or recalled.
    pub revoked: bool,
    /// Others that the viewer may read gave different bytes for this version.
    pub disputed: bool,
    /// Warnings kept with it.
    pub warnings: Vec<kizuna_stix::Fault>,
}

impl Item {
    /// What is asked of a reader of all that these bytes say: the object's label and those of its fields. What shows
    /// an item shows it under this.
    pub fn whole(&self) -> Label {
        self.fields.iter().fold(Label::clone(&self.label), |label, fields| label.and(&fields.label))
    }
}

/// Items in the viewer's order of arrivals.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub items: Vec<Item>,
    /// Where to go on; `None` when there was nothing more at the time of reading.
    pub next: Option<Position>,
}

/// A count that stops at a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Count {
    pub at_least: u64,
    /// Whether counting stopped at the cap.
    pub capped: bool,
}

/// Where to begin a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Start {
    #[default]
    First,
    /// After this position (exclusive).
    After(Position),
    /// What became readable after this instant (exclusive; TAXII `added_after`).
    AddedAfter(Timestamp),
}

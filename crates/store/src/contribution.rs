//! What is written: contributions, quarantine, their outcomes.

use jiff::Timestamp;
use kizuna_access::redact::Part;
use kizuna_access::{Label, MemberId, PersonId};
use kizuna_stix::{Fault, Id, Object};

/// A version as one source gave it, with that source's label.
#[derive(Debug, Clone)]
pub struct Contribution {
    pub object: Object,
    /// The member that gave it.
    pub source: MemberId,
    /// Who brought it in; `None` for a peer's synchronisation.
    pub by: Option<PersonId>,
    /// Through which channel, such as `inbox`, `collection:UUID`, `peer:NAME`, `command`. The same source and bytes
    /// through another channel is a further contribution.
    pub channel: String,
    pub label: Label,
    /// Fields that ask for more than the object does. They are folded when they are stored
    /// ([`kizuna_access::redact::fold`]).
    pub parts: Vec<Part>,
    /// Whether the source owns the identity in `created_by_ref`: a claim otherwise.
    pub authored: bool,
    /// Marking definitions it refers to that the source has not given yet.
    pub dangling: Vec<Id>,
    /// The source's reliability by the Admiralty scale (`A`–`F`), as judged by whoever brought it in.
    pub reliability: Option<char>,
}

/// What became of one contribution. A writer learns nothing about what others gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Stored,
    /// The same source gave the same bytes under the same label through the same channel before.
    Duplicate,
}

/// Input that could not be accepted, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Quarantined {
    pub source: MemberId,
    pub by: Option<PersonId>,
    pub channel: String,
    pub received: Timestamp,
    /// As it arrived.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    pub id: Option<String>,
    pub faults: Vec<Fault>,
}

/// A stored contribution whose label may have to be judged again, such as one that refers to marking definitions its
/// source had not given when it arrived.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub(crate) seq: i64,
    pub object: Object,
    pub source: MemberId,
    pub by: Option<PersonId>,
    pub channel: String,
    /// The label that it has.
    pub label: Label,
    pub authored: bool,
    pub reliability: Option<char>,
}

/// A contribution that waited, with the labels it should have had.
#[derive(Debug, Clone)]
pub struct Relabelled {
    pub waiting: Waiting,
    pub label: Label,
    pub parts: Vec<Part>,
    /// Marking definitions that are still missing.
    pub dangling: Vec<Id>,
}

impl Relabelled {
    pub(crate) fn contribution(self) -> Contribution {
        let Waiting { seq: _, object, source, by, channel, label: _, authored, reliability } = self.waiting;
        Contribution {
            object,
            source,
            by,
            channel,
            label: self.label,
            parts: self.parts,
            authored,
            dangling: self.dangling,
            reliability,
        }
    }
}

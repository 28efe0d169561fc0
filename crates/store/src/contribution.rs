//! What is written: contributions, quarantine, their outcomes.

use jiff::Timestamp;
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

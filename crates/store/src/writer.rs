//! The one writer, with group commit: acknowledged means durable.

use kizuna_access::{Recorded, Rights};
use kizuna_stix::Id;

use crate::StoreError;
use crate::contribution::{Contribution, Outcome, Quarantined};

/// Hands work to the writer. Cheap to clone; calls block until the work is durable, so call from a blocking thread.
#[derive(Clone)]
pub struct Writer {}

/// Who did something, for the audit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// The person at the machine's command line.
    Operator,
    Person(kizuna_access::PersonId),
    /// The node itself: a schedule, a peer's synchronisation.
    Node,
}

/// A line of the append-only audit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AuditEntry {
    pub actor: Actor,
    /// What was done, such as `rights.key-added`, `dangerous.read`, `object.narrowed`.
    pub action: String,
    /// The object concerned, shown to an auditor only as far as it is readable to it.
    pub object: Option<Id>,
    pub detail: serde_json::Value,
}

impl Writer {
    /// Stores contributions and what lies in quarantine, all or nothing, in this order. Outcomes are in the order of
    /// the contributions.
    pub fn contribute(
        &self,
        _contributions: Vec<Contribution>,
        _quarantined: Vec<Quarantined>,
    ) -> Result<Vec<Outcome>, StoreError> {
        unreachable!()
    }

    /// Records a change of rights: checked against the directory, numbered, audited.
    pub fn record(&self, _rights: Rights, _actor: Actor) -> Result<Recorded, StoreError> {
        unreachable!()
    }

    /// Narrows the source's own contributions to an object (all versions, or one) to its own member, and leaves a stub
    /// for those who could read them. Nothing readable to the source: [`StoreError::NotFound`].
    pub fn narrow(
        &self,
        _id: &Id,
        _version: Option<jiff::Timestamp>,
        _source: kizuna_access::MemberId,
        _actor: Actor,
    ) -> Result<u64, StoreError> {
        unreachable!()
    }

    /// Appends to the audit.
    pub fn audit(&self, _entry: AuditEntry) -> Result<(), StoreError> {
        unreachable!()
    }

    /// Keeps node state that is no exchange content (sessions, sign-in links, statuses, cursors of peers, idempotency keys).
    /// `None` removes; past `expires` it is gone.
    pub fn set_state(
        &self,
        _kind: &str,
        _key: &str,
        _value: Option<Vec<u8>>,
        _expires: Option<jiff::Timestamp>,
    ) -> Result<(), StoreError> {
        unreachable!()
    }
}

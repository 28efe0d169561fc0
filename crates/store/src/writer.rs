//! The one writer, with group commit: acknowledged means durable.

mod desk;
mod erase;
mod narrow;
mod prepare;
mod revoke;
mod thread;

use std::sync::mpsc;

use kizuna_access::travel::Covers;
use kizuna_access::{MemberId, Recorded, Rights};
use kizuna_stix::Id;

use crate::StoreError;
use crate::contribution::{Contribution, Outcome, Quarantined, Relabelled};
use crate::log::Sealing;
use crate::vitals::Pulse;

pub(crate) use desk::Books;
pub(crate) use erase::Leaf;
pub use erase::{Erasure, has_random_id};
use narrow::Reach;
pub(crate) use prepare::{Found, forms, found};
pub use thread::Attestor;
pub(crate) use thread::{Link, start};
use thread::{Reply, Request};

/// Hands work to the writer. Cheap to clone; calls block until the work is durable, so call from a blocking thread.
#[derive(Clone)]
pub struct Writer {
    link: Link,
}

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
    pub(crate) fn new(link: Link) -> Self {
        Self { link }
    }

    pub(crate) fn pulse(&self) -> &Pulse {
        self.link.pulse()
    }

    /// Stores contributions and what lies in quarantine, all or nothing, in this order. Outcomes are in the order of
    /// the contributions.
    pub fn contribute(
        &self,
        contributions: Vec<Contribution>,
        quarantined: Vec<Quarantined>,
    ) -> Result<Vec<Outcome>, StoreError> {
        let prepared = prepare::contributions(contributions)?;
        match self.ask(Request::Contribute { prepared, quarantined })? {
            Reply::Outcomes(outcomes) => Ok(outcomes),
            _ => Err(wrong_reply()),
        }
    }

    /// Records a change of rights: checked against the directory, numbered, audited.
    pub fn record(&self, rights: Rights, actor: Actor) -> Result<Recorded, StoreError> {
        match self.ask(Request::Record { rights: Box::new(rights), actor })? {
            Reply::Recorded(recorded) => Ok(*recorded),
            _ => Err(wrong_reply()),
        }
    }

    /// Narrows the source's own contributions to an object (all versions, or one) to its own member, and leaves a stub
    /// for those who could read them; how many were narrowed. Nothing of the source's: [`StoreError::NotFound`].
    pub fn narrow(
        &self,
        id: &Id,
        version: Option<jiff::Timestamp>,
        source: MemberId,
        actor: Actor,
    ) -> Result<u64, StoreError> {
        self.narrow_what(id, version.map_or(Reach::All, Reach::Version), source, actor)
    }

    /// Carries out a recall that the source gave: what it covers is narrowed as by [`Self::narrow`].
    pub fn narrow_recalled(
        &self,
        id: &Id,
        covers: Covers,
        source: MemberId,
        actor: Actor,
    ) -> Result<u64, StoreError> {
        self.narrow_what(id, Reach::Recalled(covers), source, actor)
    }

    /// Narrows what the source gave of an object through one channel, as by [`Self::narrow`].
    pub fn narrow_channel(
        &self,
        id: &Id,
        channel: &str,
        source: MemberId,
        actor: Actor,
    ) -> Result<u64, StoreError> {
        self.narrow_what(id, Reach::Channel(channel.to_owned()), source, actor)
    }

    /// Erases what a source gave of an object: its bytes go, its leaf stays, and whoever could read it is told by a
    /// recall. How many contributions that were. What of them is left in free pages of the files is written over before
    /// long; see [`Erasure`] for whose decision it takes.
    pub fn erase(&self, erasure: Erasure) -> Result<u64, StoreError> {
        match self.ask(Request::Erase(Box::new(erasure)))? {
            Reply::Narrowed(count) => Ok(count),
            _ => Err(wrong_reply()),
        }
    }

    fn narrow_what(&self, id: &Id, reach: Reach, source: MemberId, actor: Actor) -> Result<u64, StoreError> {
        match self.ask(Request::Narrow { id: id.clone(), reach, source, actor })? {
            Reply::Narrowed(count) => Ok(count),
            _ => Err(wrong_reply()),
        }
    }

    /// Gives contributions to one object other labels, as further contributions of the same bytes. One whose new label
    /// does not permit all that the old one did is taken back, and those who could read it are told by a recall; one
    /// that was taken back meanwhile is left alone.
    pub fn reassign(&self, id: &Id, relabelled: Vec<Relabelled>) -> Result<Vec<Outcome>, StoreError> {
        let seqs: Vec<i64> = relabelled.iter().map(|one| one.waiting.seq).collect();
        let contributions = relabelled.into_iter().map(Relabelled::contribution).collect();
        let prepared = seqs.into_iter().zip(prepare::contributions(contributions)?).collect();
        match self.ask(Request::Reassign { id: id.clone(), prepared })? {
            Reply::Outcomes(outcomes) => Ok(outcomes),
            _ => Err(wrong_reply()),
        }
    }

    /// Gives contributions that waited for a marking their right labels, as further contributions of the same bytes:
    /// for those who may read them now they are a right gained. The contribution that waited stays its source's own.
    pub fn relabel(&self, relabelled: Vec<Relabelled>) -> Result<Vec<Outcome>, StoreError> {
        let settled = relabelled.iter().map(|one| one.waiting.seq).collect();
        let contributions = relabelled.into_iter().map(Relabelled::contribution).collect();
        let prepared = prepare::contributions(contributions)?;
        match self.ask(Request::Relabel { prepared, settled })? {
            Reply::Outcomes(outcomes) => Ok(outcomes),
            _ => Err(wrong_reply()),
        }
    }

    /// Says who attests what the writer itself publishes for a member; only the first counts.
    pub fn attest_with(&self, attestor: Box<Attestor>) {
        self.link.attest_with(attestor);
    }

    /// Appends to the audit.
    pub fn audit(&self, entry: AuditEntry) -> Result<(), StoreError> {
        self.done(Request::Audit(entry))
    }

    /// Appends lines to the audit, in this order, in as few groups as they fit in. Where this fails, some of them may
    /// stand there.
    pub fn audit_all(&self, entries: Vec<AuditEntry>) -> Result<(), StoreError> {
        let mut pending = Vec::with_capacity(entries.len());
        for entry in entries {
            let (answer, answered) = mpsc::sync_channel(1);
            self.link.send(Request::Audit(entry), answer)?;
            pending.push(answered);
        }
        for answered in pending {
            answered.recv().map_err(|_| stopped())??;
        }
        Ok(())
    }

    /// Keeps node state that is no exchange content (sessions, sign-in links, statuses, cursors of peers, idempotency
    /// keys). `None` removes; past `expires` it is gone.
    pub fn set_state(
        &self,
        kind: &str,
        key: &str,
        value: Option<Vec<u8>>,
        expires: Option<jiff::Timestamp>,
    ) -> Result<(), StoreError> {
        self.done(Request::SetState { kind: kind.to_owned(), key: key.to_owned(), value, expires })
    }

    /// Sets node state as by [`Self::set_state`], provided that it is what is expected (`None`: there is none); whether
    /// it was. Of several that expect the same, in whatever process, one succeeds.
    pub fn swap_state(
        &self,
        kind: &str,
        key: &str,
        expected: Option<Vec<u8>>,
        value: Option<Vec<u8>>,
        expires: Option<jiff::Timestamp>,
    ) -> Result<bool, StoreError> {
        let (kind, key) = (kind.to_owned(), key.to_owned());
        match self.ask(Request::SwapState { kind, key, expected, value, expires })? {
            Reply::Swapped(done) => Ok(done),
            _ => Err(wrong_reply()),
        }
    }

    /// Makes an instant one that whatever is committed after it is later than, in every process.
    pub(crate) fn close(&self, instant: i64) -> Result<(), StoreError> {
        self.done(Request::Close(instant))
    }

    /// Adds a leaf to the log; whether it was: another process may have been first.
    pub(crate) fn seal(&self, sealing: Sealing) -> Result<bool, StoreError> {
        match self.ask(Request::Seal(Box::new(sealing)))? {
            Reply::Swapped(done) => Ok(done),
            _ => Err(wrong_reply()),
        }
    }

    fn done(&self, request: Request) -> Result<(), StoreError> {
        match self.ask(request)? {
            Reply::Done => Ok(()),
            _ => Err(wrong_reply()),
        }
    }

    /// Sends a request and waits until it is durable or refused.
    fn ask(&self, request: Request) -> Result<Reply, StoreError> {
        let (answer, answered) = mpsc::sync_channel(1);
        self.link.send(request, answer)?;
        answered.recv().map_err(|_| stopped())?
    }
}

fn wrong_reply() -> StoreError {
    StoreError::Engine("the writer answered another question".into())
}

fn stopped() -> StoreError {
    StoreError::Engine("the writer has stopped".into())
}

#[cfg(test)]
mod tests;

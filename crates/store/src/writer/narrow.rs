//! Narrowing: a source takes its contributions back to its own member.
//!
//! What was given is never edited. For each contribution that others could read, in this order: it is marked dead,
//! so that nobody reads it any more; a *recall* under its old label tells those who could read it which version is
//! gone; the source's member gets the same bytes as a further contribution under a label of its own. Recalls are
//! objects like all others and travel like them; they say nothing beyond what their readers had.

use std::collections::HashSet;

use jiff::Timestamp;
use kizuna_access::redact::Part;
use kizuna_access::travel::{Covers, Recall};
use kizuna_access::{Label, MemberId, leak, marking};
use kizuna_stix::{Fault, Id, Object};
use serde_json::json;

use super::desk::Desk;
use super::prepare::{self, Prepared, forms};
use super::{Actor, AuditEntry};
use crate::StoreError;
use crate::backend::{Body, Flags, Row, Space};
use crate::clock::instant;
use crate::contribution::{Contribution, Outcome};
use crate::store::stored_object;

/// Which of a source's contributions to an object are narrowed.
#[derive(Debug, Clone)]
pub(crate) enum Reach {
    All,
    /// Those of the version with this `modified`.
    Version(Timestamp),
    /// What a recall of the source covers.
    Recalled(Covers),
    /// What came through the channel of this name.
    Channel(String),
}

impl Reach {
    fn includes(&self, row: &Row, channel: Option<i64>) -> bool {
        match self {
            Self::All => true,
            Self::Channel(_) => channel == Some(row.channel),
            Self::Version(version) => row.modified == Some(prepare::nanos(*version)),
            Self::Recalled(Covers::Digests(digests)) => digests.contains(&row.digest),
            Self::Recalled(Covers::Until(until)) => {
                row.modified.is_some_and(|modified| modified <= prepare::nanos(*until))
            }
        }
    }
}

impl Desk<'_> {
    /// Narrows contributions of a source to an object; how many were narrowed.
    pub(super) fn narrow(
        &mut self,
        id: &Id,
        reach: &Reach,
        source: MemberId,
        actor: Actor,
    ) -> Result<u64, StoreError> {
        let number = self.term(Space::Member, &source.to_string())?;
        let channel = match reach {
            Reach::Channel(name) => Some(self.term(Space::Channel, name)?),
            Reach::All | Reach::Version(_) | Reach::Recalled(_) => None,
        };
        let meant = |row: &Row| row.source == number && row.dead_at.is_none() && reach.includes(row, channel);
        let mut rows = self.ledger.rows_of(&id.key())?;
        rows.retain(meant);
        if rows.is_empty() {
            return Err(StoreError::NotFound);
        }
        let mut narrowed = 0;
        let mut told = HashSet::new();
        for row in rows {
            narrowed += u64::from(self.narrow_one(id, source, &row, &mut told)?);
        }
        let detail = json!({ "source": source, "contributions": narrowed });
        self.audit(&AuditEntry {
            actor,
            action: "object.narrowed".into(),
            object: Some(id.clone()),
            detail,
        })?;
        Ok(narrowed)
    }

    /// Whether there was anything to narrow.
    fn narrow_one(
        &mut self,
        id: &Id,
        source: MemberId,
        row: &Row,
        told: &mut HashSet<Told>,
    ) -> Result<bool, StoreError> {
        let wide = self.label_of(row)?;
        let own = wide.only_own(source);
        if wide == own {
            return Ok(false);
        }
        let channel = self.channel_of(row)?;
        self.take_back(id, source, row, &wide, Some(told))?;
        let own_part = |part: Part| Part { label: part.label.only_own(source), ..part };
        let parts = self.parts_of(row)?.into_iter().map(own_part).collect();
        let Body { bytes, .. } = self.ledger.body(row.seq)?;
        let mut kept = one(Contribution {
            object: stored_object(&bytes)?,
            source,
            by: None,
            channel,
            label: own,
            parts,
            authored: row.flags.has(Flags::AUTHORED),
            dangling: Vec::new(),
            reliability: row.reliability,
        })?;
        kept.flags = row.flags.without(Flags::GRANULAR).with(Flags::GRANULAR, !kept.parts.is_empty());
        let outcome = self.contribute(kept)?;
        debug_assert!(matches!(outcome, Outcome::Stored | Outcome::Duplicate));
        Ok(true)
    }

    /// Takes a contribution back: nobody reads it any more, and those who could are told where that is asked for. Each
    /// form that some of them read has a recall of its own, under the label of that form: a digest of a fuller one is
    /// for nobody else. What looks alike to them is told once.
    pub(super) fn take_back(
        &mut self,
        id: &Id,
        source: MemberId,
        row: &Row,
        label: &Label,
        told: Option<&mut HashSet<Told>>,
    ) -> Result<(), StoreError> {
        let at = self.ticks.next();
        self.ledger.kill(row.seq, at)?;
        self.ledger.set_flags(row.seq, row.flags.with(Flags::SHARED, true))?;
        let Some(told) = told else { return Ok(()) };
        let channel = self.channel_of(row)?;
        for (digest, form_label) in self.forms_of(row, label)? {
            let label = if leak::is(51) { label.clone() } else { form_label };
            if !told.insert((row.channel, label.canonical(), digest)) {
                continue;
            }
            let stub = Contribution {
                object: recall(id, source, (row, digest), &label, instant(at))?,
                source,
                by: None,
                channel: channel.clone(),
                label,
                parts: Vec::new(),
                authored: true,
                dangling: Vec::new(),
                reliability: row.reliability,
            };
            let prepared = unsearchable(one(stub.clone())?);
            self.publish(stub, prepared)?;
        }
        Ok(())
    }

    /// The digest and the label of each form of a contribution, the least one first.
    fn forms_of(&mut self, row: &Row, label: &Label) -> Result<Vec<([u8; 32], Label)>, StoreError> {
        if !row.flags.has(Flags::GRANULAR) {
            return Ok(vec![(row.digest, label.clone())]);
        }
        let object = stored_object(&self.ledger.body(row.seq)?.bytes)?;
        let mut forms = forms(&object, label, &self.parts_of(row)?)?;
        forms.sort_by_cached_key(|form| (form.parts.len(), form.object.digest()));
        Ok(forms.into_iter().map(|form| (form.object.digest(), form.label)).collect())
    }
}

/// Through which channel, under which label and of which bytes a recall was written.
pub(super) type Told = (i64, String, [u8; 32]);

/// One contribution, prepared.
pub(super) fn one(contribution: Contribution) -> Result<Prepared, StoreError> {
    prepare::contributions(vec![contribution])?
        .pop()
        .ok_or_else(|| StoreError::Engine("nothing was prepared".into()))
}

/// A recall names what is gone; it does not answer searches for it.
fn unsearchable(mut stub: Prepared) -> Prepared {
    stub.references.clear();
    stub.observables.clear();
    stub.tokens.clear();
    stub
}

/// The stub that tells readers of a contribution that its source has taken it back. It carries their label as markings,
/// by which a peer tells the same people.
fn recall(
    of: &Id,
    source: MemberId,
    (row, digest): (&Row, [u8; 32]),
    label: &Label,
    at: Timestamp,
) -> Result<Object, StoreError> {
    let unsound = |faults: Vec<Fault>| {
        let first = faults.first().map_or_else(String::new, ToString::to_string);
        StoreError::Engine(format!("a recall is not valid: {first}"))
    };
    let markings = marking::mint(label).map_err(unsound)?;
    let recall = Recall {
        by: source,
        at,
        markings: markings.iter().map(|marking| marking.id().clone()).collect(),
        object_ref: of.clone(),
        covers: Covers::Digests(vec![digest]),
        version: row.modified.and_then(|nanos| Timestamp::from_nanosecond(i128::from(nanos)).ok()),
        reason: None,
    };
    recall.object().map_err(unsound)
}

//! Lawful erasure: the bytes go, the leaf stays (design, law 4).
//!
//! For each contribution that a source gave of an object: who could read it is told by a recall, as by a narrowing;
//! then its bytes, warnings, references, observables and words are destroyed, and its identifier, its digest and its
//! salt with them. What stays of the row is its number, its instants, its label, and in place of the digest the leaf:
//! SHA-256 over salt and digest, which without the salt tells nothing of content that could be guessed. Readers find
//! nothing, as if it had never been there; the same bytes given again are a new contribution.

use std::collections::HashSet;

use jiff::Timestamp;
use kizuna_access::{MemberId, PersonId};
use kizuna_stix::Id;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::desk::Desk;
use super::{Actor, AuditEntry, prepare};
use crate::StoreError;
use crate::backend::{Flags, Key, Row, Space};
use crate::store::stored_object;

/// What is erased, and by whose decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    pub object: Id,
    /// One version of it; all of them where none is said.
    pub version: Option<Timestamp>,
    /// Whose contributions: no other source's are touched.
    pub source: MemberId,
    pub requested_by: PersonId,
    /// Somebody else.
    pub confirmed_by: PersonId,
    pub reason: String,
    /// The law, order or request by which it must be.
    pub basis: String,
}

/// What of a contribution stays in the row that is left.
pub(crate) struct Leaf {
    pub seq: i64,
    /// Under which nothing is found.
    pub key: Key,
    /// SHA-256 over salt and digest.
    pub digest: [u8; 32],
    pub flags: Flags,
}

impl Desk<'_> {
    /// Erases what a source gave of an object; how many contributions that were.
    pub(super) fn erase(&mut self, erasure: &Erasure) -> Result<u64, StoreError> {
        if erasure.requested_by == erasure.confirmed_by {
            let reason = "another person confirms an erasure than the one who asked for it";
            return Err(kizuna_access::directory::RightsError::Refused(reason.to_owned()).into());
        }
        let source = self.term(Space::Member, &erasure.source.to_string())?;
        let version = erasure.version.map(prepare::nanos);
        let mut rows = self.ledger.rows_of(&erasure.object.key())?;
        rows.retain(|row| row.source == source && version.is_none_or(|wanted| row.modified == Some(wanted)));
        if rows.is_empty() {
            return Err(StoreError::NotFound);
        }
        let mut told = HashSet::new();
        for row in &rows {
            if row.dead_at.is_none() {
                let wide = self.label_of(row)?;
                let is_told = wide != wide.only_own(erasure.source);
                self.take_back(&erasure.object, erasure.source, row, &wide, is_told.then_some(&mut told))?;
            }
            self.destroy(row)?;
        }
        // Whom the stub of an erased revocation told, an older one still tells: now, and not when something that they
        // perhaps do not read is given next.
        self.spread_revocation(&erasure.object.key(), source, erasure.source)?;
        self.ledger.erase_quarantined(source, &erasure.object)?;
        self.ledger.begin_scrub()?;
        let erased = rows.len() as u64;
        self.audit(&AuditEntry {
            actor: Actor::Person(erasure.confirmed_by),
            action: "object.erased".into(),
            // An identifier that is made of what was erased would tell it.
            object: has_random_id(&erasure.object).then(|| erasure.object.clone()),
            detail: json!({
                "type": erasure.object.kind(),
                "version": erasure.version,
                "source": erasure.source,
                "contributions": erased,
                "requested-by": erasure.requested_by,
                "confirmed-by": erasure.confirmed_by,
                "reason": erasure.reason,
                "basis": erasure.basis,
            }),
        })?;
        Ok(erased)
    }

    fn destroy(&mut self, row: &Row) -> Result<(), StoreError> {
        let body = self.ledger.body(row.seq)?;
        let object = stored_object(&body.bytes)?;
        let label = self.label_of(row)?;
        let parts = self.parts_of(row)?;
        let is_recall = object.kind() == kizuna_access::travel::RECALL_KIND;
        let tokens = if is_recall { String::new() } else { prepare::tokens(&object, &label, &parts)? };
        // What is written in this transaction is not indexed yet.
        if !self.books.forget_words(row.seq) {
            self.ledger.remove_words(row.seq, &tokens)?;
        }
        let salt = self.ledger.salt(row.seq)?;
        let leaf: [u8; 32] = Sha256::new().chain_update(salt).chain_update(row.digest).finalize().into();
        let mut key = Key::default();
        let hidden = Sha256::new().chain_update(leaf).chain_update(prepare::salt()).finalize();
        key.copy_from_slice(&hidden[..size_of::<Key>()]);
        self.ledger.erase(&Leaf { seq: row.seq, key, digest: leaf, flags: Flags(Flags::ERASED) })
    }
}

/// Whether an object's identifier says nothing of its content. Those of observables are made of it (STIX 2.1 §2.9).
pub fn has_random_id(id: &Id) -> bool {
    id.uuid().get_version_num() == 4
}

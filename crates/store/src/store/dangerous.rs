//! The bypass: named, reasoned, audited.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use kizuna_access::redact::Part;
use kizuna_access::{Label, MemberId, PersonId};
use kizuna_stix::{Fault, Id};

use super::{Standpoint, Store};
use crate::StoreError;
use crate::backend::{Flags, Row, Snapshot};
use crate::catalog::{Catalog, Meaning};
use crate::clock::instant;

/// The bypass, for the operator at the machine: explains, checks, backs up. It reads what nobody's view shows.
pub struct Dangerous {
    pub(super) store: Store,
}

/// A contribution as it is stored.
#[derive(Debug, Clone)]
pub struct Stored {
    pub seq: u64,
    pub id: Id,
    pub source: MemberId,
    pub by: Option<PersonId>,
    pub channel: String,
    pub label: Arc<Label>,
    /// Fields that ask for more.
    pub parts: Vec<Part>,
    /// Whether the object has `modified`, and which.
    pub modified: Option<Timestamp>,
    pub digest: [u8; 32],
    /// When it was stored, by the store's clock: what rights are judged against.
    pub stored: Timestamp,
    pub authored: bool,
    pub revoked: bool,
    pub reliability: Option<char>,
    /// When its source narrowed it: readable to nobody since.
    pub narrowed: Option<Timestamp>,
    /// Canonical JSON.
    pub bytes: Bytes,
    pub warnings: Vec<Fault>,
}

impl Dangerous {
    pub(super) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Every contribution to an object, oldest first.
    pub fn contributions(&self, id: &Id) -> Result<Vec<Stored>, StoreError> {
        let Standpoint { snapshot, heads, .. } = self.store.standpoint()?;
        let catalog = self.store.catalog(snapshot.as_ref(), &heads)?;
        let rows = snapshot.rows_of(&id.key())?;
        stored(snapshot.as_ref(), &catalog, rows)
    }

    /// Every contribution after a number, in order.
    pub fn all(&self, after: u64, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let Standpoint { snapshot, heads, .. } = self.store.standpoint()?;
        let catalog = self.store.catalog(snapshot.as_ref(), &heads)?;
        let from = i64::try_from(after).unwrap_or(i64::MAX - 1) + 1;
        let rows = snapshot.rows_in(from..i64::MAX, limit)?;
        stored(snapshot.as_ref(), &catalog, rows)
    }

    /// Writes a backup of everything, consistent as of now, while others write; with it secrets that lie beside the
    /// store, by name. How many contributions it holds.
    pub fn back_up(
        &self,
        secrets: &[(String, Vec<u8>)],
        out: &mut dyn std::io::Write,
        progress: crate::archive::Progress<'_>,
    ) -> Result<u64, StoreError> {
        let Standpoint { snapshot, heads, now, .. } = self.store.standpoint()?;
        let catalog = self.store.catalog(snapshot.as_ref(), &heads)?;
        let header = crate::archive::save(snapshot.as_ref(), &catalog, now, secrets, out, progress)?;
        Ok(header.seq.unsigned_abs())
    }

    /// Writes a consistent copy of everything to a file that does not exist yet.
    pub fn copy_to(&self, target: &Path) -> Result<(), StoreError> {
        self.store.inner.backend.copy_to(target)
    }
}

fn parts(meaning: &Meaning, selectors: Vec<Vec<String>>) -> Vec<Part> {
    let labels = meaning.parts.iter();
    labels.zip(selectors).map(|(label, selectors)| Part { label: Label::clone(label), selectors }).collect()
}

fn stored(snapshot: &dyn Snapshot, catalog: &Catalog, rows: Vec<Row>) -> Result<Vec<Stored>, StoreError> {
    let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    let bodies = snapshot.bodies(&seqs)?;
    let one = |(row, body): (Row, crate::backend::Body)| {
        Ok(Stored {
            seq: row.seq.unsigned_abs(),
            id: catalog.id_of(&row)?,
            source: catalog.member(row.source)?,
            by: row.by.map(|person| catalog.person(person)).transpose()?,
            channel: catalog.channel(row.channel)?.to_owned(),
            label: Arc::clone(catalog.label_of(&row)?),
            parts: parts(catalog.meaning_of(&row)?, body.parts),
            modified: row
                .modified
                .map(|nanos| Timestamp::from_nanosecond(i128::from(nanos)).unwrap_or(Timestamp::MIN)),
            digest: row.digest,
            stored: instant(row.at),
            authored: row.flags.has(Flags::AUTHORED),
            revoked: row.flags.has(Flags::REVOKED),
            reliability: row.reliability,
            narrowed: row.dead_at.map(instant),
            bytes: body.bytes,
            warnings: body.warnings,
        })
    };
    rows.into_iter().zip(bodies).map(one).collect()
}

//! What one source has given: for taking in more from it, never for answering a viewer.

use std::collections::BTreeSet;

use kizuna_access::{Label, MemberId};
use kizuna_stix::{Id, Object};

use super::{Standpoint, Store, stored_object};
use crate::StoreError;
use crate::backend::{Flags, Order, Row, Snapshot};
use crate::catalog::Catalog;
use crate::contribution::Waiting;

/// Rows looked at in one step.
const STEP: usize = 1_000;

impl Store {
    /// Whether this source has given this very version, and not taken it back.
    pub fn has_given(&self, source: MemberId, id: &Id, digest: &[u8; 32]) -> Result<bool, StoreError> {
        let Standpoint { snapshot, heads, .. } = self.standpoint()?;
        let catalog = self.catalog(snapshot.as_ref(), &heads)?;
        let Some(source) = catalog.member_number(source) else { return Ok(false) };
        let rows = snapshot.rows_of(&id.key())?;
        Ok(rows.iter().any(|row| row.source == source && row.digest == *digest && row.dead_at.is_none()))
    }

    /// Whether anybody has ever given something under this id that is still here, whoever may read it.
    pub fn is_held(&self, id: &Id) -> Result<bool, StoreError> {
        let Standpoint { snapshot, .. } = self.standpoint()?;
        Ok(!snapshot.rows_of(&id.key())?.is_empty())
    }

    /// Contributions of this source that wait for this marking definition, oldest first: their labels are to be
    /// compiled again once the source has given it ([`Writer::relabel`](crate::Writer::relabel)).
    pub fn waiting(&self, source: MemberId, marking: &Id) -> Result<Vec<Waiting>, StoreError> {
        let Standpoint { snapshot, heads, .. } = self.standpoint()?;
        let catalog = self.catalog(snapshot.as_ref(), &heads)?;
        let Some(number) = catalog.member_number(source) else { return Ok(Vec::new()) };
        let seqs = snapshot.waiting(&marking.key(), number)?;
        let rows = snapshot.rows(&seqs)?;
        to_be_judged(snapshot.as_ref(), &catalog, rows.into_iter().filter(|row| row.dead_at.is_none()))
    }

    /// Contributions that wait for a marking definition although their source has given it: what a node that ended
    /// half-way left behind. Oldest first.
    pub fn explained(&self) -> Result<Vec<Waiting>, StoreError> {
        let Standpoint { snapshot, heads, .. } = self.standpoint()?;
        let catalog = self.catalog(snapshot.as_ref(), &heads)?;
        let rows = snapshot.rows(&snapshot.explained()?)?;
        to_be_judged(snapshot.as_ref(), &catalog, rows.into_iter().filter(|row| row.dead_at.is_none()))
    }

    /// What this source has given of one version and not taken back, oldest first.
    pub fn given(&self, source: MemberId, id: &Id, digest: &[u8; 32]) -> Result<Vec<Waiting>, StoreError> {
        let Standpoint { snapshot, heads, .. } = self.standpoint()?;
        let catalog = self.catalog(snapshot.as_ref(), &heads)?;
        let Some(number) = catalog.member_number(source) else { return Ok(Vec::new()) };
        let rows = snapshot.rows_of(&id.key())?.into_iter();
        let is_meant = |row: &Row| row.source == number && row.digest == *digest && row.dead_at.is_none();
        to_be_judged(snapshot.as_ref(), &catalog, rows.filter(is_meant))
    }

    /// Whether this very version has come through the channel of this name, whoever gave it.
    pub fn came_through(&self, channel: &str, id: &Id, digest: &[u8; 32]) -> Result<bool, StoreError> {
        let Standpoint { snapshot, heads, .. } = self.standpoint()?;
        let catalog = self.catalog(snapshot.as_ref(), &heads)?;
        for row in snapshot.rows_of(&id.key())? {
            if row.digest == *digest && catalog.channel(row.channel)? == channel {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Objects of one type that this source has given and that refer to any of these, each once.
    pub fn given_about_any(
        &self,
        source: MemberId,
        kind: &str,
        targets: &[Id],
    ) -> Result<Vec<Object>, StoreError> {
        let Standpoint { snapshot, heads, .. } = self.standpoint()?;
        let catalog = self.catalog(snapshot.as_ref(), &heads)?;
        let Some(source) = catalog.member_number(source) else { return Ok(Vec::new()) };
        let mut looked_at = BTreeSet::new();
        let mut found = Vec::new();
        for target in targets {
            let mut seqs = snapshot.reference_seqs(&target.key(), 0..heads.seq + 1, Order::Newest, STEP)?;
            seqs.retain(|seq| looked_at.insert(*seq));
            for row in snapshot.rows(&seqs)? {
                let is_meant = row.source == source && row.dead_at.is_none();
                if is_meant && catalog.kind_of(&row)? == kind {
                    for body in snapshot.bodies(&[row.seq])? {
                        found.push(stored_object(&body.bytes)?);
                    }
                }
            }
        }
        Ok(found)
    }

    /// Objects of one type that this source has given and that refer to another, newest first.
    pub fn given_about(&self, source: MemberId, kind: &str, target: &Id) -> Result<Vec<Object>, StoreError> {
        let Standpoint { snapshot, heads, .. } = self.standpoint()?;
        let catalog = self.catalog(snapshot.as_ref(), &heads)?;
        let Some(source) = catalog.member_number(source) else { return Ok(Vec::new()) };
        let found =
            about(snapshot.as_ref(), &catalog, heads.seq, (kind, target), |row| row.source == source)?;
        Ok(found.into_iter().map(|(_, object)| object).collect())
    }

    /// Objects of one type that their authors have given themselves and that refer to another, with whose each is,
    /// newest first.
    pub fn authored_about(&self, kind: &str, target: &Id) -> Result<Vec<(MemberId, Object)>, StoreError> {
        let Standpoint { snapshot, heads, .. } = self.standpoint()?;
        let catalog = self.catalog(snapshot.as_ref(), &heads)?;
        let is_authored = |row: &Row| row.flags.has(Flags::AUTHORED);
        about(snapshot.as_ref(), &catalog, heads.seq, (kind, target), is_authored)
    }
}

/// What refers to an object, of one type, is not taken back, and is meant.
fn about(
    snapshot: &dyn Snapshot,
    catalog: &Catalog,
    head: i64,
    (kind, target): (&str, &Id),
    is_meant: impl Fn(&Row) -> bool,
) -> Result<Vec<(MemberId, Object)>, StoreError> {
    let mut found = Vec::new();
    let mut end = head + 1;
    loop {
        let seqs = snapshot.reference_seqs(&target.key(), 0..end, Order::Newest, STEP)?;
        for row in snapshot.rows(&seqs)? {
            if row.dead_at.is_some() || !is_meant(&row) || catalog.kind_of(&row)? != kind {
                continue;
            }
            for body in snapshot.bodies(&[row.seq])? {
                found.push((catalog.member(row.source)?, stored_object(&body.bytes)?));
            }
        }
        match seqs.last() {
            Some(last) if seqs.len() == STEP => end = *last,
            _ => return Ok(found),
        }
    }
}

fn to_be_judged(
    snapshot: &dyn Snapshot,
    catalog: &Catalog,
    rows: impl Iterator<Item = Row>,
) -> Result<Vec<Waiting>, StoreError> {
    let mut found = Vec::new();
    for row in rows {
        let body = snapshot.bodies(&[row.seq])?.pop().ok_or(StoreError::NotFound)?;
        found.push(Waiting {
            seq: row.seq,
            object: stored_object(&body.bytes)?,
            source: catalog.member(row.source)?,
            by: row.by.map(|person| catalog.person(person)).transpose()?,
            channel: catalog.channel(row.channel)?.to_owned(),
            label: Label::clone(catalog.label_of(&row)?),
            authored: row.flags.has(Flags::AUTHORED),
            reliability: row.reliability,
        });
    }
    Ok(found)
}

//! What one source has given: for taking in more from it, never for answering a viewer.

use kizuna_access::MemberId;
use kizuna_stix::{Id, Object};

use super::{Standpoint, Store, stored_object};
use crate::StoreError;
use crate::backend::Order;

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

    /// Objects of one type that this source has given and that refer to another, newest first.
    pub fn given_about(&self, source: MemberId, kind: &str, target: &Id) -> Result<Vec<Object>, StoreError> {
        let Standpoint { snapshot, heads, .. } = self.standpoint()?;
        let catalog = self.catalog(snapshot.as_ref(), &heads)?;
        let Some(source) = catalog.member_number(source) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let mut end = heads.seq + 1;
        loop {
            let seqs = snapshot.reference_seqs(&target.key(), 0..end, Order::Newest, STEP)?;
            for row in snapshot.rows(&seqs)? {
                let is_meant = row.source == source && row.dead_at.is_none();
                if is_meant && catalog.kind_of(&row)? == kind {
                    for body in snapshot.bodies(&[row.seq])? {
                        found.push(stored_object(&body.bytes)?);
                    }
                }
            }
            match seqs.last() {
                Some(last) if seqs.len() == STEP => end = *last,
                _ => return Ok(found),
            }
        }
    }
}

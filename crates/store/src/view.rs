//! The store as one viewer may read it.

mod audit;
mod candidates;
mod forecast;
mod form;
mod item;
mod logged;
mod page;
mod quarantine;
mod search;

pub use audit::{AuditFilter, AuditLine, AuditObject, Chained};
pub use forecast::{Group, Lot, Question, Shift, Shifts};
pub use logged::Logged;
pub use page::Spot;

use std::sync::Arc;

use jiff::Timestamp;
use kizuna_access::{Directory, Reader, leak};
use kizuna_stix::Id;

use crate::StoreError;
use crate::arrival::{Arrival, Timeline};
use crate::backend::{Heads, Row, Snapshot};
use crate::catalog::Catalog;
use crate::clock::instant;
use crate::mask::Mask;
use crate::query::{Item, Position, Selection};
use crate::roll::Roll;
use item::Admit;

/// The store as one viewer may read it, in one consistent read transaction. There is no other way to read.
///
/// Every answer is made from rows that [`View::arrival`] lets through, and from nothing else.
pub struct View {
    snapshot: Box<dyn Snapshot>,
    heads: Heads,
    /// Microseconds: the rights are those of this instant.
    now: i64,
    reader: Reader,
    directory: Arc<Directory>,
    catalog: Arc<Catalog>,
    mask: Arc<Mask>,
    /// The number of the viewer's member, where it has contributed anything.
    own: Option<i64>,
}

/// What a view is made of.
pub(crate) struct Parts {
    pub snapshot: Box<dyn Snapshot>,
    pub heads: Heads,
    pub now: i64,
    pub reader: Reader,
    pub directory: Arc<Directory>,
    pub catalog: Arc<Catalog>,
    pub mask: Arc<Mask>,
}

impl View {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { snapshot, heads, now, reader, directory, catalog, mask } = parts;
        let own = catalog.member_number(reader.principal().member());
        Self { snapshot, heads, now, reader, directory, catalog, mask, own }
    }

    /// The viewer's facts.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The directory at this view's epoch.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The instant whose rights this view applies.
    pub fn now(&self) -> Timestamp {
        instant(self.now)
    }

    /// Who stands alike in this view.
    pub fn roll(&self) -> Roll {
        Roll { directory: Arc::clone(&self.directory), catalog: Arc::clone(&self.catalog), now: self.now() }
    }

    /// The place behind all that is readable now: whatever becomes readable later comes after it. The same for all who
    /// stand alike.
    pub fn end(&self) -> Position {
        self.timeline().end(self.heads.seq)
    }

    /// The newest readable version.
    pub fn object(&self, id: &Id) -> Result<Option<Item>, StoreError> {
        let Some(standing) = self.standing(&id.key(), &Admit::everything(self))? else { return Ok(None) };
        let newest = standing.versions.last().and_then(|version| standing.served(version));
        let Some(served) = newest else { return Ok(None) };
        Ok(self.items(vec![served])?.pop())
    }

    /// The winner of each readable version, oldest first.
    pub fn versions(&self, id: &Id) -> Result<Vec<Item>, StoreError> {
        let Some(standing) = self.standing(&id.key(), &Admit::everything(self))? else {
            return Ok(Vec::new());
        };
        let served = standing.versions.iter().filter_map(|version| standing.served(version)).collect();
        self.items(served)
    }

    /// Every readable contribution to an object, in order of arrival: what its sources claim.
    pub fn claims(&self, id: &Id) -> Result<Vec<Item>, StoreError> {
        let Some(standing) = self.standing(&id.key(), &Admit::everything(self))? else {
            return Ok(Vec::new());
        };
        self.items(standing.claimed())
    }

    /// The gate for one row: how it reached this viewer, or nothing where the viewer may not read it.
    fn arrival(&self, row: &Row) -> Option<Arrival> {
        if row.dead_at.is_some() && !leak::is(33) {
            return None;
        }
        let stripe = self.catalog.stripe(row.stripe)?;
        self.mask.rule(stripe.label)?.arrival(row.seq)
    }

    /// [`View::arrival`], on a path that the seeded leak of this number opens; 0 is none.
    fn arrival_on(&self, path: u32, row: &Row) -> Option<Arrival> {
        let arrival = self.arrival(row);
        if leak::is(path) && path != 0 {
            return arrival.or(Some(Arrival::Held));
        }
        arrival
    }

    fn timeline(&self) -> &Timeline {
        self.mask.timeline()
    }

    /// Whether a stripe can hold anything that a selection asks for.
    fn selects_stripe(&self, selection: &Selection, stripe: i64) -> Result<bool, StoreError> {
        use kizuna_access::rights::Holds;
        let Some(stripe) = self.catalog.stripe(stripe) else { return Ok(false) };
        let held = match &selection.holds {
            Holds::All => true,
            Holds::Nothing => false,
            Holds::Naming(party) => self.catalog.label(stripe.label)?.names(party),
        };
        if !held {
            return Ok(false);
        }
        if selection.kinds.is_empty() {
            return Ok(true);
        }
        let kind = self.catalog.kind(stripe.kind)?;
        Ok(selection.kinds.iter().any(|wanted| wanted == kind))
    }
}

#[cfg(test)]
mod tests;

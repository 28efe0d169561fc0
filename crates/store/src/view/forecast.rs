//! What a change of rights would let others read, or take from them: counted over what this viewer may read.

use std::collections::HashSet;
use std::sync::Arc;

use kizuna_access::{Label, Reader};
use kizuna_stix::Id;

use super::View;
use crate::StoreError;
use crate::backend::{Flags, Key, Order, Row, Seq};
use crate::clock::instant;

/// Some readers together, as they are and as they would be.
#[derive(Debug, Clone, Default)]
pub struct Group {
    pub before: Vec<Reader>,
    pub after: Vec<Reader>,
}

/// Objects that a group would gain and lose: at least one of it reads them after, or none does any more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shift {
    pub gained: u64,
    pub lost: u64,
    /// The first of them, in the order in which they were stored.
    pub gained_ids: Vec<Id>,
    pub lost_ids: Vec<Id>,
}

impl Shift {
    fn count(&mut self, id: &Id, before: bool, after: bool, listed: usize) {
        let (count, ids) = match (before, after) {
            (false, true) => (&mut self.gained, &mut self.gained_ids),
            (true, false) => (&mut self.lost, &mut self.lost_ids),
            _ => return,
        };
        *count += 1;
        if ids.len() < listed {
            ids.push(id.clone());
        }
    }
}

/// From which arrival on a group reads a label, before and after; nothing where it does not.
type Floors = (Option<i64>, Option<i64>);

/// Rows looked at in one step.
const STEP: usize = 4_096;
/// A walk over all rows is quicker than one by label where more than one in this many rows is concerned.
const SCAN_SHARE: i64 = 4;

impl View {
    /// What each group would gain and lose, listing the first `listed` objects of each.
    pub fn forecast(&self, groups: &[Group], listed: usize) -> Result<Vec<Shift>, StoreError> {
        let tally = Tally::new(self, groups, listed)?;
        let concerned: Vec<i64> = self
            .catalog
            .stripes()
            .iter()
            .filter(|stripe| tally.concerns(stripe.label))
            .map(|s| s.id)
            .collect();
        let rows: i64 =
            concerned.iter().filter_map(|id| self.catalog.stripe(*id)).map(|stripe| stripe.rows).sum();
        if rows > self.heads.seq / SCAN_SHARE { self.scan(tally) } else { self.by_stripe(tally, &concerned) }
    }

    /// What each group would gain and lose if the viewer's own member gave these objects under another label.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an object of which nothing is readable.
    pub fn forecast_label(
        &self,
        groups: &[Group],
        ids: &[Id],
        label: &Label,
        listed: usize,
    ) -> Result<Vec<Shift>, StoreError> {
        let mut shifts = vec![Shift::default(); groups.len()];
        for id in ids {
            let mut claims = Vec::new();
            for row in self.snapshot.rows_of(&id.key())?.into_iter().filter(|row| self.arrival(row).is_some())
            {
                let is_own = Some(row.source) == self.own;
                claims.push((Arc::clone(self.catalog.label_of(&row)?), instant(row.at), is_own));
            }
            if claims.is_empty() {
                return Err(StoreError::NotFound);
            }
            for (group, shift) in groups.iter().zip(&mut shifts) {
                let reads =
                    |readers: &[Reader], label: &Label, at| readers.iter().any(|r| r.can_read(label, at));
                let before = claims.iter().any(|(old, at, _)| reads(&group.before, old, *at));
                let after = claims.iter().any(|(old, at, is_own)| {
                    if *is_own {
                        reads(&group.after, label, self.now())
                    } else {
                        reads(&group.after, old, *at)
                    }
                });
                shift.count(id, before, after, listed);
            }
        }
        Ok(shifts)
    }

    fn scan(&self, mut tally: Tally<'_>) -> Result<Vec<Shift>, StoreError> {
        let mut from: Seq = 1;
        while from <= self.heads.seq {
            let rows = self.snapshot.rows_in(from..self.heads.seq + 1, STEP)?;
            let Some(last) = rows.last() else { break };
            from = last.seq + 1;
            for row in &rows {
                tally.take(row)?;
            }
        }
        Ok(tally.shifts)
    }

    fn by_stripe(&self, mut tally: Tally<'_>, stripes: &[i64]) -> Result<Vec<Shift>, StoreError> {
        let mut seqs = Vec::new();
        for stripe in stripes {
            let mut from: Seq = 0;
            loop {
                let found =
                    self.snapshot.stripe_seqs(*stripe, from..self.heads.seq + 1, Order::Oldest, STEP)?;
                let Some(last) = found.last() else { break };
                from = last + 1;
                seqs.extend(found);
            }
        }
        seqs.sort_unstable();
        for step in seqs.chunks(STEP) {
            for row in self.snapshot.rows(step)? {
                tally.take(&row)?;
            }
        }
        Ok(tally.shifts)
    }
}

struct Tally<'a> {
    view: &'a View,
    /// Label number → for each group its floors; empty where nothing changes.
    floors: Vec<Vec<Floors>>,
    shifts: Vec<Shift>,
    /// Objects with several contributions that were counted already.
    counted: HashSet<Key>,
    listed: usize,
}

impl<'a> Tally<'a> {
    fn new(view: &'a View, groups: &[Group], listed: usize) -> Result<Self, StoreError> {
        let mut floors: Vec<Vec<Floors>> = Vec::new();
        for stripe in view.catalog.stripes() {
            let index = usize::try_from(stripe.label).unwrap_or_default();
            if floors.len() <= index {
                floors.resize_with(index + 1, Vec::new);
            }
            if !floors[index].is_empty() {
                continue;
            }
            let label = view.catalog.label(stripe.label)?;
            let lowest = |readers: &[Reader]| {
                readers.iter().filter_map(|reader| reader.floor(label)).min().map(crate::mask::micros)
            };
            floors[index] =
                groups.iter().map(|group| (lowest(&group.before), lowest(&group.after))).collect();
        }
        let shifts = vec![Shift::default(); groups.len()];
        Ok(Self { view, floors, shifts, counted: HashSet::new(), listed })
    }

    fn floors_of(&self, label: i64) -> &[Floors] {
        usize::try_from(label).ok().and_then(|index| self.floors.get(index)).map_or(&[], Vec::as_slice)
    }

    /// Whether anything changes for content with this label.
    fn concerns(&self, label: i64) -> bool {
        self.floors_of(label).iter().any(|(before, after)| before != after)
    }

    fn take(&mut self, row: &Row) -> Result<(), StoreError> {
        let view = self.view;
        let label = view.catalog.stripe(row.stripe).map_or(0, |stripe| stripe.label);
        if !self.concerns(label) || view.arrival(row).is_none() {
            return Ok(());
        }
        let shared = row.flags.has(Flags::SHARED);
        if shared && !self.counted.insert(row.key) {
            return Ok(());
        }
        let claims = if shared { view.snapshot.rows_of(&row.key)? } else { vec![row.clone()] };
        let claims: Vec<Row> = claims.into_iter().filter(|claim| view.arrival(claim).is_some()).collect();
        for group in 0..self.shifts.len() {
            let (mut before, mut after) = (false, false);
            for claim in &claims {
                let label = view.catalog.stripe(claim.stripe).map_or(0, |stripe| stripe.label);
                let Some((old, new)) = self.floors_of(label).get(group) else { continue };
                before |= old.is_some_and(|floor| floor <= claim.at);
                after |= new.is_some_and(|floor| floor <= claim.at);
            }
            if before != after {
                self.shifts[group].count(&view.catalog.id_of(row)?, before, after, self.listed);
            }
        }
        Ok(())
    }
}

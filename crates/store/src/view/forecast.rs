//! What a change of rights would let others read, or take from them: counted over what this viewer may read.

mod stretch;
mod tally;

use kizuna_access::{Label, Reader};
use kizuna_stix::Id;

use super::View;
use crate::StoreError;
use crate::arrival::Arrival;
use crate::backend::{Flags, Key};
use crate::clock::instant;
use crate::winner::Claim;
use tally::Tally;

/// Some readers together, as they are and as they would be.
#[derive(Debug, Clone, Default)]
pub struct Group {
    pub before: Vec<Reader>,
    pub after: Vec<Reader>,
}

/// Objects to which the same happens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lot {
    pub count: u64,
    /// The first of them, in the order in which they were stored; of machinery none.
    pub ids: Vec<Id>,
}

/// What would happen to the objects of one sort for a group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shift {
    /// At least one of the group reads them then, and none does now.
    pub gained: Lot,
    /// None of the group reads them any more.
    pub lost: Lot,
    /// Read before and after, then with more: marked fields, or another contribution.
    pub fuller: Lot,
    /// Read before and after, then with less. What also gains something is among the fuller ones too.
    pub poorer: Lot,
}

/// What would happen for a group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shifts {
    /// What people exchange.
    pub content: Shift,
    /// What goes beside it, by type: markings, attestations and the like.
    pub machinery: Shift,
}

/// What a forecast counts, and how.
pub struct Question<'a> {
    pub groups: &'a [Group],
    /// Objects that it lists of each lot; it counts on beyond.
    pub listed: usize,
    /// Whether objects of a type are machinery.
    pub is_machinery: &'a dyn Fn(&str) -> bool,
}

/// Something before the change and after it.
#[derive(Debug, Clone, Copy, Default)]
struct Sides {
    before: bool,
    after: bool,
}

/// What happens to an object, as far as a group is concerned.
#[derive(Debug, Clone, Copy, Default)]
struct Fate {
    /// Whether any of it is read.
    read: Sides,
    /// Whether something of it is read on this side only.
    only: Sides,
}

/// Gained, lost, fuller, poorer: by their order in [`Shift`].
const LOTS: usize = 4;

impl Fate {
    /// Takes in one contribution.
    fn take(&mut self, before: bool, after: bool) {
        self.read.before |= before;
        self.read.after |= after;
        self.take_part(before, after);
    }

    /// Takes in a part of one.
    fn take_part(&mut self, before: bool, after: bool) {
        self.only.before |= before && !after;
        self.only.after |= after && !before;
    }

    fn lots(self) -> [bool; LOTS] {
        let Sides { before, after } = self.read;
        let stays = before && after;
        [after && !before, before && !after, stays && self.only.after, stays && self.only.before]
    }
}

impl Shift {
    fn lots(&mut self) -> [&mut Lot; LOTS] {
        [&mut self.gained, &mut self.lost, &mut self.fuller, &mut self.poorer]
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        [&self.gained, &self.lost, &self.fuller, &self.poorer].iter().all(|lot| lot.count == 0)
    }
}

impl Shifts {
    fn of(&mut self, is_machinery: bool) -> &mut Shift {
        if is_machinery { &mut self.machinery } else { &mut self.content }
    }
}

impl View {
    /// What each group would gain and lose.
    ///
    /// Objects with one contribution are counted through the index of stripes, without reading them.
    pub fn forecast(&self, question: &Question<'_>) -> Result<Vec<Shifts>, StoreError> {
        Tally::new(self, question)?.shifts()
    }

    /// What each group would gain and lose if the viewer's own member gave these objects under another label. Marked
    /// fields ask what they ask, and what the label asks.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an object of which nothing is readable.
    pub fn forecast_label(
        &self,
        question: &Question<'_>,
        ids: &[Id],
        label: &Label,
    ) -> Result<Vec<Shifts>, StoreError> {
        let mut shifts = vec![Shifts::default(); question.groups.len()];
        for id in ids {
            let claims = self.readable_claims(&id.key())?;
            if claims.is_empty() {
                return Err(StoreError::NotFound);
            }
            for (group, shifts) in question.groups.iter().zip(&mut shifts) {
                let mut fate = Fate::default();
                for claim in &claims {
                    self.take_relabelled(&mut fate, group, claim, label)?;
                }
                let shift = shifts.of((question.is_machinery)(id.kind()));
                for (lot, happens) in shift.lots().into_iter().zip(fate.lots()) {
                    lot.count += u64::from(happens);
                    if happens && lot.ids.len() < question.listed && !(question.is_machinery)(id.kind()) {
                        lot.ids.push(id.clone());
                    }
                }
            }
        }
        Ok(shifts)
    }

    /// What a group reads of a contribution, before and after it carries another label where it is the own member's.
    fn take_relabelled(
        &self,
        fate: &mut Fate,
        group: &Group,
        claim: &Claim,
        label: &Label,
    ) -> Result<(), StoreError> {
        let row = &claim.row;
        let meaning = self.catalog.meaning_of(row)?;
        let (stored, now) = (instant(row.at), self.now());
        let is_own = Some(row.source) == self.own;
        let reads = |readers: &[Reader], label: &Label, at| readers.iter().any(|r| r.can_read(label, at));
        let reads_then = |old: &Label, new: &Label| {
            if is_own { reads(&group.after, new, now) } else { reads(&group.after, old, stored) }
        };
        let before = reads(&group.before, &meaning.label, stored);
        let after = reads_then(&meaning.label, label);
        fate.take(before, after);
        for (part, is_read) in meaning.parts.iter().zip(self.parts_read(row)?) {
            if is_read {
                let before = before && reads(&group.before, part, stored);
                let after = after && reads_then(part, &part.and(label));
                fate.take_part(before, after);
            }
        }
        Ok(())
    }

    /// The contributions to an object that the viewer can tell apart.
    fn readable_claims(&self, key: &Key) -> Result<Vec<Claim>, StoreError> {
        let (mut claims, mut arrivals): (Vec<Claim>, Vec<Arrival>) = (Vec::new(), Vec::new());
        for row in self.snapshot.rows_of(key)? {
            let Some(arrival) = self.arrival(&row) else { continue };
            let order = self.timeline().order(arrival, row.seq);
            let speaks = row.flags.has(Flags::AUTHORED);
            claims.push(Claim { row, order, admitted: true, speaks, redacted: false });
            arrivals.push(arrival);
        }
        self.settle_forms(&mut claims, &mut arrivals)?;
        Ok(claims)
    }
}

#[cfg(test)]
mod tests;

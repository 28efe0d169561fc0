//! Counts what a change does, stripe by stripe.
//!
//! All contributions of a stripe carry one label, so that what a group gains of it is a stretch of its numbers, and the
//! index of stripes counts that. Only objects with several contributions are looked at one by one.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use kizuna_access::{Label, Reader, leak};
use kizuna_stix::Id;

use super::stretch::{Reach, Reaches};
use super::{Fate, LOTS, Question, Shifts};
use crate::StoreError;
use crate::arrival::first_at;
use crate::backend::{Key, Order, Seq, StripeRow};
use crate::view::View;

/// Rows looked at in one step.
const STEP: usize = 4_096;

/// A stretch of one stripe.
type Place = (i64, Seq, Seq);

pub(super) struct Tally<'a> {
    view: &'a View,
    question: &'a Question<'a>,
    /// Label number → for each group what it reads; nothing where nothing changes or the viewer does not read it.
    reaches: HashMap<i64, Vec<Reaches>>,
    /// What each group's lots list, by number: not more than are listed of any stripe.
    listed: Vec<[Vec<Seq>; LOTS]>,
    shifts: Vec<Shifts>,
    counted: HashMap<Place, u64>,
    named: HashMap<Place, Vec<Seq>>,
}

impl<'a> Tally<'a> {
    pub fn new(view: &'a View, question: &'a Question<'a>) -> Result<Self, StoreError> {
        let mut instants = Instants { view, known: HashMap::new() };
        let mut reaches = HashMap::new();
        let labels: HashSet<i64> = view.catalog.stripes().iter().map(|stripe| stripe.label).collect();
        for label in labels.into_iter().filter(|label| view.mask.rule(*label).is_some()) {
            let meaning = view.catalog.meaning(label)?;
            let mut of_groups = Vec::with_capacity(question.groups.len());
            for group in question.groups {
                let whole = instants.reach(&group.before, &group.after, &meaning.label)?;
                let mut parts = Vec::with_capacity(meaning.parts.len());
                for part in &meaning.parts {
                    let Reach { before, after } = instants.reach(&group.before, &group.after, part)?;
                    let (before, after) = (before.max(whole.before), after.max(whole.after));
                    parts.push(Reach { before, after });
                }
                of_groups.push(Reaches { whole, parts });
            }
            reaches.insert(label, of_groups);
        }
        let groups = question.groups.len();
        Ok(Self {
            view,
            question,
            reaches,
            listed: (0..groups).map(|_| Default::default()).collect(),
            shifts: vec![Shifts::default(); groups],
            counted: HashMap::new(),
            named: HashMap::new(),
        })
    }

    pub fn shifts(mut self) -> Result<Vec<Shifts>, StoreError> {
        let concerned: Vec<StripeRow> = self
            .view
            .catalog
            .stripes()
            .iter()
            .filter(|stripe| self.concerns(stripe.label))
            .copied()
            .collect();
        let mut looked_at = HashSet::new();
        for stripe in concerned {
            let is_machinery = (self.question.is_machinery)(self.view.catalog.kind(stripe.kind)?);
            let shared = self.shared(stripe.id)?;
            self.count_stripe(&stripe, &shared, is_machinery)?;
            for step in shared.chunks(STEP) {
                for row in self.view.snapshot.rows(step)? {
                    if self.view.arrival(&row).is_some() && looked_at.insert(row.key) {
                        self.take_object(&row.key, is_machinery)?;
                    }
                }
            }
        }
        self.name()
    }

    /// Whether anything changes for content with this label.
    fn concerns(&self, label: i64) -> bool {
        self.reaches.get(&label).is_some_and(|groups| groups.iter().any(Reaches::change))
    }

    /// The contributions of a stripe beside which there is, or was, another one to the same object; ascending.
    fn shared(&self, stripe: i64) -> Result<Vec<Seq>, StoreError> {
        let mut shared = Vec::new();
        let mut from: Seq = 0;
        loop {
            let found = self.view.snapshot.shared_seqs(stripe, from..self.view.heads.seq + 1, STEP)?;
            let Some(last) = found.last() else { return Ok(shared) };
            from = last + 1;
            shared.extend(found);
        }
    }

    /// Counts what stands alone.
    fn count_stripe(
        &mut self,
        stripe: &StripeRow,
        shared: &[Seq],
        is_machinery: bool,
    ) -> Result<(), StoreError> {
        if leak::is(73) {
            for shifts in &mut self.shifts {
                shifts.of(is_machinery).lots()[0].count += stripe.rows.unsigned_abs();
            }
        }
        let Some(rule) = self.view.mask.rule(stripe.label) else { return Ok(()) };
        let Some(of_groups) = self.reaches.get(&stripe.label) else { return Ok(()) };
        let mut known: HashMap<&Reaches, [Vec<Range<Seq>>; LOTS]> = HashMap::new();
        for reaches in of_groups.iter().filter(|reaches| reaches.change()) {
            known.entry(reaches).or_insert_with(|| reaches.stretches(rule));
        }
        for (group, reaches) in of_groups.iter().enumerate() {
            let Some(lots) = known.get(reaches) else { continue };
            for (lot, ranges) in lots.iter().enumerate() {
                for range in ranges {
                    let end = range.end.min(self.view.heads.seq + 1);
                    if range.start >= end {
                        continue;
                    }
                    let place = (stripe.id, range.start, end);
                    let count = count(self.view, &mut self.counted, shared, place)?;
                    if count == 0 {
                        continue;
                    }
                    self.shifts[group].of(is_machinery).lots()[lot].count += count;
                    if !is_machinery {
                        let named = name(self.view, &mut self.named, shared, place, self.question.listed)?;
                        self.listed[group][lot].extend(named);
                    }
                }
            }
        }
        Ok(())
    }

    /// Counts an object with several contributions.
    fn take_object(&mut self, key: &Key, is_machinery: bool) -> Result<(), StoreError> {
        let view = self.view;
        let claims = view.readable_claims(key)?;
        let Some(first) = claims.first() else { return Ok(()) };
        for group in 0..self.shifts.len() {
            let mut fate = Fate::default();
            for claim in &claims {
                let row = &claim.row;
                let label = view.catalog.stripe(row.stripe).map_or(0, |stripe| stripe.label);
                let Some(reaches) = self.reaches.get(&label).and_then(|groups| groups.get(group)) else {
                    continue;
                };
                fate.take(reaches.whole.before <= row.seq, reaches.whole.after <= row.seq);
                for (reach, is_read) in reaches.parts.iter().zip(view.parts_read(row)?) {
                    if is_read {
                        fate.take_part(reach.before <= row.seq, reach.after <= row.seq);
                    }
                }
            }
            for (lot, happens) in fate.lots().into_iter().enumerate() {
                self.shifts[group].of(is_machinery).lots()[lot].count += u64::from(happens);
                if happens && !is_machinery {
                    self.listed[group][lot].push(first.row.seq);
                }
            }
        }
        Ok(())
    }

    /// Puts identifiers to the numbers that are listed.
    fn name(mut self) -> Result<Vec<Shifts>, StoreError> {
        let mut wanted: HashSet<Seq> = HashSet::new();
        for seqs in self.listed.iter_mut().flatten() {
            seqs.sort_unstable();
            seqs.truncate(self.question.listed);
            wanted.extend(seqs.iter());
        }
        let mut wanted: Vec<Seq> = wanted.into_iter().collect();
        wanted.sort_unstable();
        let mut ids: HashMap<Seq, Id> = HashMap::with_capacity(wanted.len());
        for row in self.view.snapshot.rows(&wanted)? {
            ids.insert(row.seq, self.view.catalog.id_of(&row)?);
        }
        for (listed, shifts) in self.listed.iter().zip(&mut self.shifts) {
            for (seqs, lot) in listed.iter().zip(shifts.content.lots()) {
                lot.ids = seqs.iter().filter_map(|seq| ids.get(seq).cloned()).collect();
            }
        }
        Ok(self.shifts)
    }
}

/// How many contributions of a stretch stand alone.
fn count(
    view: &View,
    counted: &mut HashMap<Place, u64>,
    shared: &[Seq],
    place: Place,
) -> Result<u64, StoreError> {
    if let Some(count) = counted.get(&place) {
        return Ok(*count);
    }
    let (stripe, start, end) = place;
    let all = view.snapshot.stripe_count(stripe, start..end)?;
    let below = |number: Seq| shared.partition_point(|seq| *seq < number);
    let shared = below(end).saturating_sub(below(start)) as u64;
    let count = all.saturating_sub(shared);
    counted.insert(place, count);
    Ok(count)
}

/// The first contributions of a stretch that stand alone.
fn name(
    view: &View,
    named: &mut HashMap<Place, Vec<Seq>>,
    shared: &[Seq],
    place: Place,
    wanted: usize,
) -> Result<Vec<Seq>, StoreError> {
    if let Some(seqs) = named.get(&place) {
        return Ok(seqs.clone());
    }
    let (stripe, mut from, end) = place;
    let mut alone = Vec::with_capacity(wanted);
    while alone.len() < wanted && from < end {
        let found = view.snapshot.stripe_seqs(stripe, from..end, Order::Oldest, wanted)?;
        let Some(last) = found.last() else { break };
        from = last + 1;
        alone.extend(found.into_iter().filter(|seq| shared.binary_search(seq).is_err()));
    }
    alone.truncate(wanted);
    named.insert(place, alone.clone());
    Ok(alone)
}

/// Turns the instants from which on readers read into numbers, each once.
struct Instants<'a> {
    view: &'a View,
    known: HashMap<i64, Seq>,
}

impl Instants<'_> {
    fn reach(&mut self, before: &[Reader], after: &[Reader], label: &Label) -> Result<Reach, StoreError> {
        Ok(Reach { before: self.from(before, label)?, after: self.from(after, label)? })
    }

    fn from(&mut self, readers: &[Reader], label: &Label) -> Result<Seq, StoreError> {
        let floors = readers.iter().filter_map(|reader| reader.floor(label));
        let Some(lowest) = floors.min().map(crate::mask::micros) else { return Ok(Seq::MAX) };
        if lowest <= 0 {
            return Ok(0);
        }
        if let Some(seq) = self.known.get(&lowest) {
            return Ok(*seq);
        }
        let seq = first_at(self.view.snapshot.as_ref(), self.view.heads.seq, lowest)?;
        self.known.insert(lowest, seq);
        Ok(seq)
    }
}

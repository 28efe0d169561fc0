//! What one viewer may read, label by label, compiled once per epoch.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::Timestamp;
use kizuna_access::label::Handling;
use kizuna_access::reader::Grant;
use kizuna_access::{Decision, Label, Reader, leak};

use crate::StoreError;
use crate::arrival::{Arrival, Timeline, first_at};
use crate::backend::{Order, Seq, Snapshot};
use crate::catalog::{Catalog, Meaning};

/// What a viewer may read of one label, as ranges of contributions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rule {
    /// Stored under a right held already.
    held: Vec<Range<Seq>>,
    /// Opened by a gain (its index) after it was stored.
    gained: Vec<(usize, Range<Seq>)>,
    /// For each part of a composite label the contributions of which it is readable.
    parts: Vec<Vec<Range<Seq>>>,
}

impl Rule {
    /// How a contribution of this label reached the viewer, or nothing where it did not.
    pub fn arrival(&self, seq: Seq) -> Option<Arrival> {
        if self.held.iter().any(|range| range.contains(&seq)) {
            return Some(Arrival::Held);
        }
        self.gained.iter().find(|(_, range)| range.contains(&seq)).map(|(gain, _)| Arrival::Gained(*gain))
    }

    /// Whether a part of a contribution is readable.
    pub fn reads_part(&self, part: usize, seq: Seq) -> bool {
        let readable =
            self.parts.get(part).is_some_and(|ranges| ranges.iter().any(|range| range.contains(&seq)));
        readable || leak::is(43)
    }

    /// The contributions that are readable.
    pub fn stretches(&self) -> Vec<Range<Seq>> {
        self.held.iter().chain(self.gained.iter().map(|(_, range)| range)).cloned().collect()
    }

    /// Those of which a part is readable, where they are.
    pub fn part_stretches(&self, part: usize) -> &[Range<Seq>] {
        self.parts.get(part).map_or(&[], Vec::as_slice)
    }

    /// What of a range belongs to the block of a gain, or to content held.
    pub fn within(&self, gain: Option<usize>, range: &Range<Seq>) -> Vec<Range<Seq>> {
        let meet = |own: &Range<Seq>| {
            let meet = own.start.max(range.start)..own.end.min(range.end);
            (!meet.is_empty()).then_some(meet)
        };
        match gain {
            None => self.held.iter().filter_map(meet).collect(),
            Some(gain) => {
                self.gained.iter().filter(|(of, _)| *of == gain).filter_map(|(_, own)| meet(own)).collect()
            }
        }
    }
}

/// The decisions for one viewer: which labels, since when, from which content on. Holds while the epoch stands and
/// no dated rule changes; labels that are interned later are decided when they appear.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mask {
    timeline: Timeline,
    /// By label number; the numbers are those of all terms, so that some are empty.
    rules: Vec<Option<Rule>>,
    /// The newest term that has been decided.
    decided: i64,
}

/// A rule whose gains are still instants.
#[derive(Default)]
struct Draft {
    held: Vec<Range<Seq>>,
    gained: Vec<(i64, Range<Seq>)>,
    parts: Vec<Vec<Range<Seq>>>,
}

impl Draft {
    /// Every stretch that is readable, with the instant that opened it, or `i64::MIN`.
    fn stretches(&self) -> impl Iterator<Item = (i64, &Range<Seq>)> {
        let held = self.held.iter().map(|range| (i64::MIN, range));
        held.chain(self.gained.iter().map(|(at, range)| (*at, range)))
    }

    /// Since when a contribution is readable; nothing where it is not.
    fn since(&self, seq: Seq) -> Option<i64> {
        self.stretches().find(|(_, range)| range.contains(&seq)).map(|(at, _)| at)
    }

    /// The draft of an object with parts: who gains the right to a part gets the object anew with it.
    fn with_parts(self, parts: &[Self]) -> Self {
        let mut cuts = BTreeSet::new();
        for (_, range) in self.stretches().chain(parts.iter().flat_map(Self::stretches)) {
            cuts.extend([range.start, range.end]);
        }
        let cuts: Vec<Seq> = cuts.into_iter().collect();
        let mut whole = Self::default();
        for pair in cuts.windows(2) {
            let (start, range) = (pair[0], pair[0]..pair[1]);
            let Some(since) = self.since(start) else { continue };
            let gains = parts.iter().filter_map(|part| part.since(start)).filter(|_| !leak::is(52));
            match gains.fold(since, i64::max) {
                i64::MIN => whole.held.push(range),
                latest => whole.gained.push((latest, range)),
            }
        }
        let readable = |part: &Self| part.stretches().map(|(_, range)| range.clone()).collect();
        whole.parts = parts.iter().map(readable).collect();
        whole
    }
}

/// What a mask is compiled against.
pub(crate) struct Ground<'a> {
    pub snapshot: &'a dyn Snapshot,
    pub catalog: &'a Catalog,
    pub reader: &'a Reader,
    /// The newest contribution of the snapshot.
    pub head: Seq,
    /// Microseconds; every contribution beyond the head is later.
    pub now: i64,
}

impl Mask {
    /// Decides every label that the catalog knows.
    pub fn compile(ground: &Ground<'_>) -> Result<Self, StoreError> {
        let mut drafts = Vec::new();
        let mut instants = BTreeSet::new();
        for (label, meaning) in ground.catalog.labels_after(0) {
            for asked in std::iter::once(&meaning.label).chain(&meaning.parts) {
                instants.extend(gains(ground, label, asked)?);
            }
            let Some(draft) = draft(ground, label, meaning)? else { continue };
            instants.extend(draft.gained.iter().map(|(at, _)| *at));
            drafts.push((label, draft));
        }
        let instants: Vec<i64> = instants.into_iter().collect();
        let timeline = Timeline::new(ground.snapshot, ground.head, &instants)?;
        let mut mask = Self { timeline, rules: Vec::new(), decided: ground.catalog.last_term() };
        for (label, draft) in drafts {
            mask.settle(label, draft);
        }
        Ok(mask)
    }

    /// Whether the catalog knows labels that this mask has not decided.
    pub fn is_behind(&self, catalog: &Catalog) -> bool {
        self.decided < catalog.last_term()
    }

    /// Decides the labels interned since. Content under them was stored after every gain there is, so that no gain
    /// opens any of it and the timeline stands.
    pub fn extend(&mut self, ground: &Ground<'_>) -> Result<(), StoreError> {
        for (label, meaning) in ground.catalog.labels_after(self.decided) {
            if let Some(draft) = draft(ground, label, meaning)? {
                self.settle(label, draft);
            }
        }
        self.decided = ground.catalog.last_term();
        Ok(())
    }

    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The rule of a label, or nothing where it is not readable.
    pub fn rule(&self, label: i64) -> Option<&Rule> {
        self.rules.get(usize::try_from(label).ok()?)?.as_ref()
    }

    fn settle(&mut self, label: i64, draft: Draft) {
        let gained = draft
            .gained
            .into_iter()
            .filter_map(|(at, range)| self.timeline.gain_at(at).map(|gain| (gain, range)))
            .collect();
        let rule = Rule { held: draft.held, gained, parts: draft.parts };
        let Ok(index) = usize::try_from(label) else { return };
        if self.rules.len() <= index {
            self.rules.resize(index + 1, None);
        }
        self.rules[index] = Some(rule);
    }
}

fn decide(reader: &Reader, label: &Label) -> Decision {
    if leak::is(34) && label.handling().contains(&Handling::Draft) {
        let always = Grant { gained: Timestamp::MIN, floor: Timestamp::MIN };
        return Decision::Readable(vec![always]);
    }
    reader.decide(label)
}

/// The instants at which older content of a label was opened, also by rights that are gone: what arrived then carried
/// dates ahead of the clock, and a reader who goes on from such a date must not lose what was stored meanwhile.
fn gains(ground: &Ground<'_>, label: i64, meaning: &Label) -> Result<Vec<i64>, StoreError> {
    let mut instants = Vec::new();
    for grant in ground.reader.gains(meaning) {
        let (gained, floor) = (micros(grant.gained), micros(grant.floor));
        if gained > ground.now || floor > ground.now {
            continue;
        }
        let opened = seq_at(ground, floor)?..seq_at(ground, gained)?;
        if !opened.is_empty() && holds_any(ground, label, &opened)? {
            instants.push(gained);
        }
    }
    Ok(instants)
}

/// What is readable of a label or a composite of labels; nothing where the object is hidden.
fn draft(ground: &Ground<'_>, label: i64, meaning: &Meaning) -> Result<Option<Draft>, StoreError> {
    let of = |asked: &Label| match decide(ground.reader, asked) {
        Decision::Readable(grants) => stretches(ground, label, &grants).map(Some),
        Decision::Hidden => Ok(None),
    };
    let Some(whole) = of(&meaning.label)? else { return Ok(None) };
    if meaning.parts.is_empty() {
        return Ok(Some(whole));
    }
    let mut parts = Vec::with_capacity(meaning.parts.len());
    for part in &meaning.parts {
        parts.push(of(part)?.unwrap_or_default());
    }
    Ok(Some(whole.with_parts(&parts)))
}

/// Turns the grants of a label into ranges of contributions.
///
/// A contribution belongs to the earliest grant whose floor it reaches; floors fall from grant to grant, so each
/// grant has one stretch: from its own floor to the floor of the grant before.
fn stretches(ground: &Ground<'_>, label: i64, grants: &[Grant]) -> Result<Draft, StoreError> {
    let mut draft = Draft::default();
    let mut ceiling = Seq::MAX;
    for grant in grants {
        let (gained, floor) = (micros(grant.gained), micros(grant.floor));
        if gained > ground.now || floor > ground.now {
            continue;
        }
        let floor = seq_at(ground, floor)?;
        let boundary = seq_at(ground, gained)?;
        let held = floor.max(boundary)..ceiling;
        if !held.is_empty() {
            draft.held.push(held);
        }
        let opened = floor..ceiling.min(boundary);
        if !opened.is_empty() && holds_any(ground, label, &opened)? {
            draft.gained.push((gained, opened));
        }
        ceiling = ceiling.min(floor);
    }
    Ok(draft)
}

fn seq_at(ground: &Ground<'_>, instant: i64) -> Result<Seq, StoreError> {
    if instant <= 0 { Ok(0) } else { first_at(ground.snapshot, ground.head, instant) }
}

/// Whether a range holds any contribution of a label: only such a gain makes a block, and whether it does is settled
/// for good at the gain, so that dates of arrival never change afterwards.
fn holds_any(ground: &Ground<'_>, label: i64, range: &Range<Seq>) -> Result<bool, StoreError> {
    for stripe in ground.catalog.stripes().iter().filter(|stripe| stripe.label == label) {
        if range.contains(&stripe.first) {
            return Ok(true);
        }
        let begins_before = stripe.first < range.start;
        if begins_before
            && !ground.snapshot.stripe_seqs(stripe.id, range.clone(), Order::Oldest, 1)?.is_empty()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Microseconds, rounded up: for whole microseconds `at`, `at >= instant` means the same before and after.
pub(crate) fn micros(instant: Timestamp) -> i64 {
    if instant == Timestamp::MIN {
        return i64::MIN;
    }
    let micros = (instant.as_nanosecond() + 999).div_euclid(1000);
    i64::try_from(micros).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;

//! What changes for a group, as stretches of contributions of one label.

use std::ops::Range;

use super::LOTS;
use crate::backend::Seq;
use crate::mask::Rule;

/// A group reads what was stored from these numbers on; [`Seq::MAX`] where it reads nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Reach {
    pub before: Seq,
    pub after: Seq,
}

/// What a group reads of a label, and of its parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Reaches {
    pub whole: Reach,
    /// Of those who read the whole: never from an earlier number on.
    pub parts: Vec<Reach>,
}

impl Reaches {
    /// Whether anything changes.
    pub fn change(&self) -> bool {
        std::iter::once(&self.whole).chain(&self.parts).any(|reach| reach.before != reach.after)
    }

    /// The contributions to which something happens, lot by lot, of those that the viewer reads. Stretches rise and
    /// do not meet.
    pub fn stretches(&self, rule: &Rule) -> [Vec<Range<Seq>>; LOTS] {
        let Reach { before, after } = self.whole;
        let read = merged(rule.stretches());
        let both = before.max(after);
        let (mut opened, mut closed) = (Vec::new(), Vec::new());
        for (part, reach) in self.parts.iter().enumerate() {
            let read = merged(rule.part_stretches(part).to_vec());
            opened.extend(meets(&read, &(reach.after.max(both)..reach.before)));
            closed.extend(meets(&read, &(reach.before.max(both)..reach.after)));
        }
        let among_read = |ranges: Vec<Range<Seq>>| {
            merged(merged(ranges).iter().flat_map(|range| meets(&read, range)).collect())
        };
        [
            meets(&read, &(after..before)),
            meets(&read, &(before..after)),
            among_read(opened),
            among_read(closed),
        ]
    }
}

/// What of a range lies in stretches.
fn meets(stretches: &[Range<Seq>], range: &Range<Seq>) -> Vec<Range<Seq>> {
    let meet = |own: &Range<Seq>| own.start.max(range.start)..own.end.min(range.end);
    stretches.iter().map(meet).filter(|meet| !meet.is_empty()).collect()
}

/// The same numbers in stretches that rise and do not meet.
fn merged(mut ranges: Vec<Range<Seq>>) -> Vec<Range<Seq>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<Seq>> = Vec::with_capacity(ranges.len());
    for range in ranges.into_iter().filter(|range| !range.is_empty()) {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests;

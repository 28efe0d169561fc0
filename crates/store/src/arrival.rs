//! One viewer's order of arrivals.
//!
//! Content arrives when it is stored, or, where the viewer gained the right to it later, at that instant: the older
//! content that a gain opened comes as one block, in order of sequence, between what was stored before the gain
//! and what was stored after it. With gains g1 < g2 < … a viewer's order is therefore made of *segments*:
//!
//! ```text
//! 0 held, stored before g1 │ 1 opened by g1 │ 2 held, stored between g1 and g2 │ 3 opened by g2 │ …
//! ```
//!
//! and (segment, seq) is a total order in which nothing ever appears before a place that was read already.

use std::ops::Range;

use kizuna_access::leak;

use crate::StoreError;
use crate::backend::{Moment, Seq, Snapshot};
use crate::query::Position;

/// How a contribution reached the viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// Under a right held when it was stored.
    Held,
    /// Through the gain of this index.
    Gained(usize),
}

/// An instant at which older content became readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gain {
    /// Microseconds.
    pub at: i64,
    /// Where its block begins in dates of arrival: at least `at`, and after everything that arrived before it.
    begins: i64,
    /// The first contribution stored at or after it.
    boundary: Seq,
}

/// A place in the order, inside a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub segment: usize,
    /// What comes before it in its segment is below this number.
    pub before: Seq,
    /// What comes after it in its segment is at or above this number.
    pub after: Seq,
}

impl Place {
    /// At a contribution, which is neither before nor after it.
    fn at(segment: usize, seq: Seq) -> Self {
        Self { segment, before: seq, after: seq + 1 }
    }

    /// Between two contributions, before this one.
    fn ahead_of(segment: usize, seq: Seq) -> Self {
        Self { segment, before: seq, after: seq }
    }
}

/// The gains of one viewer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Timeline {
    gains: Vec<Gain>,
}

impl Timeline {
    /// `instants` are distinct and rise.
    pub fn new(snapshot: &dyn Snapshot, head: Seq, instants: &[i64]) -> Result<Self, StoreError> {
        let mut gains: Vec<Gain> = Vec::with_capacity(instants.len());
        for at in instants {
            let boundary = first_at(snapshot, head, *at)?;
            let begins = match gains.last() {
                None => *at,
                Some(last) => {
                    let before = snapshot.moment(boundary - 1)?.map_or(0, |moment| moment.tick);
                    (*at).max(last.begins + before + 1)
                }
            };
            gains.push(Gain { at: *at, begins, boundary });
        }
        Ok(Self { gains })
    }

    /// How many segments there are.
    pub fn segments(&self) -> usize {
        2 * self.gains.len() + 1
    }

    /// The index of a gain by its instant.
    pub fn gain_at(&self, at: i64) -> Option<usize> {
        self.gains.binary_search_by_key(&at, |gain| gain.at).ok()
    }

    /// Which gain a segment is the block of; `None` for content held.
    pub fn gain_of(segment: usize) -> Option<usize> {
        (segment % 2 == 1).then_some(segment / 2)
    }

    /// Between which contributions everything of a segment lies.
    pub fn range(&self, segment: usize) -> Range<Seq> {
        let index = segment / 2;
        if segment % 2 == 1 {
            return 0..self.gains[index].boundary;
        }
        let from = index.checked_sub(1).map_or(0, |before| self.gains[before].boundary);
        let to = self.gains.get(index).map_or(Seq::MAX, |gain| gain.boundary);
        from..to
    }

    /// Where a contribution comes in the order.
    pub fn order(&self, arrival: Arrival, seq: Seq) -> (usize, Seq) {
        match arrival {
            Arrival::Gained(index) => (2 * index + 1, seq),
            Arrival::Held => (2 * self.gains_before(seq), seq),
        }
    }

    /// When a contribution arrived: rises strictly along the order.
    pub fn added(&self, arrival: Arrival, moment: Moment) -> i64 {
        if leak::is(38) {
            return moment.at - moment.tick + moment.seq;
        }
        match arrival {
            Arrival::Gained(index) => self.gains[index].begins + moment.tick,
            Arrival::Held => match self.gains_before(moment.seq) {
                0 => moment.at,
                count => moment.at.max(self.gains[count - 1].begins + moment.tick),
            },
        }
    }

    pub fn position(&self, arrival: Arrival, seq: Seq) -> Position {
        let gained = match arrival {
            Arrival::Held => 0,
            Arrival::Gained(index) => self.gains[index].at,
        };
        Position { gained, seq: seq.unsigned_abs() }
    }

    /// The position behind everything up to the newest contribution. A gain after which nothing was stored has its block
    /// behind all that is held.
    pub fn end(&self, head: Seq) -> Position {
        let last = self.gains.last().filter(|gain| gain.boundary > head);
        Position { gained: last.map_or(0, |gain| gain.at), seq: head.unsigned_abs() }
    }

    /// The place of a position, whether or not its contribution is still readable.
    pub fn place(&self, snapshot: &dyn Snapshot, head: Seq, position: Position) -> Result<Place, StoreError> {
        let seq = Seq::try_from(position.seq).unwrap_or(Seq::MAX - 1).min(Seq::MAX - 1);
        if leak::is(30) {
            return Ok(Place::at(self.segments() - 1, seq));
        }
        if position.gained <= 0 {
            let (segment, seq) = self.order(Arrival::Held, seq);
            return Ok(Place::at(segment, seq));
        }
        if let Some(index) = self.gain_at(position.gained) {
            return Ok(Place::at(2 * index + 1, seq));
        }
        // The right gained then is gone: what was stored before its instant has been read, or was opened by another
        // gain, in whose order it comes.
        let count = self.gains.partition_point(|gain| gain.at < position.gained);
        let next = first_at(snapshot, head, position.gained)?;
        Ok(Place::ahead_of(2 * count, next))
    }

    /// The first place whose content arrived after an instant.
    pub fn place_added_after(
        &self,
        snapshot: &dyn Snapshot,
        head: Seq,
        instant: i64,
    ) -> Result<Place, StoreError> {
        if leak::is(25) {
            let later = first_where(snapshot, 1..head + 1, |moment| moment.at > instant)?;
            return Ok(Place::ahead_of(self.segments() - 1, later));
        }
        for segment in 0..self.segments() {
            let range = self.range(segment);
            let end = range.end.min(head + 1);
            let arrival = Self::gain_of(segment).map_or(Arrival::Held, Arrival::Gained);
            let later =
                first_where(snapshot, range.start..end, |moment| self.added(arrival, moment) > instant)?;
            if later < end {
                return Ok(Place::ahead_of(segment, later));
            }
        }
        Ok(Place::ahead_of(self.segments() - 1, head + 1))
    }

    fn gains_before(&self, seq: Seq) -> usize {
        self.gains.partition_point(|gain| gain.boundary <= seq)
    }
}

/// The first contribution stored at or after an instant; one past the head when there is none yet.
pub(crate) fn first_at(snapshot: &dyn Snapshot, head: Seq, instant: i64) -> Result<Seq, StoreError> {
    first_where(snapshot, 1..head + 1, |moment| moment.at >= instant)
}

/// The first contribution of a range for which a condition holds that, once it holds, holds for all later ones.
fn first_where(
    snapshot: &dyn Snapshot,
    range: Range<Seq>,
    holds: impl Fn(Moment) -> bool,
) -> Result<Seq, StoreError> {
    let (mut low, mut high) = (range.start.max(1), range.end.max(1));
    while low < high {
        let middle = low + (high - low) / 2;
        match snapshot.moment(middle)? {
            Some(moment) if moment.seq < high && !holds(moment) => low = moment.seq + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

#[cfg(test)]
mod tests;

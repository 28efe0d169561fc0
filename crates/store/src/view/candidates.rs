//! Rows of one segment in order, by whichever way is cheapest. The way never changes what comes out.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet, VecDeque};
use std::ops::Range;

use kizuna_access::leak;
use kizuna_stix::Object;
use kizuna_stix::observable::{self, Observable};

use super::View;
use super::item::Admit;
use crate::StoreError;
use crate::arrival::Timeline;
use crate::backend::{Flags, Key, Order, Row, Seq, Snapshot};
use crate::tokens;

/// What an index lookup costs beside reading one row of a scan; measured on SQLite.
const SEEK_COST: i64 = 6;
/// What a row reached through its stripe costs beside reading one row of a scan.
const MERGED_ROW_COST: i64 = 2;
/// After so many rows that an index named and the viewer may not read, another way is looked for.
const PATIENCE: i64 = 4_096;
/// Rows read at a time when nothing says how many are wanted.
const CHUNK: usize = 256;

/// An index that names the candidates.
#[derive(Debug, Clone)]
pub(super) enum Lookup {
    Text(Vec<String>),
    Values(Vec<Observable>),
    References(Key),
}

impl Lookup {
    /// Whether an object itself is named.
    fn names(&self, object: &Object) -> bool {
        match self {
            Self::Text(asked) => {
                let said = tokens::of_object(object);
                let said: HashSet<&str> = said.split(' ').collect();
                leak::is(46) || asked.iter().all(|token| said.contains(token.as_str()))
            }
            Self::Values(asked) => {
                leak::is(47) || observable::of_object(object).iter().any(|value| asked.contains(value))
            }
            Self::References(target) => {
                leak::is(48) || object.references().iter().any(|id| id.key() == *target)
            }
        }
    }

    pub fn seqs(
        &self,
        snapshot: &dyn Snapshot,
        range: Range<Seq>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Seq>, StoreError> {
        match self {
            Self::Text(tokens) => snapshot.text_seqs(tokens, range, order, limit),
            Self::Values(values) => snapshot.observable_seqs(values, range, order, limit),
            Self::References(target) => snapshot.reference_seqs(target, range, order, limit),
        }
    }
}

/// A walk over the readable rows of one segment.
pub(super) struct Candidates<'a> {
    view: &'a View,
    admit: &'a Admit,
    /// The seeded leak that opens this walk.
    path: u32,
    segment: usize,
    order: Order,
    /// What has not been walked yet.
    range: Range<Seq>,
    way: Way,
    /// What every row must be named by.
    lookups: &'a [Lookup],
    /// Rows named by the leading index that were no candidates.
    passed_over: i64,
}

enum Way {
    /// Every row in order.
    Scan,
    /// Only these stripes, merged.
    Merge(Merge),
    /// What the first lookup names.
    Lead,
}

impl<'a> Candidates<'a> {
    /// The rows of a segment that lie in `range` and that all lookups name.
    pub fn new(
        view: &'a View,
        admit: &'a Admit,
        segment: usize,
        range: Range<Seq>,
        order: Order,
        lookups: &'a [Lookup],
        path: u32,
    ) -> Self {
        let of_segment = view.timeline().range(segment);
        let start = range.start.max(of_segment.start).max(1);
        let end = range.end.min(of_segment.end).min(view.heads.seq + 1);
        let range = start..end.max(start);
        let way = match lookups {
            [_, ..] => Way::Lead,
            [] if leak::is(path) => Way::Scan,
            [] => view.cheapest(admit, segment, &range),
        };
        Self { view, admit, path, segment, order, range, way, lookups, passed_over: 0 }
    }

    /// Up to about `wanted` more rows, in order. Nothing means that there are no more.
    pub fn next_rows(&mut self, wanted: usize) -> Result<Vec<Row>, StoreError> {
        let chunk = wanted.clamp(CHUNK, 16 * CHUNK);
        loop {
            if self.range.is_empty() {
                return Ok(Vec::new());
            }
            let snapshot = self.view.snapshot.as_ref();
            let rows = match &mut self.way {
                Way::Scan => self.scan(chunk)?,
                Way::Merge(merge) => {
                    let seqs = merge.next(snapshot, self.order, chunk)?;
                    if seqs.is_empty() {
                        self.range = self.range.end..self.range.end;
                        return Ok(Vec::new());
                    }
                    snapshot.rows(&seqs)?
                }
                Way::Lead => {
                    let seqs = self.lookups[0].seqs(snapshot, self.range.clone(), self.order, chunk)?;
                    self.advance(&seqs, chunk);
                    snapshot.rows(&seqs)?
                }
            };
            let read = rows.len();
            let mut mine = Vec::new();
            for row in rows {
                if self.is_candidate(&row)? {
                    mine.push(row);
                }
            }
            self.passed_over += i64::try_from(read - mine.len()).unwrap_or(i64::MAX);
            self.reconsider();
            if !mine.is_empty() {
                return Ok(mine);
            }
        }
    }

    /// Leaves an index that names mostly what the viewer may not read, where the readable rows are fewer.
    fn reconsider(&mut self) {
        if !matches!(self.way, Way::Lead) || self.passed_over < PATIENCE || leak::is(self.path) {
            return;
        }
        let (parts, readable) = self.view.readable_parts(self.admit, self.segment, &self.range);
        if readable < self.passed_over {
            self.way = Way::Merge(Merge::new(parts));
        }
        self.passed_over = 0;
    }

    /// Whether a row is readable, comes in this segment, is admitted and named by all lookups.
    fn is_candidate(&self, row: &Row) -> Result<bool, StoreError> {
        let Some(arrival) = self.view.arrival_on(self.path, row) else { return Ok(false) };
        let here = self.view.timeline().order(arrival, row.seq).0 == self.segment;
        if !here || !self.admit.row(row) {
            return Ok(false);
        }
        if row.flags.has(Flags::GRANULAR) && !self.lookups.is_empty() {
            // An index knows all that is stored; the viewer asks for what it gets.
            let form = self.view.form_object(row)?;
            return Ok(self.lookups.iter().all(|lookup| lookup.names(&form)));
        }
        let known = usize::from(matches!(self.way, Way::Lead));
        for lookup in &self.lookups[known..] {
            let only = row.seq..row.seq + 1;
            if lookup.seqs(self.view.snapshot.as_ref(), only, Order::Oldest, 1)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn scan(&mut self, chunk: usize) -> Result<Vec<Row>, StoreError> {
        let length = i64::try_from(chunk).unwrap_or(i64::MAX);
        let Range { start, end } = self.range;
        let (part, rest) = match self.order {
            Order::Oldest => {
                let cut = end.min(start.saturating_add(length));
                (start..cut, cut..end)
            }
            Order::Newest => {
                let cut = start.max(end.saturating_sub(length));
                (cut..end, start..cut)
            }
        };
        self.range = rest;
        let mut rows = self.view.snapshot.rows_in(part, chunk)?;
        if self.order == Order::Newest {
            rows.reverse();
        }
        Ok(rows)
    }

    fn advance(&mut self, seqs: &[Seq], chunk: usize) {
        let Some(last) = seqs.last().copied().filter(|_| seqs.len() >= chunk) else {
            self.range = self.range.end..self.range.end;
            return;
        };
        match self.order {
            Order::Oldest => self.range.start = last + 1,
            Order::Newest => self.range.end = last,
        }
    }
}

impl View {
    /// Whether to read every row and pass over the unreadable ones, or to merge the readable stripes.
    fn cheapest(&self, admit: &Admit, segment: usize, range: &Range<Seq>) -> Way {
        let wanted = 1000;
        if range.end - range.start <= wanted {
            return Way::Scan;
        }
        let (parts, readable) = self.readable_parts(admit, segment, range);
        let total = self.heads.seq.max(1);
        let seeks = i64::try_from(parts.len()).unwrap_or(i64::MAX);
        let merging = seeks.saturating_mul(SEEK_COST) + wanted * MERGED_ROW_COST;
        let scanning = wanted.saturating_mul(total) / readable.max(1);
        if scanning <= merging { Way::Scan } else { Way::Merge(Merge::new(parts)) }
    }

    /// The stretches of stripes that a segment is made of, and about how many rows they hold.
    fn readable_parts(&self, admit: &Admit, segment: usize, range: &Range<Seq>) -> (Vec<Part>, i64) {
        let gain = Timeline::gain_of(segment);
        let mut parts = Vec::new();
        let mut readable = 0;
        for stripe in self.catalog.stripes() {
            let begins_later = stripe.first >= range.end;
            if begins_later || !admit.stripe(stripe.id) {
                continue;
            }
            let Some(rule) = self.mask.rule(stripe.label) else { continue };
            let ranges = rule.within(gain, range);
            if !ranges.is_empty() {
                readable += stripe.rows;
            }
            parts.extend(ranges.into_iter().map(|range| Part::new(stripe.id, range)));
        }
        (parts, readable)
    }
}

/// A stretch of one stripe, read ahead in pieces.
struct Part {
    stripe: i64,
    range: Range<Seq>,
    ahead: VecDeque<Seq>,
}

impl Part {
    fn new(stripe: i64, range: Range<Seq>) -> Self {
        Self { stripe, range, ahead: VecDeque::new() }
    }

    fn next(
        &mut self,
        snapshot: &dyn Snapshot,
        order: Order,
        piece: usize,
    ) -> Result<Option<Seq>, StoreError> {
        if self.ahead.is_empty() && !self.range.is_empty() {
            let seqs = snapshot.stripe_seqs(self.stripe, self.range.clone(), order, piece)?;
            match (seqs.last(), order) {
                (Some(last), Order::Oldest) if seqs.len() == piece => self.range.start = last + 1,
                (Some(last), Order::Newest) if seqs.len() == piece => self.range.end = *last,
                _ => self.range = self.range.end..self.range.end,
            }
            self.ahead = seqs.into();
        }
        Ok(self.ahead.pop_front())
    }
}

/// A merge over stretches of stripes.
struct Merge {
    parts: Vec<Part>,
    /// The next number of each part, signed so that the greatest comes first; filled on first use.
    heads: Option<BinaryHeap<(Reverse<Seq>, usize)>>,
}

impl Merge {
    fn new(parts: Vec<Part>) -> Self {
        Self { parts, heads: None }
    }

    fn next(&mut self, snapshot: &dyn Snapshot, order: Order, wanted: usize) -> Result<Vec<Seq>, StoreError> {
        let piece = 2 * wanted / self.parts.len().max(1) + 16;
        let sign = |seq: Seq| if order == Order::Oldest { Reverse(seq) } else { Reverse(-seq) };
        let mut heads = if let Some(heads) = self.heads.take() {
            heads
        } else {
            let mut heads = BinaryHeap::with_capacity(self.parts.len());
            for (index, part) in self.parts.iter_mut().enumerate() {
                heads.extend(part.next(snapshot, order, piece)?.map(|seq| (sign(seq), index)));
            }
            heads
        };
        let mut merged = Vec::with_capacity(wanted);
        while merged.len() < wanted {
            let Some((Reverse(signed), index)) = heads.pop() else { break };
            merged.push(signed.abs());
            heads.extend(self.parts[index].next(snapshot, order, piece)?.map(|seq| (sign(seq), index)));
        }
        self.heads = Some(heads);
        Ok(merged)
    }
}

#[cfg(test)]
mod tests;

//! Rows of one segment in order, by whichever way is cheapest. The way never changes what comes out.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::ops::Range;

use kizuna_access::leak;
use kizuna_stix::observable::Observable;

use super::View;
use super::item::Admit;
use crate::StoreError;
use crate::arrival::Timeline;
use crate::backend::{Key, Order, Row, Seq, Snapshot};

/// What an index lookup costs beside reading one row of a scan; measured on SQLite.
const SEEK_COST: i64 = 6;
/// What a row reached through its stripe costs beside reading one row of a scan.
const MERGED_ROW_COST: i64 = 2;
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
    way: Way<'a>,
}

enum Way<'a> {
    /// Every row in order.
    Scan,
    /// Only these stripes, merged.
    Merge(Merge),
    /// What an index names.
    Lookup(&'a Lookup),
}

impl<'a> Candidates<'a> {
    /// The rows of a segment that lie in `range`, through an index where one is given.
    pub fn new(
        view: &'a View,
        admit: &'a Admit,
        segment: usize,
        range: Range<Seq>,
        order: Order,
        lookup: Option<&'a Lookup>,
        path: u32,
    ) -> Self {
        let of_segment = view.timeline().range(segment);
        let start = range.start.max(of_segment.start).max(1);
        let end = range.end.min(of_segment.end).min(view.heads.seq + 1);
        let range = start..end.max(start);
        let way = match lookup {
            Some(lookup) => Way::Lookup(lookup),
            None if leak::is(path) => Way::Scan,
            None => view.cheapest(admit, segment, &range),
        };
        Self { view, admit, path, segment, order, range, way }
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
                Way::Lookup(lookup) => {
                    let seqs = lookup.seqs(snapshot, self.range.clone(), self.order, chunk)?;
                    self.advance(&seqs, chunk);
                    snapshot.rows(&seqs)?
                }
            };
            let mine: Vec<Row> = rows.into_iter().filter(|row| self.is_candidate(row)).collect();
            if !mine.is_empty() {
                return Ok(mine);
            }
        }
    }

    /// Whether a row is readable, comes in this segment and is admitted.
    fn is_candidate(&self, row: &Row) -> bool {
        let Some(arrival) = self.view.arrival_on(self.path, row) else { return false };
        self.view.timeline().order(arrival, row.seq).0 == self.segment && self.admit.row(row)
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
    fn cheapest<'a>(&self, admit: &Admit, segment: usize, range: &Range<Seq>) -> Way<'a> {
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
        let total = self.heads.seq.max(1);
        let seeks = i64::try_from(parts.len()).unwrap_or(i64::MAX);
        let wanted = 1000;
        let merging = seeks.saturating_mul(SEEK_COST) + wanted * MERGED_ROW_COST;
        let scanning = wanted.saturating_mul(total) / readable.max(1);
        let few_rows = range.end - range.start <= wanted;
        if few_rows || scanning <= merging { Way::Scan } else { Way::Merge(Merge::new(parts)) }
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

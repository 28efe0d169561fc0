//! Which observations a pattern over several of them binds (STIX 2.1 §9.5): a search with a limit on its steps.
//!
//! Every constraint in time is a [`Filter`] on single observations. `WITHIN x` holds if and only if there is a span of
//! that length which touches them all, and the earliest such span begins where the first of them ends: so each such
//! beginning is tried. `a FOLLOWEDBY b` holds if no observation of `b` ends before the last of `a` begins.

use std::collections::HashMap;

use jiff::Timestamp;

/// When something was observed, in microseconds since 1970. Without a time, `first` is the largest number and `last`
/// the smallest, so that no constraint in time ever holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub first: i64,
    pub last: i64,
}

impl Span {
    pub const UNKNOWN: Self = Self { first: i64::MAX, last: i64::MIN };

    pub fn of(time: Option<Timestamp>) -> Self {
        time.map_or(Self::UNKNOWN, |time| Self { first: micros(time), last: micros(time) })
    }

    pub fn between(first: Timestamp, last: Timestamp) -> Self {
        Self { first: micros(first), last: micros(last) }
    }
}

pub(super) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// Observations that end not before one moment and begin not after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Filter {
    ends_from: i64,
    begins_to: i64,
}

impl Default for Filter {
    fn default() -> Self {
        Self { ends_from: i64::MIN, begins_to: i64::MAX }
    }
}

impl Filter {
    /// `START … STOP …`: touching the start is enough, the stop itself is outside.
    pub fn between(self, start: i64, stop: i64) -> Self {
        self.touching(start, stop.saturating_sub(1))
    }

    fn touching(self, from: i64, to: i64) -> Self {
        Self { ends_from: self.ends_from.max(from), begins_to: self.begins_to.min(to) }
    }

    fn not_before(self, moment: i64) -> Self {
        Self { ends_from: self.ends_from.max(moment), ..self }
    }

    pub fn admits(self, span: Span) -> bool {
        span.last >= self.ends_from && span.first <= self.begins_to
    }
}

/// How the tests of a pattern follow each other. Tests are given by their numbers.
#[derive(Debug)]
pub(super) enum Plan {
    Test(u32),
    All(Vec<Self>),
    Any(Vec<Self>),
    Then(Vec<Self>),
    /// Within so many microseconds.
    Within(Box<Self>, i64),
    Times(Box<Self>, u64),
    Between(Box<Self>, i64, i64),
}

impl Plan {
    pub fn leaves(&self, visit: &mut dyn FnMut(u32)) {
        match self {
            Self::Test(test) => visit(*test),
            Self::All(all) | Self::Any(all) | Self::Then(all) => {
                for inner in all {
                    inner.leaves(visit);
                }
            }
            Self::Within(inner, _) | Self::Times(inner, _) | Self::Between(inner, ..) => inner.leaves(visit),
        }
    }
}

/// An observation that satisfied a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub span: Span,
    /// How often it was observed: so often it can be bound.
    pub count: u64,
    /// Its number among all observations that are kept.
    pub place: u32,
}

/// The observations that satisfied one test, by when they ended.
#[derive(Debug, Default)]
pub(super) struct Row {
    seen: Vec<Seen>,
    /// The earliest beginning from each position on: where it is too late, nothing comes behind.
    earliest: Vec<i64>,
}

impl Row {
    pub fn new(mut seen: Vec<Seen>) -> Self {
        seen.sort_by_key(|seen| (seen.span.last, seen.place));
        let mut earliest = vec![i64::MAX; seen.len()];
        let mut soonest = i64::MAX;
        for (position, seen) in seen.iter().enumerate().rev() {
            soonest = soonest.min(seen.span.first);
            earliest[position] = soonest;
        }
        Self { seen, earliest }
    }

    fn from(&self, filter: Filter) -> usize {
        self.seen.partition_point(|seen| seen.span.last < filter.ends_from)
    }
}

/// How often each observation was bound already, by place.
pub(super) type Used = HashMap<u32, u64>;

/// Repetitions of a test up to which every choice of observations is tried; above, only runs of them.
const CHOICES: u64 = 6;

/// A search for matches of one pattern.
pub(super) struct Search<'a> {
    rows: &'a HashMap<u32, Row>,
    used: &'a mut Used,
    /// What is bound so far, and how often.
    chosen: Vec<(Seen, u64)>,
    steps: u64,
}

type Next<'n, 'a> = &'n mut dyn FnMut(&mut Search<'a>) -> bool;

impl<'a> Search<'a> {
    /// `steps` limits the work; with none left nothing more is found.
    pub fn new(rows: &'a HashMap<u32, Row>, used: &'a mut Used, steps: u64) -> Self {
        Self { rows, used, chosen: Vec::new(), steps }
    }

    pub fn is_exhausted(&self) -> bool {
        self.steps == 0
    }

    /// Every match that shares no observation with another, at most `most`: the places of each, by time.
    pub fn matches(&mut self, plan: &Plan, most: usize) -> Vec<Vec<u32>> {
        let mut found = Vec::new();
        match plan {
            Plan::Within(inner, length) => {
                for end in self.ends(inner, Filter::default()) {
                    let filter = Filter::default().touching(end, end.saturating_add(*length));
                    self.repeat(inner, filter, most, &mut found);
                }
            }
            _ => self.repeat(plan, Filter::default(), most, &mut found),
        }
        found
    }

    fn repeat(&mut self, plan: &Plan, filter: Filter, most: usize, found: &mut Vec<Vec<u32>>) {
        while found.len() < most && self.find(plan, filter, &mut |_| true) {
            // What is bound stays so: the next match has to do without.
            let mut bound = std::mem::take(&mut self.chosen);
            bound.sort_by_key(|(seen, _)| (seen.span.last, seen.place));
            let mut places: Vec<u32> = bound.iter().map(|(seen, _)| seen.place).collect();
            places.dedup();
            found.push(places);
        }
    }

    /// Binds what the plan needs and asks `next` whether the rest can be bound too; else unbinds it and tries on.
    fn find(&mut self, plan: &Plan, filter: Filter, next: Next<'_, 'a>) -> bool {
        match plan {
            Plan::Test(test) => self.choose(*test, filter, (0, 1), next),
            Plan::All(all) => self.all(all, filter, next),
            Plan::Any(any) => any.iter().any(|inner| self.find(inner, filter, next)),
            Plan::Then(all) => {
                let begun = self.chosen.len();
                self.follow(all, filter, begun, next)
            }
            Plan::Within(inner, length) => {
                let ends = self.ends(inner, filter);
                ends.into_iter().any(|end| {
                    let filter = filter.touching(end, end.saturating_add(*length));
                    self.find(inner, filter, next)
                })
            }
            Plan::Times(inner, times) => match **inner {
                Plan::Test(test) if *times <= CHOICES => self.choose(test, filter, (0, *times), next),
                Plan::Test(test) => self.run(test, filter, *times, next),
                _ => self.times(inner, filter, *times, next),
            },
            Plan::Between(inner, start, stop) => self.find(inner, filter.between(*start, *stop), next),
        }
    }

    fn all(&mut self, plans: &[Plan], filter: Filter, next: Next<'_, 'a>) -> bool {
        match plans.split_first() {
            None => next(self),
            Some((first, rest)) => {
                self.find(first, filter, &mut |search| search.all(rest, filter, &mut *next))
            }
        }
    }

    fn follow(&mut self, plans: &[Plan], filter: Filter, begun: usize, next: Next<'_, 'a>) -> bool {
        let Some((first, rest)) = plans.split_first() else { return next(self) };
        self.find(first, filter, &mut |search| {
            let latest = search.chosen[begun..].iter().map(|(seen, _)| seen.span.first).max();
            let after = filter.not_before(latest.unwrap_or(i64::MIN));
            search.follow(rest, after, begun, &mut *next)
        })
    }

    fn times(&mut self, plan: &Plan, filter: Filter, times: u64, next: Next<'_, 'a>) -> bool {
        if times == 0 {
            return next(self);
        }
        self.find(plan, filter, &mut |search| search.times(plan, filter, times - 1, &mut *next))
    }

    /// Binds so many observations of one test, from a position on; every choice is tried.
    fn choose(&mut self, test: u32, filter: Filter, (from, left): (usize, u64), next: Next<'_, 'a>) -> bool {
        if left == 0 {
            return next(self);
        }
        let rows = self.rows;
        let Some(row) = rows.get(&test) else { return false };
        for position in from.max(row.from(filter))..row.seen.len() {
            if row.earliest[position] > filter.begins_to {
                return false;
            }
            let seen = row.seen[position];
            let free = self.free(seen);
            if !filter.admits(seen.span) || free == 0 {
                continue;
            }
            let Some(steps) = self.steps.checked_sub(1) else { return false };
            self.steps = steps;
            // Of one observation as often as it can be first, so that others stay free; then less often.
            for taken in (1..=free.min(left)).rev() {
                self.bind(seen, taken);
                if self.choose(test, filter, (position + 1, left - taken), next) {
                    return true;
                }
                self.unbind();
            }
        }
        false
    }

    /// Binds many observations of one test: those that follow each other, from each beginning on.
    fn run(&mut self, test: u32, filter: Filter, times: u64, next: Next<'_, 'a>) -> bool {
        let rows = self.rows;
        let Some(row) = rows.get(&test) else { return false };
        let mut beginning = row.from(filter);
        let begun = self.chosen.len();
        while beginning < row.seen.len() && row.earliest[beginning] <= filter.begins_to {
            let mut left = times;
            for (position, seen) in row.seen.iter().enumerate().skip(beginning) {
                if left == 0 || row.earliest[position] > filter.begins_to {
                    break;
                }
                let Some(steps) = self.steps.checked_sub(1) else { break };
                self.steps = steps;
                let taken = if filter.admits(seen.span) { self.free(*seen).min(left) } else { 0 };
                if taken > 0 {
                    self.bind(*seen, taken);
                    left -= taken;
                }
            }
            if left == 0 && next(self) {
                return true;
            }
            while self.chosen.len() > begun {
                self.unbind();
            }
            if left > 0 {
                // Fewer from here on, so fewer still from any later beginning.
                return false;
            }
            beginning += 1;
        }
        false
    }

    fn free(&self, seen: Seen) -> u64 {
        seen.count.saturating_sub(self.used.get(&seen.place).copied().unwrap_or(0))
    }

    fn bind(&mut self, seen: Seen, times: u64) {
        *self.used.entry(seen.place).or_default() += times;
        self.chosen.push((seen, times));
    }

    fn unbind(&mut self) {
        let Some((seen, times)) = self.chosen.pop() else { return };
        if let Some(used) = self.used.get_mut(&seen.place) {
            *used -= times;
        }
    }

    /// When observations that the plan could bind end.
    fn ends(&self, plan: &Plan, filter: Filter) -> Vec<i64> {
        let mut ends = Vec::new();
        plan.leaves(&mut |test| {
            let Some(row) = self.rows.get(&test) else { return };
            let admitted = row.seen[row.from(filter)..].iter().filter(|seen| filter.admits(seen.span));
            ends.extend(admitted.map(|seen| seen.span.last).filter(|last| *last != i64::MIN));
        });
        ends.sort_unstable();
        ends.dedup();
        ends
    }
}

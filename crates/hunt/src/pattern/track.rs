//! Observations that satisfied a part of a pattern, kept until all of it can be decided.
//!
//! Evidence comes in the order of files, not of time: a match is known only when all was read. What is kept is capped.
//! Where the cap is met, what matches by then is decided, and the earlier half of the rest is let go, and counted.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::binding::{Row, Search, Seen, Span, Used};
use super::{Compound, Patterns};

/// Steps that the search for the matches of one pattern may take.
const STEPS: u64 = 20_000_000;
/// Matches of one pattern that are told of.
const MATCHES: usize = 10_000;

/// One observation of which a part of a pattern is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The tests that it satisfied.
    pub tests: Vec<u32>,
    pub line: u64,
    /// Microseconds since 1970; without both, the time is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
    /// How often it was observed.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub count: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
}

fn once() -> u64 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_once(count: &u64) -> bool {
    *count == 1
}

impl Part {
    pub fn span(&self) -> Span {
        match (self.first, self.last) {
            (Some(first), Some(last)) => Span::between(first, last),
            _ => Span::UNKNOWN,
        }
    }
}

/// Where an observation was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub path: String,
    pub line: u64,
    pub time: Option<Timestamp>,
    pub asset: Option<String>,
}

/// Observations that together match a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    pub pattern: u32,
    /// By time; the last completed the match.
    pub places: Vec<Place>,
}

/// What is kept for the patterns that need several observations.
#[derive(Debug)]
pub struct Track<'a> {
    patterns: &'a Patterns,
    most: usize,
    places: Vec<Place>,
    /// By test.
    seen: HashMap<u32, Vec<Seen>>,
    /// By the number of the plan.
    used: Vec<Used>,
    found: Vec<Match>,
    let_go: u64,
    /// Patterns of which more could have been found than the search was allowed.
    unfinished: BTreeMap<u32, &'static str>,
}

impl<'a> Track<'a> {
    /// Observations that are kept; each takes about two hundred bytes.
    pub const MOST: usize = 1_000_000;

    pub fn new(patterns: &'a Patterns, most: usize) -> Self {
        Self {
            patterns,
            most: most.max(2),
            places: Vec::new(),
            seen: HashMap::new(),
            used: patterns.plans.iter().map(|_| Used::new()).collect(),
            found: Vec::new(),
            let_go: 0,
            unfinished: BTreeMap::new(),
        }
    }

    /// Whether any pattern needs several observations.
    pub fn is_needed(&self) -> bool {
        !self.patterns.plans.is_empty()
    }

    pub fn add(&mut self, path: &str, line: u64, part: Part) {
        let place = self.places.len() as u32;
        let span = part.span();
        for test in &part.tests {
            self.seen.entry(*test).or_default().push(Seen { span, count: part.count.max(1), place });
        }
        self.places.push(Place { path: path.to_owned(), line, time: part.first, asset: part.asset });
        if self.places.len() >= self.most {
            self.decide();
            self.relieve();
        }
    }

    /// All matches, and in words what may have been missed.
    pub fn finish(mut self) -> (Vec<Match>, Vec<(Option<u32>, String)>) {
        self.decide();
        let mut missed: Vec<(Option<u32>, String)> =
            self.unfinished.iter().map(|(pattern, why)| (Some(*pattern), (*why).to_owned())).collect();
        if self.let_go > 0 {
            let most = self.most;
            missed.push((
                None,
                format!(
                    "more than {most} observations satisfied parts of patterns; {} early ones were let go, and \
                     matches of later ones with them may be missing",
                    self.let_go
                ),
            ));
        }
        (self.found, missed)
    }

    fn decide(&mut self) {
        let rows: HashMap<u32, Row> =
            self.seen.iter().map(|(test, seen)| (*test, Row::new(seen.clone()))).collect();
        for (Compound { pattern, plan }, used) in self.patterns.plans.iter().zip(&mut self.used) {
            let mut search = Search::new(&rows, used, STEPS);
            let matches = search.matches(plan, MATCHES);
            if search.is_exhausted() {
                self.unfinished.insert(*pattern, "there may be more matches than were searched for");
            } else if matches.len() == MATCHES {
                self.unfinished.insert(*pattern, "it matches more often than is told of");
            }
            for places in matches {
                let places = places.iter().filter_map(|place| self.places.get(*place as usize).cloned());
                self.found.push(Match { pattern: *pattern, places: places.collect() });
            }
        }
    }

    /// Lets go of the earlier half of what is kept.
    fn relieve(&mut self) {
        let mut ends = vec![i64::MIN; self.places.len()];
        for seen in self.seen.values().flatten() {
            ends[seen.place as usize] = seen.span.last;
        }
        let mut order: Vec<u32> = (0..self.places.len() as u32).collect();
        order.sort_by_key(|place| ends[*place as usize]);
        let gone = order.len() / 2;
        self.let_go += gone as u64;
        // The new number of each place that stays.
        let mut numbers = vec![None; self.places.len()];
        let mut places = Vec::with_capacity(order.len() - gone);
        for (number, place) in order[gone..].iter().enumerate() {
            numbers[*place as usize] = Some(number as u32);
            places.push(self.places[*place as usize].clone());
        }
        self.places = places;
        for seen in self.seen.values_mut() {
            seen.retain_mut(|seen| {
                let number = numbers[seen.place as usize];
                seen.place = number.unwrap_or_default();
                number.is_some()
            });
        }
        for used in &mut self.used {
            let renumbered =
                used.iter().filter_map(|(place, times)| Some((numbers[*place as usize]?, *times)));
            *used = renumbered.collect();
        }
    }
}

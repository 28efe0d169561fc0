//! Counting what became of an envelope.

use std::collections::HashMap;

use jiff::Timestamp;
use kizuna_stix::Fault;

use super::{ItemOutcome, ItemReport, Report};

/// Quarantined objects that a report always names, whatever was asked for.
const QUARANTINED_NAMED: usize = 100;
/// Distinct reasons that a report lists.
const REASONS: usize = 50;

/// Counts, and the items asked for.
pub struct Tally {
    report: Report,
    limit: usize,
    items: Vec<(usize, ItemReport)>,
    reasons: HashMap<String, usize>,
}

/// One object, before its outcome is known.
pub struct Item {
    pub place: usize,
    pub id: Option<String>,
    pub version: Option<Timestamp>,
    pub faults: Vec<Fault>,
}

impl Tally {
    pub fn new(total: usize, limit: usize) -> Self {
        let report = Report { total, ..Report::default() };
        Self { report, limit, items: Vec::new(), reasons: HashMap::new() }
    }

    pub fn add(&mut self, item: Item, outcome: ItemOutcome) {
        match outcome {
            ItemOutcome::Stored => self.report.stored += 1,
            ItemOutcome::Duplicate => self.report.duplicates += 1,
            ItemOutcome::Quarantined => self.report.quarantined += 1,
        }
        if outcome == ItemOutcome::Stored && !item.faults.is_empty() {
            self.report.warned += 1;
        }
        for fault in &item.faults {
            self.count(fault);
        }
        let is_named = outcome == ItemOutcome::Quarantined && self.report.quarantined <= QUARANTINED_NAMED;
        if self.items.len() < self.limit || is_named {
            let Item { place, id, version, faults } = item;
            self.items.push((place, ItemReport { id, version, outcome, faults }));
        }
    }

    /// Reasons are counted by rule and place in the object, list positions left out.
    fn count(&mut self, fault: &Fault) {
        let place = without_positions(&fault.path);
        let reason = format!("{place}: {}", fault.rule);
        if self.reasons.len() < 10 * REASONS || self.reasons.contains_key(&reason) {
            *self.reasons.entry(reason).or_default() += 1;
        }
    }

    pub fn report(mut self) -> Report {
        self.items.sort_by_key(|(place, _)| *place);
        self.report.items = self.items.into_iter().map(|(_, item)| item).collect();
        let mut reasons: Vec<(String, usize)> = self.reasons.into_iter().collect();
        reasons.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        reasons.truncate(REASONS);
        self.report.reasons = reasons;
        self.report
    }
}

/// `$.a[12].b` → `$.a[].b`.
fn without_positions(path: &str) -> String {
    let mut kept = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        inside = match c {
            '[' => true,
            ']' => false,
            _ => inside,
        };
        if !inside || !c.is_ascii_digit() {
            kept.push(c);
        }
    }
    kept
}

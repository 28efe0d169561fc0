//! The oracle: what every answer must be, computed naively from the design.
//!
//! It keeps everything that was done in lists and scans them for each question, over all instants at which anything
//! could have changed. It shares no code with the crates it judges and knows no index, no bitmap and no cursor but
//! the last item seen. Where it and an engine disagree, the design's text decides.

mod answer;
mod arrival;
mod audience;
mod hidden;
mod known;
mod parts;
mod policy;
mod rights;
mod standing;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::script::{Answer, Contribution, Driver, Label, Mark, Name, Op, Query, Second, Viewer, Written};
use parts::Part;

/// Microseconds after the start of the script.
pub(crate) type Instant = i64;

pub(crate) const SECOND: Instant = 1_000_000;

/// Something that was recorded, and when.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub at: Instant,
    pub op: Op,
}

/// One stored contribution, or the recall that a narrowing left.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub seq: u64,
    /// Which contributions of the script it came from, counted from 0.
    pub ordinals: BTreeSet<usize>,
    pub at: Instant,
    pub given: Contribution,
    pub label: Label,
    /// Its fields that ask for more.
    pub parts: Vec<Part>,
    /// Which contributions of the script said what readers of some of its parts had already.
    pub echoes: BTreeSet<usize>,
    /// Of a recall: the parts in the form that it recalls.
    pub recalled: BTreeSet<usize>,
    /// Not the object: what a narrowing leaves to those who could read it, an object of its own.
    pub recall: bool,
    /// Whether it is the stub of a revocation that others read in full.
    pub redacted: bool,
    /// Whether it waits for a marking definition.
    pub waits: bool,
    pub digest: Vec<u8>,
    /// When its source narrowed it: readable to nobody since.
    pub dead_at: Option<Instant>,
}

/// What could not be accepted.
#[derive(Debug, Clone)]
pub(crate) struct Waste {
    pub source: Name,
    pub by: Option<Name>,
    pub channel: String,
    pub text: String,
}

/// A place in one viewer's order: when it became readable, then its number.
pub(crate) type Place = (Instant, u64);

/// A node that does everything the slow and obvious way.
#[derive(Debug, Clone, Default)]
pub struct Oracle {
    clock: Instant,
    last: Instant,
    events: Vec<Event>,
    rows: Vec<Row>,
    waste: Vec<Waste>,
    audit: Vec<(String, Option<u32>)>,
    walks: BTreeMap<(Viewer, u32), Place>,
    /// The marked fields of all that the script has given.
    given: Vec<Vec<Part>>,
    last_hidden_beside: bool,
    known: known::Known,
}

impl Oracle {
    pub fn new() -> Self {
        Self::default()
    }

    /// The next instant of the one order of events.
    fn tick(&mut self) -> Instant {
        // Never on a whole second: dated rules change there, and a real clock stands on none.
        self.last = self.clock.max(self.last) + 1;
        self.last
    }

    /// The instant at which a question is answered.
    fn now(&self) -> Instant {
        self.clock.max(self.last)
    }

    /// Whether the last question had, beside something it showed, something that it would have shown to one who may
    /// read everything.
    pub fn last_hidden_beside(&self) -> bool {
        self.last_hidden_beside
    }

    /// The contributions of the script (counted from 0) that this viewer can read now, or of which it can read what
    /// a narrowing left.
    pub fn readable_now(&self, viewer: &Viewer) -> BTreeSet<usize> {
        let now = self.now();
        if !self.exists(viewer, now) {
            return BTreeSet::new();
        }
        let readable = self.rows.iter().filter(|row| self.readable(viewer, row, now));
        readable.flat_map(|row| row.ordinals.iter().copied()).collect()
    }

    /// The refused inputs of the script (counted from 0) that this viewer can read now.
    pub fn refused_now(&self, viewer: &Viewer) -> BTreeSet<usize> {
        let now = self.now();
        let inputs = self.waste.iter().enumerate();
        let shown =
            inputs.filter(|(_, waste)| self.exists(viewer, now) && self.sees_waste(viewer, waste, now));
        shown.map(|(ordinal, _)| ordinal).collect()
    }

    fn contribute(&mut self, given: &Contribution) -> Written {
        let ordinal = self.given.len();
        let digest = crate::stix::digest(&given.content, false);
        let (label, parts) = parts::fold(&given.content, &given.label, &given.content.marks);
        self.given.push(parts.clone());
        self.append(Row {
            seq: 0,
            ordinals: BTreeSet::from([ordinal]),
            at: 0,
            given: given.clone(),
            label,
            parts,
            echoes: BTreeSet::new(),
            recalled: BTreeSet::new(),
            recall: false,
            redacted: false,
            waits: given.waits,
            digest,
            dead_at: None,
        })
    }

    /// Stores a row, unless its source gave the same bytes under the same label through the same channel before.
    fn append(&mut self, row: Row) -> Written {
        let same = |other: &&mut Row| {
            other.dead_at.is_none()
                && !other.recall
                && !row.recall
                && other.given.source == row.given.source
                && other.given.channel == row.given.channel
                && other.has_form(&row)
        };
        if let Some(other) = self.rows.iter_mut().find(same) {
            let of = if other.digest == row.digest { &mut other.ordinals } else { &mut other.echoes };
            of.extend(row.ordinals);
            return Written::Duplicate;
        }
        let at = self.tick();
        let seq = self.rows.len() as u64 + 1;
        let content = row.given.content.clone();
        let (source, recall) = (row.given.source.clone(), row.recall);
        self.rows.push(Row { seq, at, ..row });
        if !recall && crate::stix::versioned(content.object) {
            self.spread_revocation(&source, content.object);
        }
        Written::Stored
    }

    /// Where a source has revoked an object, those who read an older version of it under another label, and no
    /// revoked one, read that version again as revoked.
    fn spread_revocation(&mut self, source: &str, object: u32) {
        let given = |row: &&Row| {
            let same = row.given.source == source && row.given.content.object == object;
            same && !row.recall && row.dead_at.is_none()
        };
        let rows: Vec<Row> = self.rows.iter().filter(given).cloned().collect();
        let full = rows.iter().filter(|row| row.given.content.revoked && !row.redacted);
        let Some(when) = full.clone().map(|row| row.given.content.modified).max() else { return };
        let causes: BTreeSet<usize> = full
            .filter(|row| row.given.content.modified == when)
            .flat_map(|row| row.ordinals.iter().copied())
            .collect();
        let labels: BTreeSet<&Label> = rows.iter().map(|row| &row.label).collect();
        let mut untold = Vec::new();
        for label in labels {
            let under = rows.iter().filter(|row| row.label == *label);
            let age = |row: &Row| (row.given.content.modified, row.given.content.revoked, Reverse(row.seq));
            let Some(newest) = under.max_by_key(|row| age(row)) else { continue };
            if newest.given.content.modified < when && !newest.given.content.revoked {
                untold.push(newest.clone());
            }
        }
        untold.sort_by_key(|row| row.seq);
        for row in untold {
            let mut stub = Row { redacted: true, waits: false, ..row };
            stub.given.content.modified = when;
            stub.given.content.revoked = true;
            stub.digest = crate::stix::digest(&stub.given.content, true);
            stub.ordinals.extend(&causes);
            self.append(stub);
        }
    }

    /// A source has given the marking that some of its contributions waited for: they are given again, under the
    /// label that it explains.
    fn settle(&mut self, source: &str, label: &Label) {
        let waiting = |row: &&mut Row| row.waits && row.dead_at.is_none() && row.given.source == source;
        let mut settled = Vec::new();
        for row in self.rows.iter_mut().filter(waiting) {
            row.waits = false;
            let content = &row.given.content;
            let asks = |mark: &Mark| Mark { asks: label.clone(), ..mark.clone() };
            let marks: Vec<Mark> = content.marks.iter().map(asks).collect();
            // Where fields wait, the object's own label stands.
            let whole = if marks.is_empty() { label } else { &row.label };
            let (label, parts) = parts::fold(content, whole, &marks);
            settled.push(Row { label, parts, ..row.clone() });
        }
        for row in settled {
            self.append(row);
        }
    }

    /// The source's contributions are nowhere any more, also those that nobody reads; those who could read one, but for
    /// the source's own member, read a recall of it.
    fn erase(&mut self, source: &str, object: u32, version: Option<Second>) {
        let meant = |row: &Row| {
            let content = &row.given.content;
            let is_version = version.is_none_or(|version| content.modified == version);
            let versioned = version.is_none() || crate::stix::versioned(content.object);
            content.object == object && is_version && versioned && !row.recall && row.given.source == source
        };
        let erased: Vec<Row> =
            self.rows.iter().filter(|row| meant(row) && row.dead_at.is_none()).cloned().collect();
        let mut told = BTreeSet::new();
        for row in erased {
            let at = self.tick();
            if let Some(dead) = self.rows.iter_mut().find(|other| other.seq == row.seq) {
                dead.dead_at = Some(at);
            }
            if row.label == own(&row) {
                continue;
            }
            for form in row.forms() {
                if told.insert((row.given.channel.clone(), form.label.clone(), form.digest.clone())) {
                    let (label, digest, recalled) = (form.label, form.digest, form.parts);
                    self.append(Row { recall: true, waits: false, label, digest, recalled, ..row.clone() });
                }
            }
        }
        if crate::stix::versioned(object) {
            self.spread_revocation(source, object);
        }
    }

    /// The source's contributions become its own member's; those who could read one before read a recall of it.
    fn narrow(&mut self, source: &str, object: u32, version: Option<Second>) {
        let wide = |row: &Row| {
            let content = &row.given.content;
            let meant = content.object == object && version.is_none_or(|version| content.modified == version);
            meant
                && !row.recall
                && row.dead_at.is_none()
                && row.given.source == source
                && row.label != own(row)
        };
        let narrowed: Vec<Row> = self.rows.iter().filter(|row| wide(row)).cloned().collect();
        let mut told = BTreeSet::new();
        for row in narrowed {
            let at = self.tick();
            if let Some(dead) = self.rows.iter_mut().find(|other| other.seq == row.seq) {
                dead.dead_at = Some(at);
            }
            for form in row.forms() {
                if told.insert((row.given.channel.clone(), form.label.clone(), form.digest.clone())) {
                    let (label, digest, recalled) = (form.label, form.digest, form.parts);
                    self.append(Row { recall: true, waits: false, label, digest, recalled, ..row.clone() });
                }
            }
            let of = |part: &Part| {
                let asks = for_own(&row.given.source, &part.label);
                part.fields
                    .iter()
                    .map(move |field| Mark { field: *field, asks: asks.clone() })
                    .collect::<Vec<_>>()
            };
            let marks: Vec<Mark> = row.parts.iter().flat_map(of).collect();
            let (label, parts) = parts::fold(&row.given.content, &own(&row), &marks);
            self.append(Row { label, parts, waits: false, ..row });
        }
    }
}

/// The label of a row, for its source's member only.
fn own(row: &Row) -> Label {
    for_own(&row.given.source, &row.label)
}

fn for_own(source: &str, label: &Label) -> Label {
    let audience = Label::own(source).audience;
    let mut own = Label { audience, ..label.clone() };
    for asks in own.asks.values_mut() {
        asks.permissive.retain(|_, tags| !tags.is_empty());
    }
    own.normal()
}

impl Driver for Oracle {
    fn act(&mut self, op: &Op) -> Vec<Written> {
        match op {
            Op::Advance { seconds } => self.clock += seconds * SECOND,
            Op::Contribute(given) => return given.iter().map(|one| self.contribute(one)).collect(),
            Op::Refuse { source, by, channel, text } => {
                let (source, by) = (source.clone(), by.clone());
                self.waste.push(Waste { source, by, channel: channel.clone(), text: text.clone() });
            }
            Op::Settle { source, label } => self.settle(source, label),
            Op::Narrow { source, object, version } => self.narrow(source, *object, *version),
            Op::Erase { source, object, version } => self.erase(source, *object, *version),
            Op::Audit { action, object } => self.audit.push((action.clone(), *object)),
            rights => {
                let at = self.tick();
                self.events.push(Event { at, op: rights.clone() });
            }
        }
        Vec::new()
    }

    fn ask(&mut self, viewer: &Viewer, query: &Query) -> Answer {
        self.answer(viewer, query)
    }
}

//! The oracle: what every answer must be, computed naively from the design.
//!
//! It keeps everything that was done in lists and scans them for each question, over all instants at which anything
//! could have changed. It shares no code with the crates it judges and knows no index, no bitmap and no cursor but
//! the last item seen. Where it and an engine disagree, the design's text decides.

mod answer;
mod arrival;
mod audience;
mod hidden;
mod rights;
mod standing;

use std::collections::{BTreeMap, BTreeSet};

use crate::script::{Answer, Contribution, Driver, Label, Name, Op, Query, Second, Viewer, Written};

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
    /// Not the object: what a narrowing leaves to those who could read it, an object of its own.
    pub recall: bool,
    pub digest: Vec<u8>,
    /// When its source narrowed it: readable to nobody since.
    pub dead_at: Option<Instant>,
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
    waste: Vec<(Name, String, String)>,
    audit: Vec<(String, Option<u32>)>,
    walks: BTreeMap<(Viewer, u32), Place>,
    /// How many contributions the script has given.
    given: usize,
    last_hidden_beside: bool,
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
        let shown = inputs
            .filter(|(_, (source, ..))| self.exists(viewer, now) && self.sees_waste(viewer, source, now));
        shown.map(|(ordinal, _)| ordinal).collect()
    }

    fn contribute(&mut self, given: &Contribution) -> Written {
        let ordinal = self.given;
        self.given += 1;
        let digest = crate::stix::object(&given.content).digest().to_vec();
        let label = given.label.normal();
        let ordinals = BTreeSet::from([ordinal]);
        self.append(Row {
            seq: 0,
            ordinals,
            at: 0,
            given: given.clone(),
            label,
            recall: false,
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
                && other.digest == row.digest
                && other.given.source == row.given.source
                && other.given.channel == row.given.channel
                && other.label == row.label
        };
        if let Some(other) = self.rows.iter_mut().find(same) {
            other.ordinals.extend(row.ordinals);
            return Written::Duplicate;
        }
        let at = self.tick();
        let seq = self.rows.len() as u64 + 1;
        self.rows.push(Row { seq, at, ..row });
        Written::Stored
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
        for row in narrowed {
            let at = self.tick();
            if let Some(dead) = self.rows.iter_mut().find(|other| other.seq == row.seq) {
                dead.dead_at = Some(at);
            }
            self.append(Row { recall: true, ..row.clone() });
            self.append(Row { label: own(&row), ..row });
        }
    }
}

/// The label of a row, for its source's member only.
fn own(row: &Row) -> Label {
    let audience = Label::own(&row.given.source).audience;
    Label { audience, ..row.label.clone() }.normal()
}

impl Driver for Oracle {
    fn act(&mut self, op: &Op) -> Vec<Written> {
        match op {
            Op::Advance { seconds } => self.clock += seconds * SECOND,
            Op::Contribute(given) => return given.iter().map(|one| self.contribute(one)).collect(),
            Op::Refuse { source, channel, text } => {
                self.waste.push((source.clone(), channel.clone(), text.clone()));
            }
            Op::Narrow { source, object, version } => self.narrow(source, *object, *version),
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

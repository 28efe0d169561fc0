//! What the oracle found out before and need not find out again: the past does not change.
//!
//! Who was permitted what at an instant hangs on what was recorded up to then, and nothing is ever recorded for an
//! instant that has passed. Where something stands in an order of arrivals holds until the next thing is done.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::{Instant, Oracle, Place, Row};
use crate::script::{Label, Viewer};

/// A label of a row: its own, or that of one of its parts.
pub(super) type Of = Option<usize>;

/// A viewer by number, a row by its number, and one of its labels.
type Key = (usize, u64, Of);

/// Answers given before.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    viewers: RefCell<Vec<Viewer>>,
    permitted: RefCell<HashMap<(Key, Instant), bool>>,
    now: RefCell<Now>,
}

/// What holds until the next thing is done.
#[derive(Debug, Clone, Default)]
struct Now {
    at: Instant,
    places: HashMap<Key, Option<Place>>,
    instants: Option<Rc<BTreeSet<Instant>>>,
}

impl Known {
    fn key(&self, viewer: &Viewer, row: &Row, of: Of) -> Key {
        let mut viewers = self.viewers.borrow_mut();
        let number = viewers.iter().position(|known| known == viewer).unwrap_or_else(|| {
            viewers.push(viewer.clone());
            viewers.len() - 1
        });
        (number, row.seq, of)
    }

    /// Forgets what held before this instant.
    fn turn(&self, at: Instant) {
        let mut now = self.now.borrow_mut();
        if now.at != at {
            *now = Now { at, ..Now::default() };
        }
    }
}

impl Row {
    /// One of its labels.
    pub(super) fn label_of(&self, of: Of) -> &Label {
        of.map_or(&self.label, |part| &self.parts[part].label)
    }
}

impl Oracle {
    /// Whether one of a row's labels permits this viewer at an instant.
    pub(super) fn permits_of(&self, viewer: &Viewer, row: &Row, of: Of, at: Instant) -> bool {
        let key = (self.known.key(viewer, row, of), at);
        if let Some(known) = self.known.permitted.borrow().get(&key) {
            return *known;
        }
        let permits = self.permits(viewer, row.label_of(of), row.at, at);
        self.known.permitted.borrow_mut().insert(key, permits);
        permits
    }

    /// Where a row stands for this viewer now under one of its labels, found by `find` where it is not known.
    pub(super) fn known_place(
        &self,
        viewer: &Viewer,
        row: &Row,
        of: Of,
        now: Instant,
        find: impl FnOnce() -> Option<Place>,
    ) -> Option<Place> {
        self.known.turn(now);
        let key = self.known.key(viewer, row, of);
        if let Some(known) = self.known.now.borrow().places.get(&key) {
            return *known;
        }
        let place = find();
        self.known.now.borrow_mut().places.insert(key, place);
        place
    }

    /// Every instant at which anything may have changed, up to now.
    pub(super) fn known_instants(&self, now: Instant) -> Rc<BTreeSet<Instant>> {
        self.known.turn(now);
        if let Some(known) = &self.known.now.borrow().instants {
            return Rc::clone(known);
        }
        let instants = Rc::new(self.instants(now));
        self.known.now.borrow_mut().instants = Some(Rc::clone(&instants));
        instants
    }
}

//! When something became readable to a viewer.

use super::known::Of;
use super::{Instant, Oracle, Place, Row};
use crate::script::Viewer;

impl Oracle {
    /// Whether a viewer may read a row at an instant.
    pub(super) fn readable(&self, viewer: &Viewer, row: &Row, at: Instant) -> bool {
        row.dead_at.is_none_or(|dead| at < dead) && self.permits_of(viewer, row, None, at)
    }

    /// The row's place in the viewer's order, if it is readable now: the instant since when it has been readable, and
    /// each of its parts that is readable too, then its number.
    pub(super) fn place(&self, viewer: &Viewer, row: &Row, now: Instant) -> Option<Place> {
        let mut places = vec![self.place_under(viewer, row, None, now)?];
        let parts = self.parts_read(viewer, row, now);
        places.extend(parts.iter().filter_map(|part| self.place_under(viewer, row, Some(*part), now)));
        places.into_iter().max()
    }

    /// Since when a row would be readable under a label without a break. What was readable before it was stored, or
    /// since the viewer exists, stands where it was stored.
    fn place_under(&self, viewer: &Viewer, row: &Row, of: Of, now: Instant) -> Option<Place> {
        self.known_place(viewer, row, of, now, || self.find_place(viewer, row, of, now))
    }

    fn find_place(&self, viewer: &Viewer, row: &Row, of: Of, now: Instant) -> Option<Place> {
        let readable =
            |at: Instant| row.dead_at.is_none_or(|dead| at < dead) && self.permits_of(viewer, row, of, at);
        if !readable(now) {
            return None;
        }
        let since = self.since(viewer)?;
        let mut gained = now;
        for instant in self.known_instants(now).iter().rev().copied() {
            if instant < since {
                break;
            }
            if !readable(instant) {
                return Some((gained.max(row.at), row.seq));
            }
            gained = instant;
        }
        if readable(since) {
            return Some((row.at, row.seq));
        }
        Some((gained.max(row.at), row.seq))
    }
}

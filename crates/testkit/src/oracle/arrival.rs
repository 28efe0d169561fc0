//! When something became readable to a viewer.

use super::{Instant, Oracle, Place, Row};
use crate::script::Viewer;

impl Oracle {
    /// Whether a viewer may read a row at an instant.
    pub(super) fn readable(&self, viewer: &Viewer, row: &Row, at: Instant) -> bool {
        row.dead_at.is_none_or(|dead| at < dead) && self.permits(viewer, &row.label, row.at, at)
    }

    /// The row's place in the viewer's order, if it is readable now: the instant since when it has been readable
    /// without a break, then its number. What was readable before it was stored, or since the viewer exists, stands
    /// where it was stored.
    pub(super) fn place(&self, viewer: &Viewer, row: &Row, now: Instant) -> Option<Place> {
        if !self.readable(viewer, row, now) {
            return None;
        }
        let since = self.since(viewer)?;
        let mut gained = now;
        for instant in self.instants(now).into_iter().rev() {
            if instant < since {
                break;
            }
            if !self.readable(viewer, row, instant) {
                return Some((gained.max(row.at), row.seq));
            }
            gained = instant;
        }
        if self.readable(viewer, row, since) {
            return Some((row.at, row.seq));
        }
        Some((gained.max(row.at), row.seq))
    }
}

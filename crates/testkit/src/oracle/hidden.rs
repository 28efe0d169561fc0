//! Whether a question met something hidden beside something shown: what makes a case worth its time.

use super::answer::{matches, of_kinds};
use super::{Instant, Oracle, Row};
use crate::script::{Answer, Contribution, Query, Viewer};

impl Oracle {
    /// Whether somebody hidden from the writer of this contribution has given the same object; nothing where no
    /// person brings it in.
    pub fn writes_blind(&self, given: &Contribution) -> Option<bool> {
        let writer = Viewer::person(given.by.as_deref()?);
        let now = self.now();
        let mut same = self.rows.iter().filter(|row| row.given.content.object == given.content.object);
        Some(same.any(|row| !self.readable(&writer, row, now)))
    }

    /// Whether the answer shows something, and something that would belong to it is hidden from this viewer.
    pub(super) fn hides_beside(&self, viewer: &Viewer, query: &Query, answer: &Answer, now: Instant) -> bool {
        let shows = match answer {
            Answer::Counted { at_least, .. } => *at_least > 0,
            Answer::Quarantined(waste) => !waste.is_empty(),
            Answer::Audited(lines) => lines.iter().any(|line| line.object.is_some()),
            _ => !answer.seen().is_empty(),
        };
        if !shows {
            return false;
        }
        match query {
            Query::Quarantine { .. } => self.waste.iter().any(|waste| !self.sees_waste(viewer, waste, now)),
            Query::Audit { .. } => {
                matches!(answer, Answer::Audited(lines) if lines.iter().any(|line| line.masked))
            }
            _ => {
                let is_hidden = |row: &Row| {
                    !self.readable(viewer, row, now)
                        || !row.recall && self.parts_read(viewer, row, now).len() < row.parts.len()
                };
                let hidden = |row: &&Row| row.dead_at.is_none() && is_hidden(row);
                self.rows.iter().filter(hidden).any(|row| asks_for(query, row))
            }
        }
    }
}

/// Whether a question is about this row.
fn asks_for(query: &Query, row: &Row) -> bool {
    let object = row.given.content.object;
    match query {
        Query::Page { selection, .. } => {
            let named = selection.objects.is_empty() || selection.objects.contains(&object);
            named && of_kinds(&selection.kinds, object)
        }
        Query::Object(of) | Query::Versions(of) | Query::Claims(of) => object == *of,
        Query::Search { search, .. } | Query::Count { search, .. } => {
            matches(search, row, &row.given.content)
        }
        Query::Quarantine { .. } | Query::Audit { .. } => false,
    }
}

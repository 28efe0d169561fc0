//! Search: what a viewer may read, newest arrival first.

use super::View;
use super::candidates::{Candidates, Lookup};
use super::item::{Admit, Served};
use super::page::Judge;
use crate::StoreError;
use crate::backend::{Order, Seq};
use crate::query::{Count, Page, Search, Selection, Versions};
use crate::tokens;

/// What a search asks for, as lookups: the first leads, the others are checked for each row it names.
struct Question {
    selection: Selection,
    lookups: Vec<Lookup>,
}

/// The seeded leaks that open counting and the three indexes.
const COUNT: u32 = 22;
const TEXT: u32 = 26;
const VALUES: u32 = 27;
const REFERENCES: u32 = 28;

impl View {
    /// Search hits, newest arrival first.
    pub fn search(
        &self,
        search: &Search,
        before: Option<crate::Position>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let mut hits = Vec::new();
        if limit > 0 {
            let path = match (&search.text, search.observables.is_empty(), &search.refers_to) {
                (_, false, _) => VALUES,
                (_, _, Some(_)) => REFERENCES,
                (Some(_), ..) => TEXT,
                _ => 0,
            };
            self.walk(search, before, path, |served| {
                hits.push(served);
                hits.len() <= limit
            })?;
        }
        self.finish(hits, limit)
    }

    /// How many a search finds, counting no further than `cap`.
    pub fn count(&self, search: &Search, cap: u64) -> Result<Count, StoreError> {
        let mut found = 0;
        self.walk(search, None, COUNT, |_| {
            found += 1;
            found <= cap
        })?;
        Ok(Count { at_least: found.min(cap), capped: found > cap })
    }

    /// Shows every hit, newest first, until `show` has had enough.
    fn walk(
        &self,
        search: &Search,
        before: Option<crate::Position>,
        path: u32,
        mut show: impl FnMut(Served) -> bool,
    ) -> Result<(), StoreError> {
        let Some(question) = question(search) else { return Ok(()) };
        let admit = Admit::selection(self, &question.selection)?;
        let mut judge = Judge::new(self, &admit, &Versions::Latest, path);
        let place = before
            .map(|position| self.timeline().place(self.snapshot.as_ref(), self.heads.seq, position))
            .transpose()?;
        let newest = self.timeline().segments() - 1;
        for segment in (0..=place.map_or(newest, |place| place.segment)).rev() {
            let end = place.filter(|place| place.segment == segment).map_or(Seq::MAX, |place| place.before);
            let lookups = &question.lookups;
            let mut rows = Candidates::new(self, &admit, segment, 0..end, Order::Newest, lookups, path);
            loop {
                let chunk = rows.next_rows(0)?;
                if chunk.is_empty() {
                    break;
                }
                for row in chunk {
                    let Some(served) = judge.serves(row)? else { continue };
                    if !show(served) {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }
}

/// Reads a search; nothing where it asks for words and has none.
fn question(search: &Search) -> Option<Question> {
    let mut lookups = Vec::new();
    if !search.observables.is_empty() {
        lookups.push(Lookup::Values(search.observables.clone()));
    }
    if let Some(target) = &search.refers_to {
        lookups.push(Lookup::References(target.key()));
    }
    if let Some(text) = &search.text {
        let tokens = tokens::of_question(text);
        if tokens.is_empty() {
            return None;
        }
        lookups.push(Lookup::Text(tokens));
    }
    let selection = Selection { kinds: search.kinds.clone(), ..Selection::default() };
    Some(Question { selection, lookups })
}

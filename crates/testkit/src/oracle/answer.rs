//! Questions, answered by looking at everything.

use std::collections::BTreeSet;

use super::standing::{Claim, Winner};
use super::{Instant, Oracle, Place};
use crate::script::{
    Answer, Audited, Content, Holds, Query, Role, Search, Seen, Selection, Start, Versions, Viewer, Waste,
};

impl Oracle {
    pub(super) fn answer(&mut self, viewer: &Viewer, query: &Query) -> Answer {
        let now = self.now();
        if !self.exists(viewer, now) {
            self.last_hidden_beside = false;
            return Answer::NotAuthenticated;
        }
        let answer = self.answer_now(viewer, query, now);
        self.last_hidden_beside = self.hides_beside(viewer, query, &answer, now);
        answer
    }

    fn answer_now(&mut self, viewer: &Viewer, query: &Query, now: Instant) -> Answer {
        match query {
            Query::Page { selection, start, limit } => self.page(viewer, selection, *start, *limit, now),
            Query::Object(object) => {
                let versions = self.versions_of(viewer, *object, now);
                Answer::Found(
                    versions.last().map(|newest| self.seen(viewer, newest, now)).into_iter().collect(),
                )
            }
            Query::Versions(object) => {
                let versions = self.versions_of(viewer, *object, now);
                Answer::Found(versions.iter().map(|winner| self.seen(viewer, winner, now)).collect())
            }
            Query::Claims(object) => {
                let claims = self.claims_of(viewer, *object, now);
                let claim = |(claim, place): &(Claim<'_>, Place)| {
                    let (version, disputed) =
                        (claim.row.version(), super::standing::disputed(claim, &claims));
                    let (row, place) = (claim.clone(), *place);
                    let alone = Winner { row, place, version, disputed, same: Vec::new() };
                    self.seen(viewer, &alone, now)
                };
                Answer::Found(claims.iter().map(claim).collect())
            }
            Query::Search { search, .. } => Answer::Found(self.hits(viewer, search, now)),
            Query::Count { search, cap } => {
                let found = self.hits(viewer, search, now).len() as u64;
                Answer::Counted { at_least: found.min(*cap), capped: found > *cap }
            }
            Query::Quarantine { limit } => self.quarantine(viewer, *limit, now),
            Query::Audit { limit } => self.audit_lines(viewer, *limit, now),
        }
    }

    /// Numbers of all objects that anybody ever gave.
    fn objects(&self) -> BTreeSet<u32> {
        self.rows.iter().map(|row| row.given.content.object).collect()
    }

    /// Everything that a selection shows, in the viewer's order.
    fn selected(&self, viewer: &Viewer, selection: &Selection, now: Instant) -> Vec<(Place, Seen)> {
        let mut found: Vec<(Place, Seen)> = Vec::new();
        if selection.objects.is_empty() && selection.kinds.is_empty() {
            let recalls = self.recalls(viewer, now).into_iter();
            let shown = recalls
                .filter(|recall| chosen(&selection.versions, 0, 1, recall))
                .filter_map(|recall| self.within(viewer, selection, &recall));
            found.extend(shown.map(|recall| (recall.place, self.seen(viewer, &recall, now))));
        }
        for object in self.objects() {
            if !selection.objects.is_empty() && !selection.objects.contains(&object) {
                continue;
            }
            if !of_kinds(&selection.kinds, object) {
                continue;
            }
            let versions = self.versions_of(viewer, object, now);
            let count = versions.len();
            for (at, winner) in versions.iter().enumerate() {
                let shown = chosen(&selection.versions, at, count, winner)
                    .then(|| self.within(viewer, selection, winner));
                let Some(winner) = shown.flatten() else { continue };
                found.push((winner.place, self.seen(viewer, &winner, now)));
            }
        }
        found.sort_by_key(|(place, _)| *place);
        found
    }

    /// A winner as it lies in the collection that the selection asks for: by the first of its rows that does.
    fn within<'a>(&self, viewer: &Viewer, selection: &Selection, winner: &Winner<'a>) -> Option<Winner<'a>> {
        let member = self.member_of(&viewer.person);
        let lies = |row: &super::Row| {
            let held = match &selection.holds {
                Holds::All => true,
                Holds::Naming(party) => row.label.names(party),
            };
            held && (!selection.own || member == Some(row.given.source.as_str()))
        };
        let (row, place) = winner.same.iter().find(|(claim, _)| lies(claim.row))?.clone();
        Some(Winner { row, place, ..winner.clone() })
    }

    fn page(
        &mut self,
        viewer: &Viewer,
        selection: &Selection,
        start: Start,
        limit: usize,
        now: Instant,
    ) -> Answer {
        let walk = match start {
            Start::First => None,
            Start::Walk(walk) | Start::Date(walk) => Some((viewer.clone(), walk)),
        };
        let after = walk.as_ref().and_then(|walk| self.walks.get(walk)).copied();
        let mut rest = self.selected(viewer, selection, now);
        rest.retain(|(place, _)| after.is_none_or(|after| *place > after));
        let more = rest.len() > limit;
        rest.truncate(limit);
        if let (Some(walk), Some((place, _))) = (walk, rest.last()) {
            self.walks.insert(walk, *place);
        }
        Answer::Items { items: rest.into_iter().map(|(_, seen)| seen).collect(), more }
    }

    /// Objects whose newest readable version answers the search, newest arrival first.
    fn hits(&self, viewer: &Viewer, search: &Search, now: Instant) -> Vec<Seen> {
        let mut found = Vec::new();
        for object in self.objects() {
            let versions = self.versions_of(viewer, object, now);
            let Some(newest) = versions.last() else { continue };
            if matches(search, newest.row.row, &newest.row.content) {
                found.push((newest.place, self.seen(viewer, newest, now)));
            }
        }
        found.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
        found.into_iter().map(|(_, seen)| seen).collect()
    }

    /// Quarantine is its source's and the role's, both at the ceiling; below it, the giver's alone.
    pub(super) fn sees_waste(&self, viewer: &Viewer, waste: &super::Waste, now: Instant) -> bool {
        let own = self.member_of(&viewer.person) == Some(waste.source.as_str());
        let has_role = self.roles(&viewer.person, now).contains(&Role::Quarantine);
        let gave = own && waste.by.as_deref() == Some(viewer.person.as_str());
        gave || self.at_ceiling(viewer, now) && has_role
    }

    fn quarantine(&self, viewer: &Viewer, limit: usize, now: Instant) -> Answer {
        let waste = self.waste.iter().rev();
        let readable = waste.filter(|waste| self.sees_waste(viewer, waste, now));
        let shown = readable.take(limit).map(|waste| Waste {
            source: waste.source.clone(),
            channel: waste.channel.clone(),
            text: waste.text.clone(),
        });
        Answer::Quarantined(shown.collect())
    }

    /// Every entry, for an auditor; an object only where it is readable.
    fn audit_lines(&self, viewer: &Viewer, limit: usize, now: Instant) -> Answer {
        if !self.roles(&viewer.person, now).contains(&Role::Auditor) {
            return Answer::Audited(Vec::new());
        }
        let line = |(action, object): &(String, Option<u32>)| {
            let readable = object.filter(|object| !self.claims_of(viewer, *object, now).is_empty());
            Audited {
                action: action.clone(),
                object: readable,
                masked: object.is_some() && readable.is_none(),
            }
        };
        Answer::Audited(self.audit.iter().rev().take(limit).map(line).collect())
    }
}

pub(super) fn of_kinds(kinds: &[String], object: u32) -> bool {
    kinds.is_empty() || kinds.iter().any(|kind| kind == crate::stix::shape(object).kind())
}

/// Whether a winner is among the versions asked for, standing `at` in `count`.
fn chosen(versions: &Versions, at: usize, count: usize, winner: &Winner<'_>) -> bool {
    match versions {
        Versions::All => true,
        Versions::Latest => at + 1 == count,
        Versions::First => at == 0,
        Versions::Any { latest, first, at: moments } => {
            let dated = |moment: &i64| winner.version == crate::script::Version::At(*moment);
            (*latest && at + 1 == count) || (*first && at == 0) || moments.iter().any(dated)
        }
    }
}

/// Whether a row answers a search. A recall answers none.
pub(super) fn matches(search: &Search, row: &super::Row, content: &Content) -> bool {
    if row.recall {
        return false;
    }
    let said = |word: &String| {
        let mut words = content.words.iter().chain(&content.tags);
        words.any(|said| said.to_lowercase() == word.to_lowercase())
    };
    let stated = || crate::stix::value(content.object).filter(|_| !content.hostless);
    let value = |of: u32| stated().is_some_and(|value| value == crate::stix::domain(of));
    of_kinds(&search.kinds, content.object)
        && search.words.iter().all(said)
        && search.value_of.is_none_or(value)
        && search.refers_to.is_none_or(|target| content.refs.contains(&target))
}

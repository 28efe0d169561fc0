//! Whether one label is at least as wide as another, given who everybody is.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Directory;
use crate::label::{Classification, Handling, Label, Tlp};
use crate::party::{MemberId, Party};
use crate::policy;

impl Directory {
    /// Whether whoever may read content labelled `narrow` may read content labelled `wide` too, for all that is
    /// certain now. Where it is not certain the answer is no: what is asked is whether `wide` content stays
    /// unbetrayed when `narrow` content speaks of it (law 3).
    pub fn covers(&self, wide: &Label, narrow: &Label, now: Timestamp) -> bool {
        if narrow.audience().is_empty() {
            return true;
        }
        let is_draft = |label: &Label| label.handling().contains(&Handling::Draft);
        if is_draft(wide) && !is_draft(narrow) {
            return false;
        }
        // What says of content that goes no further goes no further itself.
        let has = |label: &Label, handling| label.handling().contains(&handling);
        let stays = has(narrow, Handling::ThisNode);
        if (has(wide, Handling::ThisNode) && !stays)
            || (has(wide, Handling::OneHop) && !stays && !has(narrow, Handling::OneHop))
        {
            return false;
        }
        // Clients that a looser TLP lets in must be let in by both.
        if lets_clients_in(narrow) && !lets_clients_in(wide) {
            return false;
        }
        let asks_no_more = |(policy, asked): (&String, &Classification)| {
            narrow.classification().get(policy).is_some_and(|held| meets(policy, held, asked))
        };
        if !wide.classification().iter().all(asks_no_more) {
            return false;
        }
        !wide.audience().is_empty()
            && wide.audience().iter().all(|clause| {
                let implies = |given: &BTreeSet<Party>| {
                    given.iter().all(|party| self.is_within_one(party, clause, now))
                };
                narrow.audience().iter().any(implies)
            })
    }

    fn is_within_one(&self, party: &Party, clause: &BTreeSet<Party>, now: Timestamp) -> bool {
        clause.iter().any(|wider| self.is_within(party, wider, now))
    }

    /// Whether everybody in one party is in the other.
    fn is_within(&self, party: &Party, wider: &Party, now: Timestamp) -> bool {
        if party == wider || *wider == Party::World {
            return true;
        }
        match party {
            Party::Member(member) => self.member_is_within(*member, wider, now),
            Party::Person(person) => {
                let Some(person) = self.person(*person) else { return false };
                *wider == Party::Member(person.member) || self.member_is_within(person.member, wider, now)
            }
            Party::World | Party::Country(_) | Party::Community(_) | Party::ClientsOf(_) => false,
        }
    }

    fn member_is_within(&self, member: MemberId, wider: &Party, now: Timestamp) -> bool {
        match wider {
            Party::Country(country) => self.member(member).is_some_and(|known| known.country == *country),
            // Where a community opens only what came since joining, its earlier content stays closed to the member.
            Party::Community(community) => {
                let communities = self.communities_of(member, now);
                communities.iter().any(|known| known.id == *community && !known.from_joining)
            }
            Party::ClientsOf(of) => self.client_of(member, now).contains(of),
            Party::World | Party::Member(_) | Party::Person(_) => false,
        }
    }
}

fn lets_clients_in(label: &Label) -> bool {
    let by_tlp = matches!(label.tlp(), Some(Tlp::Clear | Tlp::Green | Tlp::Amber));
    by_tlp && !label.handling().contains(&Handling::Draft)
}

/// Whether a reader who meets `held` meets `asked` under the same policy.
fn meets(policy: &str, held: &Classification, asked: &Classification) -> bool {
    let rank = |level: &str| policy::find(policy).and_then(|known| known.rank(level));
    let reached = |level: &str| {
        held.levels().any(|other| other == level || (rank(level).is_some() && rank(level) <= rank(other)))
    };
    let holds_all = asked.restrictive.iter().all(|(set, tags)| {
        held.restrictive.get(set).is_some_and(|held| tags.is_subset(held)) || tags.is_empty()
    });
    let holds_one = asked.permissive.iter().all(|(set, tags)| {
        held.permissive.get(set).is_some_and(|held| !held.is_empty() && held.is_subset(tags))
    });
    asked.levels().all(reached) && holds_all && holds_one
}

#[cfg(test)]
mod tests;

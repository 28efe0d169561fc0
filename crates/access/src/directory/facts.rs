//! What is true of one viewer, at each instant at which that changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Directory, Membership, Viewer};
use crate::honours::Honours;
use crate::party::{MemberId, Party, PersonId};
use crate::reader::{Compiled, Facts, Principal, Reader};
use crate::rights::Role;

impl Membership {
    /// Whether the member is in the community at this instant, as far as was recorded by then.
    pub fn holds(&self, at: Timestamp) -> bool {
        let begun = self.recorded <= at && self.from <= at;
        let expired = self.until.is_some_and(|until| until <= at) && !crate::leak::is(2);
        let ended = self.ended.is_some_and(|ended| ended <= at) && !crate::leak::is(7);
        begun && !expired && !ended
    }

    fn instants(&self) -> impl Iterator<Item = Timestamp> {
        [Some(self.recorded), Some(self.from), self.until, self.ended].into_iter().flatten()
    }
}

impl Directory {
    /// The viewer's facts since it exists, one entry for each instant at which they changed.
    pub(super) fn compile_reader(&self, who: &Principal, viewer: &Viewer, now: Timestamp) -> Reader {
        let mut history = vec![(Timestamp::MIN, Arc::new(self.facts_at(who, viewer.since)))];
        for instant in self.instants(who) {
            if instant <= viewer.since || instant > now {
                continue;
            }
            let facts = self.facts_at(who, instant);
            if history.last().is_none_or(|(_, before)| **before != facts) {
                history.push((instant, Arc::new(facts)));
            }
        }
        let roles = self.people.get(&who.person).map(super::Person::roles).unwrap_or_default();
        let compiled = Compiled {
            roles,
            read_only: viewer.read_only,
            history,
            valid_until: self.next_boundary(who, viewer, now),
            reaches_ceiling: self.reaches_ceiling(who, now),
        };
        Reader::new(who.clone(), compiled)
    }

    /// Every instant at which something changed that can matter to this viewer: recorded events and dated
    /// boundaries. Sorted, each once.
    fn instants(&self, who: &Principal) -> Vec<Timestamp> {
        let mut instants: Vec<Timestamp> = Vec::new();
        let mut members = vec![who.member];
        for link in self.clients.get(&who.member).into_iter().flatten() {
            instants.push(link.added);
            instants.extend(link.removed);
            members.push(link.of);
        }
        for member in members {
            let entries = self.memberships.get(&member).into_iter().flatten();
            instants.extend(entries.flat_map(Membership::instants));
        }
        instants.extend(self.clearance_instants(who));
        if let Some(person) = self.people.get(&who.person) {
            instants.extend(person.roles.iter().map(|(at, _)| *at));
        }
        instants.extend(self.honours.get(&who.person).into_iter().flatten().map(|(at, _)| *at));
        instants.sort_unstable();
        instants.dedup();
        instants
    }

    /// The next instant after `now` at which a dated rule may change something for this viewer.
    fn next_boundary(&self, who: &Principal, viewer: &Viewer, now: Timestamp) -> Option<Timestamp> {
        let mut members = vec![who.member];
        members.extend(self.serving(who.member, now));
        let entries = members.iter().filter_map(|member| self.memberships.get(member)).flatten();
        let dated = entries.filter(|entry| entry.ended.is_none()).flat_map(Membership::instants);
        dated.chain(self.equivalence_instants()).chain(viewer.expires).filter(|instant| *instant > now).min()
    }

    fn facts_at(&self, who: &Principal, at: Timestamp) -> Facts {
        let mut direct = self.parties_of(who.member, at);
        direct.insert(Party::World, Timestamp::MIN);
        direct.insert(Party::Person(who.person), Timestamp::MIN);
        let mut as_client = direct.clone();
        for of in self.serving(who.member, at) {
            direct.insert(Party::ClientsOf(of), Timestamp::MIN);
            as_client.insert(Party::ClientsOf(of), Timestamp::MIN);
            for (party, floor) in self.parties_of(of, at) {
                let lowest = as_client.entry(party).or_insert(floor);
                *lowest = floor.min(*lowest);
            }
        }
        Facts {
            direct: direct.into_iter().collect(),
            as_client: as_client.into_iter().collect(),
            held: self.clearance_at(who, at),
            may_draft: self.may_draft_at(who, at),
            is_elsewhere: who.key.is_some()
                && self.members.get(&who.member).is_none_or(|member| !member.hosted),
            honours: self.honours_at(who.person, at).filter(|_| !who.regardless).cloned(),
        }
    }

    /// What the system behind an account is known to honour at an instant; nothing where nothing was ever said.
    pub fn honours_at(&self, person: PersonId, at: Timestamp) -> Option<&Honours> {
        let said = self.honours.get(&person)?.iter().rev();
        said.into_iter().find(|(since, _)| *since <= at).and_then(|(_, honours)| honours.as_ref())
    }

    /// The parties that a member is in, each with the arrival from which on content is open through it.
    fn parties_of(&self, member: MemberId, at: Timestamp) -> BTreeMap<Party, Timestamp> {
        let mut parties = BTreeMap::from([(Party::Member(member), Timestamp::MIN)]);
        if let Some(known) = self.members.get(&member) {
            parties.insert(Party::Country(known.country), Timestamp::MIN);
        }
        for entry in self.memberships.get(&member).into_iter().flatten().filter(|entry| entry.holds(at)) {
            let community = self.communities.get(&entry.community);
            let from_joining =
                community.is_some_and(|community| community.from_joining) && !crate::leak::is(10);
            let floor = if from_joining { entry.from } else { Timestamp::MIN };
            parties.insert(Party::Community(entry.community), floor);
        }
        parties
    }

    /// Those whose client this member is.
    pub(super) fn serving(&self, client: MemberId, at: Timestamp) -> Vec<MemberId> {
        let links = self.clients.get(&client).into_iter().flatten();
        let holds = links.filter(|link| link.added <= at && link.removed.is_none_or(|removed| at < removed));
        holds.map(|link| link.of).collect()
    }

    fn may_draft_at(&self, who: &Principal, at: Timestamp) -> bool {
        let Some(person) = self.people.get(&who.person) else { return false };
        let roles = person.roles.iter().rev().find(|(since, _)| *since <= at);
        roles.is_some_and(|(_, roles)| Role::DRAFTING.iter().any(|role| roles.contains(role)))
    }
}

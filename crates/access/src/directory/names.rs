//! Looking up who is who.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Community, Directory, Key, Member, Membership, Person};
use crate::party::{CommunityId, KeyId, MemberId, Party, PersonId};
use crate::rights::{Clearance, Holder};

impl Directory {
    /// The node's own member: the first one added.
    pub fn own_member(&self) -> Option<&Member> {
        self.members.get(&self.own?)
    }

    pub fn member(&self, id: MemberId) -> Option<&Member> {
        self.members.get(&id)
    }

    /// By name, in any case.
    pub fn member_named(&self, name: &str) -> Option<&Member> {
        self.members.values().find(|member| same(&member.name, name))
    }

    /// By its STIX identity.
    pub fn member_of_identity(&self, identity: &kizuna_stix::Id) -> Option<&Member> {
        let found = self.members.get(&MemberId(identity.uuid()))?;
        (identity.kind() == "identity").then_some(found)
    }

    /// The sectors of the economy that a member works in.
    pub fn industries(&self, id: MemberId) -> &BTreeSet<String> {
        const NONE: &BTreeSet<String> = &BTreeSet::new();
        self.industries.get(&id).unwrap_or(NONE)
    }

    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    pub fn community(&self, id: CommunityId) -> Option<&Community> {
        self.communities.get(&id)
    }

    /// By name, in any case.
    pub fn community_named(&self, name: &str) -> Option<&Community> {
        self.communities.values().find(|community| same(&community.name, name))
    }

    pub fn communities(&self) -> impl Iterator<Item = &Community> {
        self.communities.values()
    }

    /// The communities that a member is in.
    pub fn communities_of(&self, member: MemberId, now: Timestamp) -> Vec<&Community> {
        let now = self.not_before_log(now);
        let entries = self.memberships.get(&member).into_iter().flatten().filter(|entry| entry.holds(now));
        entries.filter_map(|entry| self.communities.get(&entry.community)).collect()
    }

    /// The members that a community has.
    pub fn members_of(&self, community: CommunityId, now: Timestamp) -> Vec<&Member> {
        let now = self.not_before_log(now);
        let is_in = |entries: &[Membership]| entries.iter().any(|e| e.community == community && e.holds(now));
        let found = self.memberships.iter().filter(|(_, entries)| is_in(entries));
        found.filter_map(|(member, _)| self.members.get(member)).collect()
    }

    /// The roster: every entry that has not ended, also those that are past or to come.
    pub fn roster(&self, community: CommunityId) -> Vec<(&Member, &Membership)> {
        let mut roster = Vec::new();
        for (member, entries) in &self.memberships {
            let Some(member) = self.members.get(member) else { continue };
            let open = entries.iter().filter(|entry| entry.community == community && entry.ended.is_none());
            roster.extend(open.map(|entry| (member, entry)));
        }
        roster
    }

    /// Those whose client this member is.
    pub fn client_of(&self, client: MemberId, now: Timestamp) -> Vec<MemberId> {
        self.serving(client, self.not_before_log(now))
    }

    /// The members that are clients of this one.
    pub fn clients_of(&self, of: MemberId, now: Timestamp) -> Vec<MemberId> {
        let now = self.not_before_log(now);
        self.clients.keys().copied().filter(|client| self.serving(*client, now).contains(&of)).collect()
    }

    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(&id)
    }

    /// By e-mail address, in any case; closed accounts are not found. Each member has its own people: one address may
    /// have an account with several of them.
    pub fn people_by_email<'a>(&'a self, email: &str) -> impl Iterator<Item = &'a Person> + use<'a> {
        let email = email.to_owned();
        self.people.values().filter(move |person| person.removed.is_none() && same(&person.email, &email))
    }

    /// The only person with an e-mail address; nobody where several members have one with it.
    pub fn person_by_email(&self, email: &str) -> Option<&Person> {
        let mut found = self.people_by_email(email);
        found.next().filter(|_| found.next().is_none())
    }

    /// Everybody who has or had an account.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    pub fn key(&self, id: KeyId) -> Option<&Key> {
        self.keys.get(&id)
    }

    /// A person's keys, the revoked and expired ones included.
    pub fn keys_of(&self, person: PersonId) -> impl Iterator<Item = &Key> {
        self.keys.values().filter(move |key| key.person == person)
    }

    /// The clearance set last for this holder, which is not yet what a viewer holds.
    pub fn clearance(&self, holder: &Holder) -> Option<&Clearance> {
        self.clearances.get(holder)?.last().map(|(_, clearance)| clearance)
    }

    /// Whether a label could name this party here.
    pub fn knows(&self, party: &Party) -> bool {
        match party {
            Party::World | Party::Country(_) => true,
            Party::Community(id) => self.communities.contains_key(id),
            Party::Member(id) | Party::ClientsOf(id) => self.members.contains_key(id),
            Party::Person(id) => self.people.contains_key(id),
        }
    }
}

/// Whether two names are the same to a reader who does not look at case.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

//! The names that somebody may use in a label.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::directory::Person;
use kizuna_access::policy::Policy;
use kizuna_access::rights::Role;
use kizuna_access::spec::Names;
use kizuna_access::{CommunityId, Directory, MemberId, Party, PersonId, Reader};

/// The names that a person may use in a label. That a node has a member is no secret; a community is one to those
/// outside it, and so is a person to those who share nothing with its member. A name that is hidden is refused in the
/// same words as one that is not there, and never suggested.
pub(crate) struct Known<'a> {
    directory: &'a Directory,
    acquainted: Acquainted,
}

/// Whom a person knows.
#[derive(Debug)]
pub(crate) struct Acquainted {
    communities: BTreeSet<CommunityId>,
    /// Whose people may be named, and who is suggested.
    members: BTreeSet<MemberId>,
}

impl<'a> Known<'a> {
    pub fn of(directory: &'a Directory, reader: &Reader, now: Timestamp) -> Self {
        Self { directory, acquainted: Acquainted::of(directory, reader, now) }
    }
}

impl Acquainted {
    pub fn of(directory: &Directory, reader: &Reader, now: Timestamp) -> Self {
        let member = reader.principal().member();
        let runs_the_node =
            reader.has(Role::Admin) && directory.own_member().is_some_and(|own| own.id == member);
        if runs_the_node {
            let communities = directory.communities().map(|community| community.id).collect();
            let members = directory.members().map(|member| member.id).collect();
            return Self { communities, members };
        }
        let communities: BTreeSet<CommunityId> =
            directory.communities_of(member, now).iter().map(|community| community.id).collect();
        let mut members = BTreeSet::from([member]);
        members.extend(directory.client_of(member, now));
        members.extend(directory.clients_of(member, now));
        for community in &communities {
            members.extend(directory.members_of(*community, now).iter().map(|member| member.id));
        }
        Self { communities, members }
    }

    /// Whether this member is among those whose people may be named.
    pub fn has(&self, member: MemberId) -> bool {
        self.members.contains(&member)
    }

    /// Whether a party of a label may be named to this person.
    pub fn knows(&self, party: &Party, directory: &Directory) -> bool {
        match party {
            Party::World | Party::Country(_) | Party::Member(_) | Party::ClientsOf(_) => true,
            Party::Community(community) => self.communities.contains(community),
            Party::Person(person) => {
                directory.person(*person).is_some_and(|person| self.members.contains(&person.member))
            }
        }
    }
}

impl Names for Known<'_> {
    fn member(&self, name: &str) -> Option<MemberId> {
        Names::member(self.directory, name)
    }

    fn community(&self, name: &str) -> Option<CommunityId> {
        Names::community(self.directory, name).filter(|found| self.acquainted.communities.contains(found))
    }

    fn person(&self, email: &str) -> Option<PersonId> {
        let is_known = |person: &&Person| self.acquainted.members.contains(&person.member);
        let by_id = || self.directory.person(PersonId(email.parse().ok()?)).filter(is_known);
        let mut named = self.directory.people_by_email(email).filter(is_known);
        // Of two people with one address nobody can say which is meant.
        let first = named.next().filter(|_| named.next().is_none());
        first.or_else(by_id).map(|person| person.id)
    }

    fn names(&self) -> Vec<String> {
        let members = self.directory.members().filter(|member| self.acquainted.members.contains(&member.id));
        let communities = self
            .directory
            .communities()
            .filter(|community| self.acquainted.communities.contains(&community.id));
        let members = members.map(|member| member.name.clone());
        members.chain(communities.map(|community| community.name.clone())).collect()
    }

    fn policies(&self) -> Vec<&Policy> {
        self.directory.policies()
    }
}

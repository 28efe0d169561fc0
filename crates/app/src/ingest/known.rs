//! The names that somebody may use in a label.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::policy::Policy;
use kizuna_access::rights::Role;
use kizuna_access::spec::Names;
use kizuna_access::{CommunityId, Directory, MemberId, PersonId, Reader};

/// The names that a person may use in a label. That a node has a member is no secret; a community is one to those
/// outside it, and so is a person to those who share nothing with its member. A name that is hidden is refused in the
/// same words as one that is not there, and never suggested.
pub(crate) struct Known<'a> {
    directory: &'a Directory,
    communities: BTreeSet<CommunityId>,
    /// Whose people may be named, and who is suggested.
    members: BTreeSet<MemberId>,
}

impl<'a> Known<'a> {
    pub fn of(directory: &'a Directory, reader: &Reader, now: Timestamp) -> Self {
        let member = reader.principal().member();
        let runs_the_node =
            reader.has(Role::Admin) && directory.own_member().is_some_and(|own| own.id == member);
        if runs_the_node {
            let communities = directory.communities().map(|community| community.id).collect();
            let members = directory.members().map(|member| member.id).collect();
            return Self { directory, communities, members };
        }
        let communities: BTreeSet<CommunityId> =
            directory.communities_of(member, now).iter().map(|community| community.id).collect();
        let mut members = BTreeSet::from([member]);
        members.extend(directory.client_of(member, now));
        members.extend(directory.clients_of(member, now));
        for community in &communities {
            members.extend(directory.members_of(*community, now).iter().map(|member| member.id));
        }
        Self { directory, communities, members }
    }
}

impl Names for Known<'_> {
    fn member(&self, name: &str) -> Option<MemberId> {
        Names::member(self.directory, name)
    }

    fn community(&self, name: &str) -> Option<CommunityId> {
        Names::community(self.directory, name).filter(|found| self.communities.contains(found))
    }

    fn person(&self, email: &str) -> Option<PersonId> {
        let found = Names::person(self.directory, email)?;
        let member = self.directory.person(found)?.member;
        self.members.contains(&member).then_some(found)
    }

    fn names(&self) -> Vec<String> {
        let members = self.directory.members().filter(|member| self.members.contains(&member.id));
        let communities =
            self.directory.communities().filter(|community| self.communities.contains(&community.id));
        let members = members.map(|member| member.name.clone());
        members.chain(communities.map(|community| community.name.clone())).collect()
    }

    fn policies(&self) -> Vec<&Policy> {
        self.directory.policies()
    }
}

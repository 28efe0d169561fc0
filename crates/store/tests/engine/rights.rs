//! From a script's changes of rights to the store's.

use kizuna_access::rights::{Holder, Sector};
use kizuna_access::{CommunityId, KeyId, PersonId, Rights};
use kizuna_testkit::script::{self, Op};
use kizuna_testkit::stix;

use super::names::{self, Names};

impl Names {
    /// The event that an operation is.
    pub fn rights(&mut self, op: &Op) -> Rights {
        match op {
            Op::AddMember { name, country } => Rights::MemberAdded {
                member: self.member(name),
                name: name.clone(),
                country: country.parse().unwrap(),
                sector: Sector::Public,
                hosted: true,
            },
            Op::AddCommunity { name, from_joining } => Rights::CommunityAdded {
                community: CommunityId(self.uuid(name)),
                name: name.clone(),
                owned: true,
                from_joining: *from_joining,
            },
            Op::Join { community, member, from, until } => Rights::Joined {
                community: CommunityId(self.uuid(community)),
                member: self.member(member),
                from: from.map(stix::instant),
                until: until.map(stix::instant),
            },
            Op::Leave { community, member } => {
                Rights::Left { community: CommunityId(self.uuid(community)), member: self.member(member) }
            }
            Op::ClientOf { client, of } => {
                Rights::ClientAdded { client: self.member(client), of: self.member(of) }
            }
            Op::NotClientOf { client, of } => {
                Rights::ClientRemoved { client: self.member(client), of: self.member(of) }
            }
            Op::AddPerson { name, member, roles } => Rights::PersonAdded {
                person: PersonId(self.uuid(name)),
                email: format!("{name}@{member}.example"),
                member: self.member(member),
                roles: roles.iter().map(|role| names::role(*role)).collect(),
            },
            Op::SetRoles { person, roles } => Rights::RolesSet {
                person: PersonId(self.uuid(person)),
                roles: roles.iter().map(|role| names::role(*role)).collect(),
            },
            Op::RemovePerson { person } => Rights::PersonRemoved { person: PersonId(self.uuid(person)) },
            Op::SetClearance { holder, clearance } => {
                let holder = match holder {
                    script::Holder::Node => Holder::Node,
                    script::Holder::Member(name) => Holder::Member(self.member(name)),
                    script::Holder::Person(name) => Holder::Person(PersonId(self.uuid(name))),
                    script::Holder::Key(name) => Holder::Key(KeyId(self.uuid(name))),
                };
                Rights::ClearanceSet { holder, clearance: names::clearance(clearance) }
            }
            Op::AddKey { name, person, read_only, expires } => Rights::KeyAdded {
                key: KeyId(self.uuid(name)),
                person: PersonId(self.uuid(person)),
                sha256: names::digest_of_secret(name),
                read_only: *read_only,
                expires: expires.map(stix::instant),
            },
            Op::RevokeKey { name } => Rights::KeyRevoked { key: KeyId(self.uuid(name)) },
            Op::ImportPolicy(policy) => super::policies::imported(policy),
            Op::Follow(follow) => Rights::FollowSet {
                member: self.member(&follow.member),
                created_by: stix::identity(&follow.created_by),
                source: self.member(&follow.source),
            },
            Op::Unfollow { member, created_by } => {
                Rights::FollowCleared { member: self.member(member), created_by: stix::identity(created_by) }
            }
            other => panic!("no change of rights: {other:?}"),
        }
    }
}

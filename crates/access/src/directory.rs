//! The directory: who everybody is, as a fold over the log of rights.
//!
//! It forgets nothing: every entry keeps when it was recorded and when it ended, so that the facts about a viewer
//! at any earlier instant can be told ([`Directory::reader`] needs them to say since when a label is readable).

mod allows;
mod clearances;
mod collections;
mod covers;
mod facts;
mod names;
mod policies;
mod proposals;
mod signing;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::honours::Honours;
use crate::party::{CommunityId, Country, KeyId, MemberId, PersonId};
use crate::reader::{Principal, Reader};
use crate::rights::{Clearance, Holder, Proposed, Recorded, Rights, Role, Sector, Signer};

pub use collections::{Collection, Root};
pub use policies::Imported;
pub use proposals::{Proposal, Settled};
pub use signing::SigningKey;

/// A member, as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub id: MemberId,
    pub name: String,
    pub country: Country,
    pub sector: Sector,
    /// Whether this node is its home.
    pub hosted: bool,
    pub added: Timestamp,
}

/// A community, as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Community {
    pub id: CommunityId,
    pub name: String,
    /// Whether this node owns the roster.
    pub owned: bool,
    /// Whether a member reads only what arrived since it joined.
    pub from_joining: bool,
    pub added: Timestamp,
}

/// One entry of a community's roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub community: CommunityId,
    pub recorded: Timestamp,
    /// Inclusive.
    pub from: Timestamp,
    /// Exclusive.
    pub until: Option<Timestamp>,
    /// When the member left, or when another entry replaced this one.
    pub ended: Option<Timestamp>,
}

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub email: String,
    pub member: MemberId,
    pub added: Timestamp,
    pub removed: Option<Timestamp>,
    roles: Vec<(Timestamp, BTreeSet<Role>)>,
}

impl Person {
    /// The roles held now.
    pub fn roles(&self) -> BTreeSet<Role> {
        self.roles.last().map(|(_, roles)| roles.clone()).unwrap_or_default()
    }
}

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub id: KeyId,
    pub person: PersonId,
    pub read_only: bool,
    pub added: Timestamp,
    /// Exclusive.
    pub expires: Option<Timestamp>,
    pub revoked: Option<Timestamp>,
}

/// One member's being a client of another.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Link {
    of: MemberId,
    added: Timestamp,
    removed: Option<Timestamp>,
}

/// Who everybody is and may what, at one policy epoch, with the history that tells since when.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    epoch: u64,
    /// When the last event was recorded. Time never runs behind the log.
    last: Option<Timestamp>,
    own: Option<MemberId>,
    members: BTreeMap<MemberId, Member>,
    communities: BTreeMap<CommunityId, Community>,
    memberships: BTreeMap<MemberId, Vec<Membership>>,
    /// Client → those whose client it is or was.
    clients: BTreeMap<MemberId, Vec<Link>>,
    people: BTreeMap<PersonId, Person>,
    keys: BTreeMap<KeyId, Key>,
    keys_by_digest: HashMap<[u8; 32], KeyId>,
    clearances: BTreeMap<Holder, Vec<(Timestamp, Clearance)>>,
    /// Oldest first.
    honours: BTreeMap<PersonId, Vec<(Timestamp, Option<Honours>)>>,
    added_collections: BTreeMap<Uuid, Collection>,
    follows: BTreeMap<(MemberId, kizuna_stix::Id), MemberId>,
    industries: BTreeMap<MemberId, BTreeSet<String>>,
    /// Oldest first.
    signing_keys: BTreeMap<Signer, Vec<SigningKey>>,
    release_rules: crate::release::rules::RuleSet,
    /// Oldest first.
    proposals: Vec<Proposal>,
    pub(crate) reads_above: crate::threshold::Threshold,
    /// Policy id → its imported versions, in the order of their events.
    policies: BTreeMap<String, Vec<Imported>>,
}

/// An event that the directory does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RightsError {
    #[error("there is no {0}")]
    Unknown(String),
    #[error("{0} exists already")]
    Exists(String),
    #[error("{0}")]
    Refused(String),
}

/// Why nobody was authenticated. One case on purpose: which of the reasons it was is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such key, or it is no longer valid")]
pub struct NotAuthenticated;

impl Directory {
    /// The policy epoch: the number of the last event applied.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The given time, or that of the last event where the clock stands behind the log.
    fn not_before_log(&self, now: Timestamp) -> Timestamp {
        self.last.map_or(now, |last| last.max(now))
    }

    /// Applies the next event of the log. Events that were recorded are never refused; whether one may be
    /// recorded is for [`Self::allows`] to say.
    pub fn apply(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        self.epoch = recorded.epoch;
        self.last = Some(at);
        match &recorded.rights {
            Rights::MemberAdded { member, name, country, sector, hosted } => {
                self.own.get_or_insert(*member);
                let (id, country, sector, hosted) = (*member, *country, *sector, *hosted);
                self.members
                    .insert(id, Member { id, name: name.clone(), country, sector, hosted, added: at });
            }
            Rights::CommunityAdded { community, name, owned, from_joining } => {
                let (id, owned, from_joining) = (*community, *owned, *from_joining);
                self.communities
                    .insert(id, Community { id, name: name.clone(), owned, from_joining, added: at });
            }
            Rights::Joined { community, member, from, until } => {
                self.end_membership(*community, *member, at);
                let from = from.unwrap_or(at);
                let entry =
                    Membership { community: *community, recorded: at, from, until: *until, ended: None };
                self.memberships.entry(*member).or_default().push(entry);
            }
            Rights::Left { community, member } => self.end_membership(*community, *member, at),
            Rights::ClientAdded { client, of } => {
                let link = Link { of: *of, added: at, removed: None };
                self.clients.entry(*client).or_default().push(link);
            }
            Rights::ClientRemoved { client, of } => {
                for link in self.clients.entry(*client).or_default() {
                    if link.of == *of && link.removed.is_none() {
                        link.removed = Some(at);
                    }
                }
            }
            Rights::PersonAdded { person, email, member, roles } => {
                let roles = vec![(at, roles.clone())];
                let (id, member) = (*person, *member);
                self.people
                    .insert(id, Person { id, email: email.clone(), member, added: at, removed: None, roles });
            }
            Rights::RolesSet { person, roles } => self.set_roles(*person, roles, at),
            Rights::PersonRemoved { person } => {
                if let Some(person) = self.people.get_mut(person) {
                    person.removed.get_or_insert(at);
                }
            }
            Rights::ClearanceSet { holder, clearance } => self.set_clearance(*holder, clearance, at),
            Rights::ChangeProposed { proposal, change, by, reason } => {
                self.propose(*proposal, change, *by, reason, at);
            }
            Rights::ProposalSettled { proposal, by, confirmed } => {
                let change = self.settle(*proposal, *by, *confirmed, at);
                self.carry_out(change, at);
            }
            Rights::ReadsAboveSet { threshold } => self.reads_above = threshold.clone(),
            Rights::KeyAdded { key, person, sha256, read_only, expires } => {
                let (id, person, read_only, expires) = (*key, *person, *read_only, *expires);
                self.keys.insert(id, Key { id, person, read_only, added: at, expires, revoked: None });
                let mut digest = [0; 32];
                if hex::decode_to_slice(sha256, &mut digest).is_ok() {
                    self.keys_by_digest.insert(digest, id);
                }
            }
            Rights::KeyRevoked { key } => {
                if let Some(key) = self.keys.get_mut(key) {
                    key.revoked.get_or_insert(at);
                }
            }
            Rights::CollectionAdded { collection, root, title, holds, writable, default } => {
                let added = Collection {
                    id: *collection,
                    root: root.map_or(Root::EveryMember, Root::Community),
                    alias: None,
                    title: title.clone(),
                    holds: holds.clone(),
                    writable: *writable,
                    default: default.clone(),
                };
                self.added_collections.insert(*collection, added);
            }
            Rights::PolicyImported { policy, spif } => self.import_policy(policy, spif, at),
            Rights::FollowSet { member, created_by, source } => {
                self.follows.insert((*member, created_by.clone()), *source);
            }
            Rights::SigningKeyIntroduced { signer, key, from, how } => {
                self.introduce_key(*signer, key, *from, how, at);
            }
            Rights::SigningKeyRotated { signer, previous, key, from } => {
                self.rotate_key(*signer, previous, key, *from, at);
            }
            Rights::SigningKeyRevoked { signer, key, from } => self.revoke_key(*signer, key, *from, at),
            Rights::ReleaseRuleSet { on, needs } => self.release_rules.set(on.clone(), *needs),
            Rights::HonoursSet { person, honours } => self.set_honours(*person, honours.as_ref(), at),
            Rights::FollowCleared { member, created_by } => {
                self.follows.remove(&(*member, created_by.clone()));
            }
            Rights::IndustriesSet { member, industries } => {
                self.industries.insert(*member, industries.clone());
            }
        }
    }

    fn carry_out(&mut self, change: Option<Proposed>, at: Timestamp) {
        match change {
            Some(Proposed::Clearance { holder, clearance }) => self.set_clearance(holder, &clearance, at),
            Some(Proposed::Roles { person, roles }) => self.set_roles(person, &roles, at),
            None => {}
        }
    }

    fn set_roles(&mut self, person: PersonId, roles: &BTreeSet<Role>, at: Timestamp) {
        if let Some(person) = self.people.get_mut(&person) {
            person.roles.push((at, roles.clone()));
        }
    }

    fn set_clearance(&mut self, holder: Holder, clearance: &Clearance, at: Timestamp) {
        self.clearances.entry(holder).or_default().push((at, clearance.clone()));
    }

    fn set_honours(&mut self, person: PersonId, honours: Option<&Honours>, at: Timestamp) {
        self.honours.entry(person).or_default().push((at, honours.cloned()));
    }

    fn end_membership(&mut self, community: CommunityId, member: MemberId, at: Timestamp) {
        for entry in self.memberships.entry(member).or_default() {
            if entry.community == community {
                entry.ended.get_or_insert(at);
            }
        }
    }

    /// Who presents this API key. The digest is looked up as a whole, so that timing tells nothing of the secret.
    pub fn authenticate_key(&self, secret: &[u8; 32], now: Timestamp) -> Result<Principal, NotAuthenticated> {
        let digest: [u8; 32] = Sha256::digest(secret).into();
        let id = self.keys_by_digest.get(&digest).ok_or(NotAuthenticated)?;
        let key = self.keys.get(id).ok_or(NotAuthenticated)?;
        let member = self.people.get(&key.person).ok_or(NotAuthenticated)?.member;
        let principal = Principal { person: key.person, member, key: Some(*id), regardless: false };
        self.check(&principal, now)?;
        Ok(principal)
    }

    /// The principal of a person who signed in to the pages.
    pub fn authenticate_person(
        &self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Principal, NotAuthenticated> {
        let member = self.people.get(&person).ok_or(NotAuthenticated)?.member;
        let principal = Principal { person, member, key: None, regardless: false };
        self.check(&principal, now)?;
        Ok(principal)
    }

    /// Whether account and key are still valid; since when the viewer exists, and whether it only reads.
    fn check(&self, who: &Principal, now: Timestamp) -> Result<Viewer, NotAuthenticated> {
        let now = self.not_before_log(now);
        let person = self.people.get(&who.person).ok_or(NotAuthenticated)?;
        if person.removed.is_some() || person.member != who.member {
            return Err(NotAuthenticated);
        }
        let Some(key) = who.key else {
            return Ok(Viewer { since: person.added, read_only: false, expires: None });
        };
        let key = self.keys.get(&key).ok_or(NotAuthenticated)?;
        let revoked = key.revoked.is_some() && !crate::leak::is(8);
        let expired = key.expires.is_some_and(|expires| now >= expires);
        if revoked || expired || key.person != who.person {
            return Err(NotAuthenticated);
        }
        Ok(Viewer { since: key.added.max(person.added), read_only: key.read_only, expires: key.expires })
    }

    /// The principal of a person who signed in to the pages with an API key: bound by that key for as long as the
    /// session lasts, and no longer valid than it.
    pub fn authenticate_by_key(&self, key: KeyId, now: Timestamp) -> Result<Principal, NotAuthenticated> {
        let person = self.keys.get(&key).ok_or(NotAuthenticated)?.person;
        let member = self.people.get(&person).ok_or(NotAuthenticated)?.member;
        let principal = Principal { person, member, key: Some(key), regardless: false };
        self.check(&principal, now)?;
        Ok(principal)
    }

    /// This principal's facts now, or nothing where its account or key is no longer valid.
    pub fn reader(&self, who: &Principal, now: Timestamp) -> Result<Reader, NotAuthenticated> {
        let viewer = self.check(who, now)?;
        Ok(self.compile_reader(who, &viewer, self.not_before_log(now)))
    }

    /// What releases take on this node.
    pub fn release_rules(&self) -> crate::release::Rules<'_> {
        crate::release::Rules::new(&self.release_rules, self)
    }

    /// Whose copy of objects created by this identity, which is no party here, this member follows, if it chose.
    pub fn follows(&self, member: MemberId, created_by: &kizuna_stix::Id) -> Option<MemberId> {
        self.follows.get(&(member, created_by.clone())).copied()
    }

    /// Everything that this member chose: whose copy it follows, by author.
    pub fn followed_by(&self, member: MemberId) -> impl Iterator<Item = (&kizuna_stix::Id, MemberId)> {
        let its = self.follows.iter().filter(move |((follower, _), _)| *follower == member);
        its.map(|((_, created_by), source)| (created_by, *source))
    }
}

/// What is known of a valid viewer beside its principal.
struct Viewer {
    /// When the key, or else the account, was added.
    since: Timestamp,
    read_only: bool,
    expires: Option<Timestamp>,
}

#[cfg(test)]
mod tests;

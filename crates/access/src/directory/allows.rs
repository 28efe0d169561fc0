//! Which events may be recorded next.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Directory, Person, RightsError};
use crate::label::Label;
use crate::party::{CommunityId, MemberId, Party, PersonId};
use crate::rights::{Clearance, Holder, Holds, Recorded, Rights};

/// Longest name, title or address, in characters.
const NAME_LIMIT: usize = 200;

pub(super) type Allowed = Result<(), RightsError>;

impl Directory {
    /// The directory as it would be, had these events been recorded now, one after the other.
    ///
    /// # Errors
    /// The first event that may not be recorded.
    pub fn supposing(&self, events: &[Rights], now: Timestamp) -> Result<Self, RightsError> {
        const TICK: SignedDuration = SignedDuration::from_micros(1);
        let mut supposed = self.clone();
        for rights in events {
            let now = supposed.not_before_log(now);
            supposed.allows(rights, now)?;
            let at = now.checked_add(TICK).unwrap_or(now);
            supposed.apply(&Recorded { epoch: supposed.epoch + 1, at, rights: rights.clone() });
        }
        Ok(supposed)
    }

    /// Whether this event may be recorded next.
    pub fn allows(&self, rights: &Rights, now: Timestamp) -> Allowed {
        let now = self.not_before_log(now);
        match rights {
            Rights::MemberAdded { member, name, hosted, .. } => self.allows_member(*member, name, *hosted),
            Rights::CommunityAdded { community, name, .. } => self.allows_community(*community, name),
            Rights::Joined { community, member, from, until } => {
                self.allows_joining(*community, *member, *from, *until, now)
            }
            Rights::Left { community, member } => self.allows_leaving(*community, *member),
            Rights::ClientAdded { client, of } => self.allows_client(*client, *of, now),
            Rights::ClientRemoved { client, of } => {
                let (client_name, of_name) = (self.need_member(*client)?, self.need_member(*of)?);
                let is_client = self.serving(*client, now).contains(of);
                ensure(is_client, || RightsError::Unknown(format!("client {client_name} of {of_name}")))
            }
            Rights::PersonAdded { person, email, member, .. } => self.allows_person(*person, email, *member),
            Rights::RolesSet { person, .. }
            | Rights::PersonRemoved { person }
            | Rights::HonoursSet { person, .. } => self.need_person(*person).map(drop),
            Rights::ClearanceSet { holder, clearance } => self.allows_clearance(holder, clearance, now),
            Rights::KeyAdded { key, person, sha256, expires, .. } => {
                self.need_person(*person)?;
                ensure(!self.keys.contains_key(key), || RightsError::Exists(format!("key {key}")))?;
                self.allows_digest(sha256)?;
                let lasts = expires.is_none_or(|expires| expires > now);
                ensure(lasts, || refused("the key would have expired already"))
            }
            Rights::KeyRevoked { key } => {
                let known = self.keys.get(key).ok_or_else(|| RightsError::Unknown(format!("key {key}")))?;
                ensure(known.revoked.is_none(), || refused("the key is revoked already"))
            }
            Rights::CollectionAdded { collection, root, title, holds, default, .. } => {
                self.allows_collection(*collection, *root, title, holds, default.as_ref())
            }
            Rights::PolicyImported { policy, spif } => self.allows_policy(policy, spif),
            Rights::FollowSet { member, source, .. } => {
                self.need_member(*member)?;
                self.need_member(*source).map(drop)
            }
            Rights::SigningKeyIntroduced { signer, key, .. } => self.allows_new_key(*signer, key),
            Rights::SigningKeyRotated { signer, previous, key, .. } => {
                self.allows_ending_key(*signer, previous)?;
                self.allows_new_key(*signer, key)
            }
            Rights::SigningKeyRevoked { signer, key, .. } => self.allows_ending_key(*signer, key),
            Rights::ChangeProposed { proposal, change, by, reason } => {
                self.allows_proposal(*proposal, change, *by, reason, now)
            }
            Rights::ProposalSettled { proposal, by, confirmed } => {
                self.allows_settling(*proposal, *by, *confirmed, now)
            }
            Rights::ReadsAboveSet { threshold } => self.allows_threshold(threshold),
            Rights::ReleaseRuleSet { on, needs } => {
                self.release_rules().allows(on, needs.as_ref()).map_err(|bad| refused(bad.to_string()))
            }
            Rights::FollowCleared { member, .. } => self.need_member(*member).map(drop),
            Rights::IndustriesSet { member, industries } => {
                self.need_member(*member)?;
                let unknown = industries.iter().find(|word| crate::industry::known(word).is_none());
                match unknown {
                    Some(word) => Err(RightsError::Unknown(format!("sector {word:?}"))),
                    None => Ok(()),
                }
            }
        }
    }

    fn allows_member(&self, member: MemberId, name: &str, hosted: bool) -> Allowed {
        check_name("a member's name", name)?;
        ensure(self.own.is_some() || hosted, || {
            refused("the first member is the node's own and lives here")
        })?;
        self.allows_party_name(name)?;
        ensure(!self.members.contains_key(&member), || RightsError::Exists(format!("member {member}")))
    }

    fn allows_community(&self, community: CommunityId, name: &str) -> Allowed {
        check_name("a community's name", name)?;
        self.allows_party_name(name)?;
        let known = self.communities.contains_key(&community);
        ensure(!known, || RightsError::Exists(format!("community {community}")))
    }

    /// Labels name members and communities by one name, so they share the name space.
    fn allows_party_name(&self, name: &str) -> Allowed {
        let taken = self.member_named(name).is_some() || self.community_named(name).is_some();
        ensure(!taken, || RightsError::Exists(format!("a member or community named {name:?}")))
    }

    fn allows_joining(
        &self,
        community: CommunityId,
        member: MemberId,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
        now: Timestamp,
    ) -> Allowed {
        let (community_name, member_name) = (self.need_community(community)?, self.need_member(member)?);
        if let Some(until) = until {
            ensure(until > now, || refused("the membership would have ended already"))?;
            ensure(from.is_none_or(|from| from < until), || refused("a membership ends after it begins"))?;
        }
        let stands = |entry: &&super::Membership| {
            entry.community == community
                && entry.ended.is_none()
                && entry.until.is_none_or(|until| until > now)
        };
        let standing = self.memberships.get(&member).into_iter().flatten().find(stands);
        ensure(standing.is_none(), || {
            refused(format!("{member_name} is in {community_name} already, or will be: remove it first"))
        })
    }

    fn allows_leaving(&self, community: CommunityId, member: MemberId) -> Allowed {
        let (community_name, member_name) = (self.need_community(community)?, self.need_member(member)?);
        let mut entries = self.memberships.get(&member).into_iter().flatten();
        let is_in = entries.any(|entry| entry.community == community && entry.ended.is_none());
        ensure(is_in, || RightsError::Unknown(format!("member {member_name} in {community_name}")))
    }

    fn allows_client(&self, client: MemberId, of: MemberId, now: Timestamp) -> Allowed {
        let (client_name, of_name) = (self.need_member(client)?, self.need_member(of)?);
        ensure(client != of, || refused(format!("{client_name} cannot be its own client")))?;
        let is_client = self.serving(client, now).contains(&of);
        ensure(!is_client, || RightsError::Exists(format!("client {client_name} of {of_name}")))
    }

    fn allows_person(&self, person: PersonId, email: &str, member: MemberId) -> Allowed {
        self.need_member(member)?;
        check_name("an e-mail address", email)?;
        let plain =
            email.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        let spaced = email.contains(char::is_whitespace);
        ensure(plain && !spaced, || refused(format!("{email:?} is not an e-mail address")))?;
        ensure(!self.people.contains_key(&person), || RightsError::Exists(format!("person {person}")))?;
        // Of other members' people nobody is told whether they are there.
        ensure(!self.people_by_email(email).any(|known| known.member == member), || {
            RightsError::Exists(format!("an account for {email}"))
        })
    }

    fn allows_threshold(&self, threshold: &crate::threshold::Threshold) -> Allowed {
        for (policy, level) in &threshold.levels {
            let known =
                self.policy(policy).ok_or_else(|| RightsError::Unknown(format!("policy {policy:?}")))?;
            let has_level = known.rank(level).is_some();
            ensure(has_level, || RightsError::Unknown(format!("level {level:?} in policy {policy}")))?;
        }
        Ok(())
    }

    pub(super) fn allows_clearance(&self, holder: &Holder, clearance: &Clearance, now: Timestamp) -> Allowed {
        match holder {
            Holder::Node => {}
            Holder::Member(member) => self.need_member(*member).map(drop)?,
            Holder::Person(person) => self.need_person(*person).map(drop)?,
            Holder::Key(key) => {
                let known = self.keys.get(key).ok_or_else(|| RightsError::Unknown(format!("key {key}")))?;
                let valid = known.revoked.is_none() && known.expires.is_none_or(|expires| now < expires);
                ensure(valid, || refused("the key is no longer valid"))?;
            }
        }
        for (policy, cleared) in &clearance.0 {
            let known =
                self.policy(policy).ok_or_else(|| RightsError::Unknown(format!("policy {policy:?}")))?;
            let has_level = known.rank(&cleared.level).is_some();
            let level = &cleared.level;
            ensure(has_level, || RightsError::Unknown(format!("level {level:?} in policy {policy}")))?;
        }
        Ok(())
    }

    fn allows_digest(&self, sha256: &str) -> Allowed {
        let mut digest = [0; 32];
        let lower = !sha256.bytes().any(|byte| byte.is_ascii_uppercase());
        let read = hex::decode_to_slice(sha256, &mut digest).is_ok() && lower;
        ensure(read, || refused("a key's SHA-256 is 64 hexadecimal digits in lower case"))?;
        ensure(!self.keys_by_digest.contains_key(&digest), || RightsError::Exists("this key".to_owned()))
    }

    fn allows_collection(
        &self,
        collection: Uuid,
        root: Option<CommunityId>,
        title: &str,
        holds: &Holds,
        default: Option<&Label>,
    ) -> Allowed {
        check_name("a collection's title", title)?;
        let siblings = match root {
            Some(community) => {
                self.need_community(community)?;
                self.community_collections(community)
            }
            None => self.own_member().map(|own| self.member_collections(own.id)).unwrap_or_default(),
        };
        let taken = self.added_collections.contains_key(&collection)
            || siblings.iter().any(|other| other.id == collection);
        ensure(!taken, || RightsError::Exists(format!("collection {collection}")))?;
        let titled = siblings.iter().any(|other| super::names::same(&other.title, title));
        ensure(!titled, || RightsError::Exists(format!("a collection titled {title:?} under this root")))?;
        if let Holds::Naming(party) = holds {
            self.need_party(party)?;
        }
        let named: BTreeSet<&Party> = default.into_iter().flat_map(Label::audience).flatten().collect();
        for party in named {
            self.need_party(party)?;
        }
        Ok(())
    }

    pub(super) fn need_member(&self, member: MemberId) -> Result<&str, RightsError> {
        let found =
            self.members.get(&member).ok_or_else(|| RightsError::Unknown(format!("member {member}")))?;
        Ok(&found.name)
    }

    fn need_community(&self, community: CommunityId) -> Result<&str, RightsError> {
        let found = self.communities.get(&community);
        Ok(&found.ok_or_else(|| RightsError::Unknown(format!("community {community}")))?.name)
    }

    pub(super) fn need_person(&self, person: PersonId) -> Result<&Person, RightsError> {
        let found = self.people.get(&person).filter(|found| found.removed.is_none());
        found.ok_or_else(|| RightsError::Unknown(format!("person {person}")))
    }

    fn need_party(&self, party: &Party) -> Allowed {
        let text = || crate::spec::party_text(party, self);
        ensure(self.knows(party), || RightsError::Unknown(format!("party {}", text())))
    }
}

pub(super) fn refused(reason: impl Into<String>) -> RightsError {
    RightsError::Refused(reason.into())
}

pub(super) fn ensure(holds: bool, otherwise: impl FnOnce() -> RightsError) -> Allowed {
    if holds { Ok(()) } else { Err(otherwise()) }
}

fn check_name(what: &str, name: &str) -> Allowed {
    if name.trim().is_empty() {
        return Err(refused(format!("{what} is empty")));
    }
    if name.trim() != name {
        return Err(refused(format!("{what} has white space around it")));
    }
    if name.chars().count() > NAME_LIMIT {
        return Err(refused(format!("{what} is longer than {NAME_LIMIT} characters")));
    }
    if name.chars().any(|c| c.is_control() || c == '"') {
        return Err(refused(format!("{what} has a control character or quotation mark")));
    }
    Ok(())
}

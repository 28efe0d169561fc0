//! Who really gave what arrives: attestations are verified against the keys that are known of their members.
//!
//! A member of which a key is known attests what it publishes. So of content in its name, that which an attestation of
//! its names by its bytes is its own, through whatever nodes it came; that which contradicts an attestation is
//! quarantined; and that which nothing attests is a claim. What is said of a member without a key is believed as far as
//! the peer is believed that was said to host it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use kizuna_access::{Directory, MemberId};
use kizuna_attest::{
    ATTESTATION_KIND, Announcement, Attestation, Entry, KEY_KIND, KeyRing, Refusal, Signer, Verified,
};
use kizuna_stix::{Id, Object};

use super::giver::Giver;
use crate::{AppError, Node};

/// An attestation that verified.
pub type Attests = Arc<Verified<Attestation>>;

/// What is known of who gave one object.
#[derive(Debug, Clone)]
pub enum Standing {
    /// No key of its author is known: the way by which it came is believed.
    Trusted,
    /// A person of a member that lives here gave it, or a member's own signature is in it.
    Authenticated(Verified<MemberId>),
    /// Attestations of this member name these bytes.
    Attested(MemberId, Vec<Attests>),
    /// Its author attests what it publishes, and this is not attested.
    Claimed,
    /// It contradicts what was attested, or its signature is none: for this reason.
    Bad(String),
}

impl Standing {
    /// Whose it is, where that is proven.
    pub fn proven(&self) -> Option<MemberId> {
        match self {
            Self::Authenticated(member) => Some(**member),
            Self::Attested(member, _) => Some(*member),
            Self::Trusted | Self::Claimed | Self::Bad(_) => None,
        }
    }

    /// Whether what an object says of its author may be believed.
    pub fn is_believed(&self) -> bool {
        !matches!(self, Self::Claimed | Self::Bad(_))
    }
}

/// Judges the objects of an envelope, each with whom the giver says it is from.
///
/// # Errors
/// [`AppError::Conflict`] where a peer's own member signs with a key that is not known to be its own: nothing of the
/// envelope is taken in.
pub fn judge(giver: &Giver, objects: &[(MemberId, &Object)], node: &Node) -> Result<Vec<Standing>, AppError> {
    let directory = node.directory()?;
    if giver.is_here() && lives_here(&directory, giver.source) {
        let authenticated = objects.iter().map(|(source, _)| Verified::authenticated(*source));
        return Ok(authenticated.map(Standing::Authenticated).collect());
    }
    let ring = node.key_ring()?;
    let mut judging =
        Judging { giver, directory: &directory, ring: &ring, now: node.now(), named: Named::default() };
    let mut standings: Vec<Option<Standing>> = Vec::with_capacity(objects.len());
    for (_, object) in objects {
        standings.push(judging.of_signed(object, node)?);
    }
    judging.take_earlier(objects, &standings, node)?;
    let judged = objects
        .iter()
        .zip(standings)
        .map(|((source, object), standing)| standing.unwrap_or_else(|| judging.of_content(object, *source)));
    Ok(judged.collect())
}

/// What an attestation names: an object and its `modified`, where it has one.
type Version = (Id, Option<Timestamp>);

/// The attestations that count for an envelope, by what they name.
#[derive(Default)]
struct Named {
    verified: HashMap<Version, Vec<(Attests, usize)>>,
    refused: HashMap<Version, Vec<(MemberId, String)>>,
}

struct Judging<'a> {
    giver: &'a Giver,
    directory: &'a Directory,
    ring: &'a KeyRing,
    now: Timestamp,
    named: Named,
}

impl Judging<'_> {
    /// Judges what carries its own signature; nothing for anything else.
    fn of_signed(&mut self, object: &Object, node: &Node) -> Result<Option<Standing>, AppError> {
        match object.kind() {
            ATTESTATION_KIND => self.of_attestation(object, node).map(Some),
            KEY_KIND => Ok(Some(self.of_announcement(object))),
            // A definition says nothing of its author: it counts for who gave it.
            "marking-definition" => Ok(Some(Standing::Trusted)),
            _ => Ok(None),
        }
    }

    fn of_attestation(&mut self, object: &Object, node: &Node) -> Result<Standing, AppError> {
        let Ok(attestation) = Attestation::read(object) else {
            return Ok(Standing::Bad("it is no attestation: see its extension's schema".to_owned()));
        };
        let by = attestation.by();
        match self.ring.verify(attestation.clone(), self.now) {
            Ok(verified) => {
                self.named.add(&Arc::new(verified.clone()));
                Ok(Standing::Authenticated(verified.map(|attestation| attestation.by())))
            }
            Err(Refusal::NoKey) => Ok(Standing::Trusted),
            Err(Refusal::UnknownKey(key)) if self.is_peer_of(by) => {
                Err(node.stopped_by((by, None), key, self.giver)?)
            }
            Err(refusal) => {
                let reason = format!(
                    "{} attests it, and the attestation counts for nothing: {refusal}",
                    self.name(by)
                );
                self.named.refuse(&attestation, &reason);
                Ok(Standing::Bad(refusal.to_string()))
            }
        }
    }

    /// What could be learned of a key was learned before.
    fn of_announcement(&self, object: &Object) -> Standing {
        let Ok(announcement) = Announcement::read(object) else {
            return Standing::Bad("it is no announcement of a key: see its extension's schema".to_owned());
        };
        match announcement.clone().verify(self.ring, self.now) {
            Ok(verified) => Standing::Authenticated(verified.map(|announcement| announcement.member)),
            Err(Refusal::Altered | Refusal::WrongPurpose(_)) => {
                Standing::Bad("its signature is of other content, or forged".to_owned())
            }
            Err(_) if self.ring.knows(Signer::Member(announcement.member)) => Standing::Claimed,
            Err(_) => Standing::Trusted,
        }
    }

    /// Attestations that came before the envelope, of what nothing in it attests.
    fn take_earlier(
        &mut self,
        objects: &[(MemberId, &Object)],
        standings: &[Option<Standing>],
        node: &Node,
    ) -> Result<(), AppError> {
        let mut missing: BTreeMap<MemberId, BTreeSet<Id>> = BTreeMap::new();
        for ((source, object), standing) in objects.iter().zip(standings) {
            if standing.is_some() || !self.named.matching(object).is_empty() {
                continue;
            }
            let by = [author(object), Some(*source)].into_iter().flatten();
            for member in by.filter(|member| self.attests(*member)) {
                missing.entry(member).or_default().insert(object.id().clone());
            }
        }
        for (member, ids) in missing {
            let ids: Vec<Id> = ids.into_iter().collect();
            for object in node.store.given_about_any(member, ATTESTATION_KIND, &ids)? {
                let Ok(attestation) = Attestation::read(&object) else { continue };
                if let Ok(verified) = self.ring.verify(attestation, self.now) {
                    self.named.add(&Arc::new(verified));
                }
            }
        }
        Ok(())
    }

    fn of_content(&self, object: &Object, source: MemberId) -> Standing {
        let matching = self.named.matching(object);
        let author = author(object).filter(|author| self.attests(*author));
        if let Some(author) = author {
            let by_author: Vec<Attests> = of(&matching, author);
            if !by_author.is_empty() && self.may_prove(author) {
                return Standing::Attested(author, by_author);
            }
            if by_author.is_empty()
                && let Some(reason) = self.contradicted(object, author)
            {
                return Standing::Bad(reason);
            }
        }
        let contributors = matching.iter().map(|attests| attests.by());
        if let Some(contributor) = contributors.filter(|by| self.giver.speaks_for(*by)).min() {
            return Standing::Attested(contributor, of(&matching, contributor));
        }
        let is_claim = author.is_some() || self.attests(source);
        if is_claim { Standing::Claimed } else { Standing::Trusted }
    }

    /// Why an object is not what its author attested, if it is named and is not.
    fn contradicted(&self, object: &Object, author: MemberId) -> Option<String> {
        let place = (object.id().clone(), object.modified());
        let named = self.named.verified.get(&place).into_iter().flatten();
        // What has no versions may have been attested with any number of contents.
        let is_other =
            object.modified().is_some() && named.clone().any(|(attests, _)| attests.by() == author);
        if is_other {
            return Some(format!("its bytes are not those that {} attested", self.name(author)));
        }
        let refused = self.named.refused.get(&place).into_iter().flatten();
        refused.clone().find(|(by, _)| *by == author).map(|(_, reason)| reason.clone())
    }

    /// Whether a member of which a key is known lives elsewhere.
    fn attests(&self, member: MemberId) -> bool {
        self.ring.knows(Signer::Member(member)) && !lives_here(self.directory, member)
    }

    /// Whether a proof makes content this member's. An account gives for its own member alone; that of a member that
    /// lives elsewhere is its node's, which passes on what others attested.
    fn may_prove(&self, member: MemberId) -> bool {
        let source = self.giver.source;
        !self.giver.is_here() || source == member || !lives_here(self.directory, source)
    }

    fn is_peer_of(&self, member: MemberId) -> bool {
        !self.giver.is_here() && self.giver.speaks_for(member)
    }

    fn name(&self, member: MemberId) -> String {
        self.directory.member(member).map_or_else(|| member.to_string(), |member| member.name.clone())
    }
}

impl Named {
    fn add(&mut self, attests: &Attests) {
        for (place, entry) in attests.entries().iter().enumerate() {
            self.verified.entry(key(entry)).or_default().push((Arc::clone(attests), place));
        }
    }

    fn refuse(&mut self, attestation: &Attestation, reason: &str) {
        for entry in attestation.entries() {
            self.refused.entry(key(entry)).or_default().push((attestation.by(), reason.to_owned()));
        }
    }

    /// The attestations that name these very bytes.
    fn matching(&self, object: &Object) -> Vec<Attests> {
        let Some(named) = self.verified.get(&(object.id().clone(), object.modified())) else {
            return Vec::new();
        };
        let digest = object.digest();
        let is_of = |(attests, place): &&(Attests, usize)| {
            attests.entries().get(*place).is_some_and(|entry| entry.is_of(&digest))
        };
        named.iter().filter(is_of).map(|(attests, _)| Arc::clone(attests)).collect()
    }
}

fn key(entry: &Entry) -> (Id, Option<Timestamp>) {
    (entry.object_ref.clone(), entry.version)
}

fn of(matching: &[Attests], member: MemberId) -> Vec<Attests> {
    matching.iter().filter(|attests| attests.by() == member).cloned().collect()
}

fn author(object: &Object) -> Option<MemberId> {
    object.created_by().filter(|id| id.kind() == "identity").map(|id| MemberId(id.uuid()))
}

fn lives_here(directory: &Directory, member: MemberId) -> bool {
    directory.member(member).is_some_and(|member| member.hosted)
}

#[cfg(test)]
pub(crate) mod tests;

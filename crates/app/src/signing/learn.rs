//! What arrives about other members' keys: the first one by first sight, later ones because the one before says so.

use kizuna_access::directory::RightsError;
use kizuna_access::rights::Introduction;
use kizuna_access::{Directory, MemberId, PersonId, Rights};
use kizuna_attest::{Announcement, Change, Fingerprint, KEY_KIND, PublicKey, Signer};
use kizuna_stix::Object;
use kizuna_store::StoreError;
use kizuna_store::writer::Actor;

use crate::ingest::{Giver, Origin, PEER};
use crate::{AppError, Node};

/// Node state: public keys that were announced and are not known to be their signer's, by fingerprint.
const SEEN: &str = "signing.seen";
/// Node state: members whose key changed without the one before saying so, for somebody to compare.
const STOPPED: &str = "signing.stopped";

/// A key that somebody has to compare before anything more is taken from a peer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct UnknownKey {
    pub member: MemberId,
    /// Whose key it is, where it is an approver's and not the member's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The member's.
    pub name: String,
    pub fingerprint: String,
    /// The fingerprint in groups of four, as people compare it.
    pub words: String,
    /// The key itself, where it was announced.
    pub key: Option<String>,
    /// The peer that is stopped.
    pub peer: String,
}

impl Node {
    /// Takes note of the keys that an envelope announces, before what they sign is judged.
    pub(crate) fn learn_keys<'a>(
        &self,
        giver: &Giver,
        objects: impl Iterator<Item = &'a Object>,
    ) -> Result<(), AppError> {
        let announced = objects.filter(|object| object.kind() == KEY_KIND).map(Announcement::read);
        // A member's own keys first: with them it vouches for those of its approvers.
        let (members, people): (Vec<Announcement>, Vec<Announcement>) =
            announced.flatten().partition(|announcement| announcement.person.is_none());
        for announcement in members.into_iter().chain(people) {
            self.learn(giver, announcement)?;
        }
        Ok(())
    }

    fn learn(&self, giver: &Giver, announcement: Announcement) -> Result<(), AppError> {
        let directory = self.directory()?;
        let (member, signer) = (announcement.member, announcement.signer());
        let is_ours = directory.member(member).is_none_or(|known| known.hosted);
        let has_account = announcement.person.is_some_and(|person| directory.person(person).is_some());
        if is_ours || has_account {
            return Ok(());
        }
        let ring = self.key_ring()?;
        let is_vouched = announcement.verify_vouch(&ring, self.now()).is_ok();
        if announcement.person.is_some() && !is_vouched {
            return Ok(());
        }
        let (key, from) = (announcement.key, announcement.effective);
        let fingerprint = key.fingerprint();
        let rights = match announcement.change {
            Change::Introduced if ring.has(signer, fingerprint) || !announcement.is_self_signed() => {
                return Ok(());
            }
            Change::Introduced if ring.knows(signer) => {
                self.remember_seen(key)?;
                return match announcement.person {
                    // Whoever relays it can do nothing about it; its member's own node can.
                    Some(person) if first_sight(giver, member).is_some() => {
                        Err(self.stopped_by((member, Some(person)), fingerprint, giver)?)
                    }
                    _ => Ok(()),
                };
            }
            Change::Introduced => {
                let how = match announcement.person {
                    Some(_) => Some(Introduction::Vouched { by: member }),
                    None => first_sight(giver, member),
                };
                let Some(how) = how else { return self.remember_seen(key) };
                Rights::SigningKeyIntroduced { signer, key: key.to_string(), from: Some(from), how }
            }
            Change::Rotated if ring.has(signer, fingerprint) => return Ok(()),
            Change::Rotated => {
                let Some(previous) = ring.public(signer, announcement.seal().key) else {
                    return self.remember_seen(key);
                };
                if announcement.verify(&ring, self.now()).is_err() {
                    return Ok(());
                }
                Rights::SigningKeyRotated {
                    signer,
                    previous: previous.to_string(),
                    key: key.to_string(),
                    from,
                }
            }
            Change::Revoked => {
                if is_revoked(&directory, signer, key) || announcement.verify(&ring, self.now()).is_err() {
                    return Ok(());
                }
                Rights::SigningKeyRevoked { signer, key: key.to_string(), from }
            }
        };
        match self.store.writer().record(rights, Actor::Node) {
            // Another peer told the same at the same time, or claims a key that is somebody else's.
            Ok(_) | Err(StoreError::Rights(RightsError::Exists(_) | RightsError::Refused(_))) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn remember_seen(&self, key: PublicKey) -> Result<(), AppError> {
        let bytes = key.to_string().into_bytes();
        Ok(self.store.writer().set_state(SEEN, &key.fingerprint().to_string(), Some(bytes), None)?)
    }

    /// The key of this fingerprint, where it was announced.
    pub fn announced_key(&self, fingerprint: Fingerprint) -> Result<Option<PublicKey>, AppError> {
        let bytes = self.store.state(SEEN, &fingerprint.to_string())?;
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok()))
    }

    /// Takes note that a peer is stopped by a key that nobody compared, and says the way out.
    pub(crate) fn stopped_by(
        &self,
        (member, person): (MemberId, Option<PersonId>),
        fingerprint: Fingerprint,
        giver: &Giver,
    ) -> Result<AppError, AppError> {
        let directory = self.directory()?;
        let name = directory.member(member).map_or_else(|| member.to_string(), |known| known.name.clone());
        let signer = person.map_or(Signer::Member(member), Signer::Person);
        let known = directory.signing_key(signer, self.now());
        let known = known.and_then(|known| known.key.parse::<PublicKey>().ok());
        let known = known.map_or_else(|| "none".to_owned(), |known| known.fingerprint().grouped());
        let stopped = UnknownKey {
            member,
            person,
            name: name.clone(),
            fingerprint: fingerprint.to_string(),
            words: fingerprint.grouped(),
            key: self.announced_key(fingerprint)?.map(|key| key.to_string()),
            peer: giver.channel.strip_prefix(PEER).unwrap_or(&giver.channel).to_owned(),
        };
        self.keep_json(STOPPED, &stopped_key(signer), &stopped)?;
        let who = person.map_or_else(|| name.clone(), |person| format!("{name}'s approver {person}"));
        let option = person.map(|person| format!(" --person {person}")).unwrap_or_default();
        Ok(AppError::Conflict(format!(
            "{who} signs with the key {}, which is not known to be its own (known: {known}). Nothing is taken from \
             this peer until somebody has compared the fingerprint with {name} by another way and pinned it: kizuna \
             signing-key pin {name:?} {fingerprint}{option}",
            fingerprint.grouped()
        )))
    }

    /// The keys that somebody has to compare.
    pub(super) fn stopped_keys(&self) -> Result<Vec<UnknownKey>, AppError> {
        let mut stopped = Vec::new();
        for (_, bytes) in self.store.states(STOPPED)? {
            stopped
                .push(serde_json::from_slice(&bytes).map_err(|error| AppError::Internal(error.to_string()))?);
        }
        Ok(stopped)
    }

    /// Somebody compared a key of this signer.
    pub(super) fn let_go_on(&self, signer: Signer) -> Result<(), AppError> {
        Ok(self.store.writer().set_state(STOPPED, &stopped_key(signer), None, None)?)
    }
}

fn stopped_key(signer: Signer) -> String {
    match signer {
        Signer::Member(member) => member.to_string(),
        Signer::Person(person) => person.to_string(),
    }
}

/// Why the first key of a member is believed: only from where the member is said to be at home.
fn first_sight(giver: &Giver, member: MemberId) -> Option<Introduction> {
    match &giver.origin {
        Origin::Peer { hosted } if hosted.contains(&member) => {
            let peer = giver.channel.strip_prefix(PEER).unwrap_or(&giver.channel).to_owned();
            Some(Introduction::FirstSight { peer })
        }
        Origin::Here if giver.source == member => giver.by.map(|person| Introduction::Account { person }),
        Origin::Here | Origin::Release | Origin::Peer { .. } => None,
    }
}

fn is_revoked(directory: &Directory, signer: Signer, key: PublicKey) -> bool {
    let text = key.to_string();
    directory.signing_keys(signer).iter().any(|known| known.key == text && known.revoked.is_some())
}

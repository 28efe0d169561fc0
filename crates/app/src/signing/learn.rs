//! What arrives about other members' keys: the first one by first sight, later ones because the one before says so.

use kizuna_access::directory::RightsError;
use kizuna_access::rights::Introduction;
use kizuna_access::{Directory, MemberId, Rights};
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
        for object in objects.filter(|object| object.kind() == KEY_KIND) {
            if let Ok(announcement) = Announcement::read(object) {
                self.learn(giver, announcement)?;
            }
        }
        Ok(())
    }

    fn learn(&self, giver: &Giver, announcement: Announcement) -> Result<(), AppError> {
        let directory = self.directory()?;
        let (member, signer) = (announcement.member, announcement.signer());
        let is_ours = directory.member(member).is_none_or(|known| known.hosted);
        // An approver's key is vouched for by the member, when its approval is looked at.
        if is_ours || signer != Signer::Member(member) {
            return Ok(());
        }
        let ring = self.key_ring()?;
        let (key, from) = (announcement.key, announcement.effective);
        let fingerprint = key.fingerprint();
        let rights = match announcement.change {
            Change::Introduced if ring.has(signer, fingerprint) || !announcement.is_self_signed() => {
                return Ok(());
            }
            Change::Introduced if ring.knows(signer) => return self.remember_seen(key),
            Change::Introduced => {
                let Some(how) = first_sight(giver, member) else { return self.remember_seen(key) };
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
        member: MemberId,
        fingerprint: Fingerprint,
        giver: &Giver,
    ) -> Result<AppError, AppError> {
        let directory = self.directory()?;
        let name = directory.member(member).map_or_else(|| member.to_string(), |known| known.name.clone());
        let known = directory.signing_key(Signer::Member(member), self.now());
        let known = known.and_then(|known| known.key.parse::<PublicKey>().ok());
        let known = known.map_or_else(|| "none".to_owned(), |known| known.fingerprint().grouped());
        let stopped = UnknownKey {
            member,
            name: name.clone(),
            fingerprint: fingerprint.to_string(),
            words: fingerprint.grouped(),
            key: self.announced_key(fingerprint)?.map(|key| key.to_string()),
            peer: giver.channel.strip_prefix(PEER).unwrap_or(&giver.channel).to_owned(),
        };
        self.keep_json(STOPPED, &member.to_string(), &stopped)?;
        Ok(AppError::Conflict(format!(
            "{name} signs with the key {}, which is not known to be its own (known: {known}). Nothing is taken from \
             this peer until somebody has compared the fingerprint with {name} by another way and pinned it: kizuna \
             signing-key pin {name:?} {fingerprint}",
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

    /// Somebody compared a key of this member.
    pub(super) fn let_go_on(&self, member: MemberId) -> Result<(), AppError> {
        Ok(self.store.writer().set_state(STOPPED, &member.to_string(), None, None)?)
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

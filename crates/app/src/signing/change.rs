//! Looking at signing keys, and changing them: by an admin of the member, or the operator at the machine.

use jiff::Timestamp;
use kizuna_access::directory::SigningKey;
use kizuna_access::rights::Introduction;
use kizuna_access::{Directory, MemberId, PersonId, Rights};
use kizuna_attest::{Change, Fingerprint, PublicKey, Signer};

use super::learn::UnknownKey;
use crate::people::People;
use crate::{AppError, Node};

/// One signing key, as pages and programs show it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct KnownKey {
    /// Type and key, `ed25519:…`.
    pub key: String,
    /// 128 bits, in hexadecimal.
    pub fingerprint: String,
    /// What people compare: the fingerprint in groups of four.
    pub words: String,
    /// Why it is held to be the signer's.
    pub origin: Origin,
    /// For what is known by first sight: from which peer or account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    pub recorded: Timestamp,
    /// Inclusive; nothing where any signature counts that is old enough.
    pub since: Option<Timestamp>,
    /// Exclusive.
    pub until: Option<Timestamp>,
    pub revoked: Option<Timestamp>,
    /// Whether its signer signs with it now.
    pub current: bool,
}

/// Why a key is held to be its signer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Made on this node.
    Made,
    /// Compared and entered by hand.
    Pinned,
    /// The first that came; nobody compared it.
    FirstSight,
    /// The key before it said so.
    Rotated,
    /// The member of an approver vouches for it.
    Vouched,
}

/// The signing keys of one member.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct KeyHistory {
    pub member: MemberId,
    pub name: String,
    /// Whether this node signs for it.
    pub hosted: bool,
    /// Newest first.
    pub keys: Vec<KnownKey>,
}

impl KeyHistory {
    /// The key in use.
    pub fn current(&self) -> Option<&KnownKey> {
        self.keys.iter().find(|key| key.current)
    }
}

impl People<'_> {
    /// The signing keys of the members that the caller may know of.
    pub fn signing_keys(&self) -> Result<Vec<KeyHistory>, AppError> {
        let directory = self.node().directory()?;
        let members = self.members()?;
        let now = self.node().now();
        Ok(members.into_iter().filter_map(|member| history(&directory, member.id, now)).collect())
    }

    /// The signing keys of one member.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one that the caller may not know of, whether it exists or not.
    pub fn signing_keys_of(&self, member: MemberId) -> Result<KeyHistory, AppError> {
        let directory = self.node().directory()?;
        if !self.members()?.iter().any(|known| known.id == member) {
            return Err(AppError::NotFound);
        }
        history(&directory, member, self.node().now()).ok_or(AppError::NotFound)
    }

    /// The keys that stop a peer until somebody compares them, as who runs the node may see them.
    pub fn unknown_keys(&self) -> Result<Vec<UnknownKey>, AppError> {
        self.needs_to_run_node()?;
        self.node().stopped_keys()
    }

    /// Begins a new key of a member that lives here; the old one says that it follows. Where the old one is revoked or
    /// lost, nobody says so, and every peer has to pin the new one.
    pub fn rotate_signing_key(&self, member: MemberId) -> Result<KeyHistory, AppError> {
        self.needs_to_administer(member)?;
        let node = self.node();
        let directory = node.directory()?;
        if !directory.member(member).is_some_and(|member| member.hosted) {
            return Err(AppError::Forbidden("a member's key is rotated where it lives".to_owned()));
        }
        let signer = Signer::Member(member);
        let one_at_a_time = node.vault.making.lock();
        let current = node.current_secret(signer);
        match current {
            Ok((old, dates)) => {
                let new = node.vault.make(signer, &node.store)?;
                let from = node.after_everything()?;
                node.state_change(signer, new.public(), Change::Rotated, from, &old)?;
                let (previous, key) = (dates.key, new.public().to_string());
                self.record(Rights::SigningKeyRotated { signer, previous, key, from })?;
                // Its last word is kept with its signature; it has nothing more to sign.
                node.vault.forget(old.public().fingerprint(), &node.store)?;
            }
            Err(AppError::Unavailable(_)) => {
                node.begin_key(signer, self.actor())?;
            }
            Err(error) => return Err(error),
        }
        drop(one_at_a_time);
        node.tell_keys(member)?;
        self.signing_keys_of(member)
    }

    /// Revokes a key of a member: what it signed at `from` or later does not count, nor what arrives under it from now
    /// on. A member that lives here signs the revocation and begins a new key, which every peer has to pin unless the
    /// revoked one was followed by another already.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a key that is not the member's.
    pub fn revoke_signing_key(
        &self,
        member: MemberId,
        key: Fingerprint,
        from: Timestamp,
    ) -> Result<KeyHistory, AppError> {
        self.needs_to_administer(member)?;
        let node = self.node();
        let signer = Signer::Member(member);
        let ring = node.key_ring()?;
        let public = ring.public(signer, key).ok_or(AppError::NotFound)?;
        let one_at_a_time = node.vault.making.lock();
        let directory = node.directory()?;
        let is_hosted = directory.member(member).is_some_and(|member| member.hosted);
        if is_hosted && let Ok((current, _)) = node.current_secret(signer) {
            node.state_change(signer, public, Change::Revoked, from, &current)?;
        }
        self.record(Rights::SigningKeyRevoked { signer, key: public.to_string(), from })?;
        if is_hosted {
            node.vault.forget(key, &node.store)?;
            if node.directory()?.signing_key(signer, node.now()).is_none() {
                node.begin_key(signer, self.actor())?;
            }
        }
        drop(one_at_a_time);
        if is_hosted {
            node.tell_keys(member)?;
        }
        self.signing_keys_of(member)
    }

    /// Holds a key to be a member's, because somebody compared it: the first one, or one that takes the place of
    /// another without that having said so.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everybody but who runs the node, and for a member that lives here.
    pub fn pin_signing_key(&self, member: MemberId, key: PublicKey) -> Result<KeyHistory, AppError> {
        self.needs_to_run_node()?;
        let node = self.node();
        let directory = node.directory()?;
        let known = directory.member(member).ok_or(AppError::NotFound)?;
        if known.hosted {
            return Err(AppError::Forbidden(
                "this node makes the keys of the members that live here".to_owned(),
            ));
        }
        let signer = Signer::Member(member);
        let current = directory.signing_key(signer, node.now());
        if current.is_none_or(|current| current.key != key.to_string()) {
            let how = Introduction::Pinned;
            self.record(Rights::SigningKeyIntroduced { signer, key: key.to_string(), from: None, how })?;
        }
        node.let_go_on(signer)?;
        self.signing_keys_of(member)
    }

    /// Holds a key to be that of an approver of a member that lives elsewhere, because somebody compared it: one that
    /// takes the place of another without that having said so.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everybody but who runs the node, and for a member that lives here;
    /// [`AppError::NotFound`] for a person of whom no key is known that the member vouched for.
    pub fn pin_approver_key(
        &self,
        member: MemberId,
        person: PersonId,
        key: PublicKey,
    ) -> Result<KeyHistory, AppError> {
        self.needs_to_run_node()?;
        let node = self.node();
        let directory = node.directory()?;
        let known = directory.member(member).ok_or(AppError::NotFound)?;
        if known.hosted {
            return Err(AppError::Forbidden(
                "this node makes the keys of the members that live here".to_owned(),
            ));
        }
        if directory.vouched_by(person) != Some(member) {
            return Err(AppError::NotFound);
        }
        let signer = Signer::Person(person);
        let current = directory.signing_key(signer, node.now());
        if current.is_none_or(|current| current.key != key.to_string()) {
            let how = Introduction::Pinned;
            self.record(Rights::SigningKeyIntroduced { signer, key: key.to_string(), from: None, how })?;
        }
        node.let_go_on(signer)?;
        self.signing_keys_of(member)
    }
}

impl Node {
    /// An instant after everything that was signed so far.
    fn after_everything(&self) -> Result<Timestamp, AppError> {
        let now = self.store.now()?.max(self.now());
        Ok(now.checked_add(jiff::SignedDuration::from_micros(1)).unwrap_or(now))
    }
}

fn history(directory: &Directory, member: MemberId, now: Timestamp) -> Option<KeyHistory> {
    let known = directory.member(member)?;
    let keys = directory.signing_keys(Signer::Member(member)).iter().rev();
    let current = directory.signing_key(Signer::Member(member), now);
    let shown = keys.map(|key| describe(key, current == Some(key), directory)).collect();
    Some(KeyHistory { member, name: known.name.clone(), hosted: known.hosted, keys: shown })
}

fn describe(key: &SigningKey, current: bool, directory: &Directory) -> KnownKey {
    let fingerprint = key.key.parse::<PublicKey>().ok().map(|key| key.fingerprint());
    let (origin, from) = match &key.how {
        Some(Introduction::Made) => (Origin::Made, None),
        Some(Introduction::Pinned) => (Origin::Pinned, None),
        Some(Introduction::FirstSight { peer }) => (Origin::FirstSight, Some(peer.clone())),
        Some(Introduction::Account { .. }) => (Origin::FirstSight, None),
        Some(Introduction::Vouched { by }) => {
            (Origin::Vouched, directory.member(*by).map(|member| member.name.clone()))
        }
        None => (Origin::Rotated, None),
    };
    KnownKey {
        key: key.key.clone(),
        fingerprint: fingerprint.map(|found| found.to_string()).unwrap_or_default(),
        words: fingerprint.map(|found| found.grouped()).unwrap_or_default(),
        origin,
        from,
        recorded: key.recorded,
        since: key.since,
        until: key.until,
        revoked: key.revoked.map(|revoked| revoked.from),
        current,
    }
}

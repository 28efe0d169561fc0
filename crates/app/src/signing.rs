//! Signing keys: those of the members and approvers who live here, and what is known of everybody else's.
//!
//! Every change of a key is an event in the log of rights, so that the epoch covers it; the private halves lie sealed
//! in the [`vault`]. What a member's key signs begins in `ingest::attest`.

mod announce;
mod change;
mod learn;
mod vault;

use std::sync::Arc;

use jiff::Timestamp;
use kizuna_access::directory::SigningKey;
use kizuna_access::rights::{Introduction, Role};
use kizuna_access::{MemberId, PersonId, Principal, Rights};
use kizuna_attest::{KeyRing, Proof, PublicKey, Purpose, Refusal, Seal, SecretKey, Signer};
use kizuna_store::writer::Actor;

pub use change::{KeyHistory, KnownKey, Origin};
pub use learn::UnknownKey;
pub(crate) use vault::Vault;

use crate::{AppError, Node};

impl Node {
    /// Everybody's signing keys, as they are known at the newest epoch.
    pub fn key_ring(&self) -> Result<Arc<KeyRing>, AppError> {
        let directory = self.directory()?;
        let mut kept = self.vault.ring.lock();
        if let Some((epoch, ring)) = &*kept
            && *epoch == directory.epoch()
        {
            return Ok(Arc::clone(ring));
        }
        let ring = Arc::new(KeyRing::of(&directory));
        *kept = Some((directory.epoch(), Arc::clone(&ring)));
        Ok(ring)
    }

    /// The public key with which a person approves, made when it is first asked for.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for a person without the role releaser.
    pub fn approver_key(&self, person: PersonId) -> Result<PublicKey, AppError> {
        Ok(self.approver_secret(person)?.public())
    }

    /// Signs octets (canonical JSON) as this person, for one purpose. The seal names the key; it verifies with
    /// [`Node::verify_signed`] under [`Signer::Person`].
    ///
    /// # Errors
    /// [`AppError::Forbidden`] where the person does not hold the role releaser now, or its API key only reads.
    pub fn approver_sign(&self, who: &Principal, purpose: Purpose, payload: &[u8]) -> Result<Seal, AppError> {
        let reader = self.directory()?.reader(who, self.now())?;
        if !reader.has(Role::Releaser) || !reader.may_write() {
            return Err(no_releaser());
        }
        Ok(self.approver_secret(who.person())?.sign(purpose, payload))
    }

    /// Signs octets as a member that lives here.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for a member that lives elsewhere.
    pub fn member_sign(&self, member: MemberId, purpose: Purpose, payload: &[u8]) -> Result<Seal, AppError> {
        self.ensure_member_key(member)?;
        Ok(self.current_secret(Signer::Member(member))?.0.sign(purpose, payload))
    }

    /// The public key with which a member that lives here signs now.
    ///
    /// # Errors
    /// Like [`Node::member_sign`].
    pub fn member_key(&self, member: MemberId) -> Result<PublicKey, AppError> {
        self.ensure_member_key(member)?;
        Ok(self.current_secret(Signer::Member(member))?.0.public())
    }

    /// Verifies what somebody signed: `at` is when it says that it was signed, `received` when it came here.
    pub fn verify_signed(
        &self,
        signer: Signer,
        purpose: Purpose,
        payload: &[u8],
        seal: &Seal,
        (at, received): (Timestamp, Timestamp),
    ) -> Result<Result<Proof, Refusal>, AppError> {
        Ok(self.key_ring()?.check(signer, purpose, payload, seal, at, received))
    }

    /// Gives a member that lives here its key, if it has none yet: when it is added, and when it first signs in a data
    /// directory from before there were keys.
    pub(crate) fn ensure_member_key(&self, member: MemberId) -> Result<(), AppError> {
        if !self.attests {
            return Ok(());
        }
        let directory = self.directory()?;
        if !directory.member(member).is_some_and(|member| member.hosted) {
            return Err(AppError::Forbidden("only the node where a member lives signs for it".to_owned()));
        }
        self.ensure_key(Signer::Member(member))
    }

    fn approver_secret(&self, person: PersonId) -> Result<Arc<SecretKey>, AppError> {
        let directory = self.directory()?;
        let known = directory.person(person).filter(|person| person.removed.is_none());
        if !known.ok_or(AppError::NotFound)?.roles().contains(&Role::Releaser) {
            return Err(no_releaser());
        }
        self.ensure_key(Signer::Person(person))?;
        Ok(self.current_secret(Signer::Person(person))?.0)
    }

    fn ensure_key(&self, signer: Signer) -> Result<(), AppError> {
        if !self.directory()?.signing_keys(signer).is_empty() {
            return Ok(());
        }
        let _one_at_a_time = self.vault.making.lock();
        if !self.directory()?.signing_keys(signer).is_empty() {
            return Ok(());
        }
        self.begin_key(signer, Actor::Node)?;
        Ok(())
    }

    /// Makes a key, keeps it, announces it. The caller holds the lock.
    fn begin_key(&self, signer: Signer, actor: Actor) -> Result<PublicKey, AppError> {
        let secret = self.vault.make(signer, &self.store)?;
        let public = secret.public();
        let from = self.now();
        self.state_introduced(signer, &secret, from)?;
        let (key, how) = (public.to_string(), Introduction::Made);
        let rights = Rights::SigningKeyIntroduced { signer, key, from: Some(from), how };
        self.store.writer().record(rights, actor)?;
        Ok(public)
    }

    /// The private key with which a signer signs now, and its dates.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where it has none, or its private half is not kept here.
    pub(crate) fn current_secret(&self, signer: Signer) -> Result<(Arc<SecretKey>, SigningKey), AppError> {
        let directory = self.directory()?;
        let missing = || {
            AppError::Unavailable(
                "its signing key is revoked, or not kept on this node: begin a new one with: kizuna signing-key rotate"
                    .to_owned(),
            )
        };
        let dates = directory.signing_key(signer, self.now()).ok_or_else(missing)?;
        let public: PublicKey = dates.key.parse().map_err(|_| missing())?;
        let secret = self.vault.key(signer, public.fingerprint(), &self.store)?.ok_or_else(missing)?;
        Ok((secret, dates.clone()))
    }
}

fn no_releaser() -> AppError {
    AppError::Forbidden("approving takes the role releaser, and a key that may write".to_owned())
}

#[cfg(test)]
mod tests;

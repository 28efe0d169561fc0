//! Signing keys: whose they are, and between which instants.
//!
//! Only dates are kept here. Whether a signature is one is for the crate `attest` to say.

use jiff::Timestamp;

use super::{Directory, RightsError};
use crate::party::{MemberId, PersonId};
use crate::rights::{Introduction, Signer};

/// Longest text of a public key.
const KEY_LIMIT: usize = 200;

/// One signing key of a signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    pub signer: Signer,
    /// The public half, as text.
    pub key: String,
    /// When this node recorded it.
    pub recorded: Timestamp,
    /// Inclusive; nothing where any signature counts that is old enough.
    pub since: Option<Timestamp>,
    /// Exclusive: when another key took its place.
    pub until: Option<Timestamp>,
    pub revoked: Option<Revoked>,
    /// Why it is held to be the signer's; nothing where the key before it says so.
    pub how: Option<Introduction>,
}

/// Since when a key is no longer its signer's alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revoked {
    /// Inclusive.
    pub from: Timestamp,
    /// When this node learned of it. What arrives later does not count, whatever date it states.
    pub recorded: Timestamp,
}

impl SigningKey {
    /// Whether its signer signs with it at this instant.
    pub fn is_current(&self, now: Timestamp) -> bool {
        let has_begun = self.since.is_none_or(|since| since <= now);
        let is_followed = self.until.is_some_and(|until| until <= now);
        let is_revoked = self.revoked.is_some_and(|revoked| revoked.from <= now || revoked.recorded <= now);
        has_begun && !is_followed && !is_revoked
    }
}

impl Directory {
    /// The signing keys of a signer, oldest first, those that no longer count included.
    pub fn signing_keys(&self, signer: Signer) -> &[SigningKey] {
        self.signing_keys.get(&signer).map(Vec::as_slice).unwrap_or_default()
    }

    /// The key with which a signer signs now.
    pub fn signing_key(&self, signer: Signer, now: Timestamp) -> Option<&SigningKey> {
        let now = self.not_before_log(now);
        self.signing_keys(signer).iter().rev().find(|key| key.is_current(now))
    }

    /// The member that vouched for the keys of a person who has no account here.
    pub fn vouched_by(&self, person: PersonId) -> Option<MemberId> {
        let mut keys = self.signing_keys(Signer::Person(person)).iter();
        keys.find_map(|key| match &key.how {
            Some(Introduction::Vouched { by }) => Some(*by),
            _ => None,
        })
    }

    /// Everybody with a signing key.
    pub fn signers(&self) -> impl Iterator<Item = Signer> {
        self.signing_keys.keys().copied()
    }

    pub(super) fn introduce_key(
        &mut self,
        signer: Signer,
        key: &str,
        from: Option<Timestamp>,
        how: &Introduction,
        at: Timestamp,
    ) {
        let keys = self.signing_keys.entry(signer).or_default();
        for earlier in keys.iter_mut().filter(|earlier| earlier.key != key) {
            earlier.until.get_or_insert(at);
        }
        let how = Some(how.clone());
        let key = key.to_owned();
        keys.push(SigningKey { signer, key, recorded: at, since: from, until: None, revoked: None, how });
    }

    pub(super) fn rotate_key(
        &mut self,
        signer: Signer,
        previous: &str,
        key: &str,
        from: Timestamp,
        at: Timestamp,
    ) {
        let keys = self.signing_keys.entry(signer).or_default();
        for earlier in keys.iter_mut().filter(|earlier| earlier.key == previous) {
            earlier.until.get_or_insert(from);
        }
        let key = key.to_owned();
        let since = Some(from);
        keys.push(SigningKey { signer, key, recorded: at, since, until: None, revoked: None, how: None });
    }

    pub(super) fn revoke_key(&mut self, signer: Signer, key: &str, from: Timestamp, at: Timestamp) {
        for known in self.signing_keys.entry(signer).or_default() {
            if known.key == key {
                known.revoked.get_or_insert(Revoked { from, recorded: at });
            }
        }
    }

    pub(super) fn allows_new_key(&self, signer: Signer, key: &str) -> Result<(), RightsError> {
        self.allows_signer(signer)?;
        let is_text =
            !key.is_empty() && key.len() <= KEY_LIMIT && key.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_text {
            return Err(RightsError::Refused("a public key is one word, such as ed25519:…".to_owned()));
        }
        let taken = self.signing_keys.values().flatten().any(|known| known.key == key);
        if taken { Err(RightsError::Exists(format!("the signing key {key}"))) } else { Ok(()) }
    }

    /// Whether a key may be followed or revoked.
    pub(super) fn allows_ending_key(&self, signer: Signer, key: &str) -> Result<(), RightsError> {
        self.allows_signer(signer)?;
        let known = self.signing_keys(signer).iter().find(|known| known.key == key);
        let Some(known) = known else { return Err(RightsError::Unknown(format!("signing key {key}"))) };
        if known.revoked.is_some() {
            return Err(RightsError::Refused("the signing key is revoked already".to_owned()));
        }
        Ok(())
    }

    fn allows_signer(&self, signer: Signer) -> Result<(), RightsError> {
        match signer {
            Signer::Member(member) => self.need_member(member).map(drop),
            // An approver of a member that lives elsewhere has no account here.
            Signer::Person(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;

//! Everybody's signing keys, with the dates between which each counts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kizuna_access::Directory;
use kizuna_access::directory::SigningKey;
use kizuna_access::rights::Signer;

use crate::key::{Fingerprint, PublicKey};
use crate::signature::{Purpose, Seal};
use crate::verified::{Proof, Refusal, Statement, Verified};

/// The keys that are known, by signer. Built from the log of rights, which covers every change of them.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    keys: BTreeMap<Signer, Vec<Known>>,
}

#[derive(Debug, Clone)]
struct Known {
    public: PublicKey,
    fingerprint: Fingerprint,
    dates: SigningKey,
}

impl KeyRing {
    /// The ring of a directory. A key whose text is none proves nothing, and is left out.
    pub fn of(directory: &Directory) -> Self {
        let mut ring = Self::default();
        for signer in directory.signers() {
            for dates in directory.signing_keys(signer) {
                let Ok(public) = dates.key.parse::<PublicKey>() else { continue };
                let known = Known { public, fingerprint: public.fingerprint(), dates: dates.clone() };
                ring.keys.entry(signer).or_default().push(known);
            }
        }
        ring
    }

    /// Whether any key of this signer is known: then what it is said to have made must be signed.
    pub fn knows(&self, signer: Signer) -> bool {
        self.keys.contains_key(&signer)
    }

    /// Whether this is a key of this signer, current or not.
    pub fn has(&self, signer: Signer, key: Fingerprint) -> bool {
        self.known(signer, key).is_some()
    }

    pub fn public(&self, signer: Signer, key: Fingerprint) -> Option<PublicKey> {
        self.known(signer, key).map(|known| known.public)
    }

    /// Whether a signer's key is this one, or came after it.
    pub(crate) fn is_same_or_later(&self, signer: Signer, key: Fingerprint, than: Fingerprint) -> bool {
        let keys = self.keys.get(&signer).map(Vec::as_slice).unwrap_or_default();
        let place = |meant: Fingerprint| keys.iter().rposition(|known| known.fingerprint == meant);
        place(than).is_some_and(|than| place(key).is_some_and(|key| key >= than))
    }

    /// Verifies what somebody signed, as it was received at that instant.
    ///
    /// The date that a statement gives itself is its signer's word: it decides between keys that followed each other.
    /// Against a stolen key it is worth nothing, so what arrives under a key that is revoked by then never counts.
    pub fn verify<T: Statement>(&self, statement: T, received: Timestamp) -> Result<Verified<T>, Refusal> {
        let payload = statement.payload();
        let (signer, at, seal) = (statement.signer(), statement.at(), statement.seal());
        let proof = self.check(signer, T::PURPOSE, &payload, &seal, at, received)?;
        Ok(Verified::signed(statement, proof))
    }

    /// Verifies octets: `at` is when they say that they were signed, `received` when they came here.
    pub fn check(
        &self,
        signer: Signer,
        purpose: Purpose,
        payload: &[u8],
        seal: &Seal,
        at: Timestamp,
        received: Timestamp,
    ) -> Result<Proof, Refusal> {
        if !self.knows(signer) {
            return Err(Refusal::NoKey);
        }
        let key = seal.key;
        let known = self.known(signer, key).ok_or(Refusal::UnknownKey(key))?;
        check_signature(&known.public, purpose, payload, seal)?;
        check_dates(&known.dates, key, at, received)?;
        Ok(Proof::Signed { by: signer, key, at })
    }

    fn known(&self, signer: Signer, key: Fingerprint) -> Option<&Known> {
        // A key that was in use, given up and pinned again counts by its newest dates.
        self.keys.get(&signer)?.iter().rev().find(|known| known.fingerprint == key)
    }
}

/// Whether the seal is this key's over these octets; why not, where it is not.
pub(crate) fn check_signature(
    key: &PublicKey,
    purpose: Purpose,
    payload: &[u8],
    seal: &Seal,
) -> Result<(), Refusal> {
    if key.verifies(purpose, payload, &seal.signature) {
        return Ok(());
    }
    let mut others = Purpose::ALL.into_iter().filter(|other| *other != purpose);
    let meant = others.find(|other| key.verifies(*other, payload, &seal.signature));
    Err(meant.map_or(Refusal::Altered, Refusal::WrongPurpose))
}

fn check_dates(
    dates: &SigningKey,
    key: Fingerprint,
    at: Timestamp,
    received: Timestamp,
) -> Result<(), Refusal> {
    if let Some(revoked) = dates.revoked
        && (at >= revoked.from || received >= revoked.recorded)
    {
        return Err(Refusal::Revoked(key));
    }
    if dates.since.is_some_and(|since| at < since) {
        return Err(Refusal::NotYet(key));
    }
    if dates.until.is_some_and(|until| at >= until) {
        return Err(Refusal::Superseded(key));
    }
    Ok(())
}

#[cfg(test)]
mod tests;

//! What is proven.

use std::ops::Deref;

use jiff::Timestamp;
use kizuna_access::rights::Signer;

use crate::key::Fingerprint;
use crate::signature::{Purpose, Seal};

/// Something that somebody signed.
pub trait Statement {
    const PURPOSE: Purpose;

    fn signer(&self) -> Signer;

    /// When it says that it was signed.
    fn at(&self) -> Timestamp;

    /// The octets that were signed: canonical JSON.
    fn payload(&self) -> Vec<u8>;

    fn seal(&self) -> Seal;
}

/// Why something is held to be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Somebody who signed in here said it.
    Authenticated,
    /// Somebody signed it.
    Signed { by: Signer, key: Fingerprint, at: Timestamp },
}

/// A value whose origin is proven. Only [`crate::KeyRing::verify`] makes one from what was signed, and only
/// [`Verified::authenticated`] from local input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T> {
    value: T,
    proof: Proof,
}

impl<T> Verified<T> {
    /// Local input: whoever gives it signed in here, as one of its signer's own people.
    pub fn authenticated(value: T) -> Self {
        Self { value, proof: Proof::Authenticated }
    }

    pub(crate) fn signed(value: T, proof: Proof) -> Self {
        Self { value, proof }
    }

    pub fn proof(&self) -> Proof {
        self.proof
    }

    pub fn into_inner(self) -> T {
        self.value
    }

    /// What follows from it, under the same proof.
    pub fn map<U>(self, follows: impl FnOnce(T) -> U) -> Verified<U> {
        Verified { value: follows(self.value), proof: self.proof }
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Why a signature proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("no signing key of its signer is known")]
    NoKey,
    #[error("it is signed with the key {0}, which is not known to be its signer's")]
    UnknownKey(Fingerprint),
    #[error("it is dated before the key {0} was in use")]
    NotYet(Fingerprint),
    #[error("it is dated after another key had followed {0}")]
    Superseded(Fingerprint),
    #[error("the key {0} is revoked")]
    Revoked(Fingerprint),
    #[error("it was signed for another purpose: {0}")]
    WrongPurpose(Purpose),
    #[error("the signature is of other content, or forged")]
    Altered,
}

//! Signatures, each for one purpose.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::key::{ED25519_WORD, Fingerprint};

/// What every signed message begins with.
const DOMAIN: &[u8] = b"kizuna.signature.v1\0";

/// What a signature is for. It is part of what is signed, so that a signature made for one thing never passes for
/// another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// A member attests what it published.
    Attestation,
    /// A key says whose it is.
    KeyIntroduced,
    /// A key says which one follows it.
    KeyRotated,
    /// A key says that it, or one before it, is no longer its signer's alone.
    KeyRevoked,
    /// A member says that a key is that of a person of its own.
    KeyVouched,
    /// An approver agrees to a release.
    Approval,
    /// An approver refuses, withdraws or narrows a release.
    Withdrawal,
    /// The owner of a community states who is in it.
    Roster,
    /// A member says that a transport key is its node's.
    Transport,
    /// A member states what is in a package that crosses a domain boundary.
    Package,
}

impl Purpose {
    pub const ALL: [Self; 10] = [
        Self::Attestation,
        Self::KeyIntroduced,
        Self::KeyRotated,
        Self::KeyRevoked,
        Self::KeyVouched,
        Self::Approval,
        Self::Withdrawal,
        Self::Roster,
        Self::Transport,
        Self::Package,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Attestation => "attestation",
            Self::KeyIntroduced => "key-introduced",
            Self::KeyRotated => "key-rotated",
            Self::KeyRevoked => "key-revoked",
            Self::KeyVouched => "key-vouched",
            Self::Approval => "approval",
            Self::Withdrawal => "withdrawal",
            Self::Roster => "roster",
            Self::Transport => "transport",
            Self::Package => "package",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The octets that are signed. No purpose holds a NUL, so no two pairs of purpose and payload give the same ones.
pub(crate) fn message(purpose: Purpose, payload: &[u8]) -> Vec<u8> {
    [DOMAIN, purpose.as_str().as_bytes(), b"\0", payload].concat()
}

/// A signature as it was found: nothing is proven by holding one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub(crate) [u8; 64]);

/// The text is no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a signature of the form ed25519:… (86 characters of base64url)")]
pub struct BadSignature;

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ED25519_WORD}:{}", URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Signature {
    type Err = BadSignature;

    fn from_str(text: &str) -> Result<Self, BadSignature> {
        let (word, octets) = text.split_once(':').ok_or(BadSignature)?;
        let octets = URL_SAFE_NO_PAD.decode(octets).map_err(|_| BadSignature)?;
        let octets = octets.try_into().map_err(|_| BadSignature)?;
        if word == ED25519_WORD { Ok(Self(octets)) } else { Err(BadSignature) }
    }
}

/// A signature and the key that is said to have made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal {
    pub key: Fingerprint,
    pub signature: Signature,
}

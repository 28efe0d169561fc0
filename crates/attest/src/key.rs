//! Keys: one byte says of which type, so that others can follow Ed25519.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::signature::{Purpose, Seal, Signature, message};

/// The byte that stands for Ed25519 before a key.
const ED25519: u8 = 0x01;
/// The word that stands for it in text.
pub(crate) const ED25519_WORD: &str = "ed25519";

/// A public key. It can only be built from octets that are a sound key: small-order points are none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// The text or octets are no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    #[error("not a public key of the form ed25519:… (43 characters of base64url)")]
    Form,
    #[error("a key of type {0:#04x}, which this program does not know")]
    UnknownType(u8),
    #[error("a public key that proves nothing: not a point of the curve, or one of small order")]
    Weak,
}

impl PublicKey {
    /// Reads the type and the key.
    pub fn from_octets(octets: &[u8]) -> Result<Self, BadKey> {
        let (kind, key) = octets.split_first().ok_or(BadKey::Form)?;
        if *kind != ED25519 {
            return Err(BadKey::UnknownType(*kind));
        }
        let key: [u8; 32] = key.try_into().map_err(|_| BadKey::Form)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| BadKey::Weak)?;
        if key.is_weak() { Err(BadKey::Weak) } else { Ok(Self(key)) }
    }

    /// The type, then the key.
    pub fn octets(&self) -> [u8; 33] {
        let mut octets = [ED25519; 33];
        octets[1..].copy_from_slice(self.0.as_bytes());
        octets
    }

    pub fn fingerprint(&self) -> Fingerprint {
        let digest = Sha256::digest(self.octets());
        let mut short = [0; 16];
        short.copy_from_slice(&digest[..16]);
        Fingerprint(short)
    }

    /// Whether this is the signature of these octets for this purpose. Strict: what RFC 8032 leaves open is refused.
    pub fn verifies(&self, purpose: Purpose, payload: &[u8], signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.verify_strict(&message(purpose, payload), &signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ED25519_WORD}:{}", URL_SAFE_NO_PAD.encode(self.0.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let (word, key) = text.trim().split_once(':').ok_or(BadKey::Form)?;
        if word != ED25519_WORD {
            return Err(BadKey::Form);
        }
        let key = URL_SAFE_NO_PAD.decode(key).map_err(|_| BadKey::Form)?;
        Self::from_octets(&[&[ED25519], &key[..]].concat())
    }
}

/// What people compare and what signatures name: the first 128 bits of the SHA-256 of type and key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// In groups of four, for people: `3f2a 91c0 …`.
    pub fn grouped(&self) -> String {
        let text = self.to_string();
        let groups: Vec<&str> = (0..text.len()).step_by(4).filter_map(|at| text.get(at..at + 4)).collect();
        groups.join(" ")
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for Fingerprint {
    type Err = BadKey;

    /// White space between groups does not count.
    fn from_str(text: &str) -> Result<Self, BadKey> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut octets = [0; 16];
        hex::decode_to_slice(digits, &mut octets).map_err(|_| BadKey::Form)?;
        Ok(Self(octets))
    }
}

/// A private key. It is zeroed when dropped, and neither printed nor serialised.
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// The key of these random octets.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The octets of [`Self::from_seed`]: to be sealed and kept.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs octets for one purpose; for another the signature is none.
    pub fn sign(&self, purpose: Purpose, payload: &[u8]) -> Seal {
        let signature = Signature(self.0.sign(&message(purpose, payload)).to_bytes());
        Seal { key: self.public().fingerprint(), signature }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey of {}", self.public().fingerprint())
    }
}

#[cfg(test)]
mod tests;

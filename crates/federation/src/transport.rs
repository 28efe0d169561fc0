//! Transport keys: the digest by which a node's certificate is known, and a member's word that it is its node's.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use kizuna_access::MemberId;
use kizuna_attest::{BadKey, Fingerprint, PublicKey, Purpose, Seal, Signature};
use kizuna_stix::canonical;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The SHA-256 of the public key of a certificate (its `SubjectPublicKeyInfo`, as in RFC 7469 §2.4): what is pinned.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pin([u8; 32]);

/// The text is no pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the fingerprint of a transport key (64 hex digits)")]
pub struct BadPin;

impl Pin {
    /// Of a public key, as its certificate has it.
    pub fn of(public_key_info: &[u8]) -> Self {
        Self(Sha256::digest(public_key_info).into())
    }

    pub fn octets(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether it is one of these. Takes as long for every answer.
    pub fn is_among<'a>(&self, pins: impl IntoIterator<Item = &'a Self>) -> bool {
        let found = pins.into_iter().fold(subtle::Choice::from(0), |found, pin| found | pin.0.ct_eq(&self.0));
        found.into()
    }

    /// The first half in groups of four, for people to compare.
    pub fn grouped(&self) -> String {
        let groups: Vec<String> = self.0[..16].chunks(2).map(hex::encode).collect();
        groups.join(" ")
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Pin {
    type Err = BadPin;

    fn from_str(text: &str) -> Result<Self, BadPin> {
        let mut octets = [0; 32];
        hex::decode_to_slice(text, &mut octets).map_err(|_| BadPin)?;
        Ok(Self(octets))
    }
}

impl Serialize for Pin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Pin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A member's signed word that a transport key is its node's. Nothing is proven by holding one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    pub member: MemberId,
    pub pin: Pin,
    /// When it was said.
    pub at: Timestamp,
    /// The signing key that says so.
    key: String,
    signature: String,
}

impl Binding {
    /// The octets that are signed, for [`Purpose::Transport`].
    pub fn payload(member: MemberId, pin: &Pin, at: Timestamp) -> Vec<u8> {
        let Value::Object(said) = json!({ "member": member, "pin": pin, "at": at }) else {
            return canonical::map_to_vec(&Map::new());
        };
        canonical::map_to_vec(&said)
    }

    pub fn new(member: MemberId, pin: Pin, at: Timestamp, seal: &Seal) -> Self {
        Self { member, pin, at, key: seal.key.to_string(), signature: seal.signature.to_string() }
    }

    /// The seal, where it reads as one.
    pub fn seal(&self) -> Option<Seal> {
        let key: Fingerprint = self.key.parse().ok()?;
        let signature: Signature = self.signature.parse().ok()?;
        Some(Seal { key, signature })
    }

    /// Whether this key signed it.
    ///
    /// # Errors
    /// Where the text is no key.
    pub fn is_signed_by(&self, key: &str) -> Result<bool, BadKey> {
        let key: PublicKey = key.parse()?;
        let payload = Self::payload(self.member, &self.pin, self.at);
        let seal = self.seal().filter(|seal| seal.key == key.fingerprint());
        Ok(seal.is_some_and(|seal| key.verifies(Purpose::Transport, &payload, &seal.signature)))
    }
}

#[cfg(test)]
mod tests;

//! STIX identifiers (STIX 2.1 §2.9) and the deterministic ids of observables (§2.9, §6).

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// `type--uuid`. Any RFC 4122 variant and version is accepted: the field uses more than v4 and v5.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(String);

/// The text is not `type--uuid`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a STIX identifier (type--uuid)")]
pub struct BadId(pub String);

impl Id {
    /// Joins a type and a UUID.
    pub fn new(kind: &str, uuid: Uuid) -> Self {
        Self(format!("{kind}--{uuid}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before `--`.
    pub fn kind(&self) -> &str {
        &self.0[..self.0.len() - 38]
    }

    pub fn uuid(&self) -> Uuid {
        Uuid::try_parse(&self.0[self.0.len() - 36..]).unwrap_or_default()
    }

    /// 16 bytes that stand for the whole identifier in indexes: the head of its SHA-256.
    pub fn key(&self) -> [u8; 16] {
        let digest = Sha256::digest(self.0.as_bytes());
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        key
    }
}

impl FromStr for Id {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = || BadId(text.chars().take(200).collect());
        let split = text.len().checked_sub(38).filter(|at| text.is_char_boundary(*at)).ok_or_else(bad)?;
        let (kind, rest) = text.split_at(split);
        let uuid = rest.strip_prefix("--").ok_or_else(bad)?;
        let lower = uuid.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b) || b == b'-');
        if !is_kind(kind) || !lower || Uuid::try_parse(uuid).is_err() {
            return Err(bad());
        }
        Ok(Self(text.to_owned()))
    }
}

/// Whether a text may name a type (STIX 2.1 §3.1): `^[a-z][a-z0-9-]{1,248}[a-z0-9]$`, no `--`.
pub fn is_kind(text: &str) -> bool {
    let bytes = text.as_bytes();
    (3..=250).contains(&bytes.len())
        && bytes[0].is_ascii_lowercase()
        && bytes[bytes.len() - 1] != b'-'
        && !text.contains("--")
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Id {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

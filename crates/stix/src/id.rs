//! STIX identifiers (STIX 2.1 §2.9) and the deterministic ids of observables (§2.9, §6).

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::canonical;
use crate::validate::table;

#[cfg(test)]
mod tests;

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

    /// Whether the UUID is of version 5, computed from a name.
    pub fn is_name_based(&self) -> bool {
        const VERSION_IN_UUID: usize = 14;
        self.0.as_bytes()[self.0.len() - UUID_LENGTH + VERSION_IN_UUID] == b'5'
    }

    /// Whether it is an observable's id computed from its value (STIX 2.1 §2.9): whoever guesses the value can confirm
    /// the guess.
    pub fn tells_its_value(&self) -> bool {
        self.is_name_based() && !table::spec(self.kind()).identifying.is_empty()
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
        match kind_of(text) {
            Some(_) => Ok(Self(text.to_owned())),
            None => Err(BadId(text.chars().take(200).collect())),
        }
    }
}

/// The type in the text of an identifier; `None` when it is not one.
pub(crate) fn kind_of(text: &str) -> Option<&str> {
    let split = text.len().checked_sub(UUID_LENGTH + 2)?;
    let (kind, rest) = text.as_bytes().split_at(split);
    let is_uuid = rest[2..].iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
    });
    let text = std::str::from_utf8(kind).ok()?;
    (is_uuid && rest.starts_with(b"--") && is_kind(text)).then_some(text)
}

/// A UUID in its usual notation.
const UUID_LENGTH: usize = 36;

/// Whether a text may name a type (STIX 2.1 §3.1): `^[a-z][a-z0-9-]{1,248}[a-z0-9]$`, no `--`.
pub fn is_kind(text: &str) -> bool {
    let bytes = text.as_bytes();
    let double_hyphen = bytes.windows(2).any(|pair| pair == b"--");
    (3..=250).contains(&bytes.len())
        && bytes[0].is_ascii_lowercase()
        && bytes[bytes.len() - 1] != b'-'
        && !double_hyphen
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

/// The namespace of deterministic ids (STIX 2.1 §2.9).
const NAMESPACE: Uuid = Uuid::from_u128(0x00ab_edb4_aa42_466c_9c01_fed2_3315_a9b7);

/// The deterministic id of an observable: a version 5 UUID over the canonical JSON of its identifying properties.
///
/// `None` for a type that is no observable of STIX 2.1, and when none of the identifying properties is present
/// (a process has none at all): its id is random.
pub fn deterministic(kind: &str, members: &Map<String, Value>) -> Option<Id> {
    let spec = table::spec(kind);
    let mut identifying = Map::new();
    for name in spec.identifying {
        let Some(value) = members.get(*name) else { continue };
        let value = if *name == "hashes" { one_hash(value)? } else { value.clone() };
        identifying.insert((*name).to_owned(), value);
    }
    if identifying.is_empty() {
        return None;
    }
    let name = canonical::map_to_vec(&identifying);
    Some(Id::new(kind, Uuid::new_v5(&NAMESPACE, &name)))
}

/// The hash that counts: the first of MD5, SHA-1, SHA-256, SHA-512 that is there, else the first of the rest
/// in the order of their names.
fn one_hash(hashes: &Value) -> Option<Value> {
    let hashes = hashes.as_object()?;
    let preferred = ["MD5", "SHA-1", "SHA-256", "SHA-512"];
    let known = preferred.iter().find_map(|name| hashes.get_key_value(*name));
    let (name, value) = known.or_else(|| hashes.iter().min_by_key(|(name, _)| *name))?;
    Some(Value::Object(Map::from_iter([(name.clone(), value.clone())])))
}

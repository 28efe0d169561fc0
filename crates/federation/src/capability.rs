//! What a node says it can: extensions it knows, policies, handling it honours. Who has not said so is sent only what it
//! can fully express.

use std::collections::{BTreeMap, BTreeSet};

use kizuna_access::marking::extension;
use kizuna_access::{Honours, MemberId};
use serde::{Deserialize, Serialize};

use crate::transport::{Binding, Pin};

/// The version of what is said at `/federation/`. One side's later fields are the other's unknown ones.
pub const PROTOCOL: u32 = 1;

/// What a node says of itself at the beginning of an exchange. Every part may be missing: a version behind says less, and
/// is taken at its word.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Hello {
    pub protocol: u32,
    /// Of the program.
    pub version: String,
    /// Ids of extension definitions.
    pub extensions: BTreeSet<String>,
    /// Policies by id, with the SHA-256 of each one's meaning; of these only those that whoever is told may know of.
    pub policies: BTreeMap<String, String>,
    /// Words: `orcon`, `exercise`.
    pub handling: BTreeSet<String>,
    /// Those that live there, as far as whoever is told may know of them; the principal one first.
    pub members: Vec<MemberId>,
    /// How content may be encoded (RFC 9110 §8.4).
    pub encodings: Vec<String>,
    pub limits: Limits,
    /// The origin of its own log, for peers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// Of each log that it co-signs the newest checkpoint, as its log signed it, for peers: what each was shown is compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checkpoints: Vec<String>,
    /// A transport key that follows the one in use, by the word of each member.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transport: Vec<Binding>,
    /// The newest transport key of whoever is told that is known here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub knows: Option<Pin>,
}

/// What one request may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    pub envelope_bytes: u64,
    pub objects: u64,
}

impl Hello {
    /// What of it counts here: policies in the version that `ours` says.
    pub fn honours(&self, ours: &BTreeMap<String, String>) -> Honours {
        let same = self.policies.iter().filter(|(id, digest)| ours.get(*id) == Some(*digest));
        Honours {
            extensions: self.extensions.clone(),
            policies: same.map(|(id, _)| id.clone()).collect(),
            handling: self.handling.clone(),
        }
    }
}

/// The extensions that this program knows.
pub fn extensions() -> BTreeSet<String> {
    extension::ALL.iter().map(|known| known.id().to_string()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_version_behind_is_taken_at_its_word() {
        let hello: Hello =
            serde_json::from_str(r#"{"protocol":1,"handling":["orcon"],"later":{"a":1}}"#).unwrap();
        let honours = hello.honours(&BTreeMap::new());
        assert!(honours.handling.contains("orcon") && honours.extensions.is_empty());
        assert_eq!(serde_json::from_str::<Hello>("{}").unwrap(), Hello::default());
    }

    #[test]
    fn a_policy_counts_in_the_version_that_holds_here() {
        let policies = |digest: &str| BTreeMap::from([("EXERCISE".to_owned(), digest.to_owned())]);
        let hello = Hello { policies: policies("one"), ..Hello::default() };
        assert!(hello.honours(&policies("one")).policies.contains("EXERCISE"));
        assert!(hello.honours(&policies("other")).policies.is_empty());
        assert!(hello.honours(&BTreeMap::new()).policies.is_empty());
    }
}

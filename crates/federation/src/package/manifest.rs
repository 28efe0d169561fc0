//! The manifest: what a package says of itself, under the exporting member's signature.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use kizuna_access::{Label, MemberId};
use kizuna_attest::{Purpose, Seal, Signer, Statement};
use kizuna_stix::canonical;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::framing::BadPackage;
use super::{LARGEST_PART, MOST_OBJECTS, MOST_PARTS, MOST_RECIPIENTS, is_name};

/// The version of the form.
pub(super) const FORM: u8 = 1;

/// A SHA-256; as text in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub [u8; 32]);

impl Digest {
    pub fn of(octets: &[u8]) -> Self {
        Self(Sha256::digest(octets).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for Digest {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).map_err(|_| "not a SHA-256: 64 hexadecimal digits")?;
        Ok(Self(digest))
    }
}

/// What a package holds of what its recipient may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// What became readable since the package before it.
    Since,
    /// Everything: a gap before it is closed.
    All,
    /// What was selected; it takes no place in what is sent since.
    Selection,
}

/// The kind of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartKind {
    /// The signed checkpoint of the sender's log, with its co-signatures.
    Checkpoint,
    /// That this checkpoint goes on from the one of the package before: hashes, one a line.
    Consistency,
    /// Objects, one a line.
    Objects,
    /// The proof of each object of the part before, one a line.
    Proofs,
}

/// What the manifest says of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub kind: PartKind,
    /// Objects of it, or proofs; 0 for the others.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub objects: u64,
    pub octets: u64,
    pub sha256: Digest,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde hands over a reference.
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The sender's log, as the proofs show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEnd {
    /// What checks its checkpoints.
    pub key: String,
    /// Its leaves.
    pub size: u64,
    /// The size that the package before showed: the part `consistency` goes on from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
}

/// What a package says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The highest label that its sender let into it.
    pub ceiling: Label,
    pub channel: String,
    /// The exporting member, which signs.
    pub from: MemberId,
    pub holds: Holds,
    pub log: LogEnd,
    /// By the sender's clock.
    pub made: Timestamp,
    pub objects: u64,
    /// In their order.
    pub parts: Vec<Part>,
    /// The digest of the manifest of the package before; absent in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Digest>,
    /// For whom it is encrypted, as age writes recipients.
    pub recipients: Vec<String>,
    /// From 1, without holes.
    pub sequence: u64,
    pub to: MemberId,
    pub version: u8,
}

impl Manifest {
    /// Canonical JSON: what is signed, and what [`Manifest::digest`] is of.
    pub fn octets(&self) -> Vec<u8> {
        // Every field serialises: there is no map with keys that are no text.
        serde_json::to_value(self).map(|value| canonical::to_vec(&value)).unwrap_or_default()
    }

    /// What names the package.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.octets())
    }

    /// Reads a manifest that is written in its one form and states a package that can be.
    pub fn read(octets: &[u8]) -> Result<Self, BadPackage> {
        let bad = |why: String| BadPackage::malformed("manifest", why);
        let manifest: Self = serde_json::from_slice(octets).map_err(|error| bad(error.to_string()))?;
        if manifest.octets() != octets {
            return Err(bad("it is not canonical JSON".to_owned()));
        }
        manifest.check().map_err(|why| bad(why.to_owned()))?;
        let largest = manifest.parts.iter().map(|part| part.octets).max().unwrap_or_default();
        if largest > LARGEST_PART {
            return Err(BadPackage::TooLarge { what: "a part in octets".to_owned(), limit: LARGEST_PART });
        }
        Ok(manifest)
    }

    fn check(&self) -> Result<(), &'static str> {
        if self.version != FORM {
            return Err("it is of a version that this program does not know");
        }
        if !is_name(&self.channel) {
            return Err("its channel has no name that a channel may have");
        }
        if self.sequence == 0 || (self.sequence == 1) == self.previous.is_some() {
            return Err("the first package, numbered 1, has none before it, and every other has one");
        }
        if self.recipients.len() > MOST_RECIPIENTS || self.parts.len() > MOST_PARTS {
            return Err("it has too many recipients or parts");
        }
        let mut parts = self.parts.iter();
        if parts.next().map(|part| part.kind) != Some(PartKind::Checkpoint) {
            return Err("its first part is no checkpoint");
        }
        let mut objects: u64 = 0;
        let mut before: Option<&Part> = None;
        for part in parts {
            let is_in_order = match (before.map(|part| part.kind), part.kind) {
                (None, PartKind::Consistency) => self.log.since.is_some(),
                (None | Some(PartKind::Consistency | PartKind::Proofs), PartKind::Objects) => true,
                (Some(PartKind::Objects), PartKind::Proofs) => {
                    before.is_some_and(|before| before.objects == part.objects)
                }
                _ => false,
            };
            if !is_in_order || part.objects > MOST_OBJECTS as u64 {
                return Err("its parts are not in the order of their kinds, or not of the same count");
            }
            if part.kind == PartKind::Objects {
                objects = objects.saturating_add(part.objects);
            }
            before = Some(part);
        }
        if before.is_some_and(|last| last.kind == PartKind::Objects) || objects != self.objects {
            return Err("its count of objects is not that of its parts");
        }
        let has_consistency = self.parts.iter().any(|part| part.kind == PartKind::Consistency);
        if has_consistency == self.log.since.is_some() {
            Ok(())
        } else {
            Err("its log is not shown to go on")
        }
    }

    /// The name of the part at this place of the list, such as `objects.3`.
    pub fn name(&self, place: usize) -> String {
        let Some(part) = self.parts.get(place) else { return "the end".to_owned() };
        let same = self.parts.iter().take(place + 1).filter(|other| other.kind == part.kind).count();
        part_name(part.kind, same)
    }
}

pub(super) fn part_name(kind: PartKind, number: usize) -> String {
    match kind {
        PartKind::Checkpoint => "checkpoint".to_owned(),
        PartKind::Consistency => "consistency".to_owned(),
        PartKind::Objects => format!("objects.{number}"),
        PartKind::Proofs => format!("proofs.{number}"),
    }
}

/// A manifest as it was found, with its signature: nothing is proven by holding one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub manifest: Manifest,
    pub seal: Seal,
}

impl Statement for Signed {
    const PURPOSE: Purpose = Purpose::Package;

    fn signer(&self) -> Signer {
        Signer::Member(self.manifest.from)
    }

    fn at(&self) -> Timestamp {
        self.manifest.made
    }

    fn payload(&self) -> Vec<u8> {
        self.manifest.octets()
    }

    fn seal(&self) -> Seal {
        self.seal
    }
}

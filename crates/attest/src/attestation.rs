//! Attestations: what a member published, as salted digests under its signature.
//!
//! An attestation travels beside the objects that it names, under their markings, so that it is read by exactly those
//! who read them. A client that does not know its type passes it over.

use jiff::Timestamp;
use kizuna_access::marking::extension::ATTESTATION as EXTENSION;
use kizuna_access::rights::Signer;
use kizuna_access::travel::{self, BadTravel};
use kizuna_access::{Label, MemberId};
use kizuna_stix::{Fault, Id, Object, canonical, time};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::key::{Fingerprint, SecretKey};
use crate::signature::{Purpose, Seal};
use crate::verified::Statement;

/// The STIX type of an attestation.
pub const ATTESTATION_KIND: &str = "kizuna-attestation";
/// Entries of one attestation at most.
pub const ENTRIES: usize = 1_000;

/// One version of an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub object_ref: Id,
    /// `modified`, of what has versions.
    pub version: Option<Timestamp>,
    /// Random: whoever sees the digest without the object cannot try which object it is of.
    pub salt: [u8; 16],
    pub digest: [u8; 32],
}

impl Entry {
    /// The entry of an object whose canonical bytes have this SHA-256.
    pub fn of(object: &Object, bytes: &[u8; 32], salt: [u8; 16]) -> Self {
        let digest = salted(BYTES, &salt, bytes);
        Self { object_ref: object.id().clone(), version: object.modified(), salt, digest }
    }

    /// Whether this names the version that an object is.
    pub fn names(&self, object: &Object) -> bool {
        self.object_ref == *object.id() && self.version == object.modified()
    }

    /// Whether this is the entry of an object with these canonical bytes, by their SHA-256.
    pub fn is_of(&self, bytes: &[u8; 32]) -> bool {
        self.digest == salted(BYTES, &self.salt, bytes)
    }
}

/// SHA-256 of a label's canonical text.
pub fn label_digest(label: &Label) -> [u8; 32] {
    Sha256::digest(label.canonical()).into()
}

const BYTES: &[u8] = b"kizuna.attested.bytes.v1\0";
const LABEL: &[u8] = b"kizuna.attested.label.v1\0";

fn salted(what: &[u8], salt: &[u8; 16], digest: &[u8; 32]) -> [u8; 32] {
    let mut salted = Sha256::new();
    salted.update(what);
    salted.update(salt);
    salted.update(digest);
    salted.finalize().into()
}

/// What is to be attested.
#[derive(Debug, Clone)]
pub struct NewAttestation {
    pub by: MemberId,
    pub at: Timestamp,
    /// The markings of what is named: the attestation is under them too.
    pub markings: Vec<Id>,
    /// What those markings mean where it is made: see [`label_digest`].
    pub label: [u8; 32],
    pub salt: [u8; 16],
    /// At most [`ENTRIES`].
    pub entries: Vec<Entry>,
}

/// An attestation, as it was found: its signature is not verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    by: MemberId,
    at: Timestamp,
    label: ([u8; 16], [u8; 32]),
    entries: Vec<Entry>,
    payload: Vec<u8>,
    seal: Seal,
}

impl NewAttestation {
    /// The signed STIX object.
    ///
    /// # Errors
    /// The faults where an id is malformed.
    pub fn sign(self, key: &SecretKey) -> Result<Object, Vec<Fault>> {
        let mut body = Map::new();
        let entries: Vec<Value> = self.entries.iter().map(written).collect();
        body.insert("entries".to_owned(), Value::Array(entries));
        let label = salted(LABEL, &self.salt, &self.label);
        body.insert(
            "label".to_owned(),
            json!({ "salt": hex::encode(self.salt), "digest": hex::encode(label) }),
        );
        body.insert("signing_key".to_owned(), json!(key.public().fingerprint().to_string()));
        let body = travel::stated(ATTESTATION_KIND, &EXTENSION, self.by, self.at, &self.markings, body);
        travel::identified(ATTESTATION_KIND, sealed(body, Purpose::Attestation, key))
    }
}

/// Adds the signature of everything that stands there.
pub(crate) fn sealed(mut body: Map<String, Value>, purpose: Purpose, key: &SecretKey) -> Map<String, Value> {
    let seal = key.sign(purpose, &canonical::map_to_vec(&body));
    body.insert("signature".to_owned(), json!(seal.signature.to_string()));
    body
}

/// What the signature in an object (`signing_key`, `signature`) is over, the canonical object without `id`,
/// `signature` and what else is named, and the signature itself.
pub fn seal_of(object: &Object, kind: &'static str, without: &[&str]) -> Result<(Vec<u8>, Seal), BadTravel> {
    let bad = |property| BadTravel { kind, property };
    let key = object.text("signing_key").and_then(|key| key.parse::<Fingerprint>().ok());
    let signature = object.text("signature").and_then(|signature| signature.parse().ok());
    let key = key.ok_or_else(|| bad("signing_key"))?;
    let signature = signature.ok_or_else(|| bad("signature"))?;
    let mut body = object.value().clone();
    body.remove("id");
    body.remove("signature");
    for property in without {
        body.remove(*property);
    }
    Ok((canonical::map_to_vec(&body), Seal { key, signature }))
}

impl Attestation {
    /// Reads an attestation.
    pub fn read(object: &Object) -> Result<Self, BadTravel> {
        let bad = |property| BadTravel { kind: ATTESTATION_KIND, property };
        let (by, at) = travel::head(object, ATTESTATION_KIND, &EXTENSION)?;
        let Some(Value::Array(stated)) = object.get("entries") else { return Err(bad("entries")) };
        if stated.is_empty() || stated.len() > ENTRIES {
            return Err(bad("entries"));
        }
        let entries: Option<Vec<Entry>> = stated.iter().map(read_entry).collect();
        let entries = entries.ok_or_else(|| bad("entries"))?;
        let label = object.get("label").and_then(salt_and_digest).ok_or_else(|| bad("label"))?;
        let (payload, seal) = seal_of(object, ATTESTATION_KIND, &[])?;
        Ok(Self { by, at, label, entries, payload, seal })
    }

    /// The member that attests.
    pub fn by(&self) -> MemberId {
        self.by
    }

    /// When it was made, by its maker's clock.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether this is the label, by its [`label_digest`], under which everything was published that is named here.
    pub fn is_under(&self, label: &[u8; 32]) -> bool {
        let (salt, digest) = &self.label;
        *digest == salted(LABEL, salt, label)
    }
}

impl Statement for Attestation {
    const PURPOSE: Purpose = Purpose::Attestation;

    fn signer(&self) -> Signer {
        Signer::Member(self.by)
    }

    fn at(&self) -> Timestamp {
        self.at
    }

    fn payload(&self) -> Vec<u8> {
        self.payload.clone()
    }

    fn seal(&self) -> Seal {
        self.seal
    }
}

fn written(entry: &Entry) -> Value {
    let mut written = Map::new();
    written.insert("object_ref".to_owned(), json!(entry.object_ref.as_str()));
    if let Some(version) = entry.version {
        written.insert("object_modified".to_owned(), json!(time::format(version)));
    }
    written.insert("salt".to_owned(), json!(hex::encode(entry.salt)));
    written.insert("digest".to_owned(), json!(hex::encode(entry.digest)));
    Value::Object(written)
}

fn read_entry(value: &Value) -> Option<Entry> {
    let text = |property: &str| value.get(property).and_then(Value::as_str);
    let object_ref = text("object_ref")?.parse().ok()?;
    let version = match text("object_modified") {
        Some(version) => Some(time::parse(version).ok()?),
        None => None,
    };
    let (salt, digest) = salt_and_digest(value)?;
    Some(Entry { object_ref, version, salt, digest })
}

fn salt_and_digest(value: &Value) -> Option<([u8; 16], [u8; 32])> {
    let text = |property: &str| value.get(property).and_then(Value::as_str);
    let (mut salt, mut digest) = ([0; 16], [0; 32]);
    hex::decode_to_slice(text("salt")?, &mut salt).ok()?;
    hex::decode_to_slice(text("digest")?, &mut digest).ok()?;
    Some((salt, digest))
}

#[cfg(test)]
mod tests;

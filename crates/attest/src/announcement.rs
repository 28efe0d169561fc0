//! Announcements: how a signer's public key, the one that follows it and its revocation travel.

use jiff::Timestamp;
use kizuna_access::marking::extension::KEY as EXTENSION;
use kizuna_access::rights::Signer;
use kizuna_access::travel::{self, BadTravel};
use kizuna_access::{MemberId, PersonId};
use kizuna_stix::{Fault, Id, Object, canonical, time};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::KeyRing;
use crate::attestation::{seal_of, sealed};
use crate::key::{PublicKey, SecretKey};
use crate::ring::check_signature;
use crate::signature::{Purpose, Seal};
use crate::verified::{Proof, Refusal, Verified};

/// The STIX type of an announcement.
pub const KEY_KIND: &str = "kizuna-key";

/// What happened to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is its signer's; it signs that itself.
    Introduced,
    /// It follows the key that signs this.
    Rotated,
    /// It is no longer its signer's alone; it signs that itself, or a key that follows it does.
    Revoked,
}

impl Change {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Introduced => "introduced",
            Self::Rotated => "rotated",
            Self::Revoked => "revoked",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Introduced, Self::Rotated, Self::Revoked].into_iter().find(|change| change.as_str() == word)
    }

    fn purpose(self) -> Purpose {
        match self {
            Self::Introduced => Purpose::KeyIntroduced,
            Self::Rotated => Purpose::KeyRotated,
            Self::Revoked => Purpose::KeyRevoked,
        }
    }
}

/// What is to be announced.
#[derive(Debug, Clone)]
pub struct NewAnnouncement {
    pub member: MemberId,
    /// Whose key it is, where it is not the member's own.
    pub person: Option<PersonId>,
    pub key: PublicKey,
    pub change: Change,
    /// From when on: also the date of the object, so that saying it twice is one object.
    pub effective: Timestamp,
}

impl NewAnnouncement {
    /// The STIX object, signed with the key that [`Change`] asks for, without markings.
    ///
    /// # Errors
    /// The faults where an id is malformed.
    pub fn sign(self, with: &SecretKey) -> Result<Object, Vec<Fault>> {
        let mut body = Map::new();
        if let Some(person) = self.person {
            body.insert("person".to_owned(), json!(person.to_string()));
        }
        body.insert("public_key".to_owned(), json!(self.key.to_string()));
        body.insert("change".to_owned(), json!(self.change.as_str()));
        body.insert("effective".to_owned(), json!(time::format(self.effective)));
        body.insert("signing_key".to_owned(), json!(with.public().fingerprint().to_string()));
        let body = travel::stated(KEY_KIND, &EXTENSION, self.member, self.effective, &[], body);
        travel::identified(KEY_KIND, sealed(body, self.change.purpose(), with))
    }
}

/// The same announcement under these markings: for whom it is meant is not part of what is signed, so that it can be
/// told to others when the key that signed it is gone.
///
/// # Errors
/// The faults where an id is malformed.
pub fn under_markings(announcement: &Object, markings: &[Id]) -> Result<Object, Vec<Fault>> {
    let mut body = announcement.value().clone();
    body.remove("id");
    body.remove("object_marking_refs");
    if !markings.is_empty() {
        let markings: Vec<&str> = markings.iter().map(Id::as_str).collect();
        body.insert("object_marking_refs".to_owned(), json!(markings));
    }
    travel::identified(KEY_KIND, body)
}

/// The same announcement with the word of its member that the key is that of a person of its own: signed with the
/// member's key at this instant.
///
/// # Errors
/// The faults where the object is no announcement.
pub fn vouched(announcement: &Object, member: &SecretKey, at: Timestamp) -> Result<Object, Vec<Fault>> {
    let mut body = announcement.value().clone();
    body.remove("id");
    body.remove("vouch");
    let signed = seal_of(announcement, KEY_KIND, UNSIGNED).map(|(payload, _)| payload).unwrap_or_default();
    let seal = member.sign(Purpose::KeyVouched, &vouch_payload(&signed, at));
    let vouch = json!({
        "at": time::format(at),
        "signing_key": seal.key.to_string(),
        "signature": seal.signature.to_string(),
    });
    body.insert("vouch".to_owned(), vouch);
    travel::identified(KEY_KIND, body)
}

/// What a member signs when it vouches for an announcement: what the announcement's own signature is over, and when.
fn vouch_payload(announcement: &[u8], at: Timestamp) -> Vec<u8> {
    let says = json!({ "announcement": hex::encode(Sha256::digest(announcement)), "at": time::format(at) });
    says.as_object().map(canonical::map_to_vec).unwrap_or_default()
}

/// What of an announcement its own signature does not cover.
const UNSIGNED: &[&str] = &["object_marking_refs", "vouch"];

/// A member's word for a key, as it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Vouch {
    at: Timestamp,
    seal: Seal,
}

impl Vouch {
    fn read(value: &Value) -> Option<Self> {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let at = time::parse(text("at")?).ok()?;
        let seal =
            Seal { key: text("signing_key")?.parse().ok()?, signature: text("signature")?.parse().ok()? };
        Some(Self { at, seal })
    }
}

/// An announcement, as it was found: its signature is not verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    pub member: MemberId,
    pub person: Option<PersonId>,
    pub key: PublicKey,
    pub change: Change,
    pub effective: Timestamp,
    at: Timestamp,
    payload: Vec<u8>,
    seal: Seal,
    vouch: Option<Vouch>,
}

impl Announcement {
    /// Reads an announcement.
    pub fn read(object: &Object) -> Result<Self, BadTravel> {
        let bad = |property| BadTravel { kind: KEY_KIND, property };
        let (member, at) = travel::head(object, KEY_KIND, &EXTENSION)?;
        let person = match object.text("person") {
            Some(person) => Some(PersonId(person.parse::<Uuid>().map_err(|_| bad("person"))?)),
            None => None,
        };
        let key = object.text("public_key").and_then(|key| key.parse().ok());
        let change = object.text("change").and_then(Change::from_word);
        let effective = object.text("effective").and_then(|effective| time::parse(effective).ok());
        let (payload, seal) = seal_of(object, KEY_KIND, UNSIGNED)?;
        Ok(Self {
            member,
            person,
            key: key.ok_or_else(|| bad("public_key"))?,
            change: change.ok_or_else(|| bad("change"))?,
            effective: effective.ok_or_else(|| bad("effective"))?,
            at,
            payload,
            seal,
            vouch: object.get("vouch").and_then(Vouch::read),
        })
    }

    pub fn signer(&self) -> Signer {
        self.person.map_or(Signer::Member(self.member), Signer::Person)
    }

    pub fn seal(&self) -> Seal {
        self.seal
    }

    /// Whether the key has signed itself: that whoever announces it holds it. Not whose it is.
    pub fn is_self_signed(&self) -> bool {
        self.change == Change::Introduced
            && self.seal.key == self.key.fingerprint()
            && check_signature(&self.key, self.change.purpose(), &self.payload, &self.seal).is_ok()
    }

    /// Verifies the member's word that the key is that of a person of its own.
    pub fn verify_vouch(&self, ring: &KeyRing, received: Timestamp) -> Result<Verified<MemberId>, Refusal> {
        let Vouch { at, seal } = self.vouch.ok_or(Refusal::NoKey)?;
        let payload = vouch_payload(&self.payload, at);
        let by = Signer::Member(self.member);
        let proof = ring.check(by, Purpose::KeyVouched, &payload, &seal, at, received)?;
        Ok(Verified::signed(self.member, proof))
    }

    /// Verifies it against the keys that are known: what a key that is known to be the signer's says of another or of
    /// itself. An introduction is proven by nothing but a key that is known already.
    pub fn verify(self, ring: &KeyRing, received: Timestamp) -> Result<Verified<Self>, Refusal> {
        match self.change {
            Change::Introduced if !self.is_self_signed() => Err(Refusal::Altered),
            Change::Introduced | Change::Rotated => {
                // The key that signs a rotation is followed from that instant on: its last word is dated before it.
                let said = self.at.checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap_or(self.at);
                let at = if self.change == Change::Rotated { said } else { self.at };
                let (signer, purpose) = (self.signer(), self.change.purpose());
                let proof = ring.check(signer, purpose, &self.payload, &self.seal, at, received)?;
                Ok(Verified::signed(self, proof))
            }
            Change::Revoked => {
                let (signer, seal) = (self.signer(), self.seal);
                if !ring.knows(signer) {
                    return Err(Refusal::NoKey);
                }
                // A stolen key may revoke itself: that harms nobody but the thief. So its dates do not matter.
                let known = ring.public(signer, seal.key).ok_or(Refusal::UnknownKey(seal.key))?;
                check_signature(&known, self.change.purpose(), &self.payload, &seal)?;
                // A key that was given up says nothing of those that followed it.
                if !ring.is_same_or_later(signer, seal.key, self.key.fingerprint()) {
                    return Err(Refusal::Superseded(seal.key));
                }
                let proof = Proof::Signed { by: signer, key: seal.key, at: self.at };
                Ok(Verified::signed(self, proof))
            }
        }
    }
}

#[cfg(test)]
mod tests;

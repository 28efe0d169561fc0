//! Receipts: what became of an object at one of its recipients, told to its producer, by name or anonymously within a
//! community (ADR 0024).
//!
//! A receipt says that a member reached one state about one object. It has an id of its own for these three, so that
//! saying it again is a version of it, and what a reader makes of receipts does not depend on their order
//! ([`fold`]).

pub mod fold;

use jiff::Timestamp;
use kizuna_stix::{Fault, Id, Object, time};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::label::{Label, Tlp};
use crate::marking::extension;
use crate::party::{CommunityId, MemberId, Party, derived};
use crate::travel::{head, stated};

pub use fold::{Reached, Told};

/// The STIX type.
pub const KIND: &str = "kizuna-receipt";

const NOTE_CHARS: usize = 2_000;

/// What became of an object. The first seven are how far a recipient is; of two told at the same instant the one that
/// stands further back in this list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The recipient's node has it; told by that node.
    Delivered,
    Read,
    /// Somebody is at it.
    Acting,
    /// It was seen there.
    Sighted,
    /// What it warns of is blocked there, so many times.
    Blocked,
    /// What was asked for is done.
    Done,
    NotAffected,
    /// It was of use, so many times.
    Used,
    /// What it says is not so.
    False,
    NotUseful,
    /// It was taken back, and the recipient's node took it out; told by that node.
    Recalled,
}

impl State {
    pub const ALL: [Self; 11] = [
        Self::Delivered,
        Self::Read,
        Self::Acting,
        Self::Sighted,
        Self::Blocked,
        Self::Done,
        Self::NotAffected,
        Self::Used,
        Self::False,
        Self::NotUseful,
        Self::Recalled,
    ];

    /// What a person can say; the others are told by nodes.
    pub const SAID: [Self; 9] = [
        Self::Read,
        Self::Acting,
        Self::Sighted,
        Self::Blocked,
        Self::Done,
        Self::NotAffected,
        Self::Used,
        Self::False,
        Self::NotUseful,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Acting => "acting",
            Self::Sighted => "sighted",
            Self::Blocked => "blocked",
            Self::Done => "done",
            Self::NotAffected => "not-affected",
            Self::Used => "used",
            Self::False => "false",
            Self::NotUseful => "not-useful",
            Self::Recalled => "recalled",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether it says how far a recipient is, rather than what it makes of the object.
    pub fn is_progress(self) -> bool {
        self <= Self::NotAffected
    }

    /// Whether it can be counted.
    pub fn is_counted(self) -> bool {
        matches!(self, Self::Sighted | Self::Blocked | Self::Used)
    }
}

/// Who tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Member(MemberId),
    /// A member of this community that is not named; its owner vouches that it is one, and counts it once.
    Anonymous {
        community: CommunityId,
        owner: MemberId,
    },
}

/// One version of a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub id: Id,
    pub by: By,
    pub object_ref: Id,
    /// The version of the object that it is about, where that has versions.
    pub object_modified: Option<Timestamp>,
    pub state: State,
    /// When the state was reached first.
    pub created: Timestamp,
    pub modified: Timestamp,
    /// How often, in all.
    pub count: Option<u64>,
    pub note: Option<String>,
}

/// The object is no receipt: which property, and the rule that it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{property}: {rule}")]
pub struct BadReceipt {
    pub property: &'static str,
    pub rule: &'static str,
}

/// The id of a member's receipt of a state about an object: one for the three.
pub fn id(by: MemberId, object: &Id, state: State) -> Id {
    Id::new(KIND, derived("receipt", &format!("{by} {object} {}", state.as_str())))
}

/// The id of an anonymous receipt: the same member gives one for each object and state, and nobody without the secret
/// of its node can tell from the id whose it is, or make the id.
pub fn anonymous_id(
    secret: &[u8; 32],
    (by, community): (MemberId, CommunityId),
    object: &Id,
    state: State,
) -> Id {
    let words = format!("{by} {community} {object} {}", state.as_str());
    let keyed = hex::encode(keyed_digest(secret, words.as_bytes()));
    Id::new(KIND, derived("anonymous-receipt", &keyed))
}

/// HMAC with SHA-256 (RFC 2104) under a key of 32 octets.
pub fn keyed_digest(secret: &[u8; 32], words: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let mut inner = [0x36_u8; BLOCK];
    let mut outer = [0x5c_u8; BLOCK];
    for (place, octet) in secret.iter().enumerate() {
        inner[place] ^= octet;
        outer[place] ^= octet;
    }
    let inside = Sha256::new().chain_update(inner).chain_update(words).finalize();
    Sha256::new().chain_update(outer).chain_update(inside).finalize().into()
}

/// Under which label a receipt is: for whom it is meant, as far as they may read its object, and nobody else. What the
/// object asks of its readers beside (level, TLP, exercise) is asked of the receipt's too. Originator control is not:
/// a receipt is no part of what its originator controls, and its way back may lead over a node that carries it.
pub fn label(by: By, producer: MemberId, object: &Label) -> Label {
    let told = match by {
        By::Member(member) => [Party::Member(member), Party::Member(producer)],
        By::Anonymous { community, .. } => [Party::Community(community), Party::Member(producer)],
    };
    // The clients of a member that is named have no part in it.
    let strict = object.tlp().map_or(Tlp::AmberStrict, |tlp| tlp.max(Tlp::AmberStrict));
    let told = Label::builder().rel(told).tlp(strict);
    object.on_the_way_back().narrowed(&told)
}

impl Receipt {
    /// A member's, told for the first time.
    pub fn by_name(by: MemberId, object_ref: Id, state: State, at: Timestamp) -> Self {
        Self {
            id: id(by, &object_ref, state),
            by: By::Member(by),
            object_ref,
            object_modified: None,
            state,
            created: at,
            modified: at,
            count: None,
            note: None,
        }
    }

    /// Whether it says nothing but words and numbers of the schema: it needs nobody's decision to go back to the
    /// producer of its object.
    pub fn is_plain(&self) -> bool {
        self.note.is_none()
    }

    /// The STIX object, without markings.
    ///
    /// # Errors
    /// The faults where a text is not allowed in STIX.
    pub fn object(&self) -> Result<Object, Vec<Fault>> {
        let mut body = Map::new();
        body.insert("object_ref".to_owned(), json!(self.object_ref.as_str()));
        body.insert("state".to_owned(), json!(self.state));
        if let Some(version) = self.object_modified {
            body.insert("object_modified".to_owned(), json!(time::format(version)));
        }
        if let Some(count) = self.count {
            body.insert("count".to_owned(), json!(count));
        }
        if let Some(note) = &self.note {
            body.insert("note".to_owned(), json!(note));
        }
        let author = match self.by {
            By::Member(member) => member,
            By::Anonymous { community, owner } => {
                body.insert("community".to_owned(), json!(community));
                owner
            }
        };
        let mut object = stated(KIND, &extension::RECEIPT, author, self.modified, &[], body);
        object.insert("id".to_owned(), json!(self.id.as_str()));
        object.insert("created".to_owned(), json!(time::format(self.created)));
        Object::from_value(Value::Object(object))
    }

    /// Reads a receipt. One by name whose id is not that of its member, object and state is none.
    pub fn read(object: &Object) -> Result<Self, BadReceipt> {
        let bad = |property| BadReceipt { property, rule: "is missing or malformed" };
        let (author, modified) =
            head(object, KIND, &extension::RECEIPT).map_err(|error| bad(error.property))?;
        let object_ref: Option<Id> = object.text("object_ref").and_then(|id| id.parse().ok());
        let object_ref = object_ref.ok_or_else(|| bad("object_ref"))?;
        let state = object.text("state").and_then(State::from_word).ok_or_else(|| bad("state"))?;
        let by = match object.get("community") {
            Some(community) => {
                let community: Result<Uuid, _> = serde_json::from_value(community.clone());
                let community = CommunityId(community.map_err(|_| bad("community"))?);
                By::Anonymous { community, owner: author }
            }
            None => By::Member(author),
        };
        if matches!(by, By::Member(_)) && *object.id() != id(author, &object_ref, state) {
            return Err(BadReceipt { property: "id", rule: "is not that of its member, object and state" });
        }
        let count = match object.get("count") {
            Some(count) => Some(count.as_u64().ok_or_else(|| bad("count"))?),
            None => None,
        };
        let at = |property| crate::alert::instant(object, property).map_err(bad);
        let receipt = Self {
            id: object.id().clone(),
            by,
            object_ref,
            object_modified: at("object_modified")?,
            state,
            created: at("created")?.unwrap_or(modified),
            modified,
            count,
            note: object.text("note").map(str::to_owned),
        };
        receipt.check()?;
        Ok(receipt)
    }

    /// The rules of the JSON Schema.
    pub fn check(&self) -> Result<(), BadReceipt> {
        let rule =
            |holds: bool, property, rule| if holds { Ok(()) } else { Err(BadReceipt { property, rule }) };
        let is_sound =
            self.count.is_none_or(|count| (1..=1 << 53).contains(&count) && self.state.is_counted());
        rule(is_sound, "count", "from 1, of what is sighted, blocked or used")?;
        let note = self.note.as_deref();
        let is_note = note.is_none_or(|note| crate::alert::is_text(note, NOTE_CHARS));
        rule(is_note, "note", "a note has 1 to 2,000 characters")?;
        let is_silent = matches!(self.by, By::Member(_)) || self.note.is_none();
        rule(is_silent, "note", "an anonymous receipt has no words of its own: they would name who writes")
    }
}

/// Whether a source is the author of this object as far as it is a receipt by name, as with overlays.
pub fn is_its_own(object: &Object, source: MemberId) -> bool {
    if object.kind() != KIND || object.get("community").is_some() {
        return true;
    }
    Receipt::read(object).is_ok_and(|receipt| receipt.by == By::Member(source))
}

/// The community and its owner for which an object is an anonymous receipt.
pub fn anonymous_in(object: &Object) -> Option<(CommunityId, MemberId)> {
    if object.kind() != KIND {
        return None;
    }
    match Receipt::read(object).ok()?.by {
        By::Anonymous { community, owner } => Some((community, owner)),
        By::Member(_) => None,
    }
}

#[cfg(test)]
mod tests;

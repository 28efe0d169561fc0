//! Have and want: before content goes to a peer, the peer is told which versions there are and says which it lacks
//! (NNTP's IHAVE, RFC 3977 §6.3.2). So in a mesh each version goes to each node about once, however many ways there are.

use kizuna_access::MemberId;
use kizuna_stix::Id;
use serde::{Deserialize, Serialize};

/// Versions in one offer.
pub const OFFERED: usize = 2_000;

/// A version that somebody could send. Its digest is of its canonical bytes, `modified` included, so that it names the
/// version too; whoever is offered it may read it at the peer that offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offered {
    pub id: Id,
    #[serde(with = "hex_digest")]
    pub digest: [u8; 32],
    /// Whose contribution it is there.
    pub source: MemberId,
}

/// What somebody could send.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    pub versions: Vec<Offered>,
}

/// What the other side lacks, as places in the offer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answer {
    pub wanted: Vec<usize>,
}

/// One contribution that the other side holds and that who asks may read there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub digest: [u8; 32],
    pub source: MemberId,
    /// Whether its source is proven to be its author.
    pub authored: bool,
}

impl Offered {
    /// Whether it is wanted by who holds this of its object, when `asking` offers it.
    ///
    /// The same bytes of the same source are held already, and so is what its author is proven to have given. What the
    /// asking member gave itself is wanted beside what others gave: it may be taken back by its giver alone. What it
    /// only passes on is not: its bytes are here. A marking definition counts for who gave it, so it is wanted from each.
    pub fn is_wanted(&self, asking: MemberId, held: &[Held]) -> bool {
        if self.id.kind() == "marking-definition" {
            return !held.iter().any(|held| held.digest == self.digest && held.source == asking);
        }
        let is_relayed = self.source != asking;
        !held.iter().any(|held| {
            held.digest == self.digest && (is_relayed || held.authored || held.source == self.source)
        })
    }
}

impl Answer {
    /// Of what was offered, what is wanted: one truth value each. Places that were not offered are passed over.
    pub fn of(&self, offered: usize) -> Vec<bool> {
        let mut wanted = vec![false; offered];
        for place in &self.wanted {
            if let Some(wanted) = wanted.get_mut(*place) {
                *wanted = true;
            }
        }
        wanted
    }
}

/// A digest as hexadecimal text.
mod hex_digest {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(digest: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(digest))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).map_err(serde::de::Error::custom)?;
        Ok(digest)
    }
}

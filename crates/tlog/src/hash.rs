//! Hashes of the Merkle tree (RFC 6962 §2.1): SHA-256, with a byte in front that tells leaves from nodes.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// A SHA-256 of the tree. As text it is standard base64 with padding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hash(pub [u8; 32]);

/// The text is not 32 octets in standard base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a hash: 32 octets in base64 are 44 characters")]
pub struct BadHash;

impl Hash {
    /// Octets of one hash in a tile.
    pub const SIZE: usize = 32;

    /// The root of the tree without leaves.
    pub fn of_nothing() -> Self {
        Self(Sha256::digest([]).into())
    }
}

/// The hash of a leaf: `SHA-256(0x00 || entry)`.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0x00]).chain_update(entry).finalize().into())
}

/// The hash of a node: `SHA-256(0x01 || left || right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut octets = [0x01; 65];
    octets[1..33].copy_from_slice(&left.0);
    octets[33..].copy_from_slice(&right.0);
    Hash(Sha256::digest(octets).into())
}

/// The root over leaf hashes whose number is a power of two.
pub(crate) fn root_of_full(hashes: &[Hash]) -> Hash {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| node_hash(&pair[0], &pair[pair.len() - 1])).collect();
    }
    level.first().copied().unwrap_or_else(Hash::of_nothing)
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for Hash {
    type Err = BadHash;

    fn from_str(text: &str) -> Result<Self, BadHash> {
        let octets = STANDARD.decode(text).map_err(|_| BadHash)?;
        octets.try_into().map(Self).map_err(|_| BadHash)
    }
}

//! Transparency logs: hashing, tiles, proofs, signed checkpoints, co-signatures, and what a witness decides.
//!
//! Owns the formats of C2SP (`tlog-tiles`, `tlog-checkpoint`, `tlog-cosignature`, `tlog-witness`, `tlog-proof`,
//! `signed-note`) over the Merkle tree of RFC 6962, and the tree of one second ([`second`]), whose root is a leaf of
//! the log. Refuses clocks, randomness, storage and transport: they are arguments. No cryptography of our own: SHA-256,
//! and Ed25519 with strict verification.
//!
//! Start at [`tree::Tree`], which makes proofs from tiles, and [`proof`], which checks them.

mod checkpoint;
mod cosignature;
mod hash;
mod note;
pub mod proof;
mod proof_file;
pub mod second;
mod tile;
pub mod tree;
mod witness;

pub use checkpoint::{BadCheckpoint, Checkpoint, Head};
pub use cosignature::Cosignature;
pub use hash::{BadHash, Hash, leaf_hash, node_hash};
pub use note::{
    BadKey, BadNote, Cosigner, KeyName, LARGEST_NOTE, MOST_SIGNATURES, Note, NoteSignature, Signed, Signer,
    Use, Verifier,
};
pub use proof_file::{BadProofFile, LARGEST_PROOF, ProofFile};
pub use tile::{BadTile, TILE, Tile};
pub use witness::{AddCheckpoint, BadRequest, LARGEST_REQUEST, Seen, Verdict, judge};

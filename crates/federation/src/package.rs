//! Transfer packages: what crosses a domain boundary on a disk or through a diode.
//!
//! A package is a stream of octets inside age encryption (which is the caller's: it takes randomness). Inside it is
//! plain, so that `age -d | less` shows all of it, and it has one form only: whatever is not written exactly like this is
//! none.
//!
//! ```text
//! kizuna-package 1
//! manifest 1234
//! {"ceiling":…,"channel":"north","from":…,"parts":[{"kind":"checkpoint",…},…],"sequence":7,…}
//! seal FINGERPRINT ed25519:SIGNATURE
//! part checkpoint 310
//! …
//! part objects.1 1048420
//! one object a line, canonical JSON
//! part proofs.1 921600
//! leaf 41 HASH HASH …          the path of a leaf of the log, for the lines after it
//! open BASE64                  how the object on the same line of objects.1 stands in that leaf
//! end
//! ```
//!
//! The manifest is canonical JSON and is what the exporting member signs; it commits to every part by SHA-256, and to the
//! package before it on the same channel. [`Draft`] and [`write`](fn@write) make a package in bounded memory, [`Opened`]
//! reads one. What a package says counts for nothing until it has passed [`crate::guard`].

mod framing;
mod manifest;
mod proof;
mod reader;
mod writer;

pub use framing::BadPackage;
pub use manifest::{Digest, Holds, LogEnd, Manifest, Part, PartKind, Signed};
pub use proof::{BadShown, Proofs, Shown};
pub use reader::{Content, Opened};
pub use writer::{Draft, Drafted, log_parts, write};

/// Octets of a manifest at most: some 60,000 parts.
pub const LARGEST_MANIFEST: u64 = 16 << 20;
/// Octets of one part at most.
pub const LARGEST_PART: u64 = 32 << 20;
/// Parts of a package at most.
pub const MOST_PARTS: usize = 65_536;
/// Objects of one part at most.
pub const MOST_OBJECTS: usize = 20_000;
/// A part is closed when it has so many octets.
const FULL_PART: usize = 1 << 20;
/// Recipients of a package at most.
pub const MOST_RECIPIENTS: usize = 20;
/// Characters of a channel's name at most.
pub const LONGEST_NAME: usize = 64;

/// Whether a channel may have this name: small letters, digits, `-`, `_` and `.`.
pub fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    !name.is_empty() && name.len() <= LONGEST_NAME && name.chars().all(is_plain) && !name.starts_with('.')
}

//! Signing keys, signatures, and what is proven by them.
//!
//! Owns keys and their text ([`PublicKey`]), signing for one purpose ([`Purpose`]), the dated history of everybody's
//! keys ([`KeyRing`]), the objects by which members attest what they publish ([`Attestation`]) and announce their keys
//! ([`Announcement`]), and [`Verified`], which nothing but a successful verification makes. Refuses clocks, randomness
//! and storage: they are arguments.
//!
//! No cryptography of our own: Ed25519 (RFC 8032, strict verification) and SHA-256 over canonical JSON (RFC 8785).

mod announcement;
mod approval;
mod attestation;
mod key;
mod ring;
mod signature;
mod verified;

pub use announcement::{Announcement, Change, KEY_KIND, NewAnnouncement, under_markings, vouched};
pub use approval::Agreement;
pub use attestation::{ATTESTATION_KIND, Attestation, ENTRIES, Entry, NewAttestation, label_digest, seal_of};
pub use key::{BadKey, Fingerprint, PublicKey, SecretKey};
pub use ring::KeyRing;
pub use signature::{BadSignature, Purpose, Seal, Signature};
pub use verified::{Proof, Refusal, Statement, Verified};

pub use kizuna_access::rights::Signer;

//! Proofs as files (C2SP `tlog-proof`): everything that an offline check needs beside the content and trusted keys.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{BadCheckpoint, Checkpoint, decimal};
use crate::hash::Hash;
use crate::note::{BadNote, LARGEST_NOTE, Note, Verifier};
use crate::proof::{self, BadProof, LONGEST};

/// Octets of a proof at most.
pub const LARGEST_PROOF: usize = 128 << 10;
const TITLE: &str = "c2sp.org/tlog-proof@v1";

/// An inclusion proof with the checkpoint that it leads to. Nothing of it is trusted until it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofFile {
    /// What an application needs to work out the entry.
    pub extra: Option<Vec<u8>>,
    /// Which leaf of the log.
    pub index: u64,
    /// Siblings, from the leaf up.
    pub path: Vec<Hash>,
    pub checkpoint: Note,
}

/// The octets are no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadProofFile {
    #[error("a proof of more than {LARGEST_PROOF} octets")]
    TooLarge,
    #[error("not text")]
    NotText,
    #[error("it does not begin with the line {TITLE}")]
    Title,
    #[error("its extra data is not base64")]
    Extra,
    #[error("it has no line with an index")]
    Index,
    #[error("line {0} of its path is no hash")]
    Hash(usize),
    #[error("its path has more than {LONGEST} hashes")]
    TooLong,
    #[error("it has no checkpoint after an empty line")]
    NoCheckpoint,
    #[error("its checkpoint: {0}")]
    Note(#[from] BadNote),
    #[error("its checkpoint: {0}")]
    Checkpoint(#[from] BadCheckpoint),
    #[error("its checkpoint is not signed by {0}")]
    Unsigned(&'static str),
    #[error("its checkpoint is one of another log")]
    OtherLog,
    #[error(transparent)]
    Proof(#[from] BadProof),
}

impl ProofFile {
    /// Reads a proof.
    pub fn read(octets: &[u8]) -> Result<Self, BadProofFile> {
        if octets.len() > LARGEST_PROOF {
            return Err(BadProofFile::TooLarge);
        }
        let text = std::str::from_utf8(octets).map_err(|_| BadProofFile::NotText)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(BadProofFile::NoCheckpoint)?;
        let mut lines = head.split('\n');
        if lines.next() != Some(TITLE) {
            return Err(BadProofFile::Title);
        }
        let mut line = lines.next().ok_or(BadProofFile::Index)?;
        let mut extra = None;
        if let Some(data) = line.strip_prefix("extra ") {
            extra = Some(STANDARD.decode(data).map_err(|_| BadProofFile::Extra)?);
            line = lines.next().ok_or(BadProofFile::Index)?;
        }
        let index = line.strip_prefix("index ").and_then(decimal).ok_or(BadProofFile::Index)?;
        let mut path = Vec::new();
        for (at, line) in lines.enumerate() {
            if at >= LONGEST {
                return Err(BadProofFile::TooLong);
            }
            path.push(line.parse().map_err(|_| BadProofFile::Hash(at + 1))?);
        }
        if checkpoint.len() > LARGEST_NOTE {
            return Err(BadProofFile::TooLarge);
        }
        Ok(Self { extra, index, path, checkpoint: Note::read(checkpoint.as_bytes())? })
    }

    /// Checks that the log of this key has the leaf, by the log's signed checkpoint; which that is.
    pub fn check(&self, leaf: &Hash, log: &Verifier) -> Result<Checkpoint, BadProofFile> {
        if !self.checkpoint.is_signed_by(log) {
            return Err(BadProofFile::Unsigned("the log"));
        }
        let checkpoint = Checkpoint::read(self.checkpoint.text())?;
        if checkpoint.origin != log.name().as_str() {
            return Err(BadProofFile::OtherLog);
        }
        let head = checkpoint.head;
        proof::inclusion(leaf, self.index, head.size, &self.path, &head.root)?;
        Ok(checkpoint)
    }
}

/// As it is sent.
impl fmt::Display for ProofFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.path {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests;

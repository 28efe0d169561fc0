//! The proofs of one part: how each of its objects stands in the sender's log.

use std::fmt::Write as _;

use kizuna_tlog::second::Opening;
use kizuna_tlog::{Checkpoint, Hash, proof};

/// How one version stands in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Which leaf.
    pub index: u64,
    /// From the leaf to the root of the package's checkpoint.
    pub path: Vec<Hash>,
    pub opening: Opening,
}

/// A line is no proof, or shows something else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadShown {
    #[error("proof {0} is not written as one")]
    Form(usize),
    #[error("there are fewer proofs than objects, or more")]
    Count,
    #[error("it does not lead to the checkpoint: {0}")]
    Leads(String),
}

impl Shown {
    /// Checks that the log of this checkpoint has the version whose canonical JSON has this SHA-256.
    pub fn check(&self, digest: &[u8; 32], checkpoint: &Checkpoint) -> Result<(), BadShown> {
        let leads = |error: proof::BadProof| BadShown::Leads(error.to_string());
        let leaf = self.opening.leaf(digest).map_err(leads)?;
        let head = &checkpoint.head;
        proof::inclusion(&leaf, self.index, head.size, &self.path, &head.root).map_err(leads)
    }
}

/// Proofs as they are written: a leaf's path once for the objects under it.
#[derive(Debug, Default)]
pub struct Proofs {
    text: String,
    leaf: Option<u64>,
}

impl Proofs {
    pub fn add(&mut self, shown: &Shown) {
        if self.leaf != Some(shown.index) {
            self.leaf = Some(shown.index);
            // Writing to a text never fails.
            let _ = write!(self.text, "leaf {}", shown.index);
            for hash in &shown.path {
                let _ = write!(self.text, " {}", hex::encode(hash.0));
            }
            self.text.push('\n');
        }
        let _ = writeln!(self.text, "open {}", hex::encode(shown.opening.octets()));
    }

    pub fn take(&mut self) -> Vec<u8> {
        self.leaf = None;
        std::mem::take(&mut self.text).into_bytes()
    }

    /// Reads the proofs of so many objects.
    pub fn read(octets: &[u8], objects: usize) -> Result<Vec<Shown>, BadShown> {
        let text = std::str::from_utf8(octets).map_err(|_| BadShown::Form(0))?;
        let mut found: Vec<Shown> = Vec::new();
        let mut leaf: Option<(u64, Vec<Hash>)> = None;
        for line in text.split_terminator('\n') {
            let bad = || BadShown::Form(found.len() + 1);
            if let Some(line) = line.strip_prefix("leaf ") {
                leaf = Some(leaf_of(line).ok_or_else(bad)?);
                continue;
            }
            if found.len() >= objects {
                return Err(BadShown::Count);
            }
            let octets = line.strip_prefix("open ").and_then(|octets| hex::decode(octets).ok());
            let opening = octets.and_then(|octets| Opening::read(&octets).ok()).ok_or_else(bad)?;
            let (index, path) = leaf.clone().ok_or_else(bad)?;
            found.push(Shown { index, path, opening });
        }
        if found.len() == objects { Ok(found) } else { Err(BadShown::Count) }
    }
}

fn leaf_of(line: &str) -> Option<(u64, Vec<Hash>)> {
    let mut words = line.split(' ');
    let index = super::framing::decimal(words.next()?)?;
    let mut path = Vec::new();
    for word in words {
        if path.len() >= proof::LONGEST {
            return None;
        }
        let mut hash = [0; 32];
        hex::decode_to_slice(word, &mut hash).ok()?;
        path.push(Hash(hash));
    }
    Some((index, path))
}

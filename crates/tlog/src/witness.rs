//! What a witness decides about a checkpoint (C2SP `tlog-witness`), as a pure function of what it knows.
//!
//! Whoever calls [`judge`] keeps the head that it says to co-sign before it answers, and lets no other request for the
//! same log in between.

use std::fmt;

use crate::checkpoint::{Checkpoint, Head, decimal};
use crate::hash::Hash;
use crate::note::{LARGEST_NOTE, Note, Signed, Verifier};
use crate::proof::{self, BadProof};

/// Octets of a request at most.
pub const LARGEST_REQUEST: usize = LARGEST_NOTE + (4 << 10);
/// Lines of a consistency proof at most.
const LONGEST: usize = 63;

/// A request to co-sign a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the witness is said to have seen last.
    pub old: u64,
    /// That the tree of the old size begins the new one.
    pub proof: Vec<Hash>,
    pub note: Note,
}

/// The octets are no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a request to add a checkpoint: {0}")]
pub struct BadRequest(&'static str);

impl AddCheckpoint {
    /// Reads the body of a request.
    pub fn read(octets: &[u8]) -> Result<Self, BadRequest> {
        if octets.len() > LARGEST_REQUEST {
            return Err(BadRequest("it is too large"));
        }
        let text = std::str::from_utf8(octets).map_err(|_| BadRequest("it is not text"))?;
        let (head, note) = text.split_once("\n\n").ok_or(BadRequest("it has no empty line"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(decimal);
        let old = old.ok_or(BadRequest("its first line has no old size"))?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() >= LONGEST {
                return Err(BadRequest("its proof has more than 63 lines"));
            }
            proof.push(line.parse().map_err(|_| BadRequest("a line of its proof is no hash"))?);
        }
        let note = Note::read(note.as_bytes()).map_err(|_| BadRequest("its checkpoint is no signed note"))?;
        Ok(Self { old, proof, note })
    }
}

/// As it is sent.
impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.note)
    }
}

/// The largest checkpoint of a log that the witness has co-signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub head: Head,
}

/// What the witness answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// 200: it keeps this head, then co-signs the checkpoint.
    Cosign(Head),
    /// 400.
    Malformed(&'static str),
    /// 404: it knows no log of this origin.
    UnknownLog,
    /// 403: no key that it trusts for the log has signed it.
    Unsigned,
    /// 409: it has seen the log at another size, which it tells.
    Conflict { size: u64 },
    /// 409 or 422: the log has signed two histories: of one size, or of which the larger does not begin with the
    /// smaller, by the log's own proof. The two signed checkpoints and the proof convince anybody.
    Forked { size: u64, same_size: bool },
    /// 422: the log's proof does not show that its history goes on from what was seen.
    Unproven(BadProof),
}

impl Verdict {
    /// The status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Cosign(_) => 200,
            Self::Malformed(_) => 400,
            Self::Unsigned => 403,
            Self::UnknownLog => 404,
            Self::Conflict { .. } | Self::Forked { same_size: true, .. } => 409,
            Self::Forked { same_size: false, .. } | Self::Unproven(_) => 422,
        }
    }
}

/// Judges a request. `log` finds the key trusted for an origin and what was seen of that log.
pub fn judge<'a>(
    request: &AddCheckpoint,
    log: impl FnOnce(&str) -> Option<(&'a Verifier, Option<Seen>)>,
) -> Verdict {
    let Ok(checkpoint) = Checkpoint::read(request.note.text()) else {
        return Verdict::Malformed("the note is no checkpoint");
    };
    let Some((key, seen)) = log(&checkpoint.origin) else { return Verdict::UnknownLog };
    if !matches!(request.note.signature_of(key), Signed::By { .. }) {
        return Verdict::Unsigned;
    }
    let new = checkpoint.head;
    if request.old > new.size {
        return Verdict::Malformed("the old size is larger than that of the checkpoint");
    }
    let seen = seen.map_or(Head { size: 0, root: Hash::of_nothing() }, |seen| seen.head);
    let (old, same_size) = (seen.size, new.size == seen.size);
    if seen.size > 0 && same_size && new.root != seen.root {
        return Verdict::Forked { size: old, same_size };
    }
    if request.old != old {
        return Verdict::Conflict { size: old };
    }
    match proof::consistency(old, new.size, &request.proof, &seen.root, &new.root) {
        Ok(()) => Verdict::Cosign(new),
        // It leads to what the log has just signed, and from something else than what it signed before.
        Err(BadProof::OtherBeginning) if old > 0 => Verdict::Forked { size: old, same_size },
        Err(why) => Verdict::Unproven(why),
    }
}

#[cfg(test)]
mod tests;

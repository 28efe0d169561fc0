//! Checks that need no node: files, and keys that whoever checks trusts.

use kizuna_stix::{Object, canonical};
use kizuna_tlog::second::Opening;
use kizuna_tlog::{Checkpoint, Hash, Note, ProofFile, Signed, Verifier, proof};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Why something is not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unproven(String);

/// What a proof shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proven {
    pub origin: String,
    /// The leaf, and how many the log had.
    pub index: u64,
    pub size: u64,
    /// When the log took it in, in seconds since 1970.
    pub second: u64,
    /// The witnesses that co-signed that checkpoint, and when.
    pub witnesses: Vec<Witnessed>,
}

/// A co-signature that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Witnessed {
    pub name: String,
    /// Seconds since 1970.
    pub at: u64,
}

#[allow(clippy::needless_pass_by_value)] // Takes errors as `map_err` gives them.
fn unproven(why: impl ToString) -> Unproven {
    Unproven(why.to_string())
}

/// Checks that a version, given as JSON, is in the log of a key, by a proof file. Witnesses that are named must have
/// co-signed.
pub fn version(
    proof: &[u8],
    object: &[u8],
    log: &Verifier,
    witnesses: &[Verifier],
) -> Result<Proven, Unproven> {
    let proof = ProofFile::read(proof).map_err(unproven)?;
    let value = serde_json::from_slice(object).map_err(|error| unproven(format!("the object: {error}")))?;
    let object = Object::from_value(value).map_err(|faults| {
        unproven(format!("the object: {}", faults.first().map(ToString::to_string).unwrap_or_default()))
    })?;
    let bytes: [u8; 32] = Sha256::digest(canonical::map_to_vec(object.value())).into();
    let extra = proof
        .extra
        .as_deref()
        .ok_or_else(|| unproven("the proof does not say how a version is hidden in its leaf"))?;
    let opening = Opening::read(extra).map_err(unproven)?;
    let leaf = opening.leaf(&bytes).map_err(unproven)?;
    let checkpoint = proof.check(&leaf, log).map_err(unproven)?;
    let witnesses = cosigned(&proof.checkpoint, witnesses)?;
    let (index, second) = (proof.index, opening.second);
    Ok(Proven { origin: checkpoint.origin, index, size: checkpoint.head.size, second, witnesses })
}

/// What two checkpoints and a proof show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OneHistory {
    pub origin: String,
    pub old: u64,
    pub size: u64,
}

/// Checks that the later of two signed checkpoints goes on from the earlier, by a proof of hashes one a line.
pub fn checkpoints(old: &[u8], new: &[u8], path: &str, log: &Verifier) -> Result<OneHistory, Unproven> {
    let (old, new) = (checkpoint(old, log)?, checkpoint(new, log)?);
    let lines = path.lines().map(str::parse).collect::<Result<Vec<Hash>, _>>().map_err(unproven)?;
    if old.head.size == new.head.size && old.head.root != new.head.root {
        return Err(unproven("the log has signed two roots for one size: it has two histories"));
    }
    let (from, to) = (old.head, new.head);
    proof::consistency(from.size, to.size, &lines, &from.root, &to.root).map_err(unproven)?;
    Ok(OneHistory { origin: new.origin, old: from.size, size: to.size })
}

fn checkpoint(octets: &[u8], log: &Verifier) -> Result<Checkpoint, Unproven> {
    let note = Note::read(octets).map_err(unproven)?;
    if !note.is_signed_by(log) {
        return Err(unproven("a checkpoint is not signed by the log"));
    }
    let checkpoint = Checkpoint::read(note.text()).map_err(unproven)?;
    if checkpoint.origin != log.name().as_str() {
        return Err(unproven("a checkpoint is one of another log"));
    }
    Ok(checkpoint)
}

fn cosigned(note: &Note, witnesses: &[Verifier]) -> Result<Vec<Witnessed>, Unproven> {
    let one = |witness: &Verifier| {
        let witness = witness.for_use(kizuna_tlog::Use::Cosignature);
        match note.signature_of(&witness) {
            Signed::By { at } => {
                Ok(Witnessed { name: witness.name().to_string(), at: at.unwrap_or_default() })
            }
            Signed::Not | Signed::Forged => {
                Err(unproven(format!("its checkpoint is not co-signed by {}", witness.name())))
            }
        }
    };
    witnesses.iter().map(one).collect()
}

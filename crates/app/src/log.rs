//! The node's log: its key, its checkpoints, proofs of what somebody reads, and the witnesses on both sides.
//!
//! The log is the same octets for everybody who may ask. The proof of a version is for who may read the version.

mod compare;
mod key;
mod schedule;
pub mod verify;
mod witness;
mod witnesses;

use jiff::Timestamp;
use kizuna_access::Principal;
use kizuna_stix::Id;
use kizuna_tlog::{Checkpoint, Head, Note, ProofFile, Signed, Tile, Verifier};
use serde::Serialize;

pub use key::LogKey;
pub use schedule::LogSchedules;
pub use witness::{Answered, Followed, Split};
pub use witnesses::{NewWitness, Witness};

use crate::people::People;
use crate::{AppError, Item, Node, Reading};

/// Node state of the log.
const STATE: &str = "log";
/// The last checkpoint that witnesses were asked to co-sign, with their co-signatures.
const PUBLISHED: &str = "published";

/// How the log stands, for a page and for `kizuna log`.
#[derive(Debug, Clone, Serialize)]
pub struct LogStatus {
    pub origin: String,
    /// What checks its checkpoints.
    pub key: String,
    /// Leaves.
    pub size: u64,
    /// Hexadecimal.
    pub root: String,
    /// The second of its last leaf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
    /// The size of the last checkpoint that witnesses were asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witnessed: Option<u64>,
    /// Who co-signed that checkpoint.
    pub cosigned: Vec<Cosigned>,
}

/// A witness that co-signed the last published checkpoint.
#[derive(Debug, Clone, Serialize)]
pub struct Cosigned {
    /// Of its key.
    pub name: String,
    pub at: Timestamp,
}

/// The partners on both sides, for who runs the node.
#[derive(Debug, Clone, Serialize)]
pub struct LogPartners {
    /// Whom this log asks, and when each last co-signed.
    pub witnesses: Vec<Witness>,
    /// Logs of others that it co-signs.
    pub followed: Vec<Followed>,
    /// Logs that showed two histories, with both signed checkpoints.
    pub splits: Vec<Split>,
}

impl Node {
    /// The newest checkpoint: with the co-signatures of witnesses, where there are any; else of this moment.
    pub fn log_checkpoint(&self) -> Result<Note, AppError> {
        let key = self.log_key()?;
        match self.published(&key)? {
            Some((note, _)) if !self.log_witnesses()?.is_empty() => Ok(note),
            _ => Ok(self.signed(&key, None)?.0),
        }
    }

    /// A checkpoint of a size (without one, of the whole log), signed now.
    pub(crate) fn signed(&self, key: &LogKey, size: Option<u64>) -> Result<(Note, Head), AppError> {
        let log = self.store.log()?;
        let head = log.head_at(size.unwrap_or_else(|| log.size()))?;
        Ok((key.sign(head)?, head))
    }

    /// What was last published under the key that the log has now.
    fn published(&self, key: &LogKey) -> Result<Option<(Note, Head)>, AppError> {
        let Some(kept) = self.store.state(STATE, PUBLISHED)? else { return Ok(None) };
        let Ok(note) = Note::read(&kept) else { return Ok(None) };
        let checkpoint = Checkpoint::read(note.text()).ok().filter(|_| note.is_signed_by(&key.verifier()));
        Ok(checkpoint.map(|checkpoint| (note, checkpoint.head)))
    }

    /// The hashes of a tile.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the log has not as many there.
    pub fn log_tile(&self, tile: Tile) -> Result<Vec<u8>, AppError> {
        self.store.log()?.tile(tile)?.ok_or(AppError::NotFound)
    }

    /// The leaves of a tile of level 0.
    ///
    /// # Errors
    /// Like [`Node::log_tile`].
    pub fn log_entries(&self, tile: Tile) -> Result<Vec<u8>, AppError> {
        self.store.log()?.entries(tile)?.ok_or(AppError::NotFound)
    }

    /// That the log of `old` leaves begins the one of `size`: hashes in base64, one a line.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for sizes that it has not reached.
    pub fn log_consistency(&self, old: u64, size: u64) -> Result<String, AppError> {
        let path = self.store.log()?.consistency(old, size)?;
        Ok(path.iter().flat_map(|hash| [hash.to_string(), "\n".to_owned()]).collect())
    }

    /// Makes the leaf of this second, where it has none; the size of the log.
    pub fn seal_log(&self) -> Result<u64, AppError> {
        self.store.seal()?;
        Ok(self.store.log()?.size())
    }

    /// The proof that a version (without one, the newest) is in the log, as this viewer gets it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], hidden and absent alike; [`AppError::Conflict`] for what is under no leaf: a draft, or
    /// what is newer than the last leaf.
    pub fn log_proof(
        &self,
        who: &Principal,
        id: &Id,
        version: Option<Timestamp>,
    ) -> Result<ProofFile, AppError> {
        let key = self.log_key()?;
        let published = self.published(&key)?;
        let reading = self.read(who)?;
        let versions = reading.versions(id)?;
        let mut wanted = versions.iter().rev().filter(|item| version.is_none_or(|at| item.version == at));
        let item = wanted.next().ok_or(AppError::NotFound)?;
        let view = reading.view();
        let newest = view.log_size()?;
        // The one with co-signatures, where it has the version.
        for (note, head) in published.into_iter().filter(|(_, head)| head.size <= newest) {
            if let Some(logged) = view.logged(item, head.size)? {
                return Ok(proof_file(logged, note));
            }
        }
        let none = || AppError::Conflict("it is under no leaf of the log (yet; a draft never is)".to_owned());
        let logged = view.logged(item, newest)?.ok_or_else(none)?;
        Ok(proof_file(logged, self.signed(&key, Some(newest))?.0))
    }

    /// How the log stands.
    pub fn log_status(&self) -> Result<LogStatus, AppError> {
        let key = self.log_key()?;
        let log = self.store.log()?;
        let head = log.head_at(log.size())?;
        let published = self.published(&key)?;
        let mut cosigned = Vec::new();
        for witness in self.log_witnesses()? {
            let (Some((note, _)), Ok(key)) = (&published, witness.key.parse::<Verifier>()) else { continue };
            let Signed::By { at: Some(at) } = note.signature_of(&key) else { continue };
            let at = i64::try_from(at).ok().and_then(|at| Timestamp::from_second(at).ok());
            cosigned.extend(at.map(|at| Cosigned { name: key.name().to_string(), at }));
        }
        Ok(LogStatus {
            origin: key.verifier().name().to_string(),
            key: key.verifier().to_string(),
            size: head.size,
            root: hex::encode(head.root.0),
            last: log.last_second().and_then(|second| Timestamp::from_second(second).ok()),
            witnessed: published.map(|(_, head)| head.size),
            cosigned,
        })
    }

    /// What checks this log's checkpoints.
    pub fn log_verifier(&self) -> Result<Verifier, AppError> {
        Ok(self.log_key()?.verifier())
    }
}

impl People<'_> {
    /// The partners on both sides.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for who does not run the node.
    pub fn log_partners(&self) -> Result<LogPartners, AppError> {
        self.needs_to_run_node()?;
        let node = self.node();
        let (witnesses, followed) = (node.log_witnesses()?, node.log_followed()?);
        Ok(LogPartners { witnesses, followed, splits: node.log_splits()? })
    }
}

impl Reading {
    /// Since when a version that is read here is in the log; nothing where it is under no leaf.
    pub fn logged_since(&self, item: &Item) -> Result<Option<Timestamp>, AppError> {
        let view = self.view();
        let logged = view.logged(item, view.log_size()?)?;
        let second = logged.and_then(|logged| i64::try_from(logged.opening.second).ok());
        Ok(second.and_then(|second| Timestamp::from_second(second).ok()))
    }
}

fn proof_file(logged: kizuna_store::Logged, checkpoint: Note) -> ProofFile {
    ProofFile { extra: Some(logged.opening.octets()), index: logged.index, path: logged.path, checkpoint }
}

#[cfg(test)]
mod tests;

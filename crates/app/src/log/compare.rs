//! What witnesses of one log were shown, side by side: a log that shows each partner another history is caught when two of
//! them meet.
//!
//! At the beginning of an exchange each side says the newest checkpoint of every log that it co-signs. What is of the
//! same size must be the same; of what is not, the log's own node is asked for the proof that both are of one history.

use jiff::Timestamp;
use kizuna_tlog::{AddCheckpoint, Checkpoint, Head, KeyName, Note, Verifier};
use serde::{Deserialize, Serialize};

use super::verify;
use super::witness::{Followed, encode};
use crate::peers::Peer;
use crate::{AppError, Node};

/// Node state: checkpoints that other witnesses were shown and that are not proven to be of the history seen here, by
/// origin and peer.
const SHOWN: &str = "log.shown";
/// Node state: whose a log is, by origin.
const OWNERS: &str = "log.owner";
/// Checkpoints of one peer that are looked at.
const MOST: usize = 100;

/// The peer that was the first to say that a log is its own.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Owner {
    peer: String,
    /// When it was enrolled: another of its name is another.
    since: Timestamp,
}

impl Node {
    /// The newest checkpoint of each log that this node co-signs, as its log signed it.
    pub(crate) fn seen_checkpoints(&self) -> Result<Vec<String>, AppError> {
        Ok(self.log_followed()?.into_iter().filter_map(|log| log.checkpoint).take(MOST).collect())
    }

    /// Compares what a peer was shown with what this node was.
    pub(crate) fn compare_checkpoints(&self, peer: &str, shown: &[String]) -> Result<(), AppError> {
        let followed = self.log_followed()?;
        for text in shown.iter().take(MOST) {
            let Some((note, checkpoint)) = checkpoint(text) else { continue };
            let is_meant =
                |log: &&Followed| log.verifier().is_some_and(|key| is_of(&key, &checkpoint, &note));
            let Some(log) = followed.iter().find(is_meant) else { continue };
            let Some(seen) = log.head() else { continue };
            let key = format!("{} {peer}", checkpoint.origin);
            if seen.size != checkpoint.head.size {
                let kept = Some(text.clone().into_bytes());
                self.store.writer().set_state(SHOWN, &key, kept, None)?;
                continue;
            }
            self.store.writer().set_state(SHOWN, &key, None, None)?;
            if seen.root != checkpoint.head.root {
                self.tell_split(&AddCheckpoint { old: seen.size, proof: Vec::new(), note }, log, true)?;
            }
        }
        Ok(())
    }

    /// Asks a node that says that this log is its own for the proofs that the log has one history, where other witnesses
    /// were shown something else. `prove` gives its proof that the log of one size begins that of another; nothing where it
    /// refuses.
    ///
    /// A proof that holds is one whoever gives it. That there is none is told only where the log is known to be the node's
    /// own: anybody else could name it and refuse.
    pub(crate) fn have_history_proven(
        &self,
        origin: &str,
        is_its_own: bool,
        prove: impl Fn(u64, u64) -> Result<Option<String>, AppError>,
    ) -> Result<(), AppError> {
        for (key, text) in self.store.states(SHOWN)? {
            let Some((note, shown)) = std::str::from_utf8(&text).ok().and_then(checkpoint) else { continue };
            if shown.origin != origin {
                continue;
            }
            // What is asked for and what is judged is the same that was seen, however the log goes on meanwhile.
            let followed = self.log_followed()?;
            let Some(log) = followed.iter().find(|log| log.head_of(origin).is_some()) else { continue };
            let (Some(seen), Some(signed), Some(verifier)) = (log.head(), &log.checkpoint, log.verifier())
            else {
                continue;
            };
            let (old, size) = (seen.size.min(shown.head.size), seen.size.max(shown.head.size));
            let proof = if old == size { None } else { prove(old, size)? }.unwrap_or_default();
            let (before, after) = (signed.as_bytes(), text.as_slice());
            let (before, after) =
                if seen.size <= shown.head.size { (before, after) } else { (after, before) };
            if verify::checkpoints(before, after, &proof, &verifier).is_err() {
                let is_proven = old == size;
                if !is_proven && !is_its_own {
                    continue;
                }
                let proof = proof.lines().filter_map(|line| line.parse().ok()).collect();
                self.tell_split(&AddCheckpoint { old: seen.size, proof, note }, log, is_proven)?;
            }
            // Unless something newer was shown meanwhile.
            self.store.writer().swap_state(SHOWN, &key, Some(text), None, None)?;
        }
        Ok(())
    }

    /// Takes in that an enrolled peer says that the log of this origin is its own. The first to say so is believed as long
    /// as it is enrolled, and only of one origin. Whether it was believed already, from an earlier meeting.
    pub(crate) fn claims_log(&self, peer: &Peer, origin: &str) -> Result<bool, AppError> {
        let (Some(channel), Ok(_)) = (&peer.channel, origin.parse::<KeyName>()) else { return Ok(false) };
        let claim = Owner { peer: peer.name.clone(), since: channel.since };
        let mut outdated = None;
        for (of, value) in self.store.states(OWNERS)? {
            let owner = serde_json::from_slice::<Owner>(&value).ok();
            let is_claim = owner.as_ref() == Some(&claim);
            match (of == origin, owner) {
                (true, _) if is_claim => return Ok(true),
                (true, Some(owner)) if self.is_enrolled(&owner)? => {
                    let owner = owner.peer;
                    tracing::warn!(peer = %peer.name, origin, %owner, "a peer says that the log of another is its own");
                    return Ok(false);
                }
                (true, _) => outdated = Some(value),
                (false, _) if is_claim => {
                    tracing::warn!(peer = %peer.name, origin, first = %of, "a peer says that another log is its own than it said first");
                    return Ok(false);
                }
                (false, _) => {}
            }
        }
        self.store.writer().swap_state(OWNERS, origin, outdated, Some(encode(&claim)?), None)?;
        Ok(false)
    }

    /// Whether the peer is the one that it was when it was believed.
    fn is_enrolled(&self, owner: &Owner) -> Result<bool, AppError> {
        let channel = self.peer(&owner.peer)?.and_then(|peer| peer.channel);
        Ok(channel.is_some_and(|channel| channel.since == owner.since))
    }
}

impl Followed {
    fn head(&self) -> Option<Head> {
        self.seen().map(|seen| seen.head)
    }

    /// What was seen last, where it is the log of this origin.
    fn head_of(&self, origin: &str) -> Option<Head> {
        self.head().filter(|_| self.verifier().is_some_and(|key| key.name().as_str() == origin))
    }
}

fn checkpoint(text: &str) -> Option<(Note, Checkpoint)> {
    let note = Note::read(text.as_bytes()).ok()?;
    let checkpoint = Checkpoint::read(note.text()).ok()?;
    Some((note, checkpoint))
}

/// Whether the log of this key signed the checkpoint.
fn is_of(key: &Verifier, checkpoint: &Checkpoint, note: &Note) -> bool {
    key.name().as_str() == checkpoint.origin && note.is_signed_by(key)
}

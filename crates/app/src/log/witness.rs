//! This node as a witness of others' logs: it co-signs what goes on from what it saw, and keeps as evidence what does not.

use jiff::Timestamp;
use kizuna_store::writer::{Actor, AuditEntry};
use kizuna_tlog::{AddCheckpoint, Checkpoint, Head, Seen, Verdict, Verifier, judge};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::people::People;
use crate::{AppError, Node};

/// Node state: logs that this node co-signs, by origin.
const FOLLOWED: &str = "log.followed";
/// Node state: two histories of one log, by a digest of what was shown second.
const SPLIT: &str = "log.split";
/// Pieces of evidence that are kept; further ones are told in the audit alone.
const MOST_SPLITS: usize = 100;
/// Node state: whether what was told in the audit alone was proven, by the same digest.
const TOLD: &str = "log.split.told";
const IS_PROVEN: &[u8] = b"proven";
const IS_NOT_PROVEN: &[u8] = b"unproven";
/// How often a decision is taken again because the log went on meanwhile.
const ATTEMPTS: usize = 20;

/// A log that this node co-signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// Whose it is, in the words of who added it.
    pub name: String,
    /// The key that its checkpoints must have: `ORIGIN+ID+KEY`.
    pub key: String,
    /// The leaves that were last co-signed.
    pub size: u64,
    pub root: String,
    /// That checkpoint, as it was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// A log that showed two histories, or could not show that it has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    pub at: Timestamp,
    pub origin: String,
    /// Whose it is, in the words of who added it.
    pub name: String,
    /// Whether what is here convinces anybody; else it only says that no proof was given.
    pub proven: bool,
    /// What it had signed before, and what it signed then.
    pub before: String,
    pub shown: String,
    /// The log's own proof of consistency, which leads to what it showed from something else than what it had signed.
    pub proof: Vec<String>,
}

/// The answer to a request to co-sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub status: u16,
    pub media: &'static str,
    pub body: String,
}

impl Followed {
    pub(super) fn verifier(&self) -> Option<Verifier> {
        self.key.parse().ok()
    }

    pub(super) fn seen(&self) -> Option<Seen> {
        let root = self.root.parse().ok()?;
        (self.size > 0).then_some(Seen { head: Head { size: self.size, root } })
    }
}

impl Node {
    /// Logs of others that this node co-signs.
    pub fn log_followed(&self) -> Result<Vec<Followed>, AppError> {
        let kept = self.store.states(FOLLOWED)?;
        Ok(kept.iter().filter_map(|(_, value)| serde_json::from_slice(value).ok()).collect())
    }

    /// Logs that showed two histories, newest first.
    pub fn log_splits(&self) -> Result<Vec<Split>, AppError> {
        let kept = self.store.states(SPLIT)?;
        let mut splits: Vec<Split> =
            kept.iter().filter_map(|(_, value)| serde_json::from_slice(value).ok()).collect();
        splits.sort_by_key(|split| std::cmp::Reverse(split.at));
        Ok(splits)
    }

    /// Answers a request to co-sign a checkpoint (C2SP `tlog-witness`).
    pub fn add_checkpoint(&self, body: &[u8]) -> Result<Answered, AppError> {
        let text = |status: u16, body: &str| Answered {
            status,
            media: "text/plain; charset=utf-8",
            body: format!("{body}\n"),
        };
        let request = match AddCheckpoint::read(body) {
            Ok(request) => request,
            Err(error) => return Ok(text(400, &error.to_string())),
        };
        for _ in 0..ATTEMPTS {
            let origin = Checkpoint::read(request.note.text()).map(|checkpoint| checkpoint.origin);
            let kept = match &origin {
                Ok(origin) => self.store.state(FOLLOWED, origin)?,
                Err(_) => None,
            };
            let followed = kept.as_deref().and_then(|kept| serde_json::from_slice::<Followed>(kept).ok());
            let known = followed.as_ref().and_then(|log| Some((log.verifier()?, log.seen())));
            let verdict = judge(&request, |_| known.as_ref().map(|(key, seen)| (key, *seen)));
            let status = verdict.status();
            match (verdict, followed) {
                (Verdict::Cosign(head), Some(log)) => {
                    let now = self.now();
                    let (size, root) = (head.size, head.root.to_string());
                    let (checkpoint, at) = (Some(request.note.to_string()), Some(now));
                    let value = encode(&Followed { size, root, checkpoint, at, ..log.clone() })?;
                    let origin = log.verifier().map(|key| key.name().to_string()).unwrap_or_default();
                    let writer = self.store.writer();
                    if !writer.swap_state(FOLLOWED, &origin, kept, Some(value), None)? {
                        continue;
                    }
                    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
                    let line = self.log_key()?.cosign(request.note.text(), seconds).to_string();
                    return Ok(text(200, &line));
                }
                (Verdict::Conflict { size }, _) => {
                    return Ok(Answered { status, media: "text/x.tlog.size", body: format!("{size}\n") });
                }
                (Verdict::Forked { .. }, Some(log)) => {
                    self.tell_split(&request, &log, true)?;
                    return Ok(text(status, "this log has signed another history"));
                }
                (Verdict::Unproven(why), Some(log)) => {
                    // A first request that proves too much is a mistake, and no sign of two histories.
                    if log.size > 0 {
                        self.tell_split(&request, &log, false)?;
                    }
                    return Ok(text(status, &why.to_string()));
                }
                (Verdict::Malformed(why), _) => return Ok(text(status, why)),
                (Verdict::Unsigned, _) => return Ok(text(status, "not signed by the key of this log")),
                _ => return Ok(text(404, "no such log")),
            }
        }
        Err(AppError::Unavailable("this log goes on faster than it can be witnessed".to_owned()))
    }

    /// Keeps the evidence of two histories, and tells it in the audit. Once for each checkpoint that was shown, and once
    /// more where what only lacked a proof is proven later.
    pub(super) fn tell_split(
        &self,
        request: &AddCheckpoint,
        log: &Followed,
        proven: bool,
    ) -> Result<(), AppError> {
        let shown = request.note.to_string();
        let key = hex::encode(Sha256::digest(request.note.text()));
        let kept = self.store.state(SPLIT, &key)?;
        let was_proven = match &kept {
            Some(kept) => Some(serde_json::from_slice(kept).is_ok_and(|split: Split| split.proven)),
            None => self.store.state(TOLD, &key)?.map(|told| told == IS_PROVEN),
        };
        if was_proven.is_some_and(|was_proven| was_proven || !proven) {
            return Ok(());
        }
        let split = Split {
            at: self.now(),
            origin: log.verifier().map(|key| key.name().to_string()).unwrap_or_default(),
            name: log.name.clone(),
            proven,
            before: log.checkpoint.clone().unwrap_or_default(),
            shown,
            proof: request.proof.iter().map(ToString::to_string).collect(),
        };
        tracing::error!(log.name = %split.name, log.origin = %split.origin, proven, "a log has shown two histories");
        let (kind, value) = if kept.is_some() || self.store.states(SPLIT)?.len() < MOST_SPLITS {
            (SPLIT, encode(&split)?)
        } else {
            (TOLD, if proven { IS_PROVEN } else { IS_NOT_PROVEN }.to_vec())
        };
        self.store.writer().set_state(kind, &key, Some(value), None)?;
        let action = if proven { "log.two-histories" } else { "log.unproven-history" };
        let detail = json!({
            "name": split.name,
            "origin": split.origin,
            "before": split.before,
            "shown": split.shown,
            "proof": split.proof,
        });
        let entry = AuditEntry { actor: Actor::Node, action: action.to_owned(), object: None, detail };
        Ok(self.store.writer().audit(entry)?)
    }
}

impl People<'_> {
    /// Co-signs the checkpoints of this key's log from now on.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for what is no key, [`AppError::Conflict`] where another key is known for its origin.
    pub fn follow_log(&self, name: &str, key: &str) -> Result<Followed, AppError> {
        self.needs_to_run_node()?;
        let verifier: Verifier =
            key.parse().map_err(|error| AppError::invalid("$.key", format!("{error}")))?;
        let verifier = verifier.for_use(kizuna_tlog::Use::Note);
        let log = Followed {
            name: name.to_owned(),
            key: verifier.to_string(),
            size: 0,
            root: String::new(),
            checkpoint: None,
            at: None,
        };
        let origin = verifier.name().as_str();
        let writer = self.node().store.writer();
        if !writer.swap_state(FOLLOWED, origin, None, Some(encode(&log)?), None)? {
            return Err(AppError::Conflict("a log of this origin is co-signed already".to_owned()));
        }
        self.tell("log.followed", &json!({ "name": name, "key": log.key }))?;
        Ok(log)
    }

    /// Co-signs a log no more, and forgets what was seen of it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is not co-signed.
    pub fn unfollow_log(&self, origin: &str) -> Result<(), AppError> {
        self.needs_to_run_node()?;
        let node = self.node();
        let kept = node.store.state(FOLLOWED, origin)?.ok_or(AppError::NotFound)?;
        if !node.store.writer().swap_state(FOLLOWED, origin, Some(kept), None, None)? {
            return Err(AppError::Conflict("it was co-signed at this moment: try again".to_owned()));
        }
        self.tell("log.unfollowed", &json!({ "origin": origin }))
    }

    pub(super) fn tell(&self, action: &str, detail: &serde_json::Value) -> Result<(), AppError> {
        let (actor, action, detail) = (self.actor(), action.to_owned(), detail.clone());
        Ok(self.node().store.writer().audit(AuditEntry { actor, action, object: None, detail })?)
    }
}

pub(super) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, AppError> {
    serde_json::to_vec(value).map_err(|error| AppError::Internal(error.to_string()))
}

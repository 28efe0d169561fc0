//! The key of the log, apart from those of members: it signs checkpoints, and co-signs those of others.

use std::sync::Arc;

use kizuna_store::writer::{Actor, AuditEntry};
use kizuna_tlog::{Checkpoint, Head, KeyName, Note, NoteSignature, Signer, Verifier};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::Zeroizing;

use super::STATE;
use crate::{AppError, Node};

/// Node state: the origin and the sealed key.
const IDENTITY: &str = "identity";
/// What a sealed key is bound to.
const BOUND: &str = "kizuna log key";

/// The log's private key.
#[derive(Clone)]
pub struct LogKey(Arc<Signer>);

#[derive(Serialize, Deserialize)]
struct Identity {
    origin: String,
    sealed: String,
}

impl LogKey {
    /// Its public half, for checkpoints.
    pub fn verifier(&self) -> Verifier {
        self.0.verifier()
    }

    pub(super) fn sign(&self, head: Head) -> Result<Note, AppError> {
        let text = Checkpoint::new(self.verifier().name().as_str(), head).text();
        let signatures = vec![self.0.sign(&text)];
        Note::new(text, signatures).map_err(|error| AppError::Internal(error.to_string()))
    }

    /// What says that this node saw a checkpoint at a time (seconds since 1970).
    pub(super) fn cosign(&self, text: &str, at: u64) -> NoteSignature {
        self.0.cosigner().sign(text, at)
    }
}

impl Node {
    /// The log's key; made when it is first asked for.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where it was sealed under another node key than the one that lies here.
    pub fn log_key(&self) -> Result<LogKey, AppError> {
        loop {
            if let Some(kept) = self.store.state(STATE, IDENTITY)? {
                return self.log_key_of(kept);
            }
            let identity = self.new_identity(&new_origin()?)?;
            // Another process may make it at the same time: the first one's stands.
            self.store.writer().swap_state(STATE, IDENTITY, None, Some(identity), None)?;
        }
    }

    /// Begins the log's identity anew: another origin and key over the same leaves. Needed after going on from a backup
    /// older than what witnesses have seen: no witness co-signs two histories under one origin.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for an origin that is none.
    pub fn renew_log(&self, origin: Option<&str>, actor: Actor) -> Result<LogKey, AppError> {
        let origin = match origin {
            Some(text) => text.parse().map_err(|error| AppError::invalid("$.origin", format!("{error}")))?,
            None => new_origin()?,
        };
        let before = self.log_verifier()?;
        let identity = self.new_identity(&origin)?;
        self.store.writer().set_state(STATE, IDENTITY, Some(identity), None)?;
        let key = self.log_key()?;
        let detail = json!({ "before": before.to_string(), "now": key.verifier().to_string() });
        let action = "log.renewed".to_owned();
        self.store.writer().audit(AuditEntry { actor, action, object: None, detail })?;
        Ok(key)
    }

    fn new_identity(&self, origin: &KeyName) -> Result<Vec<u8>, AppError> {
        let mut seed = Zeroizing::new([0_u8; 32]);
        rand::rng().fill_bytes(seed.as_mut());
        let sealed = hex::encode(self.vault.seal(BOUND, seed.as_ref())?);
        let identity = Identity { origin: origin.to_string(), sealed };
        serde_json::to_vec(&identity).map_err(|error| AppError::Internal(error.to_string()))
    }

    fn log_key_of(&self, kept: Vec<u8>) -> Result<LogKey, AppError> {
        let mut known = self.vault.log.lock();
        if let Some((octets, key)) = &*known
            && *octets == kept
        {
            return Ok(key.clone());
        }
        let broken = || AppError::Internal("the log's key cannot be read".to_owned());
        let identity: Identity = serde_json::from_slice(&kept).map_err(|_| broken())?;
        let sealed = hex::decode(&identity.sealed).map_err(|_| broken())?;
        let lost = "the log's key cannot be opened: node.key is not the one it was sealed under. Restore that file \
                    from the backup, or begin a new log with: kizuna log renew";
        let seed = self.vault.unseal(BOUND, &sealed).ok_or_else(|| AppError::Unavailable(lost.to_owned()))?;
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(seed.as_slice().try_into().map_err(|_| broken())?);
        let origin = identity.origin.parse().map_err(|_| broken())?;
        let key = LogKey(Arc::new(Signer::new(origin, &seed)));
        *known = Some((kept, key.clone()));
        Ok(key)
    }
}

/// An origin that no other log has.
fn new_origin() -> Result<KeyName, AppError> {
    let mut random = [0; 20];
    rand::rng().fill_bytes(&mut random);
    let name = format!("kizuna-log-{}", hex::encode(random));
    name.parse().map_err(|error| AppError::Internal(format!("{error}")))
}

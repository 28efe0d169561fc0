//! Transfers under the log: what went to a peer is a line of the audit, and so under a leaf.

use kizuna_access::MemberId;
use kizuna_store::Store;
use kizuna_store::writer::{Actor, AuditEntry};
use rand::RngCore;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Peer;
use crate::{AppError, Node};

/// The secret from which the keys of lines are made.
const SECRET: &str = "transfer";
/// Octets of a commitment: it is compared with known content and never looked for.
const COMMITMENT: usize = 16;

/// A batch of versions that went to a peer.
pub(crate) struct Transfer<'a> {
    /// The name of the peer; nothing for an account of a member that lives elsewhere.
    pub peer: Option<&'a str>,
    pub member: MemberId,
    /// `pushed` and acknowledged, or `pulled` and handed out.
    pub way: &'static str,
}

impl<'a> Transfer<'a> {
    /// Sent to a peer, and acknowledged by it.
    pub fn pushed(peer: &'a Peer, member: MemberId) -> Self {
        Self { peer: Some(&peer.name), member, way: "pushed" }
    }

    /// Fetched by the node of a member that lives elsewhere.
    pub fn handed_out(member: MemberId) -> Self {
        Self { peer: None, member, way: "pulled" }
    }
}

/// Writes transfers down.
pub(crate) struct Transfers {
    store: Store,
}

impl Transfers {
    pub fn of(node: &Node) -> Self {
        Self { store: node.store.clone() }
    }

    /// Writes one line for a batch: to whom, how many, and a salted digest of each version.
    ///
    /// The key of a line is made from the node's secret and the line's nonce, so that who reads the audit can guess no
    /// version from it, and a key that is given away opens one line.
    pub fn write(
        &self,
        transfer: &Transfer<'_>,
        digests: impl IntoIterator<Item = [u8; 32]>,
    ) -> Result<(), AppError> {
        match self.line(transfer, digests)? {
            Some(line) => Ok(self.store.writer().audit(line)?),
            None => Ok(()),
        }
    }

    /// The line for a batch; nothing for an empty one.
    pub fn line(
        &self,
        transfer: &Transfer<'_>,
        digests: impl IntoIterator<Item = [u8; 32]>,
    ) -> Result<Option<AuditEntry>, AppError> {
        let mut nonce = [0; 16];
        rand::rng().fill_bytes(&mut nonce);
        let key = self.key(&nonce)?;
        let versions: Vec<String> = digests.into_iter().map(|digest| committed(&key, &digest)).collect();
        if versions.is_empty() {
            return Ok(None);
        }
        let mut detail = json!({
            "member": transfer.member, "way": transfer.way, "count": versions.len(), "nonce": hex::encode(nonce),
            "versions": versions,
        });
        if let Some(peer) = transfer.peer {
            detail["peer"] = peer.into();
        }
        let action = "peer.sent".to_owned();
        Ok(Some(AuditEntry { actor: Actor::Node, action, object: None, detail }))
    }

    /// The key that opens the salted digests of the line with this nonce.
    pub fn key(&self, nonce: &[u8]) -> Result<[u8; 32], AppError> {
        let secret = self.store.secret(SECRET)?;
        Ok(Sha256::new().chain_update(secret).chain_update(nonce).finalize().into())
    }
}

/// What stands for a version in a line with this key.
pub(crate) fn committed(key: &[u8; 32], digest: &[u8; 32]) -> String {
    let commitment = Sha256::new().chain_update(key).chain_update(digest).finalize();
    hex::encode(&commitment[..COMMITMENT])
}

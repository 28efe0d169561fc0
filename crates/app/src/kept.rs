//! What the node keeps for one viewer beside exchange content: TAXII statuses, answers under an idempotency key.

use jiff::Timestamp;
use kizuna_access::Principal;
use sha2::{Digest, Sha256};

use crate::{AppError, Node};

impl Node {
    /// Keeps bytes for this viewer under a kind and a key until `expires`. Another viewer's key is another place.
    pub fn keep(
        &self,
        who: &Principal,
        kind: &str,
        key: &str,
        value: Vec<u8>,
        expires: Timestamp,
    ) -> Result<(), AppError> {
        let place = place(who, key);
        Ok(self.store.writer().set_state(&format!("kept.{kind}"), &place, Some(value), Some(expires))?)
    }

    /// What was kept for this viewer; `None` when there is nothing, or no more.
    pub fn kept(&self, who: &Principal, kind: &str, key: &str) -> Result<Option<Vec<u8>>, AppError> {
        Ok(self.store.state(&format!("kept.{kind}"), &place(who, key))?)
    }
}

fn place(who: &Principal, key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    format!("{}.{}", who.person(), hex::encode(digest))
}

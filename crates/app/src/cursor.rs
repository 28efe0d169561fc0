//! Sealed cursors: a position leaves the node only encrypted, bound to its viewer and to the question it belongs to,
//! so that gaps tell nothing and a cursor of somebody else is no cursor at all.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use kizuna_access::Principal;
use rand::RngCore;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::AppError;

const NONCE_BYTES: usize = 24;
/// Cursors are padded to multiples of this.
const BLOCK_BYTES: usize = 64;

/// Seals and opens cursors with the node's own secret.
#[derive(Clone)]
pub struct Sealer {
    cipher: XChaCha20Poly1305,
}

impl Sealer {
    pub fn new(secret: &[u8; 32]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(secret.into()) }
    }

    /// Seals a place for one viewer and one question. `question` is whatever must be the same when the cursor comes
    /// back; paging size is not part of it.
    pub fn seal<T: Serialize>(&self, who: &Principal, question: &str, place: &T) -> Result<String, AppError> {
        let mut plain = serde_json::to_vec(place).map_err(|error| AppError::Internal(error.to_string()))?;
        // JSON may end in spaces. So the length of a cursor does not tell how many digits a position has.
        plain.resize(plain.len().next_multiple_of(BLOCK_BYTES), b' ');
        let mut nonce = [0_u8; NONCE_BYTES];
        rand::rng().fill_bytes(&mut nonce);
        let bound = binding(who, question);
        let sealed = self
            .cipher
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: &plain, aad: &bound })
            .map_err(|_| AppError::Internal("a cursor could not be sealed".to_owned()))?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// Opens a cursor of this viewer for this question.
    ///
    /// # Errors
    /// The same [`AppError::Invalid`] whether it is garbled, somebody else's, or from another question.
    pub fn open<T: DeserializeOwned>(
        &self,
        who: &Principal,
        question: &str,
        cursor: &str,
    ) -> Result<T, AppError> {
        let refused = || AppError::invalid("next", "not a cursor that was given for this question");
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
        if bytes.len() < NONCE_BYTES {
            return Err(refused());
        }
        let (nonce, sealed) = bytes.split_at(NONCE_BYTES);
        let bound = binding(who, question);
        let plain = self
            .cipher
            .decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: &bound })
            .map_err(|_| refused())?;
        serde_json::from_slice(&plain).map_err(|_| refused())
    }
}

/// What a cursor belongs to: the person and the question. Another key of the same person may go on with it only where
/// both read the same, so the key is bound too.
fn binding(who: &Principal, question: &str) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(b"kizuna cursor\0");
    digest.update(who.person().0.as_bytes());
    digest.update(who.member().0.as_bytes());
    digest.update(who.key().map_or([0; 16], |key| *key.0.as_bytes()));
    digest.update(question.as_bytes());
    digest.finalize().into()
}

#[cfg(test)]
mod tests;

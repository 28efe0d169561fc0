//! What opens a peer's door to us. It lies sealed beside the peer, under a key in a file of its own, so that a copy of
//! the database alone opens nothing; it is never printed.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use rand::RngCore;

use crate::AppError;

/// The file with the key, in the data directory; its user's alone.
pub const KEY_FILE: &str = "credentials.key";
const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;

/// An API key or a password at a peer.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(String);

impl Credential {
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for a request to the peer.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(…)")
    }
}

/// Seals and opens credentials with the key of one data directory.
pub(super) struct Seal {
    cipher: XChaCha20Poly1305,
}

impl Seal {
    /// The key as it lies there.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where the file is gone or broken: credentials have to be given anew then.
    pub fn of(data: &Path) -> Result<Self, AppError> {
        let path = data.join(KEY_FILE);
        let mut key = [0; KEY_BYTES];
        let mut read = || {
            let mut file = File::open(&path)?;
            file.read_exact(&mut key)
        };
        read().map_err(|error| unreadable(&path, &error))?;
        Ok(Self::under(key))
    }

    pub fn under(key: [u8; KEY_BYTES]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&key.into()) }
    }

    /// The key as it lies there, or a new one. One caller at a time.
    pub fn made(data: &Path) -> Result<Self, AppError> {
        let path = data.join(KEY_FILE);
        if !path.exists() {
            make(data, &path).map_err(|error| unreadable(&path, &error))?;
        }
        Self::of(data)
    }

    /// Seals a credential for one peer: it opens for no other.
    pub fn seal(&self, peer: &str, credential: &Credential) -> Result<String, AppError> {
        let mut nonce = [0; NONCE_BYTES];
        rand::rng().fill_bytes(&mut nonce);
        let bound = binding(peer);
        let plain = Payload { msg: credential.0.as_bytes(), aad: &bound };
        let sealed = self
            .cipher
            .encrypt(XNonce::from_slice(&nonce), plain)
            .map_err(|_| AppError::Internal("a credential could not be sealed".to_owned()))?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// # Errors
    /// [`AppError::Unavailable`] where it was sealed under another key or for another peer.
    pub fn open(&self, peer: &str, sealed: &str) -> Result<Credential, AppError> {
        let refused = || {
            AppError::Unavailable(format!(
                "the credential for {peer} does not open with {KEY_FILE}: give it anew with kizuna peer set"
            ))
        };
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| refused())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or_else(refused)?;
        let bound = binding(peer);
        let opened = self.cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: &bound });
        let plain = opened.map_err(|_| refused())?;
        String::from_utf8(plain).map(Credential).map_err(|_| refused())
    }
}

fn binding(peer: &str) -> Vec<u8> {
    [&b"kizuna peer credential\0"[..], peer.as_bytes()].concat()
}

/// Whole or not at all, and on disk before anything is sealed with it.
fn make(data: &Path, path: &PathBuf) -> std::io::Result<()> {
    let mut key = [0; KEY_BYTES];
    rand::rng().fill_bytes(&mut key);
    let draft = data.join(format!("{KEY_FILE}.new"));
    if draft.exists() {
        std::fs::remove_file(&draft)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(&key)?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    File::open(data)?.sync_all()
}

fn unreadable(path: &Path, error: &std::io::Error) -> AppError {
    AppError::Unavailable(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests;

//! Where private signing keys are kept: sealed in the node's state, under a key that lies in a file of its own beside
//! the database and that only its user may read.

use std::collections::HashMap;
use std::fs::{File, Permissions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use jiff::Timestamp;
use kizuna_access::{Directory, Label, MemberId};
use kizuna_attest::{
    Entry, Fingerprint, KeyRing, NewAttestation, PublicKey, SecretKey, Signer, label_digest,
};
use kizuna_stix::Object;
use kizuna_store::Store;
use parking_lot::Mutex;
use rand::RngCore;
use zeroize::Zeroizing;

use crate::AppError;
use crate::log::LogKey;

/// The file beside the database.
const FILE: &str = "node.key";
/// Only its user reads and writes it.
const OWNER_ONLY: u32 = 0o600;
/// Node state: sealed private keys by fingerprint.
const SECRETS: &str = "signing.secret";
const NONCE_BYTES: usize = 24;

/// The private keys of those who live here.
pub(crate) struct Vault {
    cipher: XChaCha20Poly1305,
    /// Opened before.
    open: Mutex<HashMap<Fingerprint, Arc<SecretKey>>>,
    /// Held while a key is made or followed, so that a signer has one.
    pub making: Mutex<()>,
    /// The log's key, as it is kept and open.
    pub log: Mutex<Option<(Vec<u8>, LogKey)>>,
    /// The keys that are known, at an epoch.
    pub ring: Mutex<Option<(u64, Arc<KeyRing>)>>,
}

impl Vault {
    /// Reads the node's key, or makes it in a new data directory.
    pub fn open(data: &Path) -> Result<Self, AppError> {
        let file = data.join(FILE);
        let unusable = |error: std::io::Error| AppError::Unavailable(format!("{}: {error}", file.display()));
        let key = match File::open(&file) {
            Ok(found) => read(found).map_err(unusable)?,
            Err(error) if error.kind() == ErrorKind::NotFound => make(&file, data).map_err(unusable)?,
            Err(error) => return Err(unusable(error)),
        };
        Ok(Self::under(&key))
    }

    /// The vault of a node that several processes have open: its key lies in their database, beside what it seals.
    pub fn shared(store: &Store) -> Result<Self, AppError> {
        Ok(Self::under(&Zeroizing::new(store.secret(FILE)?)))
    }

    fn under(key: &Zeroizing<[u8; 32]>) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new((&**key).into()),
            open: Mutex::default(),
            making: Mutex::default(),
            log: Mutex::default(),
            ring: Mutex::default(),
        }
    }

    /// Seals a secret, so that it opens only for what it is bound to.
    pub fn seal(&self, bound: &str, secret: &[u8]) -> Result<Vec<u8>, AppError> {
        let mut nonce = [0_u8; NONCE_BYTES];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: secret, aad: bound.as_bytes() };
        let sealed = self.cipher.encrypt(XNonce::from_slice(&nonce), payload);
        let sealed = sealed.map_err(|_| AppError::Internal("a secret could not be sealed".to_owned()))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what [`Vault::seal`] sealed; nothing where it was sealed under another key, or for something else.
    pub fn unseal(&self, bound: &str, kept: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = kept.split_at_checked(NONCE_BYTES)?;
        let payload = Payload { msg: sealed, aad: bound.as_bytes() };
        self.cipher.decrypt(XNonce::from_slice(nonce), payload).ok().map(Zeroizing::new)
    }

    /// A new private key, kept before anybody is told of it.
    pub fn make(&self, signer: Signer, store: &Store) -> Result<Arc<SecretKey>, AppError> {
        let mut seed = Zeroizing::new([0_u8; 32]);
        rand::rng().fill_bytes(seed.as_mut());
        let key = Arc::new(SecretKey::from_seed(&seed));
        let fingerprint = key.public().fingerprint();
        let mut nonce = [0_u8; NONCE_BYTES];
        rand::rng().fill_bytes(&mut nonce);
        let bound = binding(signer, fingerprint);
        let payload = Payload { msg: seed.as_ref(), aad: bound.as_bytes() };
        let sealed = self.cipher.encrypt(XNonce::from_slice(&nonce), payload);
        let sealed =
            sealed.map_err(|_| AppError::Internal("a signing key could not be sealed".to_owned()))?;
        let kept = [&nonce[..], &sealed].concat();
        store.writer().set_state(SECRETS, &fingerprint.to_string(), Some(kept), None)?;
        self.open.lock().insert(fingerprint, Arc::clone(&key));
        Ok(key)
    }

    /// A signer's private key; nothing where it is not kept here.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where it was sealed under another node key than the one that lies here.
    pub fn key(
        &self,
        signer: Signer,
        fingerprint: Fingerprint,
        store: &Store,
    ) -> Result<Option<Arc<SecretKey>>, AppError> {
        if let Some(key) = self.open.lock().get(&fingerprint) {
            return Ok(Some(Arc::clone(key)));
        }
        let Some(kept) = store.state(SECRETS, &fingerprint.to_string())? else { return Ok(None) };
        let lost = || {
            AppError::Unavailable(format!(
                "the signing key {fingerprint} cannot be opened: {FILE} is not the one it was sealed under. Restore \
                 that file from the backup, or begin a new key with: kizuna signing-key rotate"
            ))
        };
        let (nonce, sealed) = kept.split_at_checked(NONCE_BYTES).ok_or_else(lost)?;
        let bound = binding(signer, fingerprint);
        let payload = Payload { msg: sealed, aad: bound.as_bytes() };
        let seed = self.cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| lost())?;
        let seed = Zeroizing::new(seed);
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(seed.as_slice().try_into().map_err(|_| lost())?);
        let key = Arc::new(SecretKey::from_seed(&seed));
        self.open.lock().insert(fingerprint, Arc::clone(&key));
        Ok(Some(key))
    }

    /// Opens the keys with which the members that live here sign now. One that cannot be opened is told when it is
    /// needed.
    pub fn open_current(&self, store: &Store) -> Result<(), AppError> {
        let (directory, now) = (store.directory()?, store.now()?);
        for member in directory.members().filter(|member| member.hosted) {
            let signer = Signer::Member(member.id);
            let key =
                directory.signing_key(signer, now).and_then(|dates| dates.key.parse::<PublicKey>().ok());
            if let Some(key) = key
                && let Err(error) = self.key(signer, key.fingerprint(), store)
            {
                tracing::warn!(error = %error, "a signing key cannot be opened");
            }
        }
        Ok(())
    }

    /// Attests one object with a key that is open; nothing where none is.
    pub fn attest(
        &self,
        directory: &Directory,
        member: MemberId,
        object: &Object,
        label: &Label,
        at: Timestamp,
    ) -> Option<Object> {
        let dates = directory.signing_key(Signer::Member(member), at)?;
        let key = dates.key.parse::<PublicKey>().ok()?;
        let secret = self.open.lock().get(&key.fingerprint()).cloned()?;
        let mut salts = [0; 32];
        rand::rng().fill_bytes(&mut salts);
        let (of_entry, of_label) = salts.split_at(16);
        let new = NewAttestation {
            by: member,
            at: dates.since.map_or(at, |since| since.max(at)),
            markings: object.markings().into_iter().chain(object.granular_markings()).collect(),
            label: label_digest(label),
            salt: of_label.try_into().ok()?,
            entries: vec![Entry::of(object, &object.digest(), of_entry.try_into().ok()?)],
        };
        new.sign(&secret).ok()
    }

    /// Destroys a private key that signs nothing any more.
    pub fn forget(&self, fingerprint: Fingerprint, store: &Store) -> Result<(), AppError> {
        self.open.lock().remove(&fingerprint);
        Ok(store.writer().set_state(SECRETS, &fingerprint.to_string(), None, None)?)
    }
}

/// A sealed key opens only as that key of that signer.
fn binding(signer: Signer, fingerprint: Fingerprint) -> String {
    match signer {
        Signer::Member(member) => format!("kizuna signing key of member {member} {fingerprint}"),
        Signer::Person(person) => format!("kizuna signing key of person {person} {fingerprint}"),
    }
}

fn read(mut file: File) -> std::io::Result<Zeroizing<[u8; 32]>> {
    let mode = file.metadata()?.permissions().mode();
    if mode & !OWNER_ONLY & 0o777 != 0 {
        file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
    }
    let mut key = Zeroizing::new([0_u8; 32]);
    file.read_exact(key.as_mut())?;
    Ok(key)
}

/// Written under another name first, so that a crash leaves all of it or nothing.
fn make(file: &Path, data: &Path) -> std::io::Result<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0_u8; 32]);
    rand::rng().fill_bytes(key.as_mut());
    let draft = file.with_extension("new");
    let mut made = File::options().create(true).truncate(true).write(true).mode(OWNER_ONLY).open(&draft)?;
    made.write_all(key.as_ref())?;
    made.sync_all()?;
    std::fs::rename(&draft, file)?;
    File::open(data)?.sync_all()?;
    Ok(key)
}

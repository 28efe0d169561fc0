//! Opening a store, and the way to its views and its writer.

use std::path::PathBuf;
use std::sync::Arc;

use kizuna_access::{Directory, MemberId, Principal};
use kizuna_stix::{Id, Object};

use crate::writer::{Actor, Writer};
use crate::{Clock, View};

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The principal's account or key is no longer valid.
    #[error("no such key, or it is no longer valid")]
    NotAuthenticated,
    #[error("not found")]
    NotFound,
    #[error(transparent)]
    Rights(#[from] kizuna_access::directory::RightsError),
    #[error("{}: another process owns this data directory", .0.display())]
    Locked(PathBuf),
    #[error(
        "the database is of format {found}, newer than the {known} this program knows: use a newer kizuna"
    )]
    TooNew { found: i64, known: i64 },
    /// The disk is full or may not be written: nothing was acknowledged, nothing is lost.
    #[error("the disk {0}: nothing was stored, free it and try again")]
    Disk(String),
    #[error("the store failed: {0}")]
    Engine(String),
}

/// How to open a store.
#[derive(Clone)]
pub struct Options {
    pub directory: PathBuf,
    pub clock: Arc<dyn Clock>,
    /// Read connections kept open.
    pub readers: usize,
}

/// One node's store. Cheap to clone.
#[derive(Clone)]
pub struct Store {}

impl Store {
    /// Opens the data directory, creating it when it is new, and takes its lock.
    pub fn open(_options: Options) -> Result<Self, StoreError> {
        unreachable!()
    }

    /// The only way to read: a view for this principal, checked against the rights as they are now. Holds a read
    /// transaction until dropped; call from a blocking thread.
    pub fn view(&self, _who: &Principal) -> Result<View, StoreError> {
        unreachable!()
    }

    pub fn writer(&self) -> Writer {
        unreachable!()
    }

    /// The directory at the newest epoch.
    pub fn directory(&self) -> Result<Arc<Directory>, StoreError> {
        unreachable!()
    }

    /// Marking definitions that this source itself has given: only these may explain its markings.
    pub fn definitions(&self, _source: MemberId, _ids: &[Id]) -> Result<Vec<Object>, StoreError> {
        unreachable!()
    }

    /// Node state kept with [`Writer::set_state`].
    pub fn state(&self, _kind: &str, _key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        unreachable!()
    }

    /// Every key and value of one kind of node state.
    pub fn states(&self, _kind: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        unreachable!()
    }

    /// A wake-up per commit. Only a hint: what is new is found by reading on from a position.
    pub fn commits(&self) -> tokio::sync::watch::Receiver<u64> {
        unreachable!()
    }

    /// A secret of this node, made once and kept (`cursor` seals cursors, `session` signs sessions).
    pub fn secret(&self, _name: &str) -> Result<[u8; 32], StoreError> {
        unreachable!()
    }

    /// Reads past the gate; audited with its reason before anything is read.
    pub fn dangerous(&self, _reason: &str, _actor: Actor) -> Result<Dangerous, StoreError> {
        unreachable!()
    }
}

/// The bypass, for the operator at the machine: explains, checks, backs up.
pub struct Dangerous {}

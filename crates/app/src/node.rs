//! A node: its store, its clock, and the ways to ask it for something.

use std::collections::BTreeMap;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kizuna_access::{Directory, Principal};
use kizuna_stix::read::Limits;
use kizuna_store::{Clock, Options, Store, SystemClock};
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::AppError;
use crate::cursor::Sealer;
use crate::peers::{Enrolling, Stands};
use crate::people::{Caller, People};
use crate::read::Reading;
use crate::record::{Recorder, Trace};
use crate::signing::Vault;

/// How long a piece of work stays with a process that says no more.
const LEASE: Duration = Duration::from_secs(15);

/// How to open a node.
#[derive(Clone)]
pub struct Config {
    /// The data directory; created when it is new.
    pub data: PathBuf,
    /// The address of a PostgreSQL database that holds the node, `postgres://…`; any number of processes open it, each
    /// with a data directory of its own. Without one the node lies in the data directory.
    pub database: Option<String>,
    pub clock: Arc<dyn Clock>,
    /// Read connections kept open.
    pub readers: usize,
    /// Caps on what is taken in.
    pub limits: Limits,
    /// Whether what the members that live here publish is attested with their keys.
    pub attests: bool,
    /// Whether the node tells senders by itself that what they sent to its members is here.
    pub tells_delivery: bool,
}

impl Config {
    pub fn new(data: impl Into<PathBuf>) -> Self {
        let (clock, limits) = (Arc::new(SystemClock), Limits::default());
        Self {
            data: data.into(),
            database: None,
            clock,
            readers: 8,
            limits,
            attests: true,
            tells_delivery: true,
        }
    }
}

/// One node. Cheap to clone.
#[derive(Clone)]
pub struct Node {
    pub(crate) store: Store,
    pub(crate) limits: Limits,
    pub(crate) sealer: Sealer,
    pub(crate) trace: Trace,
    /// The private signing keys of those who live here.
    pub(crate) vault: Arc<Vault>,
    pub(crate) attests: bool,
    pub(crate) tells_delivery: bool,
    data: Arc<PathBuf>,
    /// Whether other processes may have the same node open.
    is_shared: bool,
    /// This process among those that have the node open.
    pub(crate) holder: Arc<str>,
    /// Held while a one-time link is used, so that it works once.
    pub(crate) signing_in: Arc<Mutex<()>>,
    /// Held while an overlay is read, changed and written.
    pub(crate) judging: Arc<Mutex<()>>,
    /// Held while peers are added, changed or removed.
    pub(crate) changing_peers: Arc<Mutex<()>>,
    /// Enrolments under way.
    pub(crate) enrolling: Arc<Mutex<Enrolling>>,
    /// Held while a release takes a step.
    pub(crate) releasing: Arc<Mutex<()>>,
    /// Held while an exchange with the peer of this name is under way.
    exchanging: Arc<Mutex<BTreeMap<String, Arc<Mutex<Stands>>>>>,
}

impl Node {
    /// Opens the data directory and takes its lock.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where another process owns the directory or the disk refuses.
    pub fn open(config: Config) -> Result<Self, AppError> {
        create_private(&config.data)?;
        let options = Options {
            directory: config.data.clone(),
            database: config.database.clone(),
            clock: config.clock.clone(),
            readers: config.readers,
        };
        let store = Store::open(options)?;
        let sealer = Sealer::new(&store.secret("cursor")?);
        let is_shared = config.database.is_some();
        let vault = Arc::new(if is_shared { Vault::shared(&store)? } else { Vault::open(&config.data)? });
        if config.attests {
            vault.open_current(&store)?;
            let attests = Arc::clone(&vault);
            store.writer().attest_with(Box::new(move |directory, member, object, label, at| {
                attests.attest(directory, member, object, label, at)
            }));
        }
        let node = Self {
            store,
            limits: config.limits,
            sealer,
            trace: Trace::default(),
            vault,
            attests: config.attests,
            tells_delivery: config.tells_delivery,
            data: Arc::new(config.data),
            is_shared,
            holder: uuid::Uuid::new_v4().to_string().into(),
            signing_in: Arc::default(),
            judging: Arc::default(),
            changing_peers: Arc::default(),
            enrolling: Arc::default(),
            releasing: Arc::default(),
            exchanging: Arc::default(),
        };
        node.seal_credentials()?;
        if let Err(error) = node.settle_left_over() {
            // What it is about stays narrower than it should be, and is tried again at the next start.
            tracing::error!(%error, "what arrived before the node ended could not be carried out");
        }
        Ok(node)
    }

    /// The data directory.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Whether other processes may have the same node open.
    pub fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// Whether this process does a piece of work now that one process of the node does at a time. It keeps it while it
    /// asks again; when it is gone, another has it before long.
    pub(crate) fn is_mine(&self, work: &str) -> Result<bool, AppError> {
        Ok(!self.is_shared || self.store.lease(work, &self.holder, LEASE)?)
    }

    /// The same node, whose reads may take so long each; then they are unavailable.
    #[must_use]
    pub fn within(&self, time: Duration) -> Self {
        Self { store: self.store.within(time), ..self.clone() }
    }

    /// What the engine says about durability, read back from it.
    pub fn durability(&self) -> Result<String, AppError> {
        Ok(self.store.durability()?)
    }

    /// Time now. Where the machine's clock was set back, it goes on from the newest instant that is known.
    pub fn now(&self) -> Timestamp {
        self.store.wall()
    }

    /// Caps on one envelope, such as TAXII's `max_content_length`.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Who everybody is, at the newest epoch.
    pub fn directory(&self) -> Result<Arc<Directory>, AppError> {
        Ok(self.store.directory()?)
    }

    /// The store as this viewer may read it, in one consistent read transaction. Do not hold it while waiting for
    /// anything.
    ///
    /// # Errors
    /// [`AppError::NotAuthenticated`] where the account or key is no longer valid.
    pub fn read(&self, who: &Principal) -> Result<Reading, AppError> {
        Ok(Reading::new(self.store.view(who)?, self.sealer.clone(), Recorder::of(self)))
    }

    /// Members, users, keys, communities, collections, as this caller may see and change them.
    pub fn people(&self, caller: Caller) -> People<'_> {
        People::new(self, caller)
    }

    /// The lock of a peer: one exchange with it at a time, by schedule or on demand. Under it lies where pushing stands.
    pub(crate) fn exchange_lock(&self, peer: &str) -> Arc<Mutex<Stands>> {
        Arc::clone(self.exchanging.lock().entry(peer.to_owned()).or_default())
    }

    /// A wake-up per commit, for streams. Only a hint: what is new is found by reading on from a cursor.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.store.commits()
    }
}

/// A new data directory is its user's alone.
pub(crate) fn create_private(data: &Path) -> Result<(), AppError> {
    if data.exists() {
        return Ok(());
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(data);
    made.map_err(|error| AppError::Unavailable(format!("{}: cannot be created: {error}", data.display())))
}

//! How the node does, for who runs it. Known to no view: it leaves by the watch token's path alone.

pub use kizuna_store::vitals::{BOUNDS, Vitals as StoreVitals};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use crate::peers::Peer;
use crate::{AppError, Node};

/// The store's secret from which the watch token is made.
const WATCH: &str = "watch";

/// One reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vitals {
    pub store: StoreVitals,
    /// What the store's files take up, in bytes; nothing where the store is elsewhere.
    pub store_bytes: Option<u64>,
    pub peers: Vec<PeerVitals>,
    pub log: LogVitals,
}

/// How the witnessed log does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogVitals {
    pub leaves: u64,
    /// Since the second of its last leaf; nothing where it has none.
    pub age: Option<i64>,
    pub witnesses: Vec<WitnessVitals>,
    /// Logs of partners that showed two histories.
    pub splits: u64,
}

/// How a witness of the log does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessVitals {
    /// The name that the operator gave it.
    pub name: String,
    /// Leaves that it co-signed last.
    pub leaves: u64,
    /// Whether it did not co-sign when it was asked last.
    pub fails: bool,
}

/// How an exchange does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerVitals {
    /// The name that the operator gave it.
    pub name: String,
    /// How long ago both ends were level, in seconds; nothing where they never were.
    pub lag: Option<i64>,
    /// Whether the last attempt failed.
    pub fails: bool,
    pub pulled: u64,
    pub pushed: u64,
    pub quarantined: u64,
    pub refused: u64,
    /// Versions that stand to be sent, counted up to 1,000.
    pub waiting: u64,
    /// What the peer did not take and is tried again.
    pub aside: u64,
    /// Octets a second at which it took what was sent last.
    pub rate: u64,
}

impl Node {
    /// Reads how the node does.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where the store does not answer.
    pub fn vitals(&self) -> Result<Vitals, AppError> {
        let now = self.now();
        let peer_vitals = |peer: &Peer| -> Result<PeerVitals, AppError> {
            let name = peer.name.clone();
            let (status, outbox) = (self.peer_status(&name)?, self.outbox(peer)?);
            Ok(PeerVitals {
                lag: status.lag(now),
                fails: status.error.is_some(),
                pulled: status.pulled,
                pushed: status.pushed,
                quarantined: status.quarantined,
                refused: status.refused,
                waiting: outbox.waiting,
                aside: outbox.aside.len() as u64,
                rate: status.rate.unwrap_or_default(),
                name,
            })
        };
        let peers = self.all_peers()?.iter().map(peer_vitals).collect::<Result<_, _>>()?;
        let log = self.log_vitals(now)?;
        Ok(Vitals { store: self.store.vitals(), store_bytes: self.store_bytes(), peers, log })
    }

    fn log_vitals(&self, now: Timestamp) -> Result<LogVitals, AppError> {
        let log = self.store.log()?;
        let last = log.last_second().and_then(|second| Timestamp::from_second(second).ok());
        let witnesses = self.log_witnesses()?.into_iter().map(|witness| WitnessVitals {
            name: witness.name,
            leaves: witness.size,
            fails: witness.error.is_some(),
        });
        Ok(LogVitals {
            leaves: log.size(),
            age: last.map(|last| now.duration_since(last).as_secs()),
            witnesses: witnesses.collect(),
            splits: self.log_splits()?.len() as u64,
        })
    }

    /// The token that lets a monitor read the vitals, and nothing else. Made when it is asked for first.
    pub fn watch_token(&self) -> Result<String, AppError> {
        Ok(URL_SAFE_NO_PAD.encode(self.store.secret(WATCH)?))
    }

    /// Makes a new watch token; the old one opens nothing from the next request on.
    pub fn renew_watch_token(&self) -> Result<String, AppError> {
        self.store.renew_secret(WATCH)?;
        self.watch_token()
    }

    fn store_bytes(&self) -> Option<u64> {
        let files = ["kizuna.db", "kizuna.db-wal"].map(|name| self.data().join(name));
        let sizes = files.into_iter().filter_map(|file| file.metadata().ok()).map(|found| found.len());
        sizes.reduce(|one, other| one + other)
    }
}

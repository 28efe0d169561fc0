//! How the node does, for who runs it. Known to no view: it leaves by the watch token's path alone.

pub use kizuna_store::vitals::{BOUNDS, Vitals as StoreVitals};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

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
}

impl Node {
    /// Reads how the node does.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where the store does not answer.
    pub fn vitals(&self) -> Result<Vitals, AppError> {
        let now = self.now();
        let peer_vitals = |name: String| -> Result<PeerVitals, AppError> {
            let status = self.peer_status(&name)?;
            Ok(PeerVitals {
                lag: status.lag(now),
                fails: status.error.is_some(),
                pulled: status.pulled,
                pushed: status.pushed,
                quarantined: status.quarantined,
                refused: status.refused,
                name,
            })
        };
        let peers =
            self.all_peers()?.into_iter().map(|peer| peer_vitals(peer.name)).collect::<Result<_, _>>()?;
        Ok(Vitals { store: self.store.vitals(), store_bytes: self.store_bytes(), peers })
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

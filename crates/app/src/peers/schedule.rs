//! Exchanging on schedule: one thread looks what is due, one thread a peer does it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::{AppError, Node};

/// How often it is looked what is due.
const LOOK: Duration = Duration::from_millis(500);

/// The schedule; it ends when this is dropped. An exchange under way goes on to its next page and is resumed there at
/// the next start.
pub struct Schedule {
    ended: Arc<AtomicBool>,
}

impl Drop for Schedule {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

impl Node {
    /// Starts to exchange with every peer as often as was asked for, those added later included.
    pub fn schedule_peers(&self) -> Result<Schedule, AppError> {
        let ended = Arc::new(AtomicBool::new(false));
        let (node, stop) = (self.clone(), Arc::clone(&ended));
        let run = move || {
            let mut due: BTreeMap<String, Instant> = BTreeMap::new();
            let busy: Arc<Mutex<BTreeSet<String>>> = Arc::default();
            while !stop.load(Ordering::Relaxed) {
                if let Err(error) = node.start_due(&mut due, &busy) {
                    tracing::warn!(error = %error, "peers cannot be looked up");
                }
                std::thread::sleep(LOOK);
            }
        };
        let started = std::thread::Builder::new().name("peers".to_owned()).spawn(run);
        started
            .map_err(|error| AppError::Internal(format!("the schedule of peers cannot start: {error}")))?;
        Ok(Schedule { ended })
    }

    fn start_due(
        &self,
        due: &mut BTreeMap<String, Instant>,
        busy: &Arc<Mutex<BTreeSet<String>>>,
    ) -> Result<(), AppError> {
        for peer in self.all_peers()? {
            let now = Instant::now();
            let is_due = due.get(&peer.name).is_none_or(|at| *at <= now);
            if !is_due || !busy.lock().insert(peer.name.clone()) {
                continue;
            }
            due.insert(peer.name.clone(), now + Duration::from_secs(peer.every));
            let (node, busy) = (self.clone(), Arc::clone(busy));
            std::thread::spawn(move || {
                match node.sync(&peer) {
                    Ok(status) => match status.error {
                        None => tracing::debug!(peer.name = %peer.name, "exchanged"),
                        Some(error) => {
                            tracing::warn!(peer.name = %peer.name, error = %error, "a peer failed");
                        }
                    },
                    Err(error) => {
                        tracing::error!(peer.name = %peer.name, error = %error, "an exchange failed here");
                    }
                }
                busy.lock().remove(&peer.name);
            });
        }
        Ok(())
    }
}

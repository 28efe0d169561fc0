//! Exchanging on schedule: one thread looks what is due, one thread a peer does it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::schedule::Schedule;
use crate::{AppError, Node};

impl Node {
    /// Starts to exchange with every peer as often as was asked for, those added later included. When the schedule ends,
    /// an exchange under way goes on to its next page and is resumed there at the next start.
    pub fn schedule_peers(&self) -> Result<Schedule, AppError> {
        let node = self.clone();
        let mut due: BTreeMap<String, Instant> = BTreeMap::new();
        let busy: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        Schedule::start(self, "peers", move || node.start_due(&mut due, &busy))
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

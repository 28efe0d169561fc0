//! Places for work of one kind, and the queue before them.
//!
//! A burst may wait. A queue that stands means that more comes than can be done: then whoever has waited longer than a
//! moment is told to come again, and those that are served are served in time (controlled delay; K. Nichols and V.
//! Jacobson, "Controlling Queue Delay", 2012; RFC 8289).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use crate::{Failure, Permit};

/// How long work may wait for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// In a burst.
    pub burst: Duration,
    /// While the queue stands.
    pub standing: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { burst: Duration::from_secs(2), standing: Duration::from_millis(5) }
    }
}

/// After so long without a free place the queue stands.
const WINDOW: Duration = Duration::from_millis(250);

pub(crate) struct Places {
    permits: Arc<Semaphore>,
    count: usize,
    patience: Patience,
    begun: Instant,
    /// When a place was free last, in milliseconds since `begun`.
    free: AtomicU64,
}

impl Places {
    pub fn new(count: usize, patience: Patience) -> Self {
        let permits = Arc::new(Semaphore::new(count));
        Self { permits, count, patience, begun: Instant::now(), free: AtomicU64::new(0) }
    }

    /// A place, after a wait that patience bounds.
    ///
    /// # Errors
    /// 503 with `Retry-After` where none became free in time.
    pub async fn take(&self) -> Result<Permit, Failure> {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            self.free.store(self.now(), Ordering::Relaxed);
            return Ok(permit);
        }
        let patience = if self.stands() { self.patience.standing } else { self.patience.burst };
        match tokio::time::timeout(patience, Arc::clone(&self.permits).acquire_owned()).await {
            Ok(permit) => permit.map_err(|_| Failure::busy()),
            Err(_) => Err(Failure::busy()),
        }
    }

    /// A place, however long it takes: for work that was begun and must not be cut off.
    pub async fn wait(&self) -> Result<Permit, Failure> {
        Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Failure::busy())
    }

    /// A place at once.
    ///
    /// # Errors
    /// 503 with `Retry-After` where none is free.
    pub fn at_once(&self) -> Result<Permit, Failure> {
        Arc::clone(&self.permits).try_acquire_owned().map_err(|_| Failure::busy())
    }

    /// How many are taken.
    pub fn taken(&self) -> usize {
        self.count.saturating_sub(self.permits.available_permits())
    }

    fn stands(&self) -> bool {
        let free = self.free.load(Ordering::Relaxed);
        Duration::from_millis(self.now().saturating_sub(free)) > WINDOW
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests;

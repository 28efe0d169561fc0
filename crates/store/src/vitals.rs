//! What a store tells those who run it: how long writes wait and commits take.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// Upper bounds of the classes of commit times, in seconds; the last class has none.
pub const BOUNDS: [f64; 9] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0];

const CLASSES: usize = BOUNDS.len() + 1;

/// One reading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vitals {
    /// Writes that wait for the writer.
    pub queued: usize,
    /// Groups of writes made durable, by how long that took: one count for each of [`BOUNDS`], and one beyond.
    pub commits: [u64; CLASSES],
    /// Time spent on them.
    pub committing: Duration,
    /// Groups of writes that were not stored.
    pub failed: u64,
    /// The latest sequence number.
    pub seq: u64,
    /// How far the machine's clock is behind what the store has recorded.
    pub clock_behind: Duration,
}

/// The counters that the writer keeps.
#[derive(Default)]
pub(crate) struct Pulse {
    queued: AtomicUsize,
    commits: [AtomicU64; CLASSES],
    micros: AtomicU64,
    failed: AtomicU64,
}

impl Pulse {
    pub fn queue(&self) {
        self.queued.fetch_add(1, Ordering::Relaxed);
    }

    pub fn dequeue(&self) {
        self.queued.fetch_sub(1, Ordering::Relaxed);
    }

    pub fn committed(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let class = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        self.commits[class].fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub fn failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    pub fn read(&self, seq: u64) -> Vitals {
        Vitals {
            queued: self.queued.load(Ordering::Relaxed),
            commits: std::array::from_fn(|class| self.commits[class].load(Ordering::Relaxed)),
            committing: Duration::from_micros(self.micros.load(Ordering::Relaxed)),
            failed: self.failed.load(Ordering::Relaxed),
            seq,
            clock_behind: Duration::ZERO,
        }
    }
}

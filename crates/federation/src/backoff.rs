//! When a peer that failed is tried again: later each time, and never at the same moment as everybody else.

use std::time::Duration;

/// Counts failures in a row. Waiting doubles with each, up to a longest; of it a random half is taken away, so that
/// many nodes that lost the same peer at once do not all come back at once.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    most: Duration,
    failures: u32,
}

impl Backoff {
    /// `first` is waited after one failure, `most` at last.
    pub fn new(first: Duration, most: Duration) -> Self {
        Self { first, most: most.max(first), failures: 0 }
    }

    /// How long to wait after a failure. `luck` is random. What the peer itself asked for (`Retry-After`) is waited at
    /// least.
    pub fn failed(&mut self, luck: u32, asked: Option<Duration>) -> Duration {
        let doubled = self.first.saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX));
        self.failures = self.failures.saturating_add(1).min(31);
        let whole = doubled.min(self.most);
        let half = whole / 2;
        let part = half.mul_f64(f64::from(luck) / f64::from(u32::MAX));
        (half + part).max(asked.unwrap_or_default())
    }

    pub fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// Failures in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }
}

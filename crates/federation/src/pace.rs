//! How much goes into one batch: about as much as takes a second on the way, so that what is urgent never waits long
//! behind it, whatever the link.

use std::time::Duration;

/// What one batch may take on the way.
const AIM: Duration = Duration::from_secs(1);
/// Of a new measurement, what goes into the rate.
const WEIGHT: f64 = 0.4;

/// The size of batches, in any unit (octets, objects), from the rate that was measured.
#[derive(Debug, Clone)]
pub struct Pace {
    least: u64,
    most: u64,
    limit: u64,
    /// Units a second.
    rate: Option<f64>,
}

impl Pace {
    /// Begins with batches of `first`; they stay between `least` and `most`.
    pub fn new(first: u64, least: u64, most: u64) -> Self {
        let least = least.max(1);
        let most = most.max(least);
        Self { least, most, limit: first.clamp(least, most), rate: None }
    }

    /// What the next batch may have.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Units a second, as measured; nothing before the first batch.
    pub fn rate(&self) -> Option<f64> {
        self.rate
    }

    /// A batch of so many units took so long. A batch that was not full says nothing of what the link could take, so it
    /// never makes batches smaller unless it was slow itself; batches at most double.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn sent(&mut self, units: u64, took: Duration) {
        let seconds = took.as_secs_f64().max(1e-4);
        let measured = units as f64 / seconds;
        let is_telling = units.saturating_mul(2) >= self.limit || took >= AIM;
        if !is_telling {
            return;
        }
        let rate = self.rate.map_or(measured, |rate| rate.mul_add(1.0 - WEIGHT, measured * WEIGHT));
        self.rate = Some(rate);
        let fits = (rate * AIM.as_secs_f64()) as u64;
        self.limit = fits.min(self.limit.saturating_mul(2)).clamp(self.least, self.most);
    }

    /// A batch did not arrive in time: the next ones are a quarter as large.
    pub fn timed_out(&mut self) {
        self.limit = (self.limit / 4).max(self.least);
        self.rate = None;
    }

    /// The other side takes no more than this at once.
    pub fn bound(&mut self, most: u64) {
        self.most = most.max(self.least);
        self.limit = self.limit.min(self.most);
    }
}

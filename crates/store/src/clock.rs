//! Time, injected, and the one order the store makes of it.

use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use rand::Rng;

/// Where the store and the use cases take the time from.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is injected everywhere else")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The longest random step between two events, in microseconds.
const LONGEST_STEP: i64 = 15;

/// The store's clock: microseconds that never go back and never repeat, whatever the machine's clock does.
///
/// It also keeps readers and the writer apart: an instant that a reader took for *now* lies before every event that
/// the reader's snapshot does not hold. Without that, content committed a moment later could sort before a right
/// that the reader has already seen gained, and a resumed cursor would step over it.
pub(crate) struct StoreClock {
    wall: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    /// The newest instant given to anybody.
    high: i64,
    /// The first instant of the transaction that the writer has open.
    open: Option<i64>,
}

impl StoreClock {
    /// `last` is the instant of the newest event on disk.
    pub fn new(wall: Arc<dyn Clock>, last: i64) -> Self {
        Self { wall, state: Mutex::new(State { high: last, open: None }) }
    }

    /// The instant a reader takes for now; to be called before it opens its snapshot.
    pub fn observe(&self) -> i64 {
        let wall = self.wall.now().as_microsecond();
        let mut state = self.state.lock();
        let bound = state.open.map_or(i64::MAX, |open| open - 1);
        let now = state.high.max(wall.min(bound));
        state.high = now;
        now
    }

    /// Begins the writer's transaction; every event in it is later than whatever a reader took for now, and than
    /// `after`, the newest instant of other processes.
    pub fn begin(self: &Arc<Self>, after: i64) -> Ticks {
        let wall = self.wall.now().as_microsecond();
        let mut state = self.state.lock();
        let start = wall.max(state.high.max(after) + 1);
        state.open = Some(start);
        Ticks { clock: Arc::clone(self), last: start }
    }

    /// The wall clock, for what is not ordered by it.
    pub fn wall(&self) -> Timestamp {
        self.wall.now()
    }
}

/// The instants of one write transaction. Dropping it ends the transaction.
pub(crate) struct Ticks {
    clock: Arc<StoreClock>,
    last: i64,
}

impl Ticks {
    /// The wall clock now, for what is not ordered by the store's.
    pub fn wall(&self) -> i64 {
        self.clock.wall().as_microsecond()
    }

    /// The instant of the next event: a random step after the last, so that instants do not count events.
    pub fn next(&mut self) -> i64 {
        self.last += step();
        self.last
    }
}

impl Drop for Ticks {
    fn drop(&mut self) {
        let mut state = self.clock.state.lock();
        state.high = state.high.max(self.last);
        state.open = None;
    }
}

/// A random step, in microseconds.
pub(crate) fn step() -> i64 {
    rand::rng().random_range(1..=LONGEST_STEP)
}

/// A `Timestamp` from the store's microseconds.
pub(crate) fn instant(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests;

//! Time, injected, and the one order the store makes of it.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use parking_lot::Mutex;
use rand::Rng;

/// Where the store and the use cases take the time from.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;

    /// Time that passes whatever the clock is set to: only the difference of two readings means something.
    fn steady(&self) -> Duration {
        Duration::from_micros(self.now().as_microsecond().try_into().unwrap_or_default())
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is injected everywhere else")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn steady(&self) -> Duration {
        static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEGUN.elapsed()
    }
}

/// The longest random step between two events, in microseconds.
const LONGEST_STEP: i64 = 15;
/// A clock this far behind what is known here was set back, in microseconds; less is the order of events.
const SLIP: i64 = 1_000_000;

/// The store's clock: microseconds that never go back and never repeat, whatever the machine's clock does.
///
/// It also keeps readers and the writer apart: an instant that a reader took for *now* lies before every event that
/// the reader's snapshot does not hold. Without that, content committed a moment later could sort before a right
/// that the reader has already seen gained, and a resumed cursor would step over it.
///
/// Where the machine's clock was set back, time goes on from the newest instant that is known, at half its pace, until
/// the machine's clock has caught up. So nothing that expired is valid again, and what is due comes.
pub(crate) struct StoreClock {
    wall: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    /// The newest instant given to anybody.
    high: i64,
    /// The first instant of the transaction that the writer has open.
    open: Option<i64>,
    /// The newest instant told while the machine's clock was behind.
    told: i64,
    /// The clock's steady time when it was last read.
    steady: Duration,
    is_behind: bool,
}

impl StoreClock {
    /// `last` is the instant of the newest event on disk.
    pub fn new(wall: Arc<dyn Clock>, last: i64) -> Self {
        let steady = wall.steady();
        let state = State { high: last, open: None, told: i64::MIN, steady, is_behind: false };
        Self { wall, state: Mutex::new(state) }
    }

    /// The machine's clock, in microseconds; while it is behind what is known here, time as it goes on from there.
    fn read(&self, state: &mut State) -> i64 {
        let wall = self.wall.now().as_microsecond();
        let steady = self.wall.steady();
        let passed = i64::try_from(steady.saturating_sub(state.steady).as_micros()).unwrap_or(i64::MAX);
        state.steady = steady;
        let known = state.high.max(state.told);
        let behind = known.saturating_sub(wall);
        if behind <= SLIP {
            if state.is_behind {
                tracing::info!("the machine's clock has caught up with what the store knows");
            }
            state.is_behind = false;
            return wall;
        }
        if !state.is_behind {
            tracing::warn!(
                behind_s = behind / 1_000_000,
                "the machine's clock is behind what the store has recorded: it was set back, or another front-end's is \
                 ahead; time goes on from there at half its pace until the clock has caught up"
            );
        }
        state.is_behind = true;
        state.told = known.saturating_add(passed / 2);
        state.told
    }

    /// How far the machine's clock is behind what is known here; nothing where it is not.
    pub fn behind(&self) -> Duration {
        let mut state = self.state.lock();
        let told = self.read(&mut state);
        let wall = self.wall.now().as_microsecond();
        if !state.is_behind {
            return Duration::ZERO;
        }
        Duration::from_micros(told.saturating_sub(wall).try_into().unwrap_or_default())
    }

    /// See [`Clock::steady`].
    pub fn steady(&self) -> Duration {
        self.wall.steady()
    }

    /// The instant a reader takes for now; to be called before it opens its snapshot.
    pub fn observe(&self) -> i64 {
        let mut state = self.state.lock();
        let wall = self.read(&mut state);
        let bound = state.open.map_or(i64::MAX, |open| open - 1);
        let now = state.high.max(wall.min(bound));
        state.high = now;
        now
    }

    /// Begins the writer's transaction; every event in it is later than whatever a reader took for now, and than
    /// `after`, the newest instant of other processes.
    pub fn begin(self: &Arc<Self>, after: i64) -> Ticks {
        let mut state = self.state.lock();
        let wall = self.read(&mut state);
        let start = wall.max(state.high.max(after) + 1);
        state.open = Some(start);
        Ticks { clock: Arc::clone(self), last: start }
    }

    /// Time for what is not ordered by it: the machine's clock, where that was not set back.
    pub fn wall(&self) -> Timestamp {
        instant(self.read(&mut self.state.lock()))
    }
}

/// The instants of one write transaction. Dropping it ends the transaction.
pub(crate) struct Ticks {
    clock: Arc<StoreClock>,
    last: i64,
}

impl Ticks {
    /// Time now, for what is not ordered by the store's instants.
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

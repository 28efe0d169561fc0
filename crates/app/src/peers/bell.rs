//! What wakes who looks after a peer: a commit here, an event there, or that it is over.

use std::time::Instant;

use parking_lot::{Condvar, Mutex};

/// For what a bell was rung since it was last answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Rung {
    /// Something may stand to be sent.
    pub push: bool,
    /// The peer may have something.
    pub pull: bool,
    /// The peer is looked after no more.
    pub ended: bool,
}

impl Rung {
    pub fn any(self) -> bool {
        self.push || self.pull || self.ended
    }
}

/// A bell. Ringing it twice before it is answered is ringing it once.
#[derive(Debug, Default)]
pub(super) struct Bell {
    rung: Mutex<Rung>,
    heard: Condvar,
}

impl Bell {
    pub fn push(&self) {
        self.ring(|rung| rung.push = true);
    }

    pub fn pull(&self) {
        self.ring(|rung| rung.pull = true);
    }

    pub fn end(&self) {
        self.ring(|rung| rung.ended = true);
    }

    fn ring(&self, how: impl FnOnce(&mut Rung)) {
        how(&mut self.rung.lock());
        self.heard.notify_all();
    }

    /// For what it has rung, unanswered.
    pub fn rung(&self) -> Rung {
        *self.rung.lock()
    }

    /// Waits until it rings, at most until then, and answers it.
    pub fn answer(&self, until: Instant) -> Rung {
        let mut rung = self.rung.lock();
        while !rung.any() && !self.heard.wait_until(&mut rung, until).timed_out() {}
        let ended = rung.ended;
        std::mem::replace(&mut *rung, Rung { ended, ..Rung::default() })
    }

    /// Waits until then, whatever rings meanwhile; says whether it goes on.
    pub fn rest(&self, until: Instant) -> bool {
        let mut rung = self.rung.lock();
        while !rung.ended && !self.heard.wait_until(&mut rung, until).timed_out() {}
        !rung.ended
    }
}

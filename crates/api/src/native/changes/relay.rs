//! The task that finds what is new for all streams of a node, and hands it to them.
//!
//! It goes round when something was committed, when a client came or took what it was waited for with, and now and then
//! anyway: dates open content without a commit. A client that does not take what it is handed holds up nobody: it is left
//! out until it has, and ended when that takes too long; its last cursor lets it go on.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use http::StatusCode;
use kizuna_app::changes::{Changes, Number, Round, Told, Wanted};
use kizuna_http::{Failure, Server, StreamPlace};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::Instant;

use super::events::{Between, Events, Frame, frame};
use crate::native::item;

/// How often it goes round where nothing wakes it.
const LOOK: Duration = Duration::from_secs(15);
/// How long after a reading that failed it tries again.
const AGAIN: Duration = Duration::from_secs(1);
/// After so many failed readings in a row a stream ends.
const TRIES: u32 = 30;
/// After a round it rests as long as that took, up to this: streams take no more than half of a processor.
const REST: Duration = Duration::from_millis(50);
/// After so many streams others have a turn.
const TURN: usize = 256;

/// The way to the task, which begins with the first stream.
#[derive(Clone, Default)]
pub(super) struct Relay {
    task: Arc<OnceLock<mpsc::UnboundedSender<Joining>>>,
}

/// Somebody who wants a stream. Their number is bounded by that of the places for streams.
struct Joining {
    wanted: Wanted,
    place: StreamPlace,
    answer: oneshot::Sender<Result<Events, Failure>>,
}

impl Relay {
    /// The events of a new stream, once it has been read for.
    pub async fn join(&self, server: &Server, wanted: Wanted, place: StreamPlace) -> Result<Events, Failure> {
        let task = self.task.get_or_init(|| {
            let (joining, joined) = mpsc::unbounded_channel();
            tokio::spawn(Desk::new(server.clone()).run(joined));
            joining
        });
        let (answer, answered) = oneshot::channel();
        task.send(Joining { wanted, place, answer }).map_err(|_| Failure::busy())?;
        answered.await.map_err(|_| Failure::busy())?
    }
}

/// The relay's end of a stream.
struct Seat {
    frames: mpsc::Sender<Frame>,
    between: Arc<Between>,
    /// Until the stream has been read for.
    joining: Option<(oneshot::Sender<Result<Events, Failure>>, Events)>,
    /// Since when its client has not taken what it was handed.
    waiting: Option<Instant>,
    /// Readings that failed in a row.
    failed: u32,
}

impl Seat {
    /// Whether the client has taken what it was handed. Where not, it wakes the relay when it does.
    fn is_ready(&mut self) -> bool {
        if self.frames.capacity() == 0 {
            self.between.is_awaited.store(true, Ordering::SeqCst);
        }
        // It may have been taken just before.
        let is_ready = self.frames.capacity() > 0;
        if is_ready {
            self.waiting = None;
        } else {
            self.waiting.get_or_insert_with(Instant::now);
        }
        is_ready
    }

    fn is_gone(&self) -> bool {
        match &self.joining {
            Some((answer, _)) => answer.is_closed(),
            None => self.frames.is_closed(),
        }
    }

    /// Ends the stream; its client's end says why.
    fn end(self, failure: Failure, why: &'static str) {
        match self.joining {
            // Who does not wait any more needs no answer.
            Some((answer, _)) => drop(answer.send(Err(failure))),
            None => drop(self.between.end.set(why)),
        }
    }
}

/// When the task goes round next, if nothing wakes it before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    AtOnce,
    Soon,
    Later,
}

struct Desk {
    server: Server,
    commits: watch::Receiver<u64>,
    taken: Arc<Notify>,
    changes: Arc<Mutex<Changes>>,
    seats: BTreeMap<Number, Seat>,
}

impl Desk {
    fn new(server: Server) -> Self {
        let commits = server.node().commits();
        let changes = Arc::new(Mutex::new(Changes::new(item::text)));
        Self { server, commits, taken: Arc::default(), changes, seats: BTreeMap::new() }
    }

    /// Goes round until the router is gone, or the node.
    async fn run(mut self, mut joining: mpsc::UnboundedReceiver<Joining>) {
        let mut next = Next::Later;
        loop {
            let wait = match next {
                Next::AtOnce => Duration::ZERO,
                Next::Soon => AGAIN,
                Next::Later => LOOK.min(self.patience()),
            };
            let taken = Arc::clone(&self.taken);
            tokio::select! {
                changed = self.commits.changed() => if changed.is_err() { return },
                joined = joining.recv() => match joined {
                    Some(joined) => self.take_in(joined),
                    None => return,
                },
                () = taken.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
            while let Ok(joined) = joining.try_recv() {
                self.take_in(joined);
            }
            if self.seats.is_empty() {
                next = Next::Later;
                continue;
            }
            let begun = Instant::now();
            next = self.round().await;
            tokio::time::sleep(begun.elapsed().min(REST)).await;
        }
    }

    fn take_in(&mut self, joining: Joining) {
        let Joining { wanted, place, answer } = joining;
        let number = match self.changes().add(self.server.node(), wanted) {
            Ok(number) => number,
            // Who does not wait any more needs no answer.
            Err(error) => return drop(answer.send(Err(error.into()))),
        };
        let (frames, handed) = mpsc::channel(1);
        let between = Arc::new(Between::default());
        let events = Events::new(handed, Arc::clone(&between), Arc::clone(&self.taken), place);
        let seat = Seat { frames, between, joining: Some((answer, events)), waiting: None, failed: 0 };
        self.seats.insert(number, seat);
    }

    async fn round(&mut self) -> Next {
        // Whatever is committed from here on is for the next round.
        self.commits.borrow_and_update();
        let due = self.due();
        let (changes, asked) = (Arc::clone(&self.changes), due.clone());
        let work = move |node: &kizuna_app::Node| Ok(lock(&changes).read(node, &asked));
        // Beyond the first reading nobody says any more what is asked.
        let read = kizuna_http::asked("native.changes", self.server.patiently(work)).await;
        let mut round = read.unwrap_or_else(|failure| {
            tracing::error!(?failure, "a round of the streams of changes failed");
            Round::failed(due.clone())
        });
        self.changes().settle(&mut round);
        self.count_failures(&due, &round.failed);
        let has_failed = !round.failed.is_empty();
        for (handed, (number, told)) in round.told.into_iter().enumerate() {
            self.hand(number, told);
            if handed % TURN == TURN - 1 {
                tokio::task::yield_now().await;
            }
        }
        match (round.more, has_failed) {
            (_, true) => Next::Soon,
            (true, false) => Next::AtOnce,
            (false, false) => Next::Later,
        }
    }

    /// The streams whose clients have taken what they were handed. Those whose clients are gone are forgotten, and those
    /// that do not take it for too long end.
    fn due(&mut self) -> Vec<Number> {
        let patience = self.patience();
        let (mut due, mut gone, mut slow) = (Vec::with_capacity(self.seats.len()), Vec::new(), Vec::new());
        for (number, seat) in &mut self.seats {
            if seat.is_gone() {
                gone.push(*number);
            } else if seat.is_ready() {
                due.push(*number);
            } else if seat.waiting.is_some_and(|since| since.elapsed() > patience) {
                slow.push(*number);
            }
        }
        for number in gone {
            self.forget(number);
        }
        for number in slow {
            if let Some(seat) = self.forget(number) {
                seat.end(Failure::busy(), "too slow");
            }
        }
        due
    }

    /// How long a client may leave what it was handed: less than until its connection is cut, so that it is told.
    fn patience(&self) -> Duration {
        self.server.caps().stall_time / 2
    }

    fn hand(&mut self, number: Number, told: Told) {
        let Some(seat) = self.seats.get_mut(&number) else { return };
        let (changes, more) = match told {
            Told::Changes { changes, more } => (changes, more),
            Told::Ended(error) => {
                let failure = Failure::from(error);
                let is_signed_out = failure.status == StatusCode::UNAUTHORIZED;
                if let Some(seat) = self.forget(number) {
                    seat.end(failure, if is_signed_out { "signed out" } else { "try again" });
                }
                return;
            }
        };
        if more {
            seat.between.is_awaited.store(true, Ordering::SeqCst);
        }
        if !changes.is_empty() {
            // Only who took the last frame was read for, so that there is room; whoever is gone needs none.
            let _ = seat.frames.try_send(frame(changes));
        }
        if let Some((answer, events)) = seat.joining.take() {
            // Who is gone is found so in the next round.
            let _ = answer.send(Ok(events));
        }
    }

    /// Ends the streams that cannot be read for time and again. A request that waits for its first reading fails at once.
    fn count_failures(&mut self, due: &[Number], failed: &[Number]) {
        for number in due {
            let Some(seat) = self.seats.get_mut(number) else { continue };
            if failed.binary_search(number).is_err() {
                seat.failed = 0;
                continue;
            }
            seat.failed += 1;
            if (seat.joining.is_some() || seat.failed >= TRIES)
                && let Some(seat) = self.forget(*number)
            {
                seat.end(Failure::busy(), "try again");
            }
        }
    }

    fn forget(&mut self, number: Number) -> Option<Seat> {
        self.changes().remove(number);
        self.seats.remove(&number)
    }

    fn changes(&self) -> MutexGuard<'_, Changes> {
        lock(&self.changes)
    }
}

fn lock(changes: &Mutex<Changes>) -> MutexGuard<'_, Changes> {
    changes.lock().unwrap_or_else(PoisonError::into_inner)
}

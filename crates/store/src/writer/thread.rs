//! The writer's thread: whatever is queued becomes one transaction and one sync.

use std::fs::File;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Instant;

use jiff::Timestamp;
use kizuna_access::{Directory, Label, MemberId, Recorded, Rights};
use kizuna_stix::{Id, Object};

use super::desk::{Books, Desk};
use super::narrow::Reach;
use super::prepare::Prepared;
use super::{Actor, AuditEntry, Erasure, stopped};
use crate::StoreError;
use crate::backend::{Commits, Key, Ledger, Seq};
use crate::clock::StoreClock;
use crate::contribution::{Outcome, Quarantined};
use crate::log::Sealing;
use crate::vitals::Pulse;

/// Attests an object that the writer itself publishes for a member: a recall, the stub of a revocation. Nothing where
/// the member's key is not here.
pub type Attestor = dyn Fn(&Directory, MemberId, &Object, &Label, Timestamp) -> Option<Object> + Send + Sync;

/// Requests that may wait; a caller beyond that waits to hand in its own.
const QUEUE: usize = 256;
/// A group is closed when it holds this many contributions: what waits for a sync stays short.
const GROUP: usize = 8_000;

/// What the writer is asked to do.
pub(crate) enum Request {
    Contribute {
        prepared: Vec<Prepared>,
        quarantined: Vec<Quarantined>,
    },
    Record {
        rights: Box<Rights>,
        actor: Actor,
    },
    /// Contributions once more, under the labels they should have had; `settled` wait no longer.
    Relabel {
        prepared: Vec<Prepared>,
        settled: Vec<Seq>,
    },
    /// Contributions once more, under other labels, each in place of the one of this number where that permits more.
    Reassign {
        id: Id,
        prepared: Vec<(Seq, Prepared)>,
    },
    Narrow {
        id: Id,
        reach: Reach,
        source: MemberId,
        actor: Actor,
    },
    Erase(Box<Erasure>),
    /// A leaf of the log.
    Seal(Box<Sealing>),
    Audit(AuditEntry),
    /// Readers judge by this instant: whatever comes is later.
    Close(i64),
    SwapState {
        kind: String,
        key: String,
        expected: Option<Vec<u8>>,
        value: Option<Vec<u8>>,
        expires: Option<Timestamp>,
    },
    SetState {
        kind: String,
        key: String,
        value: Option<Vec<u8>>,
        expires: Option<Timestamp>,
    },
}

/// What it answers once the work is durable.
pub(crate) enum Reply {
    Outcomes(Vec<Outcome>),
    Recorded(Box<Recorded>),
    Narrowed(u64),
    Swapped(bool),
    Done,
}

type Answer = SyncSender<Result<Reply, StoreError>>;
type Job = (Request, Answer);

/// The caller's end of the queue. When the last one is dropped, the writer ends and the data directory is let go.
#[derive(Clone)]
pub(crate) struct Link(Arc<Running>);

struct Running {
    queue: Option<SyncSender<Job>>,
    attestor: Arc<OnceLock<Box<Attestor>>>,
    pulse: Arc<Pulse>,
    handle: Option<JoinHandle<()>>,
    /// Held as long as anybody may write.
    _lock: File,
}

impl Link {
    /// Says who attests from now on; only the first counts.
    pub fn attest_with(&self, attestor: Box<Attestor>) {
        let _ = self.0.attestor.set(attestor);
    }

    pub fn send(&self, request: Request, answer: Answer) -> Result<(), StoreError> {
        let queue = self.0.queue.as_ref().ok_or_else(stopped)?;
        self.0.pulse.queue();
        queue.send((request, answer)).map_err(|_| {
            self.0.pulse.dequeue();
            stopped()
        })
    }

    pub fn pulse(&self) -> &Pulse {
        &self.0.pulse
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(handle) = self.handle.take() {
            // A panic of the writer has been answered to its callers by the closed queue.
            let _ = handle.join();
        }
    }
}

/// Starts the writer, which keeps the lock of the data directory.
pub(crate) fn start(
    ledger: Box<dyn Ledger>,
    books: Books,
    clock: Arc<StoreClock>,
    commits: Commits,
    lock: File,
) -> Result<Link, StoreError> {
    let (queue, jobs) = sync_channel(QUEUE);
    let attestor = Arc::new(OnceLock::new());
    let pulse = Arc::new(Pulse::default());
    let mut thread = Thread {
        ledger,
        books,
        clock,
        commits,
        attestor: Arc::clone(&attestor),
        pulse: Arc::clone(&pulse),
        stale: false,
        unscrubbed: true,
    };
    let handle = std::thread::Builder::new()
        .name("kizuna-writer".into())
        .spawn(move || thread.run(&jobs))
        .map_err(|e| StoreError::Engine(format!("the writer's thread does not start: {e}")))?;
    Ok(Link(Arc::new(Running { queue: Some(queue), attestor, pulse, handle: Some(handle), _lock: lock })))
}

struct Thread {
    ledger: Box<dyn Ledger>,
    books: Books,
    clock: Arc<StoreClock>,
    commits: Commits,
    attestor: Arc<OnceLock<Box<Attestor>>>,
    pulse: Arc<Pulse>,
    /// The books may know more than the disk: they are read again before the next group.
    stale: bool,
    /// Remnants of what was erased may lie in the files, also from before this program began.
    unscrubbed: bool,
}

impl Thread {
    fn run(&mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut group = vec![first];
            let mut size = weight(&group[0].0);
            while size < GROUP {
                match jobs.try_recv() {
                    Ok(job) => {
                        size += weight(&job.0);
                        group.push(job);
                    }
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
                }
            }
            self.serve(group);
        }
    }

    /// Does a group of requests in one transaction and answers all of them once it is durable.
    fn serve(&mut self, group: Vec<Job>) {
        for _ in &group {
            self.pulse.dequeue();
        }
        let (requests, answers): (Vec<Request>, Vec<Answer>) = group.into_iter().unzip();
        let begun = Instant::now();
        self.unscrubbed |= requests.iter().any(|request| matches!(request, Request::Erase(_)));
        let replies = match self.transact(requests) {
            Ok(replies) => {
                self.pulse.committed(begun.elapsed());
                replies
            }
            Err(error) => {
                self.pulse.failed();
                self.ledger.rollback();
                self.stale = true;
                tracing::error!(error = %error, requests = answers.len(), "a group of writes was not stored");
                answers.iter().map(|_| Err(repeat(&error))).collect()
            }
        };
        self.scrub();
        fail::fail_point!("before-answer");
        for (answer, reply) in answers.into_iter().zip(replies) {
            // Who no longer waits has given up; what was stored stays stored.
            let _ = answer.send(reply);
        }
    }

    /// Writes over what is left of erased content in the files. Readers may keep it from being done now; then it is
    /// tried again after the next group.
    fn scrub(&mut self) {
        if !self.unscrubbed {
            return;
        }
        match self.ledger.scrub() {
            Ok(done) => self.unscrubbed = !done,
            Err(error) => {
                tracing::error!(error = %error, "remnants of erased content stay in the files for now");
            }
        }
    }

    /// The replies, durable; or the error because of which nothing of the group was stored.
    fn transact(&mut self, requests: Vec<Request>) -> Result<Vec<Result<Reply, StoreError>>, StoreError> {
        let begun = self.ledger.begin()?;
        if self.stale {
            self.books = Books::load(self.ledger.as_mut())?;
            self.stale = false;
        } else if begun.is_behind {
            self.books.catch_up(self.ledger.as_mut())?;
        }
        let mut ticks = self.clock.begin(begun.after);
        let keys: Vec<Key> = requests.iter().flat_map(keys).collect();
        self.ledger.expect(&keys)?;
        // Once a second, whether anything happened or not: nobody waits for it.
        let is_leaf_alone = requests.iter().all(|request| matches!(request, Request::Seal(_)));
        let mut replies = Vec::with_capacity(requests.len());
        for request in requests {
            let mark = self.books.mark();
            self.ledger.mark()?;
            let attestor = self.attestor.get().map(|attestor| &**attestor);
            let (ledger, books) = (self.ledger.as_mut(), &mut self.books);
            let mut desk = Desk { ledger, books, ticks: &mut ticks, attestor };
            match desk.apply(request) {
                Ok(reply) => {
                    self.ledger.keep()?;
                    fail::fail_point!("after-request");
                    replies.push(Ok(reply));
                }
                Err(error @ (StoreError::Disk(_) | StoreError::Away(_) | StoreError::Engine(_))) => {
                    return Err(error);
                }
                Err(refusal) => {
                    self.ledger.undo()?;
                    self.books.undo(mark);
                    replies.push(Err(refusal));
                }
            }
        }
        self.books.settle(self.ledger.as_mut())?;
        fail::fail_point!("before-commit");
        self.ledger.commit()?;
        fail::fail_point!("after-commit");
        if !is_leaf_alone {
            self.commits.send_replace(self.books.heads().seq.unsigned_abs());
        }
        Ok(replies)
    }
}

fn weight(request: &Request) -> usize {
    match request {
        Request::Contribute { prepared, quarantined } => 1 + prepared.len() + quarantined.len(),
        Request::Relabel { prepared, .. } => 1 + prepared.len(),
        Request::Reassign { prepared, .. } => 1 + prepared.len(),
        _ => 1,
    }
}

/// The objects that a request contributes to.
fn keys(request: &Request) -> Vec<Key> {
    match request {
        Request::Contribute { prepared, .. } | Request::Relabel { prepared, .. } => {
            prepared.iter().map(|one| one.key).collect()
        }
        Request::Reassign { prepared, .. } => prepared.iter().map(|(_, one)| one.key).collect(),
        _ => Vec::new(),
    }
}

/// The same error once more, for everybody who waited for the same sync.
fn repeat(error: &StoreError) -> StoreError {
    match error {
        StoreError::Disk(what) => StoreError::Disk(what.clone()),
        StoreError::Away(what) => StoreError::Away(what.clone()),
        StoreError::Engine(what) => StoreError::Engine(what.clone()),
        other => StoreError::Engine(other.to_string()),
    }
}

//! Looking after peers: one thread hears what is committed here and rings for every peer, one thread a peer exchanges
//! with it when it is rung, and as often as was asked for.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kizuna_federation::backoff::Backoff;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use super::Peer;
use super::bell::Bell;
use super::exchange::{Session, Turns, Ways};
use super::listen::Listener;
use crate::schedule::Schedule;
use crate::{AppError, Node};

/// How often it is looked whether peers were added, changed or removed.
const LOOK: Duration = Duration::from_millis(500);
/// How often it is looked whether the time of what was dated ahead has come.
const LOOK_EARLY: Duration = Duration::from_secs(2);
/// Commits that come so close together wake a peer once: a load in a thousand commits makes no thousand requests.
const TOGETHER: Duration = Duration::from_millis(2);
/// Waited after a peer failed: at first, and at most.
const FIRST: Duration = Duration::from_millis(500);
const MOST: Duration = Duration::from_mins(5);

impl Node {
    /// Starts to exchange with every peer, those added later included: at once when something is committed here or the
    /// peer says that it has something, and in any case as often as was asked for. When the schedule ends, an exchange
    /// under way goes on to its next page and is resumed there at the next start.
    pub fn schedule_peers(&self) -> Result<Schedule, AppError> {
        let node = self.clone();
        let unable = |error: std::io::Error| AppError::Internal(format!("commits cannot be heard: {error}"));
        let mut commits = Commits {
            runtime: Builder::new_current_thread().enable_time().build().map_err(unable)?,
            commits: node.commits(),
        };
        Schedule::run("peers", move |ended| node.look_after_peers(&mut commits, ended))
    }

    fn look_after_peers(&self, commits: &mut Commits, ended: &AtomicBool) {
        let mut attended: BTreeMap<String, Attended> = BTreeMap::new();
        let mut seen = self.stand();
        let mut looked: Option<Instant> = None;
        let mut looked_early: Option<Instant> = None;
        while !ended.load(Ordering::Relaxed) {
            if looked.is_none_or(|at| at.elapsed() >= LOOK) {
                if let Err(error) = self.attend_all(&mut attended) {
                    tracing::warn!(schedule = "peers", error = %error, "what is due cannot be looked up");
                }
                looked = Some(Instant::now());
            }
            if looked_early.is_none_or(|at| at.elapsed() >= LOOK_EARLY) {
                if let Err(error) = self.take_early_here() {
                    tracing::warn!(schedule = "peers", error = %error, "what was too early cannot be taken in");
                }
                looked_early = Some(Instant::now());
            }
            if commits.wait(LOOK) {
                std::thread::sleep(TOGETHER);
                let stand = self.stand();
                // A peer's own cursors and status are commits too, with which nothing stands to be sent.
                if stand != seen {
                    for attended in attended.values() {
                        attended.bell.push();
                    }
                }
                seen = stand;
            }
        }
    }

    /// What was contributed last, and the epoch of the rights: what is to be sent changes with either.
    fn stand(&self) -> (u64, u64) {
        let epoch = self.directory().map_or(0, |directory| directory.epoch());
        (*self.commits().borrow(), epoch)
    }

    /// Of the processes that have the node open, one takes in what was too early.
    fn take_early_here(&self) -> Result<(), AppError> {
        if self.is_mine("peers")? { self.take_all_early() } else { Ok(()) }
    }

    /// Lets go of peers that are gone or changed, and looks after new ones.
    fn attend_all(&self, attended: &mut BTreeMap<String, Attended>) -> Result<(), AppError> {
        let mut peers = if self.is_mine("peers")? { self.all_peers()? } else { Vec::new() };
        // One that is neither pulled from nor pushed to comes to us.
        peers.retain(|peer| peer.pull || peer.push);
        attended.retain(|_, attended| peers.contains(&attended.peer));
        for peer in peers {
            if !attended.contains_key(&peer.name) {
                attended.insert(peer.name.clone(), Attended::start(self, peer)?);
            }
        }
        Ok(())
    }
}

/// Commits of this node, for a thread that waits.
struct Commits {
    runtime: Runtime,
    commits: watch::Receiver<u64>,
}

impl Commits {
    /// Waits for the next commit, at most so long; says whether there was one.
    fn wait(&mut self, most: Duration) -> bool {
        let commits = &mut self.commits;
        let heard = self.runtime.block_on(async { tokio::time::timeout(most, commits.changed()).await });
        match heard {
            Ok(Ok(())) => true,
            Ok(Err(_)) => {
                std::thread::sleep(most);
                false
            }
            Err(_) => false,
        }
    }
}

/// A peer that is looked after, until this is dropped.
struct Attended {
    peer: Peer,
    bell: Arc<Bell>,
}

impl Drop for Attended {
    fn drop(&mut self) {
        self.bell.end();
    }
}

impl Attended {
    fn start(node: &Node, peer: Peer) -> Result<Self, AppError> {
        let bell: Arc<Bell> = Arc::default();
        let attendant = Attendant {
            node: node.clone(),
            peer: peer.clone(),
            bell: Arc::clone(&bell),
            session: Session::default(),
            listener: None,
            backoff: Backoff::new(FIRST, MOST.min(Duration::from_secs(peer.every))),
        };
        let started = std::thread::Builder::new().name("peer".to_owned()).spawn(move || attendant.attend());
        started.map_err(|error| AppError::Internal(format!("a peer cannot be looked after: {error}")))?;
        Ok(Self { peer, bell })
    }
}

/// Who looks after one peer.
struct Attendant {
    node: Node,
    peer: Peer,
    bell: Arc<Bell>,
    session: Session,
    listener: Option<Listener>,
    backoff: Backoff,
}

impl Attendant {
    fn attend(mut self) {
        let every = Duration::from_secs(self.peer.every);
        let mut due = Instant::now();
        // What another process sent meanwhile is on disk.
        self.node.exchange_lock(&self.peer.name).lock().clear();
        loop {
            let rung = self.bell.answer(due);
            if rung.ended {
                return;
            }
            let is_due = Instant::now() >= due;
            let all = Ways::of(&self.peer);
            self.session.is_timed = is_due;
            let ways = if is_due {
                self.session.look_again();
                all
            } else {
                Ways { pull: all.pull && rung.pull, push: all.push && rung.push }
            };
            if !ways.pull && !ways.push {
                continue;
            }
            if self.exchange(ways) {
                self.backoff.succeeded();
                if is_due {
                    due = Instant::now() + every;
                }
            } else {
                due = Instant::now() + self.backoff.failed(rand::random(), self.session.asked);
                if !self.bell.rest(due) {
                    return;
                }
            }
            self.listen();
        }
    }

    /// Says whether it went well. A direction that another one ended has its bell rung: its turn comes.
    fn exchange(&mut self, ways: Ways) -> bool {
        let name = &self.peer.name;
        let (all, bell) = (Ways::of(&self.peer), &self.bell);
        let is_over = || bell.rung().ended;
        let turns = Turns {
            before_pull: &|| is_over() || (all.push && bell.rung().push),
            before_push: &|| is_over() || (all.pull && bell.rung().pull),
        };
        match self.node.flow(&self.peer, &mut self.session, ways, turns) {
            Ok((status, left)) => {
                if left.push {
                    bell.push();
                }
                if left.pull {
                    bell.pull();
                }
                let Some(error) = status.error else {
                    tracing::debug!(peer.name = %name, "exchanged");
                    return true;
                };
                tracing::warn!(peer.name = %name, error = %error, "a peer failed");
            }
            Err(error) => tracing::error!(peer.name = %name, error = %error, "an exchange failed here"),
        }
        false
    }

    /// Listens to a peer that is pulled from and may be of our kind.
    fn listen(&mut self) {
        if !self.peer.pull || self.listener.is_some() {
            return;
        }
        let Some(changes) = self.session.native("/api/v1/changes") else {
            return;
        };
        let started = self.node.client(&self.peer).map(|client| Listener::start(client, changes, &self.bell));
        match started {
            Ok(Ok(listener)) => self.listener = Some(listener),
            Ok(Err(error)) => tracing::warn!(error = %error, "a peer cannot be listened to"),
            Err(error) => tracing::warn!(error = %error, "a peer cannot be listened to"),
        }
    }
}

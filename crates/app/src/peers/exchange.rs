//! One exchange with a peer: pull, then push, then say how it went.

use std::collections::BTreeMap;
use std::time::Duration;

use kizuna_federation::pace::Pace;
use url::Url;

use super::client::Client;
use super::locate::Place;
use super::push::Stand;
use super::{Peer, PeerStatus, STATUS, locate};
use crate::people::Caller;
use crate::{AppError, Node};

impl Node {
    /// Exchanges with one peer now, or with all, and says how it went.
    pub fn sync_peers(
        &self,
        caller: &Caller,
        name: Option<&str>,
    ) -> Result<Vec<(Peer, PeerStatus)>, AppError> {
        let peers = self.peers(caller)?;
        let meant: Vec<Peer> =
            peers.into_iter().filter(|peer| name.is_none_or(|name| peer.name == name)).collect();
        if let (true, Some(name)) = (meant.is_empty(), name) {
            return Err(AppError::invalid("name", format!("there is no peer named {name:?}")));
        }
        let mut told = Vec::new();
        for peer in meant {
            self.audit_peer(caller, "peer.sync-asked", &peer, serde_json::json!({}))?;
            let status = self.sync(&peer)?;
            told.push((peer, status));
        }
        Ok(told)
    }

    /// Begins an exchange with one peer and does not wait for it; its status tells how it went. One that is under way
    /// already is as good.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everybody but who runs the node; [`AppError::NotFound`] for no peer of this name.
    pub fn begin_sync(&self, caller: &Caller, name: &str) -> Result<(), AppError> {
        self.people(caller.clone()).needs_to_run_node()?;
        let peer = self.peer(name)?.ok_or(AppError::NotFound)?;
        self.audit_peer(caller, "peer.sync-asked", &peer, serde_json::json!({}))?;
        if self.exchange_lock(name).is_locked() {
            return Ok(());
        }
        let node = self.clone();
        let run = move || {
            if let Err(error) = node.sync(&peer) {
                tracing::error!(peer.name = %peer.name, error = %error, "an exchange failed here");
            }
        };
        let begun = std::thread::Builder::new().name("sync".to_owned()).spawn(run);
        begun.map(drop).map_err(|error| AppError::Unavailable(format!("an exchange cannot begin: {error}")))
    }

    /// Whether an exchange with this peer is under way.
    pub fn is_syncing(&self, name: &str) -> bool {
        self.exchange_lock(name).is_locked()
    }

    /// One exchange, both ways as far as they are asked for. What the peer does wrong is in the status; what this node
    /// does wrong is an error.
    pub(super) fn sync(&self, peer: &Peer) -> Result<PeerStatus, AppError> {
        self.take_early(peer);
        let mut session = Session { is_timed: true, ..Session::default() };
        Ok(self.flow(peer, &mut session, Ways::of(peer), Turns::NONE)?.0)
    }

    /// An exchange in these directions, in a session that goes on; tells how it went, and in which directions somebody
    /// else's turn ended it.
    pub(super) fn flow(
        &self,
        peer: &Peer,
        session: &mut Session,
        ways: Ways,
        turns: Turns<'_>,
    ) -> Result<(PeerStatus, Ways), AppError> {
        let lock = self.exchange_lock(&peer.name);
        let mut stands = lock.lock();
        let before = self.peer_status(&peer.name)?;
        let mut status = before.clone();
        let now = self.now();
        session.stands = std::mem::take(&mut *stands);
        let done = self.exchange(peer, session, ways, turns, &mut status);
        let left = *done.as_ref().unwrap_or(&Ways::NONE);
        let is_whole = ways == Ways::of(peer) && left == Ways::NONE;
        match &done {
            Ok(_) => {
                *stands = std::mem::take(&mut session.stands);
                status.error = None;
                if is_whole {
                    status.last_success = Some(now);
                }
            }
            Err(error) => {
                session.break_off();
                status.error = Some(error.to_string());
            }
        }
        // Woken for nothing, it leaves no trace.
        if is_whole || status != before {
            status.last_attempt = Some(now);
            if self.peer(&peer.name)?.is_some() {
                self.keep_json(STATUS, &peer.name, &status)?;
            } else {
                stands.clear();
                self.forget_exchange(&peer.name)?;
            }
        }
        match done {
            Err(error @ AppError::Internal(_)) => Err(error),
            _ => Ok((status, left)),
        }
    }

    fn exchange(
        &self,
        peer: &Peer,
        session: &mut Session,
        ways: Ways,
        turns: Turns<'_>,
        status: &mut PeerStatus,
    ) -> Result<Ways, AppError> {
        if !ways.pull && !ways.push {
            // It comes to us.
            return Ok(Ways::NONE);
        }
        if session.open(self, peer)? == Opened::Anew {
            status.clock = session.client()?.heard().map(|at| at.duration_since(self.now()).as_secs());
        }
        let mut left = Ways::NONE;
        if ways.pull {
            for place in locate::to_pull(&session.places, peer) {
                let went = self.pull(peer, session, &place, status, turns.before_pull)?;
                left.pull |= went == Went::Yielded;
            }
        }
        if ways.push {
            let place = locate::to_push(&session.places)?;
            for account in &peer.accounts {
                let who = self.directory()?.authenticate_person(*account, self.now())?;
                let went = self.push(peer, session, &place, &who, status, turns.before_push)?;
                left.push |= went == Went::Yielded;
            }
        }
        Ok(left)
    }
}

/// The directions of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ways {
    pub pull: bool,
    pub push: bool,
}

impl Ways {
    pub const NONE: Self = Self { pull: false, push: false };

    /// All that are asked for.
    pub fn of(peer: &Peer) -> Self {
        Self { pull: peer.pull, push: peer.push }
    }
}

/// How a direction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    /// Both ends are level in it.
    Level,
    /// There is more; it was somebody else's turn.
    Yielded,
}

/// Whether it is somebody else's turn: asked between two batches.
pub(super) type Turn<'a> = &'a dyn Fn() -> bool;

/// Who goes before a direction.
#[derive(Clone, Copy)]
pub(super) struct Turns<'a> {
    pub before_pull: Turn<'a>,
    pub before_push: Turn<'a>,
}

impl Turns<'_> {
    /// Each direction goes on to its end.
    pub const NONE: Self = Self { before_pull: &|| false, before_push: &|| false };
}

/// Octets of the first batch that is sent, and of the smallest.
const FIRST_OCTETS: u64 = 16 << 10;
const LEAST_OCTETS: u64 = 2 << 10;
/// Objects of the first page that is fetched, of the smallest, and of the largest.
const FIRST_OBJECTS: u64 = 50;
const LEAST_OBJECTS: u64 = 5;
const MOST_OBJECTS: u64 = 1_000;

/// What is known of a peer from one exchange to the next: how it is asked, where its collections are, and how much it
/// takes at once.
pub(super) struct Session {
    client: Option<Client>,
    pub places: Vec<Place>,
    /// Of what is sent, in octets.
    pub pace: Pace,
    /// Of what is fetched, in objects.
    pub pull_pace: Pace,
    /// Whether it knows offers; nothing where it was not asked yet.
    pub offers: Option<bool>,
    /// Whether an answer was lost: what was sent may have arrived.
    pub is_unsure: bool,
    /// Whether this is a timed exchange, or one that somebody asked for.
    pub is_timed: bool,
    /// How long the peer asked us to wait.
    pub asked: Option<Duration>,
    /// Where pushing stands, by account.
    pub stands: Stands,
}

/// Where pushing to one peer stands, by account and place; what is kept may be a little behind.
pub(crate) type Stands = BTreeMap<String, Stand>;

/// Whether the peer was just asked where its collections are.
#[derive(PartialEq, Eq)]
enum Opened {
    Anew,
    Before,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            client: None,
            places: Vec::new(),
            pace: Pace::new(FIRST_OCTETS, LEAST_OCTETS, u64::MAX),
            pull_pace: Pace::new(FIRST_OBJECTS, LEAST_OBJECTS, MOST_OBJECTS),
            offers: None,
            // What was sent before this process began may have arrived.
            is_unsure: true,
            is_timed: false,
            asked: None,
            stands: Stands::new(),
        }
    }
}

impl Session {
    fn open(&mut self, node: &Node, peer: &Peer) -> Result<Opened, AppError> {
        self.asked = None;
        if self.client.is_none() {
            self.client = Some(node.client(peer)?);
        }
        if !self.places.is_empty() {
            return Ok(Opened::Before);
        }
        self.places = locate::collections(self.client()?, peer)?;
        match self.native("/federation/hello") {
            Some(at) => node.greet(peer, self.client()?, &at)?,
            None => node.greet_nobody(peer)?,
        }
        Ok(Opened::Anew)
    }

    pub fn client(&self) -> Result<&Client, AppError> {
        self.client.as_ref().ok_or_else(|| AppError::Internal("a session is not open".to_owned()))
    }

    /// Begins anew with the next exchange; what is known of the link stays.
    fn break_off(&mut self) {
        self.client = None;
        self.places.clear();
        self.stands.clear();
    }

    /// Asks anew where the peer's collections are.
    pub fn look_again(&mut self) {
        self.places.clear();
        self.offers = self.offers.filter(|offers| *offers);
    }

    /// Where a node of our kind has a path that TAXII does not have; nothing for what cannot be one.
    pub fn native(&self, path: &str) -> Option<Url> {
        self.places.first().and_then(|place| locate::native(&place.objects, path))
    }

    /// Whether the peer may know what a node of our kind knows.
    pub fn may_offer(&self) -> bool {
        self.offers != Some(false) && self.native("/").is_some()
    }

    /// Whether the peer is a node of our kind.
    pub fn is_native(&self) -> bool {
        self.offers == Some(true)
    }
}

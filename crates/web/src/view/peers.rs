//! Peers and how synchronisation with them stands.

use askama::Template;

use crate::moment::Moment;
use crate::view::Page;

/// How a peer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Ok,
    Behind,
    Failed,
    Waiting,
}

impl State {
    pub fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Behind => "warn",
            Self::Failed => "danger",
            Self::Waiting => "note",
        }
    }

    pub fn icon(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Behind | Self::Failed => "warn",
            Self::Waiting => "clock",
        }
    }

    /// The message that says it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ok => "peer-ok",
            Self::Behind => "peer-behind",
            Self::Failed => "peer-failed",
            Self::Waiting => "peer-waiting",
        }
    }
}

#[derive(Debug, Clone)]
pub struct PeerView {
    pub name: String,
    pub url: String,
    pub member: String,
    /// `pull`, `push` or both, in the reader's language.
    pub direction: String,
    pub state: State,
    pub last: Option<Moment>,
    pub pulled: String,
    pub pushed: String,
    /// Refused by the peer or put into quarantine here.
    pub refused: String,
    /// How far behind, in words.
    pub lag: Option<String>,
    pub error: Option<String>,
}

#[derive(Debug, Clone, Template)]
#[template(path = "peers.html")]
pub struct PeersPage {
    pub page: Page,
    pub peers: Vec<PeerView>,
    /// The reader runs the node: only then are its peers shown.
    pub may_run: bool,
}

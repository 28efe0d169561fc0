//! Peers and how synchronisation with them stands.

use std::collections::BTreeMap;

use askama::Template;

use crate::moment::Moment;
use crate::view::Page;
use crate::view::enrolment::{EnrolledView, HeldView, OwnChannel, SaidView};
use crate::view::form::{Faults, Shape};

const FIELDS: &[&str] = &["name", "url", "every", "pull", "label", "collections", "members", "user", "key"];
/// The form that adds a peer.
pub const ADD: Shape = Shape { name: "add", fields: FIELDS };
/// The form that changes one.
pub const SET: Shape = Shape { name: "set", fields: FIELDS };
/// Exchanging now and removing: buttons alone.
pub const ACT: Shape = Shape { name: "act", fields: &[] };

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
    pub href: String,
    pub name: String,
    /// An exchange is under way.
    pub syncing: bool,
    /// Where it is reached, or that it comes by itself.
    pub url: String,
    /// It is known by its certificate, over mutual TLS.
    pub is_enrolled: bool,
    pub member: String,
    /// `pull`, `push` or both, in the reader's language.
    pub direction: String,
    pub state: State,
    pub last: Option<Moment>,
    pub pulled: String,
    pub pushed: String,
    /// Refused by the peer or put into quarantine here.
    pub refused: String,
    /// Stands to be sent.
    pub waiting: String,
    /// Of that, did not get through so far.
    pub aside: u64,
    /// How far behind, in words.
    pub lag: Option<String>,
    pub error: Option<String>,
}

/// A key that stops a peer until somebody compares it.
#[derive(Debug, Clone)]
pub struct UnknownKeyView {
    pub member: String,
    pub peer: String,
    /// The fingerprint, in groups of four.
    pub words: String,
    /// What to type once it is compared.
    pub command: String,
}

#[derive(Debug, Clone, Template)]
#[template(path = "peers.html")]
pub struct PeersPage {
    pub page: Page,
    pub peers: Vec<PeerView>,
    pub unknown_keys: Vec<UnknownKeyView>,
    /// With which a peer is added. The reader runs the node: only then are its peers shown.
    pub form: Option<PeerForm>,
    /// Shown with the form.
    pub own: Option<OwnChannel>,
}

/// What was done before this page was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Done {
    Added,
    Enrolled,
    Saved,
    Begun,
}

/// A member, and whether it lives at the peer.
#[derive(Debug, Clone)]
pub struct Lives {
    pub id: String,
    pub name: String,
    pub there: bool,
}

/// By what a peer knows us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KnownBy {
    #[default]
    Nothing,
    Key,
    /// It is enrolled: there is no credential beside.
    Certificate,
}

/// The settings of a peer, to be changed or for a new one. Its credential is never shown: only whether there is one.
#[derive(Debug, Clone, Default)]
pub struct PeerForm {
    pub name: String,
    pub url: String,
    pub every: String,
    pub label: String,
    pub user: String,
    pub known_by: KnownBy,
    pub collections: String,
    pub pull: bool,
    pub push: bool,
    pub lives: Vec<Lives>,
    pub faults: Faults,
}

impl PeerForm {
    /// Shows again what was typed, beside what is wrong with it.
    pub fn typed(&mut self, fields: &BTreeMap<String, String>, faults: Faults) {
        let text = |field: &str| fields.get(field).cloned().unwrap_or_default();
        if let Some(name) = fields.get("name") {
            self.name.clone_from(name);
        }
        self.url = text("url");
        self.every = text("every");
        self.label = text("label");
        self.user = text("user");
        self.collections = text("collections");
        self.pull = fields.contains_key("pull");
        self.push = fields.contains_key("push");
        for member in &mut self.lives {
            member.there = fields.contains_key(&format!("member-{}", member.id));
        }
        self.faults = faults;
    }
}

/// One peer with its settings.
#[derive(Debug, Clone, Template)]
#[template(path = "peer.html")]
pub struct PeerPage {
    pub page: Page,
    pub peer: PeerView,
    pub done: Option<Done>,
    /// Of an enrolled peer.
    pub channel: Option<EnrolledView>,
    pub said: Option<SaidView>,
    pub held: Vec<HeldView>,
    pub form: PeerForm,
    /// Why an exchange could not begin, or it could not be removed.
    pub faults: Faults,
    /// Accounts here that close when it is removed.
    pub accounts: u64,
}

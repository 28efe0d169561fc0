//! Peers: servers that this node exchanges with over TAXII 2.1, another Kizuna or anybody's.
//!
//! A peer is a viewer: what is pushed to it is what an account of its member may read here. What is pulled from it is
//! given by the members that live there. Where an exchange stands is kept after each page that is durable (pulled) or
//! acknowledged (pushed), so that it resumes there however it ended; an object never goes back to where it came from.

mod account;
mod bell;
mod change;
mod channel;
mod client;
mod credential;
mod early;
mod enrol;
mod exchange;
mod hello;
mod interval;
mod listen;
mod locate;
mod offer;
mod pull;
mod push;
mod schedule;
mod transfer;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use kizuna_access::rights::Clearance;
use kizuna_access::{MemberId, PersonId};
use url::Url;

pub(crate) use exchange::Stands;
pub(crate) use transfer::{Transfer, Transfers};

pub use change::PeerChange;
pub use channel::Channel;
pub use channel::renew::Renewal;
pub use credential::{Credential, KEY_FILE};
pub(crate) use enrol::Enrolling;
pub use enrol::{Invited, Join, Terms, reached_at};
pub use hello::HeldBack;
pub use interval::{interval, interval_text};
pub use kizuna_federation::capability::Hello;
pub use kizuna_federation::enrolment::{Begin, Code, Proof, Reply};
pub use kizuna_federation::transport::{Binding, Pin};
pub use offer::Wanted;
pub use push::{Aside, Outbox};

use crate::people::Caller;
use crate::{AppError, Node};

/// Node state: peers by name.
const PEERS: &str = "peer";
/// Node state: how each peer's exchange went.
const STATUS: &str = "peer.status";

/// What is asked for when a peer is added.
#[derive(Debug, Clone)]
pub struct NewPeer {
    pub name: String,
    /// Discovery, an API root or a collection.
    pub url: Url,
    /// The members that live there, the principal one first.
    pub members: Vec<MemberId>,
    /// For HTTP Basic; without it a key is sent as a bearer token.
    pub user: Option<String>,
    pub key: Option<Credential>,
    /// Only these collections, by id or alias.
    pub collections: Vec<String>,
    pub pull: bool,
    pub push: bool,
    pub every: Duration,
    /// What is asked of readers of what comes from it, in words.
    pub label: Option<String>,
    /// What its members' accounts here are cleared for; granted from the command line alone.
    pub clearance: Clearance,
}

/// A peer, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Peer {
    pub name: String,
    #[serde(with = "url_text")]
    pub url: Url,
    /// The principal member first.
    pub members: Vec<MemberId>,
    pub user: Option<String>,
    /// A credential in the clear, as versions before sealing kept it: sealed when the node opens.
    #[serde(default, skip_serializing)]
    key: Option<String>,
    /// A credential, sealed.
    #[serde(default)]
    sealed: Option<String>,
    /// How it is known over mutual TLS; nothing for a server that is asked with a credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    pub collections: Vec<String>,
    pub pull: bool,
    pub push: bool,
    /// Seconds.
    pub every: u64,
    pub label: Option<String>,
    /// The accounts through which its members' views are read for pushing.
    accounts: Vec<PersonId>,
}

impl Peer {
    fn principal(&self) -> Option<MemberId> {
        self.members.first().copied()
    }

    /// Whether it is asked with a credential.
    pub fn has_credential(&self) -> bool {
        self.sealed.is_some()
    }

    /// Whether it is reached from here; where not, it comes.
    pub fn is_reached(&self) -> bool {
        self.url.as_str() != enrol::UNREACHED
    }

    fn hosted(&self) -> BTreeSet<MemberId> {
        self.members.iter().copied().collect()
    }
}

/// How a peer's exchange goes.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct PeerStatus {
    pub last_attempt: Option<Timestamp>,
    /// When both ends were last level, as far as was asked for.
    pub last_success: Option<Timestamp>,
    /// By how many seconds the peer's clock was ahead of ours when the last session with it began, where it said what time it is.
    #[serde(default)]
    pub clock: Option<i64>,
    /// Why the last attempt failed; nothing where it did not.
    pub error: Option<String>,
    pub pulled: u64,
    /// Of those pulled: known already, or our own coming back.
    pub known: u64,
    pub quarantined: u64,
    pub pushed: u64,
    /// What was not sent, because the peer said that it has it.
    #[serde(default)]
    pub had: u64,
    /// Octets a second at which it took what was sent last.
    #[serde(default)]
    pub rate: Option<u64>,
    /// Of those pushed: what the peer did not take.
    pub refused: u64,
    /// The peer's reason for what it refused last.
    pub last_refusal: Option<String>,
}

/// Clocks that are further apart than this are told of, in seconds.
const CLOCKS_APART: u64 = 60;

impl PeerStatus {
    /// That the two clocks are too far apart; nothing where they are not.
    pub fn clock_trouble(&self) -> Option<String> {
        let apart = self.clock.filter(|apart| apart.unsigned_abs() > CLOCKS_APART)?;
        let side = if apart > 0 { "ahead of" } else { "behind" };
        Some(format!("its clock is {} s {side} ours", apart.unsigned_abs()))
    }

    /// How long ago both ends were level, in seconds; nothing where they never were.
    pub fn lag(&self, now: Timestamp) -> Option<i64> {
        self.last_success.map(|at| now.duration_since(at).as_secs().max(0))
    }
}

impl Node {
    /// Adds a peer, with an account here for each of its members, through whose view is read what it is sent.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everybody but who runs the node; [`AppError::Conflict`] for a name that is taken.
    pub fn add_peer(&self, caller: &Caller, new: NewPeer) -> Result<Peer, AppError> {
        self.people(caller.clone()).needs_to_run_node()?;
        let _one_at_a_time = self.changing_peers.lock();
        if self.peer(&new.name)?.is_some() {
            return Err(AppError::Conflict(format!("a peer named {:?} exists already", new.name)));
        }
        check_name(&new.name)?;
        if !new.pull && !new.push {
            return Err(AppError::invalid("$.pull", "a peer is pulled from, pushed to, or both"));
        }
        self.check_peer(Some(&new.members), new.label.as_deref())?;
        let lock = self.exchange_lock(&new.name);
        let mut idle = lock.try_lock().ok_or_else(|| {
            AppError::Conflict(format!("the last exchange with {:?} has not ended yet", new.name))
        })?;
        idle.clear();
        self.forget_exchange(&new.name)?;
        let accounts = new
            .members
            .iter()
            .map(|member| self.account(caller, &new.name, *member, &new.clearance))
            .collect::<Result<_, _>>()?;
        let peer = Peer {
            sealed: self.sealed(&new.name, new.key.as_ref())?,
            name: new.name,
            url: new.url,
            members: new.members,
            user: new.user,
            key: None,
            channel: None,
            collections: new.collections,
            pull: new.pull,
            push: new.push,
            every: new.every.as_secs().max(1),
            label: new.label,
            accounts,
        };
        self.keep_json(PEERS, &peer.name, &peer)?;
        self.audit_peer(caller, "peer.added", &peer, serde_json::json!({}))?;
        Ok(peer)
    }

    /// The peers, by name, as who runs the node may see them.
    pub fn peers(&self, caller: &Caller) -> Result<Vec<Peer>, AppError> {
        self.people(caller.clone()).needs_to_run_node()?;
        self.all_peers()
    }

    /// How a peer's exchange goes.
    pub fn peer_status(&self, name: &str) -> Result<PeerStatus, AppError> {
        Ok(self.kept_json(STATUS, name)?.unwrap_or_default())
    }

    /// The names of the peers where one of these members lives.
    pub(crate) fn peers_reached(&self, members: &[crate::people::Member]) -> Result<Vec<String>, AppError> {
        let lives_there =
            |peer: &Peer| peer.push && members.iter().any(|member| peer.members.contains(&member.id));
        Ok(self.all_peers()?.into_iter().filter(lives_there).map(|peer| peer.name).collect())
    }

    pub(crate) fn all_peers(&self) -> Result<Vec<Peer>, AppError> {
        let mut peers = Vec::new();
        for (_, bytes) in self.store.states(PEERS)? {
            peers
                .push(serde_json::from_slice(&bytes).map_err(|error| AppError::Internal(error.to_string()))?);
        }
        peers.sort_by(|one: &Peer, other: &Peer| one.name.cmp(&other.name));
        Ok(peers)
    }

    /// The members that live at the same peers as this one.
    pub(crate) fn living_with(&self, member: MemberId) -> Result<BTreeSet<MemberId>, AppError> {
        let peers = self.all_peers()?.into_iter().filter(|peer| peer.members.contains(&member));
        Ok(peers.flat_map(|peer| peer.members).collect())
    }

    pub(crate) fn peer(&self, name: &str) -> Result<Option<Peer>, AppError> {
        self.kept_json(PEERS, name)
    }

    pub(crate) fn keep_json<T: serde::Serialize>(
        &self,
        kind: &str,
        key: &str,
        value: &T,
    ) -> Result<(), AppError> {
        let bytes = serde_json::to_vec(value).map_err(|error| AppError::Internal(error.to_string()))?;
        Ok(self.store.writer().set_state(kind, key, Some(bytes), None)?)
    }

    pub(crate) fn kept_json<T: serde::de::DeserializeOwned>(
        &self,
        kind: &str,
        key: &str,
    ) -> Result<Option<T>, AppError> {
        let Some(bytes) = self.store.state(kind, key)? else { return Ok(None) };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| AppError::Internal(error.to_string()))
    }
}

/// What a peer may be called.
fn check_name(name: &str) -> Result<(), AppError> {
    if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '/') {
        return Err(AppError::invalid("$.name", "a name without spaces and slashes"));
    }
    Ok(())
}

/// The address of a server, from text.
///
/// # Errors
/// [`AppError::Invalid`] where it is no address of HTTP.
pub fn address(text: &str) -> Result<Url, AppError> {
    let url = text.trim().parse::<Url>().ok().filter(|url| ["http", "https"].contains(&url.scheme()));
    url.ok_or_else(|| AppError::invalid("$.url", "an http or https address"))
}

/// A URL as the text it is.
mod url_text {
    use serde::{Deserialize, Deserializer, Serializer};
    use url::Url;

    pub fn serialize<S: Serializer>(url: &Url, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(url.as_str())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
        let text = String::deserialize(deserializer)?;
        Url::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
pub(in crate::peers) mod tests;

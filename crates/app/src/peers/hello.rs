//! Saying hello: what each side of an exchange can, told at its beginning, kept with the peer, and recorded as a right of
//! its accounts, so that they read what their node can fully express and nothing else.
//!
//! A server that says nothing is believed to know the standard markings; a node of this program from before there was a
//! hello, what the program knew then.

use std::collections::{BTreeMap, BTreeSet};

use kizuna_access::label::Handling;
use kizuna_access::{Honours, Principal, Rights, Unmet};
use kizuna_attest::{ATTESTATION_KIND, KEY_KIND};
use kizuna_federation::capability::{Hello, Limits, PROTOCOL, extensions};
use kizuna_federation::transport::Pin;
use kizuna_stix::canonical;
use kizuna_store::query::Start;
use kizuna_store::writer::Actor;
use kizuna_store::{Selection, Versions};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::Peer;
use super::client::Client;
use crate::people::Caller;
use crate::{AppError, Node};

/// Node state: what peers said of themselves last.
const HELLOS: &str = "peer.hello";
/// Objects looked at for what is held back.
const LOOKED_AT: usize = 10_000;
const PAGE: usize = 1_000;
/// What goes along with content and is not counted beside it.
const BESIDE: [&str; 4] = [ATTESTATION_KIND, "kizuna-label", KEY_KIND, "marking-definition"];

/// How much is not sent to a peer, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBack {
    /// Versions, of those that were looked at.
    pub count: u64,
    pub reason: String,
}

impl Node {
    /// What this node says of itself to a viewer: of policies and members only what he may know of.
    pub fn hello(&self, who: &Principal) -> Result<Hello, AppError> {
        let directory = self.directory()?;
        let peer = self.channel_of(who)?;
        let held: BTreeSet<String> = directory.reader(who, self.now())?.policies().collect();
        let policies = self.policy_digests()?.into_iter().filter(|(id, _)| held.contains(id)).collect();
        let members = if let Some(channel) = peer.as_ref().and_then(|peer| peer.channel.as_ref()) {
            channel.ours.clone()
        } else {
            let members = self.people(Caller::Person(who.clone())).members()?;
            members.into_iter().filter(|member| member.hosted).map(|member| member.id).collect()
        };
        let limits =
            Limits { envelope_bytes: self.limits.envelope_bytes as u64, objects: self.limits.objects as u64 };
        let next = self.next_transport()?;
        let transport = match (&peer, next) {
            (Some(peer), Some(next)) => self.words_for(peer, next.pin)?,
            _ => Vec::new(),
        };
        let (log, checkpoints) = if peer.is_some() {
            (Some(self.log_verifier()?.name().to_string()), self.seen_checkpoints()?)
        } else {
            (None, Vec::new())
        };
        let knows = peer.and_then(|peer| newest(&peer));
        Ok(Hello {
            protocol: PROTOCOL,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            extensions: extensions(),
            policies,
            handling: Handling::TRAVELS.map(|handling| handling.as_str().to_owned()).into(),
            members,
            encodings: vec!["gzip".to_owned()],
            limits,
            log,
            checkpoints,
            transport,
            knows,
        })
    }

    /// Takes in what a peer says of itself over its channel, and answers.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for whoever is no enrolled peer.
    pub fn hear_hello(&self, who: &Principal, theirs: &Hello) -> Result<Hello, AppError> {
        let peer = self.channel_of(who)?.ok_or(AppError::NotFound)?;
        self.take_hello(&peer, Some(theirs), false)?;
        if let Some(origin) = &theirs.log {
            self.claims_log(&peer, origin)?;
        }
        self.hello(who)
    }

    /// What a peer said of itself last; nothing where it says nothing.
    pub fn peer_hello(&self, name: &str) -> Result<Option<Hello>, AppError> {
        self.kept_json(HELLOS, name)
    }

    /// Says hello to a peer at the beginning of an exchange. `at` is where a node of our kind hears it.
    pub(super) fn greet(&self, peer: &Peer, client: &Client, at: &Url) -> Result<(), AppError> {
        let account = peer.accounts.first().ok_or(AppError::NotFound)?;
        let who = self.directory()?.authenticate_person(*account, self.now())?;
        if peer.channel.is_some() {
            let theirs: Hello = client.tell(at, &self.hello(&who)?)?;
            if let Some(met) = client.met() {
                self.took_up(peer, &met)?;
            }
            self.take_hello(peer, Some(&theirs), false)?;
            let Some(origin) = &theirs.log else { return Ok(()) };
            let is_its_own = self.claims_log(peer, origin)?;
            return self.have_history_proven(origin, is_its_own, |old, size| {
                let place = at.join(&format!("/log/consistency/{old}/{size}"));
                client.text(&place.map_err(|error| AppError::Internal(error.to_string()))?)
            });
        }
        let theirs: Option<Hello> = client.ask(at)?;
        let is_behind = theirs.is_none() && is_of_our_kind(client, at)?;
        self.take_hello(peer, theirs.as_ref(), is_behind)
    }

    /// A server that cannot be of our kind is not asked: it says nothing.
    pub(super) fn greet_nobody(&self, peer: &Peer) -> Result<(), AppError> {
        if peer.channel.is_some() {
            // It has no collection for us now; what it said before stands.
            return Ok(());
        }
        self.take_hello(peer, None, false)
    }

    fn take_hello(&self, peer: &Peer, theirs: Option<&Hello>, is_behind: bool) -> Result<(), AppError> {
        let ours = self.policy_digests()?;
        let honours = match theirs {
            Some(theirs) => theirs.honours(&ours),
            None if is_behind => Honours::before_hello(ours.into_keys()),
            None => Honours::well_known(),
        };
        self.record_honours(peer, &honours)?;
        if let Some(theirs) = theirs.filter(|_| peer.channel.is_some()) {
            self.compare_checkpoints(&peer.name, &theirs.checkpoints)?;
        }
        // Checkpoints are compared, and not kept with the rest: they are others each time.
        let kept = theirs.map(|theirs| Hello { checkpoints: Vec::new(), ..theirs.clone() });
        if self.peer_hello(&peer.name)? != kept {
            let bytes = kept.as_ref().map(serde_json::to_vec).transpose();
            let bytes = bytes.map_err(|error| AppError::Internal(error.to_string()))?;
            self.store.writer().set_state(HELLOS, &peer.name, bytes, None)?;
        }
        let (Some(theirs), Some(principal)) = (theirs, peer.principal()) else { return Ok(()) };
        if peer.channel.is_some() && !theirs.transport.is_empty() {
            self.take_transport(peer, principal, &theirs.transport)?;
        }
        match (theirs.knows, self.next_transport()?) {
            (Some(knows), Some(next)) if knows == next.pin => self.has_heard(&peer.name, next.pin),
            _ => Ok(()),
        }
    }

    /// Records what a peer honours as a right of its accounts, where it changed.
    pub(super) fn record_honours(&self, peer: &Peer, honours: &Honours) -> Result<(), AppError> {
        for account in &peer.accounts {
            let directory = self.directory()?;
            let known = directory.honours_at(*account, jiff::Timestamp::MAX);
            if known != Some(honours) {
                let rights = Rights::HonoursSet { person: *account, honours: Some(honours.clone()) };
                self.store.writer().record(rights, Actor::Node)?;
            }
        }
        Ok(())
    }

    /// What a peer's members could read here and is not sent, because their node does not honour what it asks.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everybody but who runs the node.
    pub fn held_back(&self, caller: &Caller, peer: &Peer) -> Result<Vec<HeldBack>, AppError> {
        self.people(caller.clone()).needs_to_run_node()?;
        let mut counts: BTreeMap<Unmet, u64> = BTreeMap::new();
        for account in &peer.accounts {
            let directory = self.directory()?;
            let Some(honours) = directory.honours_at(*account, jiff::Timestamp::MAX) else { continue };
            let Ok(who) = directory.authenticate_person(*account, self.now()) else { continue };
            let view = self.store.view(&who.regardless_of_honours())?;
            let selection = Selection { versions: Versions::All, ..Selection::default() };
            let (mut start, mut looked_at) = (Start::First, 0);
            while looked_at < LOOKED_AT {
                let page = view.page(&selection, start, PAGE)?;
                let Some(last) = page.items.last() else { break };
                looked_at += page.items.len();
                start = Start::After(last.position);
                let content = page.items.iter().filter(|item| !BESIDE.contains(&item.id.kind()));
                for unmet in content.filter_map(|item| honours.unmet(&item.label)) {
                    *counts.entry(unmet).or_default() += 1;
                }
            }
        }
        let held = counts.into_iter().map(|(unmet, count)| HeldBack { count, reason: unmet.to_string() });
        Ok(held.collect())
    }

    /// Every policy that holds here, with the digest of its meaning.
    fn policy_digests(&self) -> Result<BTreeMap<String, String>, AppError> {
        let directory = self.directory()?;
        let mut digests = BTreeMap::new();
        for policy in directory.policies() {
            let meaning =
                serde_json::to_value(policy).map_err(|error| AppError::Internal(error.to_string()))?;
            let serde_json::Value::Object(meaning) = meaning else { continue };
            let digest = Sha256::digest(canonical::map_to_vec(&meaning));
            digests.insert(policy.id.clone(), hex::encode(digest));
        }
        Ok(digests)
    }
}

/// The newest transport key of a peer that is known here.
fn newest(peer: &Peer) -> Option<Pin> {
    peer.channel.as_ref()?.pins.last().copied()
}

/// Whether a server that says no hello is a node of this program nevertheless, from before there was one.
fn is_of_our_kind(client: &Client, hello: &Url) -> Result<bool, AppError> {
    let Ok(described) = hello.join("/api/v1/openapi.json") else { return Ok(false) };
    let described: Option<serde_json::Value> = client.ask(&described)?;
    Ok(described.is_some_and(|described| described["info"]["title"] == "Kizuna"))
}

#[cfg(test)]
mod tests;

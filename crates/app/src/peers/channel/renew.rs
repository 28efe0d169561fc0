//! Changing the transport key: the new one is announced under the members' signing keys over the old channel, taken up
//! when every peer has heard of it, and the old one then opens nothing.

use kizuna_access::MemberId;
use kizuna_attest::{Purpose, Signer};
use kizuna_federation::transport::{Binding, Pin};
use serde_json::json;

use super::{KEY, NEXT, STATE, Transport};
use crate::peers::{PEERS, Peer};
use crate::people::Caller;
use crate::{AppError, Node};

/// How a change of the transport key stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Renewal {
    /// What peers pin when it is done.
    pub pin: Pin,
    /// Peers that have not heard of it yet, with why where that is known.
    pub waits_for: Vec<(String, Option<String>)>,
    pub done: bool,
}

impl Node {
    /// Makes a new transport key, or goes on with one that was made, and tells every enrolled peer that can be reached.
    /// It is used as soon as all have heard of it. With `at_once` it is used now, and a peer that has not heard must be
    /// enrolled again.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everybody but who runs the node.
    pub fn renew_transport(&self, caller: &Caller, at_once: bool) -> Result<Renewal, AppError> {
        self.people(caller.clone()).needs_to_run_node()?;
        let next = if let Some(next) = self.next_transport()? {
            next
        } else {
            let kept = self.new_transport()?;
            self.store.writer().swap_state(STATE, NEXT, None, Some(kept), None)?;
            self.next_transport()?.ok_or(AppError::NotFound)?
        };
        self.audit_enrolment(caller, "peer.key-renewed", "transport", &json!({ "pin": next.pin }))?;
        let mut failed = Vec::new();
        for peer in self.all_peers()?.iter().filter(|peer| peer.channel.is_some()) {
            if let Err(error) = self.announce_transport(peer, &next) {
                failed.push((peer.name.clone(), error.to_string()));
            }
        }
        // The last one that heard of it has made it the one in use.
        if self.next_transport()?.is_none() {
            return Ok(Renewal { pin: next.pin, waits_for: Vec::new(), done: true });
        }
        let mut renewal = self.renewal_of(&next)?;
        for (name, reason) in &mut renewal.waits_for {
            *reason = failed.iter().find(|(failed, _)| failed == name).map(|(_, reason)| reason.clone());
        }
        if at_once || renewal.waits_for.is_empty() {
            self.use_next()?;
            renewal.done = true;
        }
        Ok(renewal)
    }

    /// The change that is under way.
    pub fn renewal(&self) -> Result<Option<Renewal>, AppError> {
        self.next_transport()?.map(|next| self.renewal_of(&next)).transpose()
    }

    fn renewal_of(&self, next: &Transport) -> Result<Renewal, AppError> {
        let mut waits_for = Vec::new();
        for peer in self.all_peers()? {
            let Some(channel) = &peer.channel else { continue };
            if channel.told != Some(next.pin) && self.may_speak(&peer)? {
                waits_for.push((peer.name, None));
            }
        }
        Ok(Renewal { pin: next.pin, waits_for, done: false })
    }

    pub(in crate::peers) fn next_transport(&self) -> Result<Option<Transport>, AppError> {
        let kept = self.store.state(STATE, NEXT)?;
        kept.map(|kept| self.transport_of(&kept)).transpose()
    }

    fn use_next(&self) -> Result<(), AppError> {
        let Some(next) = self.store.state(STATE, NEXT)? else { return Ok(()) };
        self.store.writer().set_state(STATE, KEY, Some(next), None)?;
        self.store.writer().set_state(STATE, NEXT, None, None)?;
        // Connections under the old key are let go of: whoever looks after a peer begins anew when it changes.
        for peer in self.all_peers()?.iter().filter(|peer| peer.channel.is_some()) {
            self.change_channel(&peer.name, |channel| channel.told = None)?;
        }
        Ok(())
    }

    fn announce_transport(&self, peer: &Peer, next: &Transport) -> Result<(), AppError> {
        let Some(channel) = &peer.channel else { return Ok(()) };
        if channel.told == Some(next.pin) || !(peer.pull || peer.push) {
            return Ok(());
        }
        let words = self.words_for(peer, next.pin)?;
        let url =
            peer.url.join("/federation/transport").map_err(|error| AppError::Internal(error.to_string()))?;
        let _: serde_json::Value = self.client(peer)?.tell(&url, &words)?;
        self.has_heard(&peer.name, next.pin)
    }

    /// The word of the members that a peer knows us by that a transport key is this node's.
    pub(in crate::peers) fn words_for(&self, peer: &Peer, pin: Pin) -> Result<Vec<Binding>, AppError> {
        let ours = peer.channel.iter().flat_map(|channel| &channel.ours);
        ours.map(|member| self.bind(*member, pin)).collect()
    }

    /// Takes note that a peer has heard of the next key; the last one to hear makes it the one in use.
    pub(in crate::peers) fn has_heard(&self, name: &str, pin: Pin) -> Result<(), AppError> {
        self.change_channel(name, |channel| channel.told = Some(pin))?;
        match self.renewal()? {
            Some(renewal) if renewal.pin == pin && renewal.waits_for.is_empty() => self.use_next(),
            _ => Ok(()),
        }
    }

    /// What a peer says over its channel of a new key of its own: it holds where its principal member says so, under a
    /// signing key that counts now, later than what was said before.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] where it does not hold.
    pub fn hear_transport(&self, pin: &Pin, words: &[Binding]) -> Result<(), AppError> {
        let peer = self.peer_of_pin(pin)?.ok_or(AppError::NotAuthenticated)?;
        let principal = peer.principal().ok_or(AppError::NotFound)?;
        self.take_transport(&peer, principal, words)
    }

    /// The same, of what was heard from a peer that was asked.
    pub(in crate::peers) fn take_transport(
        &self,
        peer: &Peer,
        principal: MemberId,
        words: &[Binding],
    ) -> Result<(), AppError> {
        let said = words.iter().find(|word| word.member == principal);
        let word = said.ok_or_else(|| not_held("its principal member says nothing of it"))?;
        let Some(channel) = &peer.channel else { return Err(AppError::NotFound) };
        if word.pin.is_among(channel.pins.last()) {
            return Ok(());
        }
        let seal = word.seal().ok_or_else(|| not_held("it is not signed"))?;
        let now = self.now();
        let payload = Binding::payload(word.member, &word.pin, word.at);
        let proof = self.verify_signed(
            Signer::Member(principal),
            Purpose::Transport,
            &payload,
            &seal,
            (word.at, now),
        )?;
        proof.map_err(|refusal| not_held(&refusal.to_string()))?;
        if word.at <= channel.since {
            return Err(not_held("something newer was said before"));
        }
        let (pin, at) = (word.pin, word.at);
        self.change_channel(&peer.name, move |channel| {
            // What was not taken up before is not waited for any more.
            channel.pins.truncate(1);
            channel.pins.push(pin);
            channel.since = at;
        })
    }

    /// A peer was met with this certificate: where that is its newest, the one before opens nothing any more.
    pub(in crate::peers) fn took_up(&self, peer: &Peer, pin: &Pin) -> Result<(), AppError> {
        let Some(channel) = &peer.channel else { return Ok(()) };
        if channel.pins.len() < 2 || !pin.is_among(channel.pins.last()) {
            return Ok(());
        }
        let pin = *pin;
        self.change_channel(&peer.name, move |channel| channel.pins = vec![pin])
    }

    fn change_channel(&self, name: &str, change: impl FnOnce(&mut super::Channel)) -> Result<(), AppError> {
        let _one_at_a_time = self.changing_peers.lock();
        let Some(mut peer) = self.peer(name)? else { return Ok(()) };
        let Some(channel) = &mut peer.channel else { return Ok(()) };
        change(channel);
        self.keep_json(PEERS, name, &peer)
    }
}

fn not_held(reason: &str) -> AppError {
    AppError::Forbidden(format!("this transport key is not taken for the peer's: {reason}"))
}

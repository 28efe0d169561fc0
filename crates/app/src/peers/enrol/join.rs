//! The joiner's side: it dials, proves that it knows the code, and takes the inviter for a peer.

use kizuna_federation::enrolment::{Code, Joining, Offer, Pins, Proof, RANDOM, Reply};
use rand::RngCore as _;
use serde_json::json;

use super::{Terms, reached_at, refused};
use crate::peers::Peer;
use crate::peers::channel::Expected;
use crate::peers::client::Client;
use crate::people::Caller;
use crate::{AppError, Node};

/// What is asked for when this node joins another.
#[derive(Debug, Clone)]
pub struct Join {
    /// Where the other node listens for peers, `host:port`.
    pub address: String,
    /// As it was read over the phone.
    pub code: Code,
    /// Without members, those that the other side speaks for; they are added where they are not known.
    pub terms: Terms,
}

impl Node {
    /// Joins a node that has invited this one. On return both know each other.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where the other side cannot be reached or refuses; [`AppError::Forbidden`] where it
    /// does not know the code: then nothing is taken.
    pub fn join_peer(&self, caller: &Caller, join: Join) -> Result<Peer, AppError> {
        self.people(caller.clone()).needs_to_run_node()?;
        let terms = self.checked_terms(join.terms, false)?;
        let taxii = reached_at(&join.address)?;
        let at = |path: &str| taxii.join(path).map_err(|error| AppError::Internal(error.to_string()));
        let own = self.transport()?;
        let client = Client::over(self.channel_to(&own, Expected::anyone())?);
        let mut random = [0; RANDOM];
        rand::rng().fill_bytes(&mut random);
        let (joining, begin) = Joining::begin(join.code, &random);
        let reply: Reply = client.tell(&at("/federation/enrolment")?, &begin)?;
        let met = client.met().ok_or_else(|| AppError::Internal("no certificate was seen".to_owned()))?;
        let offer = self.offer(&terms.ours, own.pin)?;
        let pins = Pins { inviter: met, joiner: own.pin };
        let (awaiting, proof) = joining.prove(&reply, pins, &offer).map_err(refused)?;
        let message = json!({ "place": begin.place, "proof": proof });
        let answer: Proof = client.tell(&at("/federation/enrolment/proof")?, &message)?;
        let theirs = awaiting.finish(&answer).map_err(refused)?;
        let theirs = Offer::read(&theirs, &met).map_err(refused)?;
        self.audit_enrolment(caller, "peer.joined", &terms.name, &json!({ "address": join.address }))?;
        self.enrolled(&terms, &theirs, met, Some(taxii), None)
    }
}

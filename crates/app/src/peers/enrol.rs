//! Enrolment of peers: an invitation on one side, a code over the phone, and both sides know each other.
//!
//! What is said and judged is in [`kizuna_federation::enrolment`]; here is what is kept and recorded. An invitation
//! lies sealed in the node's state, so that any process of the node can answer; an exchange under way lives in the
//! process that began it.

mod join;

use std::time::Duration;

use jiff::Timestamp;
use kizuna_access::rights::{Clearance, Rights, Role};
use kizuna_access::{Honours, MemberId, PersonId};
use kizuna_federation::enrolment::{
    Begin, Code, Enrolled, Invitation, Offer, PROTOCOL, Pins, Proof, RANDOM, Refused, Reply, Session,
};
use kizuna_federation::transport::Pin;
use kizuna_store::writer::Actor;
use rand::RngCore as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

pub use join::Join;

use super::channel::Channel;
use super::{PEERS, Peer};
use crate::people::{Caller, NewMember};
use crate::{AppError, Node};

/// Node state: open invitations by place.
const INVITATIONS: &str = "channel.invitation";
/// What a sealed invitation opens as.
const BOUND: &str = "kizuna invitation";
/// Exchanges under way at once.
const SESSIONS: usize = 64;
/// How often a place is drawn that is free.
const DRAWS: usize = 1_000;
/// Node state: where peers reach this node.
const ADDRESS: &str = "address";
/// Stands where the other side cannot be reached from here: it comes.
pub(super) const UNREACHED: &str = "https://unreached.peer.invalid/taxii2/";

/// How an enrolled peer is exchanged with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Terms {
    /// What to call it here.
    pub name: String,
    /// The members that must live there, the principal one first.
    pub members: Vec<MemberId>,
    /// The members of ours that speak to it, the principal one first; empty for the node's own.
    pub ours: Vec<MemberId>,
    pub every: Duration,
    /// What is asked of readers of what comes from it, in words.
    pub label: Option<String>,
    /// What its members' accounts here are cleared for; granted from the command line alone.
    pub clearance: Clearance,
}

/// An invitation that was opened.
#[derive(Debug, Clone)]
pub struct Invited {
    /// To be read over the phone.
    pub code: Code,
    pub until: Timestamp,
    /// Where the other side joins, as far as this node knows.
    pub address: Option<String>,
    /// Of this node's transport key.
    pub pin: Pin,
}

/// An invitation as it is kept.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    invitation: Invitation,
    terms: Terms,
    by: Option<PersonId>,
}

impl Node {
    /// Opens an invitation for a peer. A peer of this name that exists already is enrolled anew, and keeps what else
    /// was said of it.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everybody but who runs the node.
    pub fn invite_peer(&self, caller: &Caller, terms: Terms) -> Result<Invited, AppError> {
        self.people(caller.clone()).needs_to_run_node()?;
        let terms = self.checked_terms(terms, true)?;
        let by = match caller {
            Caller::Operator => None,
            Caller::Person(who) => Some(who.person()),
        };
        let (now, pin) = (self.now(), self.transport_pin()?);
        for _ in 0..DRAWS {
            let code = Code::of(rand::rng().next_u64());
            let place = code.place().to_string();
            let known = self.store.state(INVITATIONS, &place)?;
            if let Some(known) = &known
                && self.invitation(known)?.is_some_and(|kept| kept.invitation.is_open(now))
            {
                continue;
            }
            let invitation = Invitation::open(code, now);
            let until = invitation.until;
            let kept = self.sealed_invitation(&Kept { invitation, terms: terms.clone(), by })?;
            if self.store.writer().swap_state(INVITATIONS, &place, known, Some(kept), Some(until))? {
                self.audit_enrolment(
                    caller,
                    "peer.invited",
                    &terms.name,
                    &json!({ "members": terms.members }),
                )?;
                return Ok(Invited { code, until, address: self.peers_address()?, pin });
            }
        }
        Err(AppError::Unavailable("too many invitations are open".to_owned()))
    }

    /// Whether an invitation is open, so that a node that is not enrolled yet may be heard.
    pub(super) fn has_invitation(&self) -> Result<bool, AppError> {
        let now = self.now();
        for (_, kept) in self.store.states(INVITATIONS)? {
            if self.invitation(&kept)?.is_some_and(|kept| kept.invitation.is_open(now)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where peers reach this node, `host:port`, as its server said when it began.
    pub fn peers_address(&self) -> Result<Option<String>, AppError> {
        let kept = self.store.state("channel", ADDRESS)?;
        Ok(kept.and_then(|kept| String::from_utf8(kept).ok()))
    }

    /// Takes note of where peers reach this node.
    pub fn set_peers_address(&self, address: Option<&str>) -> Result<(), AppError> {
        let kept = address.map(|address| address.as_bytes().to_vec());
        Ok(self.store.writer().set_state("channel", ADDRESS, kept, None)?)
    }

    /// The inviter's first answer to a node with this certificate.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where no invitation is open there.
    pub fn begin_enrolment(&self, joiner: Pin, begin: &Begin) -> Result<Reply, AppError> {
        let kept = self.store.state(INVITATIONS, &begin.place.to_string())?;
        let kept =
            kept.map(|kept| self.invitation(&kept)).transpose()?.flatten().ok_or(AppError::NotFound)?;
        let pins = Pins { inviter: self.transport_pin()?, joiner };
        let mut random = [0; RANDOM];
        rand::rng().fill_bytes(&mut random);
        let (session, reply) = kept.invitation.answer(begin, pins, &random, self.now()).map_err(refused)?;
        let mut sessions = self.enrolling.lock();
        if sessions.len() >= SESSIONS && !sessions.contains_key(&(begin.place, joiner)) {
            // The oldest are whoever did not go on.
            sessions.pop_first();
        }
        sessions.insert((begin.place, joiner), session);
        Ok(reply)
    }

    /// The inviter's second answer: where the joiner knows the code, it is a peer from here on.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where no exchange is under way; [`AppError::Forbidden`] for a wrong code, which counts.
    pub fn end_enrolment(&self, joiner: Pin, place: u32, proof: &Proof) -> Result<Proof, AppError> {
        let session = self.enrolling.lock().remove(&(place, joiner)).ok_or(AppError::NotFound)?;
        let kept = self.tried(place)?;
        let ours = self.offer(&kept.terms.ours, self.transport_pin()?)?;
        let (theirs, answer) = match session.accept(proof, &ours) {
            Ok(proven) => proven,
            Err(reason) => {
                // Whoever runs the node sees that somebody tries.
                self.audit_try(&kept.terms.name, &joiner)?;
                return Err(refused(reason));
            }
        };
        let used = self.store.writer();
        let before = self.store.state(INVITATIONS, &place.to_string())?;
        if before.is_none() || !used.swap_state(INVITATIONS, &place.to_string(), before, None, None)? {
            return Err(AppError::NotFound);
        }
        let offer = Offer::read(&theirs, &joiner).map_err(refused)?;
        self.enrolled(&kept.terms, &offer, joiner, None, kept.by)?;
        Ok(answer)
    }

    /// Counts one try, durable before the proof is looked at.
    fn tried(&self, place: u32) -> Result<Kept, AppError> {
        let place = place.to_string();
        loop {
            let before = self.store.state(INVITATIONS, &place)?.ok_or(AppError::NotFound)?;
            let kept = self.invitation(&before)?.ok_or(AppError::NotFound)?;
            if !kept.invitation.is_open(self.now()) {
                return Err(AppError::NotFound);
            }
            let after = Kept { invitation: kept.invitation.tried(), ..kept.clone() };
            let (until, after) = (kept.invitation.until, self.sealed_invitation(&after)?);
            if self.store.writer().swap_state(INVITATIONS, &place, Some(before), Some(after), Some(until))? {
                return Ok(kept);
            }
        }
    }

    fn sealed_invitation(&self, kept: &Kept) -> Result<Vec<u8>, AppError> {
        let plain = serde_json::to_vec(kept).map_err(|error| AppError::Internal(error.to_string()))?;
        self.vault.seal(BOUND, &plain)
    }

    fn invitation(&self, sealed: &[u8]) -> Result<Option<Kept>, AppError> {
        let Some(plain) = self.vault.unseal(BOUND, sealed) else { return Ok(None) };
        serde_json::from_slice(&plain).map(Some).map_err(|error| AppError::Internal(error.to_string()))
    }

    /// What this side says of itself.
    pub(super) fn offer(&self, ours: &[MemberId], pin: Pin) -> Result<String, AppError> {
        let directory = self.directory()?;
        let enrolled = |id: &MemberId| {
            let known = directory.member(*id).ok_or(AppError::NotFound)?;
            Ok(Enrolled {
                id: *id,
                name: known.name.clone(),
                country: known.country,
                sector: known.sector,
                key: self.member_key(*id)?.to_string(),
                binding: self.bind(*id, pin)?,
            })
        };
        let members = ours.iter().map(enrolled).collect::<Result<Vec<_>, AppError>>()?;
        let offer = Offer { protocol: PROTOCOL, members, address: self.peers_address()? };
        serde_json::to_string(&offer).map_err(|error| AppError::Internal(error.to_string()))
    }

    /// Terms that can be carried out. Members may be unknown where the other side is to name them.
    pub(super) fn checked_terms(&self, mut terms: Terms, is_inviter: bool) -> Result<Terms, AppError> {
        super::check_name(&terms.name)?;
        let directory = self.directory()?;
        if is_inviter || !terms.members.is_empty() {
            self.check_peer(Some(&terms.members), terms.label.as_deref())?;
        } else {
            self.check_peer(None, terms.label.as_deref())?;
        }
        let lives_here = |id: &MemberId| directory.member(*id).is_some_and(|member| member.hosted);
        if terms.members.iter().any(lives_here) {
            return Err(AppError::invalid("$.members", "a member that lives here lives at no peer"));
        }
        if terms.ours.is_empty() {
            terms.ours.extend(directory.own_member().map(|own| own.id));
        }
        if terms.ours.is_empty() || !terms.ours.iter().all(lives_here) {
            return Err(AppError::invalid("$.ours", "speak for a member that lives here"));
        }
        Ok(terms)
    }

    /// Records what both sides have proven: the members' signing keys as compared, and the peer with its certificate.
    pub(super) fn enrolled(
        &self,
        terms: &Terms,
        offer: &Offer,
        pin: Pin,
        dialled: Option<Url>,
        by: Option<PersonId>,
    ) -> Result<Peer, AppError> {
        let caller = Caller::Operator;
        let _one_at_a_time = self.changing_peers.lock();
        let members = self.members_offered(terms, offer)?;
        let principal = offer.members.iter().find(|member| Some(&member.id) == members.first());
        let under = principal.map(|member| member.key.clone()).ok_or(AppError::NotFound)?;
        for member in offer.members.iter().filter(|member| members.contains(&member.id)) {
            let key = member.key.parse().map_err(|_| refused(Refused::Malformed))?;
            self.people(caller.clone()).pin_signing_key(member.id, key)?;
        }
        let reached = offer.address.as_deref().and_then(|address| reached_at(address).ok());
        let url = dialled.or(reached);
        let is_reached = url.is_some();
        let url = match url {
            Some(url) => url,
            None => UNREACHED.parse().map_err(|_| AppError::Internal("no address".to_owned()))?,
        };
        let channel =
            Channel { pins: vec![pin], under, since: self.now(), ours: terms.ours.clone(), told: None };
        let mut peer = match self.peer(&terms.name)? {
            Some(known) => known,
            None => Peer {
                name: terms.name.clone(),
                url: url.clone(),
                members: Vec::new(),
                user: None,
                key: None,
                sealed: None,
                channel: None,
                collections: Vec::new(),
                pull: is_reached,
                push: is_reached,
                every: terms.every.as_secs().max(1),
                label: terms.label.clone(),
                accounts: Vec::new(),
            },
        };
        if is_reached {
            peer.url = url;
        } else if peer.url.scheme() != "https" {
            return Err(AppError::invalid("$.address", "an enrolled peer is reached over TLS"));
        }
        // Where it was a server with an API key before, the certificate takes the key's place.
        (peer.user, peer.sealed, peer.channel) = (None, None, Some(channel));
        self.move_members(&caller, &mut peer, members, &terms.clearance)?;
        for account in &peer.accounts {
            let roles = [Role::Analyst].into();
            self.people(caller.clone()).record(Rights::RolesSet { person: *account, roles })?;
        }
        // Until it has said what it can.
        self.record_honours(&peer, &Honours::well_known())?;
        self.keep_json(PEERS, &peer.name, &peer)?;
        self.audit_peer(&caller, "peer.enrolled", &peer, json!({ "pin": pin, "invited_by": by }))?;
        Ok(peer)
    }

    /// The members that live at the peer: those that were expected, or where nothing was said all that are offered.
    fn members_offered(&self, terms: &Terms, offer: &Offer) -> Result<Vec<MemberId>, AppError> {
        let offered = |id: &MemberId| offer.members.iter().find(|member| member.id == *id);
        if let Some(missing) = terms.members.iter().find(|id| offered(id).is_none()) {
            let names: Vec<&str> = offer.members.iter().map(|member| member.name.as_str()).collect();
            return Err(AppError::Conflict(format!(
                "the other side speaks for {}, and not for the member {missing} that was expected",
                names.join(", ")
            )));
        }
        if !terms.members.is_empty() {
            return Ok(terms.members.clone());
        }
        let directory = self.directory()?;
        for member in &offer.members {
            match directory.member(member.id) {
                Some(known) if known.hosted => {
                    return Err(AppError::Conflict(format!("{} lives here, not at the peer", known.name)));
                }
                Some(_) => {}
                None => {
                    let (name, country, sector) = (member.name.clone(), member.country, member.sector);
                    let new = NewMember { name, country, sector, identity: Some(member.id), hosted: false };
                    self.people(Caller::Operator).add_member(new)?;
                }
            }
        }
        Ok(offer.members.iter().map(|member| member.id).collect())
    }

    /// At most as many as an invitation has tries.
    fn audit_try(&self, name: &str, joiner: &Pin) -> Result<(), AppError> {
        let detail = json!({ "name": name, "detail": { "pin": joiner } });
        let action = "peer.enrolment-refused".to_owned();
        let entry = kizuna_store::writer::AuditEntry { actor: Actor::Node, action, object: None, detail };
        Ok(self.store.writer().audit(entry)?)
    }

    pub(super) fn audit_enrolment(
        &self,
        caller: &Caller,
        action: &str,
        name: &str,
        detail: &serde_json::Value,
    ) -> Result<(), AppError> {
        let actor = self.people(caller.clone()).actor();
        let detail = json!({ "name": name, "detail": detail });
        let entry =
            kizuna_store::writer::AuditEntry { actor, action: action.to_owned(), object: None, detail };
        Ok(self.store.writer().audit(entry)?)
    }
}

/// Exchanges under way, by place and certificate.
pub(crate) type Enrolling = std::collections::BTreeMap<(u32, Pin), Session>;

/// The discovery of a node at `host:port`.
///
/// # Errors
/// [`AppError::Invalid`] where the text is no address.
pub fn reached_at(address: &str) -> Result<Url, AppError> {
    let url = format!("https://{address}/taxii2/").parse::<Url>().ok();
    let is_bare = |url: &Url| url.path() == "/taxii2/" && url.username().is_empty() && url.host().is_some();
    url.filter(is_bare).ok_or_else(|| AppError::invalid("$.address", "an address of the form host:port"))
}

fn refused(refused: Refused) -> AppError {
    match refused {
        Refused::NoInvitation => AppError::NotFound,
        Refused::Wrong => AppError::Forbidden(refused.to_string()),
        Refused::Malformed => AppError::invalid("$", refused.to_string()),
    }
}

//! The channel between enrolled nodes: mutual TLS 1.3, each side known by the digest of its certificate's public key.
//!
//! A node has one transport key, sealed with its other secrets, and a certificate made from it that says nothing. Who
//! it is says the pin: [`crate::peers::enrol`] exchanges pins, each under the signing key of a member, and a pin counts
//! for as long as that key is not revoked. There is no authority, no host name, no resumption.

pub(super) mod renew;
mod tls;

use std::sync::Arc;

use jiff::Timestamp;
use kizuna_access::{MemberId, Principal};
use kizuna_attest::{Purpose, Signer};
use kizuna_federation::transport::{Binding, Pin};
use rustls::ServerConfig;
use rustls::pki_types::CertificateDer;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Peer;
use crate::{AppError, Node};

use tls::NodeTime;
pub(super) use tls::{Connected, Expected};

/// Node state: the transport key.
const STATE: &str = "channel";
const KEY: &str = "transport";
const NEXT: &str = "transport.next";
/// What the sealed key opens as.
const BOUND: &str = "kizuna transport key";

/// How a peer is known over mutual TLS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Of the certificates that are its own: two while it changes its key.
    pub pins: Vec<Pin>,
    /// The signing key of its principal member under which it was enrolled. When that is revoked, the channel ends.
    pub under: String,
    pub since: Timestamp,
    /// The members of ours that it knows us by, the principal one first.
    pub ours: Vec<MemberId>,
    /// The newest key of ours that it has taken note of, while we change it.
    #[serde(default)]
    pub told: Option<Pin>,
}

/// A transport key as it is kept.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    /// DER, hexadecimal.
    certificate: String,
    /// PKCS #8, sealed, hexadecimal.
    sealed: String,
    since: Timestamp,
}

/// A transport key and the certificate made from it.
#[derive(Clone)]
pub(super) struct Transport {
    certificate: CertificateDer<'static>,
    key: Arc<Zeroizing<Vec<u8>>>,
    pub pin: Pin,
}

impl Node {
    /// What this node's peers pin.
    pub fn transport_pin(&self) -> Result<Pin, AppError> {
        Ok(self.transport()?.pin)
    }

    /// The transport key; made when it is first asked for.
    pub(super) fn transport(&self) -> Result<Transport, AppError> {
        loop {
            if let Some(kept) = self.store.state(STATE, KEY)? {
                return self.transport_of(&kept);
            }
            let kept = self.new_transport()?;
            // Another process may make it at the same time: the first one's stands.
            self.store.writer().swap_state(STATE, KEY, None, Some(kept), None)?;
        }
    }

    fn new_transport(&self) -> Result<Vec<u8>, AppError> {
        let (certificate, key) = tls::made()?;
        let sealed = hex::encode(self.vault.seal(BOUND, &key)?);
        let kept = Kept { certificate: hex::encode(certificate), sealed, since: self.now() };
        serde_json::to_vec(&kept).map_err(|error| AppError::Internal(error.to_string()))
    }

    fn transport_of(&self, kept: &[u8]) -> Result<Transport, AppError> {
        let broken = || AppError::Internal("the transport key cannot be read".to_owned());
        let kept: Kept = serde_json::from_slice(kept).map_err(|_| broken())?;
        let certificate = CertificateDer::from(hex::decode(&kept.certificate).map_err(|_| broken())?);
        let sealed = hex::decode(&kept.sealed).map_err(|_| broken())?;
        let lost = "the transport key cannot be opened: node.key is not the one it was sealed under. Restore that file \
                    from the backup";
        let key = self.vault.unseal(BOUND, &sealed).ok_or_else(|| AppError::Unavailable(lost.to_owned()))?;
        let pin = tls::pin_of(&certificate).map_err(|_| broken())?;
        Ok(Transport { certificate, key: Arc::new(key), pin })
    }

    /// A member's word that a transport key is this node's.
    pub(super) fn bind(&self, member: MemberId, pin: Pin) -> Result<Binding, AppError> {
        let at = self.now();
        let seal = self.member_sign(member, Purpose::Transport, &Binding::payload(member, &pin, at))?;
        Ok(Binding::new(member, pin, at, &seal))
    }

    /// What the listener for peers shows and asks for, as of now: whoever is not enrolled is refused at the handshake,
    /// unless an invitation is open.
    pub fn channel_server(&self) -> Result<Arc<ServerConfig>, AppError> {
        let mut pins = Vec::new();
        for peer in self.all_peers()? {
            if self.may_speak(&peer)? {
                pins.extend(peer.channel.into_iter().flat_map(|channel| channel.pins));
            }
        }
        let expected = if self.has_invitation()? { Expected::anyone() } else { Expected::Pinned(pins) };
        tls::server(&self.transport()?, expected, self.tls_time())
    }

    /// The pin of a certificate that was presented.
    pub fn pin_of(certificate: &CertificateDer<'_>) -> Option<Pin> {
        tls::pin_of(certificate).ok()
    }

    /// Who speaks over a connection with this certificate: the account of that peer's principal member, or of another
    /// member that lives there. Judged anew for each request.
    ///
    /// # Errors
    /// [`AppError::NotAuthenticated`] where no peer has it now, or not this member.
    pub fn channel_viewer(&self, pin: &Pin, member: Option<MemberId>) -> Result<Principal, AppError> {
        let peer = self.peer_of_pin(pin)?.ok_or(AppError::NotAuthenticated)?;
        let place = match member {
            None => Some(0),
            Some(member) => peer.members.iter().position(|lives| *lives == member),
        };
        let account = place.and_then(|place| peer.accounts.get(place)).ok_or(AppError::NotAuthenticated)?;
        self.took_up(&peer, pin)?;
        Ok(self.directory()?.authenticate_person(*account, self.now())?)
    }

    /// The peer that has this certificate now.
    pub(super) fn peer_of_pin(&self, pin: &Pin) -> Result<Option<Peer>, AppError> {
        let mut found = None;
        for peer in self.all_peers()? {
            let is_its = peer.channel.as_ref().is_some_and(|channel| pin.is_among(&channel.pins));
            if is_its && self.may_speak(&peer)? {
                found = Some(peer);
            }
        }
        Ok(found)
    }

    /// The peer through whose channel this account speaks.
    pub(crate) fn channel_of(&self, who: &Principal) -> Result<Option<Peer>, AppError> {
        if who.key().is_some() {
            return Ok(None);
        }
        let directory = self.directory()?;
        let is_peer = directory.person(who.person()).is_some_and(|person| person.email.ends_with(ACCOUNTS));
        if !is_peer {
            return Ok(None);
        }
        let speaks = |peer: &Peer| peer.channel.is_some() && peer.accounts.contains(&who.person());
        Ok(self.all_peers()?.into_iter().find(speaks))
    }

    /// Whether the signing key under which a peer was enrolled still counts.
    pub fn may_speak(&self, peer: &Peer) -> Result<bool, AppError> {
        let (Some(channel), Some(principal)) = (&peer.channel, peer.principal()) else { return Ok(false) };
        let directory = self.directory()?;
        let mut keys = directory.signing_keys(Signer::Member(principal)).iter();
        Ok(keys.any(|key| key.key == channel.under && key.revoked.is_none()))
    }

    fn tls_time(&self) -> NodeTime {
        NodeTime(self.store.clone())
    }

    /// What speaks with a transport key to whom is expected.
    pub(super) fn channel_to(&self, own: &Transport, expected: Expected) -> Result<Connected, AppError> {
        tls::client(own, expected, self.tls_time())
    }

    /// What speaks to an enrolled peer.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] where the signing key under which it was enrolled was revoked.
    pub(super) fn channel_agent(&self, peer: &Peer, channel: &Channel) -> Result<Connected, AppError> {
        if !self.may_speak(peer)? {
            return Err(AppError::Forbidden(format!(
                "the signing key under which {} was enrolled is revoked: enrol it again with kizuna peer invite",
                peer.name
            )));
        }
        self.channel_to(&self.transport()?, Expected::Pinned(channel.pins.clone()))
    }
}

/// How the address of a peer's account ends.
pub(super) const ACCOUNTS: &str = ".peer.invalid";

//! One exchange with a peer: pull, then push, then say how it went.

use super::client::Client;
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

    /// One exchange. What the peer does wrong is in the status; what this node does wrong is an error.
    pub(super) fn sync(&self, peer: &Peer) -> Result<PeerStatus, AppError> {
        let lock = self.exchange_lock(&peer.name);
        let _one_at_a_time = lock.lock();
        let mut status = self.peer_status(&peer.name)?;
        status.last_attempt = Some(self.now());
        let done = self.exchange(peer, &mut status);
        match &done {
            Ok(()) => {
                status.error = None;
                status.last_success = status.last_attempt;
            }
            Err(error) => status.error = Some(error.to_string()),
        }
        if self.peer(&peer.name)?.is_some() {
            self.keep_json(STATUS, &peer.name, &status)?;
        } else {
            self.forget_exchange(&peer.name)?;
        }
        match done {
            Err(error @ AppError::Internal(_)) => Err(error),
            _ => Ok(status),
        }
    }

    fn exchange(&self, peer: &Peer, status: &mut PeerStatus) -> Result<(), AppError> {
        let key = peer.sealed.as_deref().map(|sealed| self.opened(&peer.name, sealed));
        let client = Client::new(peer, key.transpose()?.as_ref());
        let places = locate::collections(&client, peer)?;
        if peer.pull {
            for place in locate::to_pull(&places, peer) {
                self.pull(peer, &client, &place, status)?;
            }
        }
        if peer.push {
            let place = locate::to_push(&places)?;
            for account in &peer.accounts {
                let who = self.directory()?.authenticate_person(*account, self.now())?;
                self.push(peer, &client, &place, &who, status)?;
            }
        }
        Ok(())
    }
}

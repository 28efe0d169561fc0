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
            let status = self.sync(&peer)?;
            told.push((peer, status));
        }
        Ok(told)
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
        self.keep_json(STATUS, &peer.name, &status)?;
        match done {
            Err(error @ AppError::Internal(_)) => Err(error),
            _ => Ok(status),
        }
    }

    fn exchange(&self, peer: &Peer, status: &mut PeerStatus) -> Result<(), AppError> {
        let client = Client::new(peer);
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

//! What stands to be sent to a peer, for who runs the node.

use jiff::Timestamp;
use kizuna_access::Principal;
use kizuna_federation::lane::Lane;
use kizuna_stix::Id;

use super::{PUSHES, Stand, in_memory, selection};
use crate::peers::{Peer, Stands};
use crate::{AppError, Node};

/// Versions are counted up to so many.
const COUNTED: usize = 1_000;

/// A version that a peer did not take, with its reason. It is tried again with each timed exchange.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Aside {
    pub id: Id,
    pub digest: String,
    pub reason: String,
    pub since: Timestamp,
    pub tries: u32,
}

/// What stands to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Outbox {
    /// Versions in the order of the peer's members after the cursor, those included that turn out to be the peer's.
    pub waiting: u64,
    /// Whether counting stopped there.
    pub capped: bool,
    /// Of these, urgent ones.
    pub urgent: u64,
    /// When this node stored the oldest.
    pub oldest: Option<Timestamp>,
    pub aside: Vec<Aside>,
}

impl Node {
    /// What stands to be sent to a peer, as far as it is kept.
    pub fn outbox(&self, peer: &Peer) -> Result<Outbox, AppError> {
        let mut outbox = Outbox::default();
        if !peer.push {
            return Ok(outbox);
        }
        let directory = self.directory()?;
        let lock = self.exchange_lock(&peer.name);
        // Between two exchanges it is known better than it is kept.
        let live = lock.try_lock();
        for account in &peer.accounts {
            let Ok(who) = directory.authenticate_person(*account, self.now()) else { continue };
            // One place a peer is written to; its address is known from what was kept.
            let prefix = format!("{} {} ", peer.name, who.member());
            let stand = match live.as_ref().and_then(|live| newest(live, &who, &prefix)) {
                Some(stand) => stand,
                None => self.kept_stand(&prefix)?,
            };
            let view = self.store.view(&who)?;
            let page = view.page(&selection(Lane::Bulk), stand.start(Lane::Bulk), COUNTED)?;
            outbox.waiting += page.items.len() as u64;
            outbox.capped |= page.next.is_some();
            let oldest = page.items.iter().map(|item| item.stored).min();
            outbox.oldest = outbox.oldest.into_iter().chain(oldest).min();
            let urgent = view.page(&selection(Lane::Urgent), stand.start(Lane::Urgent), COUNTED)?;
            outbox.urgent += urgent.items.len() as u64;
            outbox.aside.extend(stand.aside);
        }
        Ok(outbox)
    }

    fn kept_stand(&self, prefix: &str) -> Result<Stand, AppError> {
        let mut kept = self.store.states(PUSHES)?;
        kept.retain(|(key, _)| key.starts_with(prefix));
        Ok(Stand::of(kept.pop().and_then(|(_, bytes)| serde_json::from_slice(&bytes).ok())))
    }
}

fn newest(live: &Stands, who: &Principal, prefix: &str) -> Option<Stand> {
    let prefix = in_memory(who, prefix);
    live.iter().find(|(key, _)| key.starts_with(&prefix)).map(|(_, stand)| stand.clone())
}

//! Changing and removing peers.

use std::time::Duration;

use jiff::Timestamp;
use kizuna_access::rights::{Clearance, Holder};
use kizuna_access::{Honours, MemberId, PersonId, Rights};
use kizuna_store::writer::AuditEntry;
use serde_json::json;
use url::Url;

use super::credential::{Credential, KEY_FILE, Seal};
use super::{PEERS, Peer, STATUS, pull, push};
use crate::people::Caller;
use crate::{AppError, Node};

/// What is changed of a peer; nothing where it stays as it is.
#[derive(Debug, Clone, Default)]
pub struct PeerChange {
    /// To another server goes no credential that was not given with it.
    pub url: Option<Url>,
    /// The principal one first.
    pub members: Option<Vec<MemberId>>,
    pub user: Option<Option<String>>,
    pub key: Option<Option<Credential>>,
    pub collections: Option<Vec<String>>,
    pub pull: Option<bool>,
    pub push: Option<bool>,
    pub every: Option<Duration>,
    pub label: Option<Option<String>>,
    /// Of its members' accounts here; granted from the command line alone.
    pub clearance: Option<Clearance>,
}

impl Node {
    /// Changes a peer. An exchange that is under way goes on as it began; the next one follows the change.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everybody but who runs the node; [`AppError::NotFound`] for no peer of this name.
    pub fn set_peer(&self, caller: &Caller, name: &str, change: PeerChange) -> Result<Peer, AppError> {
        self.people(caller.clone()).needs_to_run_node()?;
        let _one_at_a_time = self.changing_peers.lock();
        let mut peer = self.peer(name)?.ok_or(AppError::NotFound)?;
        self.check_peer(change.members.as_deref(), change.label.as_ref().and_then(Option::as_deref))?;
        let before = peer.clone();
        if let Some(url) = change.url {
            if url.origin() != peer.url.origin() {
                (peer.user, peer.sealed) = (None, None);
            }
            if peer.channel.is_some() && url.scheme() != "https" {
                return Err(AppError::invalid("$.url", "an enrolled peer is reached over TLS"));
            }
            peer.url = url;
        }
        if let Some(user) = change.user {
            peer.user = user;
        }
        if let Some(key) = change.key {
            peer.sealed = self.sealed(name, key.as_ref())?;
        }
        if let Some(members) = change.members {
            let clearance = change.clearance.clone().unwrap_or_default();
            self.move_members(caller, &mut peer, members, &clearance)?;
        }
        if let Some(clearance) = change.clearance {
            for account in &peer.accounts {
                self.people(caller.clone()).clear(Holder::Person(*account), clearance.clone())?;
            }
        }
        peer.collections = change.collections.unwrap_or(peer.collections);
        peer.pull = change.pull.unwrap_or(peer.pull);
        peer.push = change.push.unwrap_or(peer.push);
        if !peer.pull && !peer.push && peer.channel.is_none() {
            return Err(AppError::invalid("$.pull", "a peer is pulled from, pushed to, or both"));
        }
        peer.every = change.every.map_or(peer.every, |every| every.as_secs().max(1));
        peer.label = change.label.unwrap_or(peer.label);
        self.keep_json(PEERS, name, &peer)?;
        let is_new_key = peer.sealed != before.sealed;
        self.audit_peer(caller, "peer.changed", &peer, json!({ "credential": is_new_key }))?;
        Ok(peer)
    }

    /// Removes a peer, the accounts of its members, and where the exchange with it stood. What it gave stays.
    ///
    /// # Errors
    /// As for [`Node::set_peer`].
    pub fn remove_peer(&self, caller: &Caller, name: &str) -> Result<(), AppError> {
        self.people(caller.clone()).needs_to_run_node()?;
        let _one_at_a_time = self.changing_peers.lock();
        let peer = self.peer(name)?.ok_or(AppError::NotFound)?;
        self.store.writer().set_state(PEERS, name, None, None)?;
        for account in &peer.accounts {
            self.close_account(caller, *account)?;
        }
        // An exchange that is under way forgets where it stood when it ends.
        if let Some(mut idle) = self.exchange_lock(name).try_lock() {
            idle.clear();
            self.forget_exchange(name)?;
        }
        self.audit_peer(caller, "peer.removed", &peer, json!({}))
    }

    /// The rules for what a peer may be.
    pub(super) fn check_peer(
        &self,
        members: Option<&[MemberId]>,
        label: Option<&str>,
    ) -> Result<(), AppError> {
        let directory = self.directory()?;
        if members.is_some_and(<[MemberId]>::is_empty) {
            return Err(AppError::invalid("$.members", "a peer has at least one member that lives there"));
        }
        for member in members.unwrap_or_default() {
            if directory.member(*member).is_none() {
                return Err(AppError::invalid("$.members", format!("there is no member {member}")));
            }
        }
        label.map_or(Ok(()), |words| crate::ingest::terms(&*directory, words).map(drop))
    }

    /// A credential as it is kept.
    pub(super) fn sealed(&self, peer: &str, key: Option<&Credential>) -> Result<Option<String>, AppError> {
        let seal = || if self.is_shared() { self.shared_seal() } else { Seal::made(self.data()) };
        key.map(|key| seal()?.seal(peer, key)).transpose()
    }

    /// The credential for a peer, opened.
    pub(super) fn opened(&self, peer: &str, sealed: &str) -> Result<Credential, AppError> {
        let seal = if self.is_shared() { self.shared_seal()? } else { Seal::of(self.data())? };
        seal.open(peer, sealed)
    }

    /// What seals in a node that several processes have open: its key lies in their database.
    fn shared_seal(&self) -> Result<Seal, AppError> {
        Ok(Seal::under(self.store.secret(KEY_FILE)?))
    }

    /// Seals the credentials that an earlier version kept in the clear.
    pub(crate) fn seal_credentials(&self) -> Result<(), AppError> {
        let _one_at_a_time = self.changing_peers.lock();
        for mut peer in self.all_peers()? {
            let Some(plain) = peer.key.take() else { continue };
            peer.sealed = self.sealed(&peer.name, Some(&Credential::new(plain)))?;
            self.keep_json(PEERS, &peer.name, &peer)?;
        }
        Ok(())
    }

    /// Gives new members an account, and closes those of members that no longer live there.
    pub(super) fn move_members(
        &self,
        caller: &Caller,
        peer: &mut Peer,
        members: Vec<MemberId>,
        clearance: &Clearance,
    ) -> Result<(), AppError> {
        let directory = self.directory()?;
        let member_of = |account: &PersonId| directory.person(*account).map(|person| person.member);
        let mut accounts = Vec::with_capacity(members.len());
        for member in &members {
            let kept = peer.accounts.iter().find(|account| member_of(account) == Some(*member));
            if let Some(account) = kept {
                accounts.push(*account);
                continue;
            }
            let account = self.account(caller, &peer.name, *member, clearance)?;
            // It is the account of the same node, which says for all of them at once what it honours.
            let other = peer.accounts.first();
            let said = other.and_then(|other| directory.honours_at(*other, Timestamp::MAX));
            let honours = Some(said.cloned().unwrap_or_else(Honours::well_known));
            self.people(caller.clone()).record(Rights::HonoursSet { person: account, honours })?;
            accounts.push(account);
        }
        for account in peer.accounts.iter().filter(|account| !accounts.contains(account)) {
            self.close_account(caller, *account)?;
            if let Some(member) = member_of(account) {
                self.forget_states(push::PUSHES, &format!("{} {member} ", peer.name))?;
            }
        }
        (peer.members, peer.accounts) = (members, accounts);
        Ok(())
    }

    /// Closes the account of another node, with what it gave and waits for its time.
    pub(crate) fn close_account(&self, caller: &Caller, account: PersonId) -> Result<(), AppError> {
        if self.directory()?.authenticate_person(account, self.now()).is_ok() {
            self.people(caller.clone()).record(Rights::PersonRemoved { person: account })?;
        }
        self.forget_given_early(account)
    }

    /// Where the exchange with a peer of this name stood.
    pub(super) fn forget_exchange(&self, name: &str) -> Result<(), AppError> {
        self.store.writer().set_state(STATUS, name, None, None)?;
        let prefix = format!("{name} ");
        self.forget_states(pull::PULLS, &prefix)?;
        self.forget_fetched_early(name)?;
        self.forget_states(push::PUSHES, &prefix)
    }

    fn forget_states(&self, kind: &str, prefix: &str) -> Result<(), AppError> {
        for (key, _) in self.store.states(kind)? {
            if key.starts_with(prefix) {
                self.store.writer().set_state(kind, &key, None, None)?;
            }
        }
        Ok(())
    }

    /// What was done with a peer, without anything that opens a door.
    pub(super) fn audit_peer(
        &self,
        caller: &Caller,
        action: &str,
        peer: &Peer,
        more: serde_json::Value,
    ) -> Result<(), AppError> {
        let mut detail = json!({
            "name": peer.name, "url": peer.url.as_str(), "members": peer.members, "user": peer.user,
            "pull": peer.pull, "push": peer.push, "every": peer.every, "label": peer.label,
            "collections": peer.collections,
        });
        if let (Some(detail), serde_json::Value::Object(more)) = (detail.as_object_mut(), more) {
            detail.extend(more);
        }
        let actor = self.people(caller.clone()).actor();
        let entry = AuditEntry { actor, action: action.to_owned(), object: None, detail };
        Ok(self.store.writer().audit(entry)?)
    }
}

#[cfg(test)]
mod tests;

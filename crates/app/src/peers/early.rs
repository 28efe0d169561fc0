//! What another node dated too far ahead of this node's clock: set aside like all such content, and taken in when its
//! time has come. A node whose clock is an hour ahead so delays what it says and loses none of it, whether it is
//! fetched from or comes to us.
//!
//! Of each object there is a small note, looked through every few seconds, and the object itself, read when it is due.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use kizuna_access::{PersonId, Principal};
use kizuna_stix::Object;
use kizuna_stix::read::{Element, read};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Peer;
use crate::ingest::{AHEAD, Delivery, Giver, Target};
use crate::{AppError, Node};

/// Two kinds of node state with the same keys: whose it is, a space, and the digest of the object; then the digest of
/// the way, where there is one.
struct Drawer {
    /// An [`Early`] each.
    notes: &'static str,
    /// The bytes of an object each. Written before its note and removed before it.
    objects: &'static str,
}

/// By the peer's name.
const FETCHED: Drawer = Drawer { notes: "peer.early", objects: "peer.early.object" };
/// By the account that gave it.
const GIVEN: Drawer = Drawer { notes: "account.early", objects: "account.early.object" };

/// Objects kept for one peer or account; what is beyond stays in quarantine alone.
const KEPT: usize = 2_000;
/// The same in bytes.
const KEPT_BYTES: usize = 16 << 20;
/// What is further ahead stays in quarantine alone.
const FURTHEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// What could not be taken in for so long after its time is kept no longer.
const STALE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Taken in at once.
const TOGETHER: usize = 100;
/// The same in bytes; half an envelope where that is less.
const TOGETHER_BYTES: usize = 4 << 20;

#[derive(Debug, Serialize, Deserialize)]
struct Early {
    /// From when on it can be taken in.
    from: Timestamp,
    /// Its size.
    #[serde(default)]
    bytes: usize,
    /// By which way it was given; nothing for what was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<By>,
}

/// A way by which somebody gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct By {
    account: PersonId,
    collection: Option<Uuid>,
    label: Option<String>,
}

/// A note by its key.
struct Waiting {
    key: String,
    early: Early,
}

impl Waiting {
    /// The peer or account whose it is.
    fn owner(&self) -> &str {
        self.key.split_once(' ').map_or(&self.key, |(owner, _)| owner)
    }
}

impl Node {
    /// Keeps those of these objects that were too early at a time: that at which they were offered, for the clock may
    /// have been set since.
    pub(super) fn keep_early(
        &self,
        peer: &Peer,
        objects: &[&str],
        offered: Timestamp,
    ) -> Result<(), AppError> {
        let elements =
            objects.iter().flat_map(|text| read(text.as_bytes(), &self.limits).unwrap_or_default());
        self.keep_all_early(&FETCHED, &peer.name, None, elements, offered)
    }

    /// The same for what the account of another node gave.
    pub(crate) fn keep_given_early(
        &self,
        who: &Principal,
        envelope: Vec<Element>,
        delivery: &Delivery<'_>,
        offered: Timestamp,
    ) -> Result<(), AppError> {
        let account = who.person();
        let collection = match delivery.target {
            Target::Own => None,
            Target::Collection(id) => Some(id),
        };
        let by = By { account, collection, label: delivery.label.map(str::to_owned) };
        self.keep_all_early(&GIVEN, &account.to_string(), Some(&by), envelope, offered)
    }

    fn keep_all_early(
        &self,
        drawer: &Drawer,
        owner: &str,
        by: Option<&By>,
        elements: impl IntoIterator<Item = Element>,
        offered: Timestamp,
    ) -> Result<(), AppError> {
        let latest = offered.checked_add(FURTHEST).unwrap_or(Timestamp::MAX);
        let too_early = elements.into_iter().filter_map(|element| {
            let Element::Object(object) = element else { return None };
            let from = time_of(&object).filter(|from| *from > offered && *from <= latest)?;
            Some((from, object))
        });
        let mut too_early = too_early.peekable();
        if too_early.peek().is_none() {
            return Ok(());
        }
        let way = by.map(way_of).transpose()?;
        let mut kept = self.waiting(drawer)?;
        kept.retain(|waiting| waiting.owner() == owner);
        let mut bytes: usize = kept.iter().map(|waiting| waiting.early.bytes).sum();
        let mut keys: BTreeSet<String> = kept.into_iter().map(|waiting| waiting.key).collect();
        for (from, object) in too_early {
            let mut key = format!("{owner} {}", hex::encode(object.digest()));
            if let Some(way) = &way {
                key = format!("{key} {way}");
            }
            let size = object.canonical().len();
            let is_full = keys.len() >= KEPT || bytes.saturating_add(size) > KEPT_BYTES;
            if is_full || keys.contains(&key) {
                continue;
            }
            let early = Early { from, bytes: size, by: by.cloned() };
            self.keep_one_early(drawer, &key, &early, object.canonical())?;
            bytes += size;
            keys.insert(key);
        }
        Ok(())
    }

    fn keep_one_early(
        &self,
        drawer: &Drawer,
        key: &str,
        early: &Early,
        object: &[u8],
    ) -> Result<(), AppError> {
        let note = serde_json::to_vec(early).map_err(|error| AppError::Internal(error.to_string()))?;
        let stale = early.from.checked_add(STALE).ok();
        let writer = self.store.writer();
        writer.set_state(drawer.objects, key, Some(object.to_vec()), stale)?;
        Ok(writer.set_state(drawer.notes, key, Some(note), stale)?)
    }

    /// Takes in what is no longer too early, of every peer and of every account. What goes wrong with one of them is
    /// logged, and holds up nobody else.
    ///
    /// # Errors
    /// Where what waits cannot be looked through.
    pub(super) fn take_all_early(&self) -> Result<(), AppError> {
        let mut fetched: BTreeMap<String, Vec<Waiting>> = BTreeMap::new();
        for waiting in self.due(&FETCHED)? {
            fetched.entry(waiting.owner().to_owned()).or_default().push(waiting);
        }
        let peers = if fetched.is_empty() { Vec::new() } else { self.all_peers()? };
        for peer in peers {
            if let Some(due) = fetched.remove(&peer.name) {
                self.take_due(&FETCHED, self.peer_giver(&peer), &due);
            }
        }
        let mut ways: BTreeMap<By, Vec<Waiting>> = BTreeMap::new();
        for waiting in self.due(&GIVEN)? {
            let Some(by) = waiting.early.by.clone() else { continue };
            ways.entry(by).or_default().push(waiting);
        }
        for (by, due) in ways {
            self.take_due(&GIVEN, self.giver_by(&by), &due);
        }
        Ok(())
    }

    /// Takes in what was fetched from a peer and is no longer too early. What goes wrong is logged.
    pub(super) fn take_early(&self, peer: &Peer) {
        match self.due(&FETCHED) {
            Ok(mut due) => {
                due.retain(|waiting| waiting.owner() == peer.name);
                if !due.is_empty() {
                    self.take_due(&FETCHED, self.peer_giver(peer), &due);
                }
            }
            Err(error) => {
                tracing::warn!(peer.name = %peer.name, error = %error, "what was too early cannot be looked through");
            }
        }
    }

    fn giver_by(&self, by: &By) -> Result<Giver, AppError> {
        let who = self.directory()?.authenticate_person(by.account, self.now())?;
        let target = by.collection.map_or(Target::Own, Target::Collection);
        self.giver(&who, &Delivery { target, label: by.label.as_deref(), ..Delivery::default() })
    }

    /// Takes in what one peer gave, or one account by one way.
    fn take_due(&self, drawer: &Drawer, giver: Result<Giver, AppError>, due: &[Waiting]) {
        let taken = match giver {
            Ok(giver) => self.take_from(drawer, &giver, due),
            Err(error) if is_for_good(&error) => {
                // Who may not give any more does not give this either.
                let owner = due.first().map(Waiting::owner);
                tracing::warn!(owner, error = %error, objects = due.len(), "what was too early is not taken in");
                self.forget_early(drawer, due.iter().map(|waiting| waiting.key.as_str()))
            }
            Err(error) => Err(error),
        };
        if let Err(error) = taken {
            let owner = due.first().map(Waiting::owner);
            tracing::warn!(owner, error = %error, "what was too early is tried again");
        }
    }

    fn take_from(&self, drawer: &Drawer, giver: &Giver, due: &[Waiting]) -> Result<(), AppError> {
        let most = TOGETHER_BYTES.min(self.limits.envelope_bytes / 2);
        let mut rest = due;
        while !rest.is_empty() {
            let (some, more) = rest.split_at(together(rest, most));
            let mut objects = Vec::with_capacity(some.len());
            for waiting in some {
                match self.store.state(drawer.objects, &waiting.key)? {
                    Some(object) => objects.push((waiting.key.as_str(), object)),
                    None => self.forget_early(drawer, [waiting.key.as_str()])?,
                }
            }
            self.take_together(drawer, giver, &objects)?;
            rest = more;
        }
        Ok(())
    }

    /// Together, for what vouches for an object or labels it came with it; in halves where that does not go. One alone
    /// that can never be taken in stays in quarantine.
    fn take_together(
        &self,
        drawer: &Drawer,
        giver: &Giver,
        objects: &[(&str, Vec<u8>)],
    ) -> Result<(), AppError> {
        let keys = || objects.iter().map(|(key, _)| *key);
        if objects.is_empty() {
            return Ok(());
        }
        let envelope = envelope_of(objects.iter().map(|(_, object)| object.as_slice()));
        let error = match self.take_in(giver, &envelope, &Delivery::default()) {
            Ok(_) => return self.forget_early(drawer, keys()),
            // The others would fare no better now.
            Err(error @ AppError::Unavailable(_)) => return Err(error),
            Err(error) => error,
        };
        if objects.len() > 1 {
            let (first, second) = objects.split_at(objects.len() / 2);
            self.take_together(drawer, giver, first)?;
            return self.take_together(drawer, giver, second);
        }
        let key = objects.first().map(|(key, _)| *key);
        tracing::warn!(key, error = %error, "an object that was too early cannot be taken in");
        // A fault of this program may be mended before it is stale.
        if matches!(error, AppError::Internal(_)) { Ok(()) } else { self.forget_early(drawer, keys()) }
    }

    /// Forgets what was fetched from a peer of this name and waits.
    pub(super) fn forget_fetched_early(&self, name: &str) -> Result<(), AppError> {
        self.forget_early_of(&FETCHED, name)
    }

    /// The same for what an account gave.
    pub(super) fn forget_given_early(&self, account: PersonId) -> Result<(), AppError> {
        self.forget_early_of(&GIVEN, &account.to_string())
    }

    fn forget_early_of(&self, drawer: &Drawer, owner: &str) -> Result<(), AppError> {
        let mut its = self.waiting(drawer)?;
        its.retain(|waiting| waiting.owner() == owner);
        self.forget_early(drawer, its.iter().map(|waiting| waiting.key.as_str()))
    }

    fn forget_early<'a>(
        &self,
        drawer: &Drawer,
        keys: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), AppError> {
        for key in keys {
            self.store.writer().set_state(drawer.objects, key, None, None)?;
            self.store.writer().set_state(drawer.notes, key, None, None)?;
        }
        Ok(())
    }

    /// What can be taken in now, the earliest first.
    fn due(&self, drawer: &Drawer) -> Result<Vec<Waiting>, AppError> {
        let now = self.now();
        let mut due = self.waiting(drawer)?;
        due.retain(|waiting| waiting.early.from <= now);
        due.sort_by_key(|waiting| waiting.early.from);
        Ok(due)
    }

    /// The notes of all.
    fn waiting(&self, drawer: &Drawer) -> Result<Vec<Waiting>, AppError> {
        let read = |(key, note): (String, Vec<u8>)| {
            let early =
                serde_json::from_slice(&note).map_err(|error| AppError::Internal(error.to_string()))?;
            Ok(Waiting { key, early })
        };
        self.store.states(drawer.notes)?.into_iter().map(read).collect()
    }
}

/// How many of these, from the first on, go into one envelope: at least one.
fn together(due: &[Waiting], most: usize) -> usize {
    let mut bytes = 0_usize;
    let fits = |waiting: &&Waiting| {
        // And a comma.
        bytes = bytes.saturating_add(waiting.early.bytes + 1);
        bytes <= most
    };
    due.iter().take(TOGETHER).take_while(fits).count().max(1).min(due.len())
}

fn envelope_of<'a>(objects: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut envelope = Vec::from(*b"{\"objects\":[");
    for (index, object) in objects.enumerate() {
        if index > 0 {
            envelope.push(b',');
        }
        envelope.extend_from_slice(object);
    }
    envelope.extend_from_slice(b"]}");
    envelope
}

/// Whether who gave it is gone, or may not give it any more; everything else may pass.
fn is_for_good(error: &AppError) -> bool {
    match error {
        AppError::NotAuthenticated
        | AppError::NotFound
        | AppError::Forbidden(_)
        | AppError::Invalid { .. } => true,
        AppError::TooLarge { .. }
        | AppError::Conflict(_)
        | AppError::Unavailable(_)
        | AppError::Internal(_) => false,
    }
}

/// A way in short: the same object given by two ways waits twice.
fn way_of(by: &By) -> Result<String, AppError> {
    let way = serde_json::to_vec(by).map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(hex::encode(Sha256::digest(way)))
}

/// From when on an object is not too early.
fn time_of(object: &Object) -> Option<Timestamp> {
    object.modified().and_then(|modified| modified.checked_sub(AHEAD).ok())
}

#[cfg(test)]
mod tests;

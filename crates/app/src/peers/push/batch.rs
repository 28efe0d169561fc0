//! One batch on its way to a peer: offered, sent, told of, and taken apart where the peer does not take it.

use std::time::Instant;

use kizuna_access::Principal;
use kizuna_federation::offer::{Answer, OFFERED, Offer, Offered};
use kizuna_store::query::Item;
use kizuna_taxii::message::Progress;
use kizuna_taxii::{Envelope, Status};
use url::Url;

use super::super::client::{Client, Content, Undelivered};
use super::super::exchange::Session;
use super::super::locate::Place;
use super::super::transfer::{Transfer, Transfers};
use super::super::{Peer, PeerStatus};
use super::{Aside, Stand};
use crate::{AppError, Node};

/// How often a status that is pending is asked for again.
const ASKED: usize = 60;
/// Set aside for one account at most; a peer that takes less is broken.
const ASIDE: usize = 1_000;

/// What is sent for one account of a peer.
pub(super) struct Way<'a> {
    pub node: &'a Node,
    pub peer: &'a Peer,
    pub place: &'a Place,
    pub who: &'a Principal,
    /// The name of the stand.
    pub key: String,
    pub session: &'a mut Session,
    pub status: &'a mut PeerStatus,
    pub stand: Stand,
}

impl Way<'_> {
    /// Sends a batch, as far as the peer lacks it. On return it is the peer's, or set aside with its reason.
    pub fn send(&mut self, items: Vec<Item>) -> Result<(), AppError> {
        let wanted = self.wanted(items)?;
        if wanted.is_empty() {
            return Ok(());
        }
        self.post(wanted)?;
        self.keep()
    }

    /// Leaves out what the peer has. A node of our kind is asked, except for what people of a member that lives here
    /// gave: nobody has that from elsewhere, unless it went off and the answer was lost.
    fn wanted(&mut self, items: Vec<Item>) -> Result<Vec<Item>, AppError> {
        if items.is_empty() || !self.session.may_offer() {
            return Ok(items);
        }
        let directory = self.node.directory()?;
        let is_ours =
            |item: &Item| item.authored && directory.member(item.source).is_some_and(|source| source.hosted);
        if !self.session.is_unsure && items.iter().all(is_ours) {
            return Ok(items);
        }
        let Some(url) = self.session.native("/federation/offer") else { return Ok(items) };
        let mut wanted = Vec::with_capacity(items.len());
        for part in items.chunks(OFFERED) {
            let Some(answer) = self.offer(&url, part)? else {
                return Ok(items);
            };
            let lacks = answer.of(part.len());
            wanted.extend(part.iter().zip(lacks).filter(|(_, lacks)| *lacks).map(|(item, _)| item.clone()));
        }
        self.session.is_unsure = false;
        self.status.had += (items.len() - wanted.len()) as u64;
        Ok(wanted)
    }

    /// What the peer lacks; nothing where it does not know offers.
    fn offer(&mut self, url: &Url, items: &[Item]) -> Result<Option<Answer>, AppError> {
        let offered = items.iter().map(|item| Offered {
            id: item.id.clone(),
            digest: item.digest,
            source: item.source,
        });
        let offer = Offer { versions: offered.collect() };
        let body = serde_json::to_vec(&offer).map_err(|error| AppError::Internal(error.to_string()))?;
        match self.session.client()?.deliver(url, &body, Content::Json, true) {
            Ok(answer) => {
                self.session.offers = Some(true);
                Ok(Some(answer.read(url)?))
            }
            Err(Undelivered::Refused(_, 404 | 405 | 415)) => {
                self.session.offers = Some(false);
                Ok(None)
            }
            Err(undelivered) => Err(self.lost(undelivered)),
        }
    }

    /// Posts a batch. What the peer refuses as a whole is taken apart until it is clear what it does not take.
    fn post(&mut self, items: Vec<Item>) -> Result<(), AppError> {
        let mut batches = vec![items];
        while let Some(mut items) = batches.pop() {
            match self.post_once(&items) {
                Ok(()) => {}
                Err(Undelivered::Refused(error, 400 | 411 | 413 | 415 | 422)) => {
                    if items.len() > 1 {
                        let later = items.split_off(items.len() / 2);
                        batches.push(later);
                        batches.push(items);
                    } else if let Some(item) = items.pop() {
                        self.set_aside(&item, &error)?;
                    }
                }
                Err(undelivered) => return Err(self.lost(undelivered)),
            }
        }
        Ok(())
    }

    fn post_once(&mut self, items: &[Item]) -> Result<(), Undelivered> {
        let other = |error: AppError| Undelivered::Lost { error, timed_out: false };
        let body = Envelope::write(items.iter().map(|item| &item.bytes[..]), None);
        let compresses = self.session.is_native();
        let client = self.session.client().map_err(other)?;
        let begun = Instant::now();
        let objects = &self.place.objects;
        let answer = client.deliver(objects, &body, Content::Taxii, compresses)?;
        let told: Status = answer.read(objects).map_err(other)?;
        let told = settled(client, objects, told).map_err(other)?;
        self.session.pace.sent(body.len() as u64, begun.elapsed());
        self.status.pushed += items.len() as u64;
        self.status.refused += told.failure_count;
        self.status.rate = self.session.pace.rate().map(rounded);
        if let Some(failure) = told.failures.first() {
            let reason = failure.message.clone().unwrap_or_default();
            self.status.last_refusal = Some(format!("{}: {reason}", failure.id));
        }
        let transfer = Transfer::pushed(self.peer, self.who.member());
        let digests = items.iter().map(|item| item.digest);
        Transfers::of(self.node).write(&transfer, digests).map_err(other)
    }

    /// What an attempt that failed teaches.
    fn lost(&mut self, undelivered: Undelivered) -> AppError {
        match &undelivered {
            Undelivered::Busy(_, asked) => self.session.asked = *asked,
            Undelivered::Lost { timed_out, .. } => {
                self.session.is_unsure = true;
                if *timed_out {
                    self.session.pace.timed_out();
                }
            }
            Undelivered::Refused(..) => {}
        }
        undelivered.into()
    }

    fn set_aside(&mut self, item: &Item, error: &AppError) -> Result<(), AppError> {
        let digest = hex::encode(item.digest);
        self.status.last_refusal = Some(format!("{}: {error}", item.id));
        if let Some(known) = self.stand.aside.iter_mut().find(|aside| aside.digest == digest) {
            known.tries += 1;
            known.reason = error.to_string();
            return Ok(());
        }
        if self.stand.aside.len() >= ASIDE {
            return Err(AppError::Unavailable(format!(
                "the peer takes too little of what it is sent: {error}"
            )));
        }
        let (id, since, reason) = (item.id.clone(), self.node.now(), error.to_string());
        self.stand.aside.push(Aside { id, digest, reason, since, tries: 1 });
        Ok(())
    }

    /// Tries again what was set aside; what its reader may not read any more is let go.
    pub fn try_aside_again(&mut self) -> Result<(), AppError> {
        let aside = self.stand.aside.clone();
        for Aside { id, digest, .. } in aside {
            let found = self.node.store.view(self.who)?.claims(&id)?;
            let found = found.into_iter().find(|item| hex::encode(item.digest) == digest);
            let tries =
                |way: &Self| way.stand.aside.iter().find(|aside| aside.digest == digest).map(|a| a.tries);
            let before = tries(self);
            if let Some(item) = found {
                self.post(vec![item])?;
            }
            if tries(self) == before {
                self.stand.aside.retain(|aside| aside.digest != digest);
            }
            self.keep()?;
        }
        Ok(())
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "octets a second fit")]
fn rounded(rate: f64) -> u64 {
    rate.max(0.0) as u64
}

/// A status once nothing of it is pending.
fn settled(client: &Client, objects: &Url, mut status: Status) -> Result<Status, AppError> {
    let broken = |error| AppError::Unavailable(format!("{objects} has no status: {error}"));
    // …/API-ROOT/collections/ID/objects/ → …/API-ROOT/status/ID/
    let url = objects.join(&format!("../../../status/{}/", status.id)).map_err(broken)?;
    for _ in 0..ASKED {
        if status.status == Progress::Complete {
            return Ok(status);
        }
        std::thread::sleep(std::time::Duration::from_millis(500));
        status = client.get(&url)?.read(&url)?;
    }
    Err(AppError::Unavailable(format!("{url} is pending for too long")))
}

//! Pushing: what the peer's members may read here and did not give us, in the order in which they came to read it.

use kizuna_access::label::Handling;
use kizuna_access::release::RELEASE_KIND;
use kizuna_access::travel::LABEL_KIND;
use kizuna_access::{Principal, marking};
use kizuna_attest::{ATTESTATION_KIND, KEY_KIND};
use kizuna_stix::Id;
use kizuna_store::query::{Item, Start};
use kizuna_store::{Position, Search, Selection, Versions, View};
use kizuna_taxii::message::Progress;
use kizuna_taxii::{Envelope, Status};
use url::Url;

use super::client::Client;
use super::locate::Place;
use super::{Peer, PeerStatus};
use crate::ingest::PEER;
use crate::originator;
use crate::record::Recorder;
use crate::{AppError, Node};

/// Node state: where pushing for each account stands.
pub(super) const PUSHES: &str = "peer.push";
/// Objects read for one page.
const PAGE: usize = 500;
/// Octets of a POST where the server says more or nothing.
const POST_BYTES: u64 = 8 << 20;
/// Label objects looked at for one object.
const LABELS: usize = 8;
/// How often a status that is pending is asked for again.
const ASKED: usize = 60;

impl Node {
    /// Sends what one of the peer's accounts may read and has not been sent yet.
    pub(super) fn push(
        &self,
        peer: &Peer,
        client: &Client,
        place: &Place,
        who: &Principal,
        status: &mut PeerStatus,
    ) -> Result<(), AppError> {
        let key = format!("{} {} {}", peer.name, who.member(), place.objects);
        let mut stand: Option<Position> = self.kept_json(PUSHES, &key)?;
        let selection = Selection { versions: Versions::All, ..Selection::default() };
        let limit = place.max_content_length.clamp(1 << 10, POST_BYTES);
        loop {
            // A view holds a read transaction: none is kept open while the peer thinks.
            let (bodies, next) = {
                let view = self.store.view(who)?;
                let start = stand.map_or(Start::First, Start::After);
                let page = view.page(&selection, start, PAGE)?;
                let next = page.items.last().map(|item| item.position);
                let sent = self.to_send(peer, &view, &page.items)?;
                Recorder::of(&self.on_path("peer.push")).serves(who, view.directory(), &sent)?;
                (batches(&sent, limit), next)
            };
            let Some(next) = next else { return Ok(()) };
            for (objects, body) in bodies {
                let answer = client.post(&place.objects, &body)?;
                let told: Status = answer.read(&place.objects)?;
                let told = settled(client, &place.objects, told)?;
                status.pushed += objects;
                status.refused += told.failure_count;
                if let Some(failure) = told.failures.first() {
                    let reason = failure.message.clone().unwrap_or_default();
                    status.last_refusal = Some(format!("{}: {reason}", failure.id));
                }
            }
            self.keep_json(PUSHES, &key, &next)?;
            stand = Some(next);
        }
    }

    /// What of a page the peer does not have from its own members. With an object go, in one envelope, its marking
    /// definitions and the label object that names it, so that it is never stored there without: there our account is
    /// a source of its own, for which nobody else's definitions count.
    pub(crate) fn to_send(&self, peer: &Peer, view: &View, items: &[Item]) -> Result<Vec<Item>, AppError> {
        let mut sent: Vec<Item> = Vec::new();
        for item in items {
            if item.id.kind() == "marking-definition" {
                if given_by_others(peer, view, item)? && !has(&sent, item) {
                    sent.push(item.clone());
                }
                continue;
            }
            if !self.leaves(peer, item)? {
                continue;
            }
            for definition in definitions(view, item)? {
                if !has(&sent, &definition) {
                    sent.push(definition);
                }
            }
            if originator::is_controlled(&item.label) && !originator::is_beside(item.id.kind()) {
                for beside in proof_beside(view, item)? {
                    for definition in definitions(view, &beside)? {
                        if !has(&sent, &definition) {
                            sent.push(definition);
                        }
                    }
                    if !has(&sent, &beside) {
                        sent.push(beside);
                    }
                }
            }
            if !item.authored {
                let search = Search {
                    refers_to: Some(item.id.clone()),
                    kinds: vec![LABEL_KIND.to_owned()],
                    ..Search::default()
                };
                for label in view.search(&search, None, LABELS)?.items {
                    if !has(&sent, &label) && self.leaves(peer, &label)? {
                        sent.push(label);
                    }
                }
            }
            if !has(&sent, item) {
                sent.push(item.clone());
            }
        }
        Ok(sent)
    }

    fn leaves(&self, peer: &Peer, item: &Item) -> Result<bool, AppError> {
        let handling = item.label.handling();
        if handling.contains(&Handling::Draft) {
            return Ok(false);
        }
        // Originator controlled: a recipient's node does not pass on.
        if originator::is_controlled(&item.label) && !originator::may_leave(self, item)? {
            return Ok(false);
        }
        if self.store.came_through(&format!("{PEER}{}", peer.name), &item.id, &item.digest)? {
            return Ok(false);
        }
        for member in &peer.members {
            if *member == item.source || self.store.has_given(*member, &item.id, &item.digest)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// With content of others that is originator controlled goes what proves that its originator lets this node pass it on:
/// keys, releases, labels, and what attests them.
fn proof_beside(view: &View, item: &Item) -> Result<Vec<Item>, AppError> {
    let keys =
        Selection { kinds: vec![KEY_KIND.to_owned()], versions: Versions::All, ..Selection::default() };
    let mut proof = view.page(&keys, Start::First, PAGE)?.items;
    let about = |id: &Id, kinds: &[&str]| {
        let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        let search = Search { refers_to: Some(id.clone()), kinds, ..Search::default() };
        view.search(&search, None, LABELS).map(|found| found.items)
    };
    let releases = about(&item.id, &[RELEASE_KIND])?;
    for id in releases.iter().map(|release| &release.id).chain([&item.id]) {
        proof.extend(about(id, &[ATTESTATION_KIND, LABEL_KIND])?);
    }
    proof.extend(releases);
    proof.retain(|beside| beside.source == item.source);
    Ok(proof)
}

fn has(sent: &[Item], item: &Item) -> bool {
    sent.iter().any(|sent| sent.digest == item.digest)
}

/// Whether somebody else than the peer's members gave this too.
fn given_by_others(peer: &Peer, view: &View, item: &Item) -> Result<bool, AppError> {
    let claims = view.claims(&item.id)?;
    Ok(claims.iter().any(|claim| !peer.members.contains(&claim.source)))
}

/// The definitions of an object's markings, as far as they are not known to everybody.
fn definitions(view: &View, item: &Item) -> Result<Vec<Item>, AppError> {
    let object: Marked = serde_json::from_slice(&item.bytes).unwrap_or_default();
    let granular = object.granular_markings.into_iter().filter_map(|marking| marking.marking_ref);
    let mut found = Vec::new();
    for id in object.object_marking_refs.into_iter().chain(granular) {
        if marking::well_known(&id).is_none() {
            found.extend(view.object(&id)?);
        }
    }
    Ok(found)
}

/// The markings of an object.
#[derive(Default, serde::Deserialize)]
struct Marked {
    #[serde(default)]
    object_marking_refs: Vec<Id>,
    #[serde(default)]
    granular_markings: Vec<Granular>,
}

#[derive(serde::Deserialize)]
struct Granular {
    #[serde(default)]
    marking_ref: Option<Id>,
}

/// Envelopes of at most so many octets, each with how many objects it has. A single object may be longer: the server
/// says what it thinks of it.
fn batches(items: &[Item], limit: u64) -> Vec<(u64, Vec<u8>)> {
    let mut batches = Vec::new();
    let mut open: Vec<&[u8]> = Vec::new();
    let mut octets = 0;
    for item in items {
        let length = item.bytes.len() as u64 + 1;
        if !open.is_empty() && octets + length + 64 > limit {
            batches.push((open.len() as u64, Envelope::write(open.iter().copied(), None)));
            open.clear();
            octets = 0;
        }
        octets += length;
        open.push(&item.bytes);
    }
    if !open.is_empty() {
        batches.push((open.len() as u64, Envelope::write(open.iter().copied(), None)));
    }
    batches
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

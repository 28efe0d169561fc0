//! What goes to a peer with an object, in one envelope: its marking definitions, the label object that names it, and what
//! proves whose it is.

use std::collections::HashSet;

use kizuna_access::label::Handling;
use kizuna_access::marking;
use kizuna_access::release::RELEASE_KIND;
use kizuna_access::travel::{LABEL_KIND, RECALL_KIND};
use kizuna_attest::{ATTESTATION_KIND, KEY_KIND, Signer};
use kizuna_federation::lane::Lane;
use kizuna_stix::{Id, Object};
use kizuna_store::query::{Item, Start};
use kizuna_store::{Position, Search, Selection, Versions, View};

use super::super::Peer;
use crate::ingest::PEER;
use crate::originator;
use crate::{AppError, Node};

/// Keys and releases looked at for one object.
const PROOFS: usize = 500;
/// Label objects looked at for one object.
const LABELS: usize = 8;
/// Objects that an urgent one refers to and takes along.
const ALONG: usize = 500;

/// An object with what goes beside it, before it.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// The object's own place in the order of the viewer for whom it is sent.
    pub position: Position,
    pub lane: Lane,
    /// Empty where the peer gets nothing of it.
    pub items: Vec<Item>,
}

/// Gathers what is sent; each version goes once.
#[derive(Default)]
struct Gathering {
    digests: HashSet<[u8; 32]>,
    items: Vec<Item>,
}

impl Gathering {
    fn add(&mut self, item: Item) {
        if self.digests.insert(item.digest) {
            self.items.push(item);
        }
    }

    fn add_with_definitions(&mut self, view: &View, item: Item) -> Result<(), AppError> {
        for definition in definitions(view, &item)? {
            self.add(definition);
        }
        self.add(item);
        Ok(())
    }
}

impl Node {
    /// What of a page the peer does not have from its own members. With an object go, in one envelope, its marking
    /// definitions and the label object that names it, so that it is never stored there without: there our account is
    /// a source of its own, for which nobody else's definitions count.
    pub(super) fn groups(&self, peer: &Peer, view: &View, items: &[Item]) -> Result<Vec<Group>, AppError> {
        let mut gathering = Gathering::default();
        let mut groups = Vec::with_capacity(items.len());
        for item in items {
            self.gather(peer, view, item, &mut gathering)?;
            groups.push(Group {
                position: item.position,
                lane: Lane::of(item.id.kind()),
                items: std::mem::take(&mut gathering.items),
            });
        }
        Ok(groups)
    }

    /// The same for what overtakes: with each object go those that it refers to, and what attests and labels them.
    pub(super) fn urgent_groups(
        &self,
        peer: &Peer,
        view: &View,
        items: &[Item],
    ) -> Result<Vec<Group>, AppError> {
        let mut gathering = Gathering::default();
        let mut groups = Vec::with_capacity(items.len());
        for item in items {
            if self.leaves(peer, item)? {
                // What is taken back does not go along with what says so.
                let along = if item.id.kind() == RECALL_KIND { Vec::new() } else { references(item) };
                for reference in along.into_iter().take(ALONG) {
                    if let Some(along) = view.object(&reference)? {
                        self.attest_and_gather(peer, view, &along, &mut gathering)?;
                    }
                }
                self.attest_and_gather(peer, view, item, &mut gathering)?;
            }
            let items = std::mem::take(&mut gathering.items);
            groups.push(Group { position: item.position, lane: Lane::Urgent, items });
        }
        Ok(groups)
    }

    #[cfg(test)]
    pub(crate) fn to_send(&self, peer: &Peer, view: &View, items: &[Item]) -> Result<Vec<Item>, AppError> {
        Ok(self.groups(peer, view, items)?.into_iter().flat_map(|group| group.items).collect())
    }

    fn attest_and_gather(
        &self,
        peer: &Peer,
        view: &View,
        item: &Item,
        gathering: &mut Gathering,
    ) -> Result<(), AppError> {
        if self.leaves(peer, item)? {
            for key in keys(view)?.into_iter().filter(|key| key.source == item.source) {
                gathering.add_with_definitions(view, key)?;
            }
            let mut attests = about(view, &item.id, &[ATTESTATION_KIND, LABEL_KIND])?;
            attests.retain(|beside| beside.source == item.source);
            for beside in attests {
                if self.leaves(peer, &beside)? {
                    gathering.add_with_definitions(view, beside)?;
                }
            }
        }
        self.gather(peer, view, item, gathering)
    }

    fn gather(
        &self,
        peer: &Peer,
        view: &View,
        item: &Item,
        gathering: &mut Gathering,
    ) -> Result<(), AppError> {
        if item.id.kind() == "marking-definition" {
            if given_by_others(peer, view, item)? {
                gathering.add(item.clone());
            }
            return Ok(());
        }
        if !self.leaves(peer, item)? {
            return Ok(());
        }
        for definition in definitions(view, item)? {
            gathering.add(definition);
        }
        if originator::is_controlled(&item.label) && !originator::is_beside(item.id.kind()) {
            for beside in proof_beside(view, item)? {
                gathering.add_with_definitions(view, beside)?;
            }
        }
        if !item.authored {
            for label in about(view, &item.id, &[LABEL_KIND])? {
                if self.leaves(peer, &label)? {
                    gathering.add(label);
                }
            }
        }
        gathering.add(item.clone());
        Ok(())
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
        if item.id.kind() == RECALL_KIND && !self.is_told_by_its_author(item)? {
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

impl Node {
    /// Whether a recall is its author's word, and not what this node tells its own readers when it carries one out.
    fn is_told_by_its_author(&self, recall: &Item) -> Result<bool, AppError> {
        let source = recall.source;
        let lives_here = self.directory()?.member(source).is_some_and(|member| member.hosted);
        if lives_here || !self.key_ring()?.knows(Signer::Member(source)) {
            return Ok(true);
        }
        Ok(!self.store.given_about(source, ATTESTATION_KIND, &recall.id)?.is_empty())
    }
}

/// Every key that the viewer may read.
fn keys(view: &View) -> Result<Vec<Item>, AppError> {
    let keys =
        Selection { kinds: vec![KEY_KIND.to_owned()], versions: Versions::All, ..Selection::default() };
    Ok(view.page(&keys, Start::First, PROOFS)?.items)
}

/// What of these types refers to an object.
fn about(view: &View, id: &Id, kinds: &[&str]) -> Result<Vec<Item>, AppError> {
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let search = Search { refers_to: Some(id.clone()), kinds, ..Search::default() };
    Ok(view.search(&search, None, LABELS)?.items)
}

fn references(item: &Item) -> Vec<Id> {
    let object = serde_json::from_slice(&item.bytes).ok().and_then(|value| Object::from_value(value).ok());
    let is_content = |id: &Id| !matches!(id.kind(), "marking-definition" | "extension-definition");
    object.map(|object| object.references()).unwrap_or_default().into_iter().filter(is_content).collect()
}

/// With content of others that is originator controlled goes what proves that its originator lets this node pass it on:
/// keys, releases, labels, and what attests them.
fn proof_beside(view: &View, item: &Item) -> Result<Vec<Item>, AppError> {
    let mut proof = keys(view)?;
    let releases = about(view, &item.id, &[RELEASE_KIND])?;
    for id in releases.iter().map(|release| &release.id).chain([&item.id]) {
        proof.extend(about(view, id, &[ATTESTATION_KIND, LABEL_KIND])?);
    }
    proof.extend(releases);
    proof.retain(|beside| beside.source == item.source);
    Ok(proof)
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

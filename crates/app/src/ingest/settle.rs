//! What an envelope changes of what was there before: content that waited for a marking, and what its source recalls.

use jiff::Timestamp;
use kizuna_access::channel::compile;
use kizuna_access::travel::{LABEL_KIND, Labelling, RECALL_KIND};
use kizuna_access::{Label, MemberId};
use kizuna_stix::{Id, Object};
use kizuna_store::writer::Actor;
use kizuna_store::{Relabelled, StoreError, Waiting};

use super::assignment::version;
use super::giver::{Giver, PEER};
use super::marked::Markings;
use crate::{AppError, Node};

/// What arrived that says something of earlier content.
#[derive(Default)]
pub struct Arrived {
    /// Marking definitions, with their source.
    definitions: Vec<(MemberId, Id)>,
    /// What a source takes back: an object, or one version of it.
    recalls: Vec<(MemberId, Id, Option<Timestamp>)>,
}

impl Arrived {
    /// Takes note of an object. Only who wrote a recall takes something back, and only what is its own; what is
    /// written here is taken back by narrowing, which writes the recall.
    pub fn note(&mut self, object: &Object, source: MemberId, authored: bool, giver: &Giver) {
        if object.kind() == "marking-definition" {
            self.definitions.push((source, object.id().clone()));
        }
        if object.kind() != RECALL_KIND || !authored || giver.is_here() {
            return;
        }
        let Some(id) = object.text("object_ref").and_then(|id| id.parse().ok()) else { return };
        let version = object.text("object_modified").and_then(|version| version.parse().ok());
        self.recalls.push((source, id, version));
    }
}

impl Node {
    /// Carries out what arrived, once it is stored.
    pub(super) fn settle(&self, arrived: &Arrived) -> Result<(), AppError> {
        for (source, id) in &arrived.definitions {
            let waiting = self.store.waiting(*source, id)?;
            if waiting.is_empty() {
                continue;
            }
            let relabelled =
                waiting.into_iter().map(|one| self.relabelled(one)).collect::<Result<Vec<_>, _>>()?;
            self.store.writer().relabel(relabelled)?;
        }
        for (source, id, version) in &arrived.recalls {
            match self.store.writer().narrow(id, *version, *source, Actor::Node) {
                Ok(_) | Err(StoreError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The newest label object of a source that names this version.
    fn labelled_by(&self, source: MemberId, object: &Object) -> Result<Option<Object>, AppError> {
        let version = version(object);
        let given = self.store.given_about(source, LABEL_KIND, object.id())?;
        let names = |label_object: &Object| {
            Labelling::read(label_object).is_ok_and(|labelling| labelling.assignments.contains(&version))
        };
        Ok(given.into_iter().find(names))
    }

    /// The label that content should have had, under the way by which it came; its source's own where that way is
    /// not known any more.
    fn relabelled(&self, waiting: Waiting) -> Result<Relabelled, AppError> {
        let source = waiting.source;
        let mut markings = Markings::gather(source, &[(source, &waiting.object)], &self.store)?;
        let mut number = markings.of(source, &waiting.object);
        // What a peer's member said beside it still holds. What is said here beside content that waits was made from
        // its way, which is asked below.
        let is_from_peer = waiting.channel.starts_with(PEER);
        let beside = if is_from_peer { self.labelled_by(source, &waiting.object)? } else { None };
        if let Some(label_object) = beside {
            markings.take_earlier(source, &label_object.markings(), &self.store)?;
            let asked = markings.of(source, &label_object);
            number = markings.both(number, asked);
        }
        let found = markings.found(number);
        let label = match self.way(&waiting.channel)? {
            Some(way) => compile(&found.terms, found.is_unclear(), &[], &way, source),
            None => Label::own(source).and(&compile(
                &found.terms,
                true,
                &[],
                &kizuna_access::Channel::default(),
                source,
            )),
        };
        let dangling = found.dangling.clone();
        Ok(Relabelled { waiting, label, parts: Vec::new(), dangling })
    }
}

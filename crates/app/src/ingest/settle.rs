//! What an envelope changes of what was there before: content that waited for a marking, what its source labels
//! anew, and what it recalls.
//!
//! It is carried out once the envelope is stored. A node that ends in between goes on at its next start: labels and
//! recalls are noted before anything is stored, and content that waits although its marking is there is found.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::channel::compile;
use kizuna_access::redact::{self, Labelled};
use kizuna_access::travel::{Assignment, Covers, RECALL_KIND, Recall};
use kizuna_access::{Channel, Label, MemberId, PersonId};
use kizuna_stix::{Id, Object};
use kizuna_store::writer::Actor;
use kizuna_store::{Relabelled, StoreError, Waiting};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::assignment::{passed_on, standing};
use super::attest::Attesting;
use super::fields::Fields;
use super::giver::{Giver, PEER};
use super::marked::{Marked, Markings, refs};
use super::plan::bare;
use crate::package::PACKAGE;
use crate::{AppError, Node};

/// Node state: what arrived and was not carried out when the node ended, by a random key.
const UNSETTLED: &str = "ingest.unsettled";

/// What arrived that says something of earlier content.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Arrived {
    /// Marking definitions, with their source.
    definitions: Vec<(MemberId, Id)>,
    /// Markings that were not there when content that refers to them was planned, with its source. They may have
    /// arrived by another way until it was stored.
    awaited: BTreeSet<(MemberId, Id)>,
    /// By which way the labels came.
    channel: String,
    /// Who labels a version that came before.
    labels: Vec<(MemberId, Assignment)>,
    /// What a source takes back.
    recalls: Vec<(MemberId, Id, Covers)>,
    /// What somebody takes back for the own member, by the digests of what that person reads: a peer that pushes has
    /// no other way to tell.
    #[serde(default)]
    taken_back: Vec<(PersonId, MemberId, Id, Vec<[u8; 32]>)>,
}

impl Arrived {
    /// Takes note of an object. Only who wrote a recall takes something back, and only what is its own; who gives one
    /// here takes back what it could have narrowed.
    pub fn note(&mut self, object: &Object, source: MemberId, authored: bool, giver: &Giver) {
        if object.kind() == "marking-definition" {
            let members = giver.explains_for(source);
            self.definitions.extend(members.into_iter().map(|member| (member, object.id().clone())));
        }
        if object.kind() != RECALL_KIND || !authored {
            return;
        }
        let Ok(recall) = Recall::read(object) else { return };
        if !giver.is_here() || source != giver.source {
            self.recalls.push((source, recall.object_ref, recall.covers));
            return;
        }
        if let (true, Some(person), Covers::Digests(digests)) =
            (giver.is_typed_here(), giver.by, recall.covers)
            && source == giver.source
        {
            self.taken_back.push((person, source, recall.object_ref, digests));
        }
    }

    /// Takes note of the markings that an object waits for.
    pub fn waits(&mut self, source: MemberId, dangling: &[Id]) {
        self.awaited.extend(dangling.iter().map(|id| (source, id.clone())));
    }

    /// Takes note of labels for what came before, by a way.
    pub fn labels(&mut self, channel: &str, labels: Vec<(MemberId, Assignment)>) {
        channel.clone_into(&mut self.channel);
        self.labels = labels;
    }

    /// Whether something would be lost if it were not carried out: a definition is found again, these are not.
    fn is_to_be_kept(&self) -> bool {
        !self.labels.is_empty() || !self.recalls.is_empty() || !self.taken_back.is_empty()
    }
}

/// That something is still to be carried out, kept until it is.
pub struct Promise(Option<String>);

impl Node {
    /// Notes durably what is to be carried out.
    pub(super) fn promise(&self, arrived: &Arrived) -> Result<Promise, AppError> {
        if !arrived.is_to_be_kept() {
            return Ok(Promise(None));
        }
        let key = Uuid::new_v4().to_string();
        let kept = serde_json::to_vec(arrived).map_err(|error| AppError::Internal(error.to_string()))?;
        self.store.writer().set_state(UNSETTLED, &key, Some(kept), None)?;
        Ok(Promise(Some(key)))
    }

    /// Carries out what arrived, once it is stored.
    pub(super) fn settle(&self, arrived: &Arrived, promise: Promise) -> Result<(), AppError> {
        for (source, id) in &arrived.definitions {
            self.explain_waiting(*source, id)?;
        }
        for (source, id) in &arrived.awaited {
            if !self.store.definitions(*source, std::slice::from_ref(id))?.is_empty() {
                self.explain_waiting(*source, id)?;
            }
        }
        for (labeller, version) in &arrived.labels {
            self.judge_again(&arrived.channel, *labeller, version)?;
        }
        for (source, id, covers) in &arrived.recalls {
            match self.store.writer().narrow_recalled(id, covers.clone(), *source, Actor::Node) {
                Ok(_) | Err(StoreError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        for (person, source, id, digests) in &arrived.taken_back {
            let digests = self.readable_of(*person, *source, id, digests)?;
            if digests.is_empty() {
                continue;
            }
            let covers = Covers::Digests(digests);
            match self.store.writer().narrow_recalled(id, covers, *source, Actor::Person(*person)) {
                Ok(_) | Err(StoreError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if let Promise(Some(key)) = promise {
            self.store.writer().set_state(UNSETTLED, &key, None, None)?;
        }
        Ok(())
    }

    /// Which of these digests are of contributions by this source that a person reads.
    fn readable_of(
        &self,
        person: PersonId,
        source: MemberId,
        id: &Id,
        digests: &[[u8; 32]],
    ) -> Result<Vec<[u8; 32]>, AppError> {
        let Ok(who) = self.directory()?.authenticate_person(person, self.now()) else {
            return Ok(Vec::new());
        };
        let claims = match self.read(&who)?.claims(id) {
            Ok(claims) => claims,
            Err(AppError::NotFound) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let own = claims.iter().filter(|claim| claim.source == source).map(|claim| claim.digest);
        Ok(own.filter(|digest| digests.contains(digest)).collect())
    }

    /// Attests what waited for a marking and has its label now, as far as its markings alone say that label: under
    /// less than its label nothing may be known of it.
    fn attest_relabelled(&self, relabelled: &[Relabelled]) -> Result<(), AppError> {
        let directory = self.directory()?;
        let attesters = self.attesters(&directory);
        let mut attesting = Attesting::default();
        let mut labels: Vec<Label> = Vec::new();
        for Relabelled { waiting, label, parts, dangling } in relabelled {
            let source = waiting.source;
            if !dangling.is_empty() || !attesters.contains(&source) {
                continue;
            }
            let forms = redact::forms(&waiting.object, label, parts)
                .map_err(|faults| AppError::unsound("an attestation", &faults))?;
            for Labelled { object, label, .. } in forms {
                let mut markings = Markings::gather(source, &[(source, &object)], &self.store)?;
                let number = markings.of(source, &object);
                let said = bare(markings.found(number), source);
                let said =
                    Fields::of(&markings, source, &object, &said).map_or(said, |fields| fields.whole());
                if said != label {
                    continue;
                }
                let known = labels.iter().position(|known| *known == label);
                let number = u32::try_from(known.unwrap_or(labels.len())).unwrap_or(u32::MAX);
                attesting.add(&object, source, (number, &label), &refs(&object));
                if known.is_none() {
                    labels.push(label);
                }
            }
        }
        self.send_ahead(attesting.sign(&labels, self)?)
    }

    /// Carries out what a node left behind that ended half-way.
    pub(crate) fn settle_left_over(&self) -> Result<(), AppError> {
        for (key, kept) in self.store.states(UNSETTLED)? {
            let arrived: Arrived =
                serde_json::from_slice(&kept).map_err(|error| AppError::Internal(error.to_string()))?;
            self.settle(&arrived, Promise(Some(key)))?;
        }
        let explained = self.store.explained()?;
        self.relabel(explained)
    }

    fn explain_waiting(&self, source: MemberId, definition: &Id) -> Result<(), AppError> {
        let waiting = self.store.waiting(source, definition)?;
        self.relabel(waiting)
    }

    fn relabel(&self, waiting: Vec<Waiting>) -> Result<(), AppError> {
        if waiting.is_empty() {
            return Ok(());
        }
        let relabelled =
            waiting.into_iter().map(|one| self.relabelled(one)).collect::<Result<Vec<_>, _>>()?;
        self.attest_relabelled(&relabelled)?;
        self.store.writer().relabel(relabelled)?;
        Ok(())
    }

    /// The label that content should have had, under the way by which it came; its source's own where that way is
    /// not known any more.
    fn relabelled(&self, waiting: Waiting) -> Result<Relabelled, AppError> {
        // What a peer's members said beside it still holds. What is said here beside content that waits was made from
        // its way, which is asked below.
        let beside = self.said_beside(&waiting)?;
        let (found, markings) = self.found(&waiting, &beside)?;
        let source = waiting.source;
        let label = if let Some(way) = self.way(&waiting.channel, source)? {
            compile(&found.terms, found.is_unclear(), &[], &way, source)
        } else {
            let stated = compile(&found.terms, true, &[], &Channel::default(), source);
            Label::own(source).and(&stated)
        };
        let way = self.way(&waiting.channel, source)?.unwrap_or_default();
        Ok(judged_by(waiting, label, found, (&markings, &way)))
    }

    /// Judges what came by a way and is labelled only now: as if the label object had come before it.
    fn judge_again(&self, channel: &str, labeller: MemberId, version: &Assignment) -> Result<(), AppError> {
        let Some(way) = self.way(channel, labeller)? else { return Ok(()) };
        let principal = self.members_behind(channel)?.first().copied();
        let mut sources = vec![labeller];
        sources.extend(principal.filter(|principal| *principal != labeller));
        let mut relabelled = Vec::new();
        for source in sources {
            for given in self.store.given(source, &version.object_ref, &version.digest)? {
                // What a principal member wrote itself is nobody else's to label.
                let is_meant = given.channel == channel && (source == labeller || !given.authored);
                if is_meant && let Some(judged) = self.judged(given, &way)? {
                    relabelled.push(judged);
                }
            }
        }
        if !relabelled.is_empty() {
            self.store.writer().reassign(&version.object_ref, relabelled)?;
        }
        Ok(())
    }

    /// Content with the label and the source that it has by what is said beside it; nothing where that changes nothing.
    fn judged(&self, mut given: Waiting, way: &Channel) -> Result<Option<Relabelled>, AppError> {
        let beside = self.said_beside(&given)?;
        let Some((first, _)) = beside.first() else { return Ok(None) };
        let (found, markings) = self.found(&given, &beside)?;
        let is_recalled = self.is_recalled(&given)?;
        if found.is_silent() || is_recalled {
            return Ok(None);
        }
        let is_labeller = beside.iter().any(|(labeller, _)| *labeller == given.source);
        let source = if given.authored || is_labeller { given.source } else { *first };
        let label = compile(&found.terms, found.is_unclear(), &[], way, source);
        let before = (given.label.clone(), given.source);
        given.source = source;
        let judged = judged_by(given, label, found, (&markings, way));
        let is_changed = before != (judged.label.clone(), source);
        Ok(is_changed.then_some(judged))
    }

    /// What the markings of stored content and the label objects beside it ask for.
    fn found(&self, given: &Waiting, beside: &[(MemberId, Object)]) -> Result<(Marked, Markings), AppError> {
        let source = given.source;
        let principal = self.members_behind(&given.channel)?.first().copied().unwrap_or(source);
        let mut markings = Markings::gather(principal, &[(source, &given.object)], &self.store)?;
        let mut number = markings.of(source, &given.object);
        for (labeller, label_object) in beside {
            markings.take_earlier(*labeller, &label_object.markings(), &self.store)?;
            markings.take_earlier(principal, &label_object.markings(), &self.store)?;
            let asked = markings.of(*labeller, label_object);
            number = markings.both(number, asked);
        }
        Ok((markings.found(number).clone(), markings))
    }

    /// The label objects that count for content of another node: its author's alone, else those of all members for which
    /// it speaks, else those that it passed on.
    fn said_beside(&self, given: &Waiting) -> Result<Vec<(MemberId, Object)>, AppError> {
        let is_of_peer = given.channel.starts_with(PEER) || given.channel.starts_with(PACKAGE);
        let lives_here = self.directory()?.member(given.source).is_some_and(|member| member.hosted);
        if !is_of_peer && lives_here {
            return Ok(Vec::new());
        }
        let members = if given.authored || !is_of_peer {
            vec![given.source]
        } else {
            self.members_behind(&given.channel)?
        };
        let mut beside = Vec::new();
        for member in members {
            if let Some((_, label_objects)) = standing(&self.store, member, &given.object)? {
                beside.extend(label_objects.into_iter().map(|label_object| (member, label_object)));
            }
        }
        if beside.is_empty() && !given.authored { passed_on(&self.store, &given.object) } else { Ok(beside) }
    }

    /// Whether its source has taken a version back since it labelled it.
    fn is_recalled(&self, given: &Waiting) -> Result<bool, AppError> {
        let labelled = standing(&self.store, given.source, &given.object)?;
        let labelled = labelled.map_or(Timestamp::MIN, |(at, _)| at);
        for object in self.store.given_about(given.source, RECALL_KIND, given.object.id())? {
            let Ok(recall) = Recall::read(&object) else { continue };
            let is_later = recall.by == given.source && recall.at >= labelled;
            if is_later && recall.covers.includes(&given.object) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The members for which content comes by a way of a peer, the principal one first; none where it is another way.
    fn members_behind(&self, channel: &str) -> Result<Vec<MemberId>, AppError> {
        if let Some(name) = channel.strip_prefix(PACKAGE) {
            return Ok(self.member_of_channel(name)?.into_iter().collect());
        }
        channel.strip_prefix(PEER).map_or_else(|| Ok(Vec::new()), |name| self.members_of_peer(name))
    }
}

/// Stored content under another label, with its marked fields under theirs.
fn judged_by(
    waiting: Waiting,
    label: Label,
    found: Marked,
    (markings, way): (&Markings, &Channel),
) -> Relabelled {
    let fields = Fields::of(markings, waiting.source, &waiting.object, &label);
    let Some(fields) = fields.map(|fields| fields.behind(way)) else {
        return Relabelled { waiting, label, parts: Vec::new(), dangling: found.dangling };
    };
    let dangling = found.dangling.into_iter().chain(fields.dangling).collect();
    Relabelled { waiting, label: fields.label, parts: fields.parts, dangling }
}

#[cfg(test)]
mod tests;

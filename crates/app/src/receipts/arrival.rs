//! What a node tells by itself: that it has what its members were sent, and that it took out what was taken back.

use std::collections::BTreeSet;

use kizuna_access::address::Addressees;
use kizuna_access::alert::{self, Alert};
use kizuna_access::label::Handling;
use kizuna_access::receipt::{self, By, Receipt, State};
use kizuna_access::request::{self, Request};
use kizuna_access::travel::{RECALL_KIND, Recall};
use kizuna_access::{Decision, Directory, Label, MemberId};
use kizuna_stix::Id;
use kizuna_store::Contribution;

use super::write::rounded;
use crate::ingest::Origin;
use crate::{AppError, Node};

/// What is to be told once an envelope is stored.
#[derive(Default)]
pub(crate) struct Telling {
    delivered: Vec<Arrived>,
    recalled: Vec<Arrived>,
}

/// An object that arrived, or was taken back.
struct Arrived {
    id: Id,
    version: Option<jiff::Timestamp>,
    producer: MemberId,
    label: Label,
    addressees: Addressees,
}

impl Telling {
    /// Takes note of what its author sends to somebody, or takes back.
    pub fn note(&mut self, contribution: &Contribution) {
        let Contribution { object, source, label, authored, .. } = contribution;
        if !authored || label.handling().contains(&Handling::Draft) {
            return;
        }
        let arrived = |id: &Id, addressees: Addressees| Arrived {
            id: id.clone(),
            version: object.modified(),
            producer: *source,
            label: label.clone(),
            addressees,
        };
        match object.kind() {
            alert::KIND => {
                let Ok(alert) = Alert::read(object) else { return };
                self.delivered.push(arrived(object.id(), alert.addressees));
            }
            request::KIND => {
                let Ok(request) = Request::read(object) else { return };
                self.delivered.push(arrived(object.id(), request.addressees));
            }
            RECALL_KIND => {
                let Ok(recall) = Recall::read(object) else { return };
                let told =
                    Arrived { version: recall.version, ..arrived(&recall.object_ref, Addressees::default()) };
                self.recalled.push(told);
            }
            _ => {}
        }
    }
}

impl Node {
    /// Tells senders that what they sent is here, and those who took something back that it is gone from here. What
    /// cannot be told is logged: the content is stored all the same.
    pub(crate) fn tell(&self, telling: &Telling) {
        if let Err(error) = self.tell_delivered(telling).and_then(|()| self.tell_taken_back(telling)) {
            tracing::warn!(%error, "a receipt cannot be given");
        }
    }

    fn tell_delivered(&self, telling: &Telling) -> Result<(), AppError> {
        if telling.delivered.is_empty() || !self.tells_delivery {
            return Ok(());
        }
        let directory = self.directory()?;
        for arrived in &telling.delivered {
            for member in self.readers_here(&directory, arrived) {
                if arrived.addressees.means(member, &directory, self.now()) {
                    self.tell_for(member, arrived, State::Delivered)?;
                }
            }
        }
        Ok(())
    }

    fn tell_taken_back(&self, telling: &Telling) -> Result<(), AppError> {
        if telling.recalled.is_empty() {
            return Ok(());
        }
        let directory = self.directory()?;
        for arrived in &telling.recalled {
            // Its own node knows what it did.
            let lives_here = directory.member(arrived.producer).is_some_and(|member| member.hosted);
            if lives_here || !self.store.is_held(&arrived.id)? {
                continue;
            }
            for member in self.readers_here(&directory, arrived) {
                self.tell_for(member, arrived, State::Recalled)?;
            }
        }
        Ok(())
    }

    /// Tells the producer of an object that a version of it was taken out here, for each member living here that read
    /// what is under `label`: the label that the object had.
    pub fn tell_recalled(&self, object: &Id, producer: MemberId, label: &Label) -> Result<(), AppError> {
        let addressees = Addressees::default();
        let (id, label) = (object.clone(), label.clone());
        let arrived = Arrived { id, version: None, producer, label, addressees };
        let directory = self.directory()?;
        for member in self.readers_here(&directory, &arrived) {
            self.tell_for(member, &arrived, State::Recalled)?;
        }
        Ok(())
    }

    /// The members living here, but the producer, of whom somebody reads what is under its label.
    fn readers_here(&self, directory: &Directory, arrived: &Arrived) -> BTreeSet<MemberId> {
        let now = self.now();
        let here = directory.members().filter(|member| member.hosted && member.id != arrived.producer);
        let here: BTreeSet<MemberId> = here.map(|member| member.id).collect();
        let mut readers = BTreeSet::new();
        for person in directory.people().filter(|person| person.removed.is_none()) {
            if !here.contains(&person.member) || readers.contains(&person.member) {
                continue;
            }
            let who = directory.authenticate_person(person.id, now).ok();
            let reader = who.and_then(|who| directory.reader(&who, now).ok());
            if reader.is_some_and(|reader| reader.decide(&arrived.label) != Decision::Hidden) {
                readers.insert(person.member);
            }
        }
        readers
    }

    fn tell_for(&self, member: MemberId, arrived: &Arrived, state: State) -> Result<(), AppError> {
        let mut told = Receipt::by_name(member, arrived.id.clone(), state, rounded(self.now()));
        told.object_modified = arrived.version;
        // Told once: a further version of the object is delivered too, and when the first one was counts.
        if self.store.is_held(&told.id)? {
            return Ok(());
        }
        let label = receipt::label(By::Member(member), arrived.producer, &arrived.label);
        self.write_receipt(member, &told, &label, (Origin::Release, None))
    }
}

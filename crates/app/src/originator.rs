//! Originator control (ORCON): who receives such content neither passes it on nor derives from it, except as its
//! originator's release says.
//!
//! It is asked at every way in and out: what somebody gives here ([`refuses_given`]), what a peer relays and what leaves
//! to one ([`passage`]), and what is made of it ([`is_own`]).

mod passage;

use std::collections::HashMap;

use kizuna_access::label::Handling;
use kizuna_access::release::RELEASE_KIND;
use kizuna_access::release::rules::reaches_others;
use kizuna_access::travel::{Assignment, LABEL_KIND, Labelling, RECALL_KIND};
use kizuna_access::{Directory, Label, MemberId};
use kizuna_attest::{ATTESTATION_KIND, KEY_KIND};
use kizuna_stix::{Id, Object};

use crate::Item;

pub(crate) use passage::{Passages, may_leave, relay_refused};

/// What travels beside content, for those who read it.
const BESIDE: [&str; 6] =
    ["marking-definition", LABEL_KIND, RECALL_KIND, RELEASE_KIND, ATTESTATION_KIND, KEY_KIND];

/// Whether content under this label is its originator's to pass on.
pub(crate) fn is_controlled(label: &Label) -> bool {
    label.handling().contains(&Handling::Orcon)
}

pub(crate) fn is_beside(kind: &str) -> bool {
    BESIDE.contains(&kind)
}

/// Whether an object is its source's own: it says so, or says of nobody.
pub(crate) fn is_sources_own(created_by: Option<&Id>, source: MemberId) -> bool {
    created_by.is_none_or(|author| *author == source.identity())
}

/// Whether stored content is a member's own to make something else of.
pub(crate) fn is_own(item: &Item, member: MemberId) -> bool {
    item.source == member && is_sources_own(author(&item.bytes).as_ref(), member)
}

/// Whom an object names as its author.
pub(crate) fn author(bytes: &[u8]) -> Option<Id> {
    #[derive(serde::Deserialize)]
    struct Authored {
        created_by_ref: Option<Id>,
    }
    serde_json::from_slice::<Authored>(bytes).ok()?.created_by_ref
}

/// The versions that label objects of an envelope put under originator control, with whose word that is: whoever relays
/// content that says nothing itself must not lose its label.
#[derive(Default)]
pub(crate) struct Labelled(HashMap<Assignment, MemberId>);

impl Labelled {
    /// Takes in a label object under whose markings what it names is originator controlled.
    pub fn add(&mut self, object: &Object) {
        let Ok(labelling) = Labelling::read(object) else { return };
        for assignment in labelling.assignments {
            self.0.entry(assignment).or_insert(labelling.by);
        }
    }

    /// Who puts this version under originator control.
    pub fn by(&self, object: &Object) -> Option<MemberId> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&Assignment { object_ref: object.id().clone(), digest: object.digest() }).copied()
    }

    /// Leaves out what this member says itself.
    pub fn without(mut self, member: MemberId) -> Self {
        self.0.retain(|_, by| *by != member);
        self
    }
}

/// Why somebody here may not give this: it is another's, and originator controlled. An exported file that is imported
/// again stays what it was.
///
/// `labelled` says of which versions label objects of others in the same envelope say so: the bytes alone may not.
pub(crate) fn refuses_given(
    object: &Object,
    source: MemberId,
    label: &Label,
    labelled: &Labelled,
    directory: &Directory,
) -> Option<String> {
    if is_beside(object.kind()) {
        return None;
    }
    let is_labelled = labelled.by(object).is_some();
    let author = object.created_by();
    let is_own = is_sources_own(author.as_ref(), source);
    let leaves_home = is_controlled(label) && reaches_others(label, source, directory);
    if !is_labelled && (is_own || !leaves_home) {
        return None;
    }
    let known = author.as_ref().and_then(|author| directory.member_of_identity(author));
    let originator = known.map_or("its originator", |known| known.name.as_str());
    Some(format!(
        "it is originator controlled, and not this member's: ask {originator} to release it (kizuna release propose). \
         To keep it here, give it for the own member alone"
    ))
}

#[cfg(test)]
mod tests;

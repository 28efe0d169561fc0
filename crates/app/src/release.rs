//! Releases: proposing, deciding and carrying out that content leaves to parties that could not read it before.
//!
//! What a release is and how many people it takes is [`kizuna_access::release`]'s to say; here it meets the store.
//! Its record is an object like any other, written with every step: in full under the own member's drafting label,
//! and once it is released also, without the high side, under the label that was given ([`desk`]). What is decided is
//! assembled by the same plan that later stores it ([`assemble`]), so that the bytes that people agreed to are the
//! bytes that leave. Whatever speaks against a release is a [`Finding`] ([`check`]): nothing is proposed or approved
//! while there is one.
//!
//! Steps are taken one at a time, under one lock.

mod assemble;
mod basis;
mod carry;
mod check;
mod decide;
mod desk;
mod direct;
mod look;
mod propose;
mod rules;
mod schedule;
mod seal;

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::release::{Approval, Item, Refusal, Standing, State, Step};
use kizuna_access::{Label, MemberId, PersonId};
use kizuna_stix::Id;

pub use kizuna_access::release::{self as meaning, Kind, RELEASE_KIND};
pub use look::{Filter, Summary};
pub use rules::RuleShown;

pub(crate) use desk::load;
pub(crate) use direct::refuses_direct;

pub use crate::people::Reached;

/// The most objects in one release.
pub const MOST_OBJECTS: usize = 1_000;

/// What somebody wants released.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    pub objects: Vec<Id>,
    /// The label given, in words; what it leaves unsaid stays as it is.
    pub label: String,
    /// The id of the agreement that it rests on; without, it rests on none, which every surface says.
    #[serde(default)]
    pub basis: Option<String>,
    /// What else there is to say of the basis, in words.
    #[serde(default)]
    pub basis_note: Option<String>,
    /// The members whose nodes may pass it on where it is originator controlled, by name or id.
    #[serde(default)]
    pub through: Vec<String>,
    /// When it ends by itself.
    #[serde(default)]
    pub expires: Option<Timestamp>,
    /// When it lapses if nobody decides; thirty days where it is not said.
    #[serde(default)]
    pub decide_by: Option<Timestamp>,
    /// Why; for those who decide.
    #[serde(default)]
    pub reason: Option<String>,
    /// Put together only; nobody is asked yet.
    #[serde(default)]
    pub draft: bool,
}

/// What stands in the way of a release, or is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Finding {
    /// An object's id, and where in it; `basis` or `label` for what the release says itself.
    pub place: String,
    pub rule: String,
    pub way_out: String,
    /// Whether it blocks the release until it is resolved.
    pub blocks: bool,
}

impl Finding {
    fn new(place: &impl ToString, rule: impl Into<String>, way_out: impl Into<String>) -> Self {
        Self { place: place.to_string(), rule: rule.into(), way_out: way_out.into(), blocks: true }
    }

    fn warning(place: &impl ToString, rule: impl Into<String>, way_out: impl Into<String>) -> Self {
        Self { blocks: false, ..Self::new(place, rule, way_out) }
    }
}

/// What the viewer may do with a release now.
#[expect(clippy::struct_excessive_bools, reason = "one independent fact for each button")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct May {
    pub propose: bool,
    /// Change what is decided; every approval is gone with that.
    pub amend: bool,
    pub approve: bool,
    pub take_back: bool,
    pub reject: bool,
    pub withdraw: bool,
}

/// A release as a viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Shown {
    pub id: Id,
    pub by: MemberId,
    pub state: State,
    pub created: Timestamp,
    pub modified: Timestamp,
    pub objects: Vec<Item>,
    pub label: Label,
    /// The label given, in words.
    pub label_words: String,
    /// The labels that the content had, in words, each once; for who decides.
    pub from_words: Vec<String>,
    #[serde(skip)]
    pub from: Vec<Label>,
    pub policy_version: String,
    /// The agreement that it rests on. Nothing is said so on every surface: no basis.
    pub basis: Option<Id>,
    /// The agreement's title, where the viewer reads it.
    pub basis_title: Option<String>,
    /// What else was said of the basis.
    pub basis_note: Option<String>,
    /// What is to be said of the basis now, for who decides: an open release with one that blocks is not approved.
    pub basis_findings: Vec<Finding>,
    /// Whose nodes may pass on what is originator controlled; those that the viewer may know of.
    pub through: Vec<String>,
    pub expires: Option<Timestamp>,
    pub decide_by: Option<Timestamp>,
    pub proposer: PersonId,
    pub reason: Option<String>,
    pub approvals: Vec<Approval>,
    pub refusal: Option<Refusal>,
    pub steps: Vec<Step>,
    /// How it stands, for who decides.
    pub standing: Option<Standing>,
    pub reached: Reached,
    pub may: May,
}

/// A release that would be proposed: what would leave, and what stands in its way.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Preview {
    pub release: Shown,
    pub findings: Vec<Finding>,
}

/// The members whose people decide about a release.
fn deciding(release: &meaning::Release) -> BTreeSet<MemberId> {
    let highs = release.decided.objects.iter().filter_map(|item| item.high.as_ref());
    highs.map(|high| high.originator).chain([release.by]).collect()
}

#[cfg(test)]
mod tests;

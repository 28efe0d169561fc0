//! Labels: the compiled meaning of all markings on a piece of content.

use std::collections::{BTreeMap, BTreeSet};

use crate::party::{MemberId, Party};

/// Traffic Light Protocol 2.0, strictest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tlp {
    Clear,
    Green,
    Amber,
    #[serde(rename = "amber+strict")]
    AmberStrict,
    Red,
}

/// Permissible Actions Protocol, strictest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pap {
    Clear,
    Green,
    Amber,
    Red,
}

/// What may be done with content beyond who may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Handling {
    /// Originator controlled: a recipient's node neither passes on nor derives.
    Orcon,
    /// Invented content that never mixes with real content.
    Exercise,
    /// Not yet a version: never federated, readable by the own member only.
    Draft,
}

/// What one policy asks of a reader.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Classification {
    /// The level's name as the policy writes it, such as `SECRET`.
    pub level: String,
    /// Category tag set → tags; a reader must hold every one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub restrictive: BTreeMap<String, BTreeSet<String>>,
    /// Category tag set → tags; a reader must hold one of each set (the audience is kept apart, see [`Label::audience`]).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub permissive: BTreeMap<String, BTreeSet<String>>,
    /// Display only.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub informative: BTreeMap<String, BTreeSet<String>>,
}

/// The compiled meaning of all markings on a piece of content, in one normal form: equal meaning, equal label,
/// equal canonical text, on every node.
///
/// All parts must permit a reader. The audience is a conjunction of disjunctions: a reader must be in one party
/// of *every* clause. An empty conjunction permits nobody: a label that names nobody is nobody's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Label {
    pub(crate) audience: BTreeSet<BTreeSet<Party>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) classification: BTreeMap<String, Classification>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tlp: Option<Tlp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pap: Option<Pap>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) handling: BTreeSet<Handling>,
}

impl Label {
    /// Readable by one member only.
    pub fn own(member: MemberId) -> Self {
        Self {
            audience: BTreeSet::from([BTreeSet::from([Party::Member(member)])]),
            classification: BTreeMap::new(),
            tlp: None,
            pap: None,
            handling: BTreeSet::new(),
        }
    }

    pub fn audience(&self) -> &BTreeSet<BTreeSet<Party>> {
        &self.audience
    }

    /// Policy id → what it asks.
    pub fn classification(&self) -> &BTreeMap<String, Classification> {
        &self.classification
    }

    pub fn tlp(&self) -> Option<Tlp> {
        self.tlp
    }

    pub fn pap(&self) -> Option<Pap> {
        self.pap
    }

    pub fn handling(&self) -> &BTreeSet<Handling> {
        &self.handling
    }

    /// Whether some clause of the audience names this party: what a community's collections hold.
    pub fn names(&self, party: &Party) -> bool {
        self.audience.iter().any(|clause| clause.contains(party))
    }
}

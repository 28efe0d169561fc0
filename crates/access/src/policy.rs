//! Security policies: named levels in an order of their own, categories, and what they say of other policies.
//!
//! A policy comes as a SPIF ([`spif`]). No ladder spans policies: a level of one says nothing about a level of another
//! but by an equivalence ([`Equivalence`]) that holds for a time and is never chained.

pub mod difference;
mod equivalence;
pub mod spif;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

pub use equivalence::{Applied, Equivalence, ends_next, reaches};

/// Language tag → name in that language.
pub type Names = BTreeMap<String, String>;

/// One level of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// As labels write it.
    pub id: String,
    /// The number by which other policies refer to it.
    pub lacv: u64,
    /// Its place in the policy's order; higher protects more.
    pub hierarchy: u64,
    pub names: Names,
    /// Banner background, `#rrggbb` in lower case.
    pub colour: String,
    /// No longer given; still met.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub obsolete: bool,
}

impl Level {
    /// In this language, else in English, else as labels write it.
    pub fn name(&self, language: &str) -> &str {
        named(&self.names, language, &self.id)
    }
}

/// How a category counts (STANAG 4774 §2; a SPIF's tag types).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TagType {
    /// A reader must hold every one.
    Restrictive,
    /// A reader must hold one.
    Permissive,
    /// Restrictive, from a numbered list.
    EnumeratedRestrictive,
    /// Permissive, from a numbered list.
    EnumeratedPermissive,
    /// For display.
    Informative,
}

/// A category that labels can carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    pub id: String,
    pub lacv: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: Names,
}

/// Categories of one kind inside a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    pub name: String,
    pub kind: TagType,
    /// Whether a label takes at most one of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub single: bool,
    pub categories: Vec<Category>,
}

/// A set of categories, such as *Releasable To*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagSet {
    pub name: String,
    /// An object identifier in dots.
    pub oid: String,
    pub tags: Vec<Tag>,
}

/// Another policy, as an equivalence refers to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reference {
    pub name: String,
    /// What identifies it; names are for people.
    pub oid: String,
}

/// A policy: its levels, lowest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// As labels write it.
    pub id: String,
    /// An object identifier in dots, the same wherever the policy is used.
    pub oid: String,
    /// A newer version replaces an older one.
    pub version: u64,
    /// As the file writes it.
    pub created: String,
    /// Who made the file, as a distinguished name.
    pub originator: String,
    #[serde(default)]
    pub names: Names,
    pub levels: Vec<Level>,
    #[serde(default)]
    pub sets: Vec<TagSet>,
    /// Other policies that the equivalences refer to.
    #[serde(default)]
    pub equivalent: Vec<Reference>,
    #[serde(default)]
    pub equivalences: Vec<Equivalence>,
}

impl Policy {
    /// Where a level stands in this policy's order, the lowest 0; nothing where the policy does not have it.
    pub fn rank(&self, level: &str) -> Option<usize> {
        self.levels.iter().position(|known| known.id == level)
    }

    pub fn level(&self, level: &str) -> Option<&Level> {
        self.levels.iter().find(|known| known.id == level)
    }

    /// The rank of the level with this number.
    pub fn rank_of_lacv(&self, lacv: u64) -> Option<usize> {
        self.levels.iter().position(|known| known.lacv == lacv)
    }

    /// In this language, else in English, else as labels write it.
    pub fn name(&self, language: &str) -> &str {
        named(&self.names, language, &self.id)
    }

    /// As STANAG 4774 writes its identifier.
    pub fn uri(&self) -> String {
        format!("urn:oid:{}", self.oid)
    }
}

fn named<'a>(names: &'a Names, language: &str, id: &'a str) -> &'a str {
    let found = names.get(language).or_else(|| names.get("en"));
    found.map_or(id, String::as_str)
}

/// The file of the policy for invented content: it belongs to no state and claims no equivalence.
pub const EXERCISE_SPIF: &str = include_str!("../policies/exercise.xml");

static BUILT_IN: LazyLock<Vec<Arc<Policy>>> = LazyLock::new(|| {
    let read = spif::read(EXERCISE_SPIF);
    read.into_iter().map(|read| Arc::new(read.policy)).collect()
});

/// The policies that every node knows. Combining labels uses their order, the same on every node; of a policy that is
/// not among them all levels asked for stand side by side (see [`crate::label::Classification::also`]).
pub fn built_in() -> &'static [Arc<Policy>] {
    &BUILT_IN
}

/// The built-in policy of this id.
pub fn find(id: &str) -> Option<&'static Policy> {
    built_in().iter().find(|policy| policy.id == id).map(AsRef::as_ref)
}

#[cfg(test)]
mod tests;

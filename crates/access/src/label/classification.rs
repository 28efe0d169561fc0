//! What a policy asks of a reader, and how two such demands combine.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy;

type Tags = BTreeMap<String, BTreeSet<String>>;

/// What one policy asks of a reader.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classification {
    // The fields stand in alphabetical order, so that the derived serialisation has sorted keys.
    /// Further levels asked for, beside [`Self::level`], where this node knows no order between them. A reader must
    /// meet every one. Empty for all levels of a built-in policy.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub also: BTreeSet<String>,
    /// Display only.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub informative: Tags,
    /// The level's name as the policy writes it, such as `SECRET`.
    pub level: String,
    /// Category tag set → tags; a reader must hold one of each set (the audience is kept apart, see
    /// [`super::Label::audience`]). A set without tags permits nobody.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub permissive: Tags,
    /// Category tag set → tags; a reader must hold every one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub restrictive: Tags,
}

impl Classification {
    /// A level without categories.
    pub fn level(level: impl Into<String>) -> Self {
        Self {
            also: BTreeSet::new(),
            informative: Tags::new(),
            level: level.into(),
            permissive: Tags::new(),
            restrictive: Tags::new(),
        }
    }

    /// Every level asked for.
    pub fn levels(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.level.as_str()).chain(self.also.iter().map(String::as_str))
    }

    pub(super) fn permits_nobody(&self) -> bool {
        self.permissive.values().any(BTreeSet::is_empty)
    }

    /// What both ask: every level (of a known policy the highest), all restrictive tags, the permissive tags that
    /// both permit.
    pub(super) fn and(&self, other: &Self, policy: &str) -> Self {
        let mut both = self.clone();
        both.also.extend(other.levels().map(str::to_owned));
        unite(&mut both.restrictive, &other.restrictive);
        unite(&mut both.informative, &other.informative);
        for (set, tags) in &other.permissive {
            match both.permissive.get_mut(set) {
                Some(kept) => kept.retain(|tag| tags.contains(tag)),
                None => {
                    both.permissive.insert(set.clone(), tags.clone());
                }
            }
        }
        both.normal(policy)
    }

    /// The highest known level and every unknown one. Sets without tags ask for nothing, except permissive ones.
    pub(super) fn normal(mut self, policy: &str) -> Self {
        let rank = |level: &String| policy::find(policy).and_then(|known| known.rank(level));
        let mut asked = std::mem::take(&mut self.also);
        asked.insert(std::mem::take(&mut self.level));
        let highest = asked.iter().filter_map(rank).max();
        asked.retain(|level| rank(level).is_none_or(|at| Some(at) == highest));
        let first = asked.iter().max_by_key(|level| (rank(level), std::cmp::Reverse(*level))).cloned();
        self.level = first.unwrap_or_default();
        asked.remove(&self.level);
        self.also = asked;
        self.restrictive.retain(|_, tags| !tags.is_empty());
        self.informative.retain(|_, tags| !tags.is_empty());
        self
    }
}

fn unite(into: &mut Tags, other: &Tags) {
    for (set, tags) in other {
        into.entry(set.clone()).or_default().extend(tags.iter().cloned());
    }
}

//! What a newer version of a policy changes, or how two policies differ.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Equivalence, Policy};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it is about, such as `level SECRET`.
    pub part: String,
    /// Nothing where it is new.
    pub before: Option<String>,
    /// Nothing where it is gone.
    pub after: Option<String>,
}

/// Every difference, in a fixed order; all of `after` is new where there is no `before`.
pub fn difference(before: Option<&Policy>, after: &Policy) -> Vec<Change> {
    let old = before.map(parts).unwrap_or_default();
    let new = parts(after);
    let mut changes = Vec::new();
    for (key, said) in &old {
        let now = new.get(key);
        if now != Some(said) {
            changes.push(Change { part: key.1.clone(), before: Some(said.clone()), after: now.cloned() });
        }
    }
    let added = new.iter().filter(|(key, _)| !old.contains_key(*key));
    changes.extend(added.map(|(key, said)| Change {
        part: key.1.clone(),
        before: None,
        after: Some(said.clone()),
    }));
    changes
}

/// A policy, part by part: (order, name) → what it says in words.
fn parts(policy: &Policy) -> BTreeMap<(u8, String), String> {
    let mut parts = BTreeMap::new();
    parts.insert((0, "policy".to_owned()), format!("{} ({})", policy.id, policy.uri()));
    parts.insert((1, "version".to_owned()), policy.version.to_string());
    for (language, name) in &policy.names {
        parts.insert((2, format!("name ({language})")), name.clone());
    }
    for (rank, level) in policy.levels.iter().enumerate() {
        let place = format!("{} of {}, number {}", rank + 1, policy.levels.len(), level.lacv);
        let obsolete = if level.obsolete { ", obsolete" } else { "" };
        parts.insert((3, format!("level {}", level.id)), format!("{place}{obsolete}"));
        parts.insert((4, format!("level {}: colour", level.id)), level.colour.clone());
        for (language, name) in &level.names {
            parts.insert((4, format!("level {}: name ({language})", level.id)), name.clone());
        }
    }
    for set in &policy.sets {
        for tag in &set.tags {
            let categories: Vec<&str> = tag.categories.iter().map(|category| category.id.as_str()).collect();
            let kind = serde_json::to_value(tag.kind).ok();
            let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or_default();
            let part = format!("categories {}: {}", set.name, tag.name);
            parts.insert((5, part), format!("{kind}: {}", categories.join(", ")));
        }
    }
    for equivalence in &policy.equivalences {
        let (part, said) = equivalence_in_words(policy, equivalence);
        let said_before: Option<String> = parts.remove(&(6, part.clone()));
        let both = said_before.map_or(said.clone(), |before| format!("{before}; {said}"));
        parts.insert((6, part), both);
    }
    parts
}

fn equivalence_in_words(policy: &Policy, one: &Equivalence) -> (String, String) {
    let other = policy.equivalent.iter().find(|other| other.oid == one.oid);
    let other = other.map_or(one.oid.as_str(), |other| other.name.as_str());
    let part = format!("equivalence {} = {other} number {}", one.level, one.lacv);
    let from = one.from.map_or("the beginning".to_owned(), |from| from.to_string());
    let until = one.until.map_or("further notice".to_owned(), |until| until.to_string());
    (part, format!("{}, from {from} until {until}", one.applied.as_str()))
}

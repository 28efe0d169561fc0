//! The observables inside an observed-data of STIX 2.0, made into objects of their own.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Members, loss};
use crate::fault::Path;
use crate::validate::table::{self, Class};
use crate::{Fault, Id, id};

/// An observed-data whose observables stand beside it.
pub(crate) struct Split {
    /// With `object_refs` in the place of `objects`.
    pub observed: Members,
    /// Each with its id, the markings of the observed-data, and what it lost.
    pub observables: Vec<(Members, Vec<Fault>)>,
}

/// Takes the observables out of an observed-data. They inherit its markings: what they say was marked so.
///
/// `None` where that could lose or unmark something, and they stay inside, which 2.1 still allows: a granular
/// marking selects into them, one of them is no object with a type, or a reference between them leads nowhere.
pub(crate) fn split(observed: &Members) -> Option<Split> {
    let Some(Value::Object(container)) = observed.get("objects") else { return None };
    let observed_id: Id = observed.get("id")?.as_str()?.parse().ok()?;
    if container.is_empty() || observed.contains_key("object_refs") || selects_into_objects(observed) {
        return None;
    }
    let mut names = Names { container: BTreeMap::new(), observed_id, ids: BTreeMap::new() };
    let mut losses = BTreeMap::new();
    for (key, value) in container {
        let mut members = value.as_object()?.clone();
        id::is_kind(members.get("type")?.as_str()?).then_some(())?;
        losses.insert(key.clone(), modernise(&mut members));
        names.container.insert(key.clone(), members);
    }
    let keys: Vec<String> = names.container.keys().cloned().collect();
    for key in &keys {
        names.id(key)?;
    }

    let mut refs: Vec<Value> = Vec::new();
    let mut observables = Vec::new();
    for key in &keys {
        let mut members = names.container.get(key)?.clone();
        names.resolve(&mut members, |_| true)?;
        let id = Value::from(names.ids.get(key)?.as_ref()?.as_str());
        if refs.contains(&id) {
            continue;
        }
        members.insert("id".to_owned(), id.clone());
        members.insert("spec_version".to_owned(), Value::from("2.1"));
        if let Some(markings) = observed.get("object_marking_refs") {
            members.insert("object_marking_refs".to_owned(), markings.clone());
        }
        refs.push(id);
        observables.push((members, losses.remove(key).unwrap_or_default()));
    }
    let mut observed = observed.clone();
    observed.remove("objects");
    observed.insert("object_refs".to_owned(), Value::Array(refs));
    Some(Split { observed, observables })
}

fn selects_into_objects(observed: &Members) -> bool {
    let Some(Value::Array(markings)) = observed.get("granular_markings") else { return false };
    let selectors = markings.iter().filter_map(|marking| marking.get("selectors")?.as_array()).flatten();
    selectors.filter_map(Value::as_str).any(|selector| selector.split('.').next() == Some("objects"))
}

/// The identifiers that the keys of a container stand for.
struct Names {
    container: BTreeMap<String, Members>,
    observed_id: Id,
    /// `None` while it is being worked out: a reference that leads back here has no end.
    ids: BTreeMap<String, Option<Id>>,
}

impl Names {
    /// The id of the observable under a key. Its identifying properties may refer to others, whose ids come first.
    fn id(&mut self, key: &str) -> Option<Id> {
        if let Some(known) = self.ids.get(key) {
            return known.clone();
        }
        self.ids.insert(key.to_owned(), None);
        let mut members = self.container.get(key)?.clone();
        let kind = members.get("type")?.as_str()?.to_owned();
        let identifying = table::spec(&kind).identifying;
        self.resolve(&mut members, |name| identifying.contains(&name))?;
        let computed = id::deterministic(&kind, &members);
        // An observable without identifying properties has a random id in 2.1. This one follows from where it
        // stood, so that reading the same observed-data again does not make another object.
        let id = computed
            .unwrap_or_else(|| Id::new(&kind, Uuid::new_v5(&self.observed_id.uuid(), key.as_bytes())));
        self.ids.insert(key.to_owned(), Some(id.clone()));
        Some(id)
    }

    /// Puts identifiers in the place of keys, in the properties that are wanted.
    fn resolve(&mut self, members: &mut Members, wanted: impl Fn(&str) -> bool) -> Option<()> {
        for (name, value) in members.iter_mut().filter(|(name, _)| wanted(name)) {
            self.resolve_value(name, value)?;
        }
        Some(())
    }

    fn resolve_value(&mut self, name: &str, value: &mut Value) -> Option<()> {
        match value {
            Value::String(key) if name.ends_with("_ref") || name.ends_with("_refs") => {
                *key = self.id(key)?.to_string();
            }
            Value::Array(items) => {
                for item in items {
                    self.resolve_value(name, item)?;
                }
            }
            Value::Object(map) => {
                for (name, item) in map.iter_mut() {
                    self.resolve_value(name, item)?;
                }
            }
            _ => {}
        }
        Some(())
    }
}

/// What 2.1 calls differently, by type.
const RENAMED: [(&str, &str, &str); 10] = [
    ("directory", "accessed", "atime"),
    ("directory", "created", "ctime"),
    ("directory", "modified", "mtime"),
    ("file", "accessed", "atime"),
    ("file", "created", "ctime"),
    ("file", "modified", "mtime"),
    ("process", "binary_ref", "image_ref"),
    ("process", "created", "created_time"),
    ("user-account", "password_last_changed", "credential_last_changed"),
    ("windows-registry-key", "modified", "modified_time"),
];

/// What 2.1 has no place for, by type.
const GONE: [(&str, &str); 5] = [
    ("file", "decryption_key"),
    ("file", "encryption_algorithm"),
    ("file", "is_encrypted"),
    ("process", "arguments"),
    ("process", "name"),
];

fn modernise(members: &mut Members) -> Vec<Fault> {
    let mut losses = Vec::new();
    let kind = members.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (_, old, new) in RENAMED
        .iter()
        .filter(|(of, old, new)| *of == kind && members.contains_key(*old) && !members.contains_key(*new))
        .copied()
        .collect::<Vec<_>>()
    {
        if let Some(value) = members.remove(old) {
            members.insert(new.to_owned(), value);
        }
    }
    for (_, name) in GONE.iter().filter(|(of, name)| *of == kind && members.contains_key(*name)) {
        loss(
            &mut losses,
            &Path::Root.key(name),
            format_args!("{kind} has no {name} any more; kept as a custom property"),
        );
    }
    if table::spec(&kind).class == Class::Cyber
        && let Some(Value::Object(hashes)) = members.get_mut("hashes")
    {
        name_hashes(hashes);
    }
    losses
}

fn name_hashes(hashes: &mut Map<String, Value>) {
    if !hashes.contains_key("SSDEEP")
        && let Some(value) = hashes.remove("ssdeep")
    {
        hashes.insert("SSDEEP".to_owned(), value);
    }
}

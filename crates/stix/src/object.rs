//! One validated STIX object.

use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{Fault, Id};

/// A STIX 2.1 object that passed validation without an error; its warnings travel with it.
///
/// It can only be built by [`crate::read`] and by [`Object::from_value`], so holding one proves that its id,
/// type, timestamps and required properties are sound and that it has canonical bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    pub(crate) id: Id,
    pub(crate) modified: Option<Timestamp>,
    pub(crate) value: Map<String, Value>,
    pub(crate) canonical: Vec<u8>,
    pub(crate) warnings: Vec<Fault>,
}

impl Object {
    /// Validates a value built in the program or changed by it.
    ///
    /// # Errors
    /// Every fault found, warnings included, when at least one of them is an error.
    pub fn from_value(value: Value) -> Result<Self, Vec<Fault>> {
        crate::validate::built(value)
    }

    pub fn id(&self) -> &Id {
        &self.id
    }

    /// The `type` property.
    pub fn kind(&self) -> &str {
        self.id.kind()
    }

    /// `modified`; `None` for observables and other objects without versions.
    pub fn modified(&self) -> Option<Timestamp> {
        self.modified
    }

    pub fn get(&self, property: &str) -> Option<&Value> {
        self.value.get(property)
    }

    pub fn value(&self) -> &Map<String, Value> {
        &self.value
    }

    pub fn into_value(self) -> Map<String, Value> {
        self.value
    }

    /// RFC 8785 canonical JSON: the bytes that are stored, served and digested.
    pub fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// SHA-256 of the canonical bytes.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.canonical).into()
    }

    pub fn warnings(&self) -> &[Fault] {
        &self.warnings
    }

    pub fn created_by(&self) -> Option<Id> {
        self.text("created_by_ref").and_then(|id| id.parse().ok())
    }

    /// `object_marking_refs`, in order.
    pub fn markings(&self) -> Vec<Id> {
        self.ids("object_marking_refs")
    }

    /// The marking references of `granular_markings`, in order, with duplicates removed.
    pub fn granular_markings(&self) -> Vec<Id> {
        let Some(Value::Array(entries)) = self.get("granular_markings") else { return Vec::new() };
        let mut refs: Vec<Id> = Vec::new();
        for entry in entries {
            let Some(id) = entry.get("marking_ref").and_then(Value::as_str).and_then(|id| id.parse().ok())
            else {
                continue;
            };
            if !refs.contains(&id) {
                refs.push(id);
            }
        }
        refs
    }

    pub fn revoked(&self) -> bool {
        self.get("revoked").and_then(Value::as_bool).unwrap_or(false)
    }

    /// A string property.
    pub fn text(&self, property: &str) -> Option<&str> {
        self.get(property).and_then(Value::as_str)
    }

    /// A property that is a list of identifiers; what is not one is left out.
    pub fn ids(&self, property: &str) -> Vec<Id> {
        let Some(Value::Array(items)) = self.get(property) else { return Vec::new() };
        items.iter().filter_map(|item| item.as_str()?.parse().ok()).collect()
    }

    /// Every object this one refers to, by whatever property (`*_ref`, `*_refs`, at any depth, extensions
    /// included), each once, sorted; markings and `created_by_ref` included.
    pub fn references(&self) -> Vec<Id> {
        let mut found = Vec::new();
        for (key, value) in &self.value {
            collect_references(key, value, &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found.retain(|id| *id != self.id);
        found
    }
}

fn collect_references(key: &str, value: &Value, found: &mut Vec<Id>) {
    match value {
        Value::String(text) if key.ends_with("_ref") || key.ends_with("_refs") => {
            found.extend(text.parse::<Id>());
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(key, item, found)),
        Value::Object(map) => map.iter().for_each(|(key, item)| collect_references(key, item, found)),
        _ => {}
    }
}

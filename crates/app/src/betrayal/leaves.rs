//! An object as its leaves: every text and number with its place.

use kizuna_stix::Object;
use serde_json::{Map, Value};

/// One text or number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leaf {
    /// JSONPath.
    pub place: String,
    /// The nearest property name.
    pub key: String,
    pub says: Says,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Says {
    Text(String),
    Number(i64),
}

impl Leaf {
    pub fn text(&self) -> Option<&str> {
        match &self.says {
            Says::Text(text) => Some(text),
            Says::Number(_) => None,
        }
    }

    /// Whether it names an object.
    pub fn is_reference(&self) -> bool {
        self.key.ends_with("_ref") || self.key.ends_with("_refs")
    }

    /// Whether it is a word of STIX itself or of one of its vocabularies, which tells nothing by being the same.
    pub fn is_vocabulary(&self) -> bool {
        const WORDS: [&str; 21] = [
            "type",
            "spec_version",
            "lang",
            "labels",
            "pattern_type",
            "pattern_version",
            "kill_chain_name",
            "phase_name",
            "relationship_type",
            "identity_class",
            "sectors",
            "roles",
            "sophistication",
            "resource_level",
            "primary_motivation",
            "secondary_motivations",
            "opinion",
            "source_name",
            "extension_type",
            "definition_type",
            "region",
        ];
        WORDS.contains(&self.key.as_str()) || self.key.ends_with("_types")
    }

    /// Whether it is an instant.
    pub fn is_instant(&self) -> bool {
        self.text().is_some_and(|text| kizuna_stix::time::parse(text).is_ok())
    }

    pub fn is_external(&self) -> bool {
        self.place.starts_with("$.external_references")
    }
}

/// Properties of the envelope around what an object says.
const ENVELOPE: [&str; 8] = [
    "id",
    "type",
    "spec_version",
    "created",
    "modified",
    "object_marking_refs",
    "granular_markings",
    "revoked",
];

pub(super) fn of(object: &Object) -> Vec<Leaf> {
    of_properties(object.value())
}

pub(super) fn of_properties(object: &Map<String, Value>) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    for (key, value) in object {
        if !ENVELOPE.contains(&key.as_str()) {
            collect(&format!("$.{key}"), key, value, &mut leaves);
        }
    }
    leaves
}

fn collect(place: &str, key: &str, value: &Value, leaves: &mut Vec<Leaf>) {
    let leaf = |says| Leaf { place: place.to_owned(), key: key.to_owned(), says };
    match value {
        Value::String(text) => leaves.push(leaf(Says::Text(text.clone()))),
        Value::Number(number) => leaves.extend(number.as_i64().map(Says::Number).map(leaf)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(&format!("{place}[{index}]"), key, item, leaves);
            }
        }
        Value::Object(map) => {
            for (name, item) in map {
                collect(&step(place, name), name, item, leaves);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// A property below a place; names that are no plain words are quoted (RFC 9535 §2.3.1).
pub(crate) fn step(place: &str, name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { format!("{place}.{name}") } else { format!("{place}[{}]", Value::from(name)) }
}

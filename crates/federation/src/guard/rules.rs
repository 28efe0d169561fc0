//! What a channel lets in: types, properties, extensions and sizes. By default what STIX 2.1 defines and what this
//! project publishes; a file per channel adds and takes away.

use std::collections::{BTreeMap, BTreeSet};

use kizuna_access::marking::extension;
use kizuna_stix::Object;
use kizuna_stix::validate::{all_defined, strangers};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::finding::Kind;
use super::schema::{self, STATED};

/// What STIX defines and what does not cross by default: octets of files, and the container of STIX 2.0, in which
/// anything may stand.
const NOT_BY_DEFAULT: [(&str, &str); 3] =
    [("artifact", "payload_bin"), ("email-message", "raw_email_ref"), ("observed-data", "objects")];
/// How a tear-line was made is the high side's.
const STAYS: &str = "kizuna-sanitisation";

/// The file of a channel, in TOML.
///
/// ```toml
/// [limits]
/// object_octets = 262144
///
/// [remove]
/// types = ["location"]
///
/// [properties.attack-pattern]
/// x_mitre_version = '{"type": "string", "maxLength": 20}'
///
/// [extensions]
/// "extension-definition--…" = '{"type": "object", "additionalProperties": false}'
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RulesFile {
    pub limits: Sizes,
    pub remove: Removed,
    /// Type → property → the JSON Schema of its value.
    pub properties: BTreeMap<String, BTreeMap<String, String>>,
    /// Of property extensions: id → the JSON Schema of its value.
    pub extensions: BTreeMap<String, String>,
}

/// What a file takes away.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Removed {
    pub types: Vec<String>,
    /// As `type.property`.
    pub properties: Vec<String>,
}

/// Caps on what passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sizes {
    /// Octets of one object.
    pub object_octets: usize,
    /// Nesting of one object.
    pub depth: usize,
    /// Octets of one text.
    pub text: usize,
    /// Items of one list, or members of one object.
    pub items: usize,
    /// Objects of one package.
    pub objects: u64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { object_octets: 1 << 20, depth: 16, text: 1 << 16, items: 10_000, objects: 2_000_000 }
    }
}

/// The text is no such file.
#[derive(Debug, thiserror::Error)]
pub enum BadRules {
    #[error("{0}")]
    Toml(String),
    #[error("{0}: not a JSON Schema: {1}")]
    Schema(String, String),
}

/// What a channel lets in.
#[derive(Debug, Clone)]
pub struct Rules {
    types: BTreeMap<String, BTreeSet<String>>,
    extensions: BTreeMap<String, BTreeSet<String>>,
    /// On every type.
    everywhere: BTreeSet<String>,
    pub(super) sizes: Sizes,
    pub(super) file: RulesFile,
}

impl Default for Rules {
    fn default() -> Self {
        Self::under(RulesFile::default())
    }
}

impl Rules {
    /// Reads a channel's file.
    pub fn read(text: &str) -> Result<Self, BadRules> {
        let file: RulesFile = toml::from_str(text).map_err(|error| BadRules::Toml(error.to_string()))?;
        let properties = file.properties.values().flatten().chain(&file.extensions);
        for (name, schema) in properties {
            schema::fragment(schema).map_err(|why| BadRules::Schema(name.clone(), why))?;
        }
        Ok(Self::under(file))
    }

    fn under(file: RulesFile) -> Self {
        let mut types: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut extensions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for kind in all_defined() {
            types.insert(kind.name().to_owned(), kind.properties().map(str::to_owned).collect());
            extensions.insert(kind.name().to_owned(), kind.extensions().map(str::to_owned).collect());
        }
        for (kind, property) in NOT_BY_DEFAULT {
            types.entry(kind.to_owned()).or_default().remove(property);
        }
        for (kind, stated) in schema::published() {
            if kind == STAYS {
                continue;
            }
            let properties =
                stated.properties.into_iter().chain(STATED.iter().map(|name| (*name).to_owned()));
            types.insert(kind.clone(), properties.collect());
            extensions.insert(kind, BTreeSet::from([stated.extension]));
        }
        let markings = extensions.entry("marking-definition".to_owned()).or_default();
        markings.extend(schema::MARKINGS.iter().map(|extension| extension.id().to_string()));
        markings.insert(schema::TLP_2.to_owned());
        for (kind, properties) in &file.properties {
            types.entry(kind.clone()).or_default().extend(properties.keys().cloned());
        }
        for kind in &file.remove.types {
            types.remove(kind);
        }
        for place in &file.remove.properties {
            let Some((kind, property)) = place.split_once('.') else { continue };
            types.entry(kind.to_owned()).or_default().remove(property);
        }
        let everywhere = file.extensions.keys().cloned();
        let everywhere = everywhere.chain([extension::STUB.id().to_string()]).collect();
        Self { types, extensions, everywhere, sizes: file.limits, file }
    }

    /// The types that are let in.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.types.keys().map(String::as_str)
    }

    /// The file as it was read: what is added to the default and taken from it.
    pub fn file(&self) -> &RulesFile {
        &self.file
    }

    /// Why an object is not let in by its names; nothing where it is.
    pub(super) fn refuses(&self, object: &Object) -> Option<String> {
        let kind = object.kind();
        let Some(properties) = self.types.get(kind) else {
            return Some(format!("the type {kind}"));
        };
        if let Some(name) = object.value().keys().find(|name| !properties.contains(*name)) {
            return Some(format!("the property {kind}.{name}"));
        }
        if let Some(place) = strangers(object.value()).first() {
            return Some(format!("the member {place} of a {kind}"));
        }
        let Some(Value::Object(extensions)) = object.get("extensions") else { return None };
        let of_kind = self.extensions.get(kind);
        let is_allowed =
            |id: &String| self.everywhere.contains(id) || of_kind.is_some_and(|ids| ids.contains(id));
        let found = extensions.keys().find(|id| !is_allowed(id))?;
        Some(format!("the extension {found} of a {kind}"))
    }

    /// Which cap a value breaks.
    pub(super) fn over(&self, value: &Value) -> Option<(Kind, String)> {
        let sizes = &self.sizes;
        let over = |what: String| Some((Kind::OverLimit, what));
        match value {
            Value::String(text) if text.len() > sizes.text => {
                over(format!("a text of {} octets, {} are let in", text.len(), sizes.text))
            }
            Value::Array(items) if items.len() > sizes.items => {
                over(format!("a list of {}, {} are let in", items.len(), sizes.items))
            }
            Value::Array(items) => items.iter().find_map(|item| self.over(item)),
            Value::Object(map) if map.len() > sizes.items => {
                over(format!("{} members, {} are let in", map.len(), sizes.items))
            }
            Value::Object(map) => map.values().find_map(|value| self.over(value)),
            _ => None,
        }
    }
}

//! The second opinion: a stock validator of JSON Schema (Draft 2020-12) with strict schemas of this project's own, in
//! which whatever is not named is refused. It knows nothing of [`super::rules`]; both must let an object in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jsonschema::Validator;
use kizuna_access::marking::extension::{self, Extension};
use serde_json::{Map, Value, json};

use super::rules::Rules;

static CORE: &str = include_str!("../../schemas/core.json");
static TYPES: [&str; 3] = [
    include_str!("../../schemas/domain.json"),
    include_str!("../../schemas/observable.json"),
    include_str!("../../schemas/meta.json"),
];

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
/// The extension of the standard TLP 2.0 markings.
pub(super) const TLP_2: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";
/// What this project's markings carry.
pub(super) static MARKINGS: [&Extension; 3] =
    [&extension::RELEASABILITY, &extension::PAP, &extension::PERSONAL_DATA];
/// What every object of a type that this project publishes may have.
pub(super) static STATED: [&str; 14] = [
    "type",
    "spec_version",
    "id",
    "created",
    "modified",
    "created_by_ref",
    "revoked",
    "labels",
    "confidence",
    "lang",
    "external_references",
    "object_marking_refs",
    "granular_markings",
    "extensions",
];

/// What the schema of a type says that this project publishes.
pub(super) struct Stated {
    pub properties: BTreeSet<String>,
    /// The id of its extension.
    pub extension: String,
}

/// The types that this project publishes, from their extensions' schemas.
pub(super) fn published() -> BTreeMap<String, Stated> {
    let mut found = BTreeMap::new();
    for extension in extension::ALL.iter().filter(|extension| extension.kind == "new-sdo") {
        let schema = read(extension.schema);
        let Some(kind) = schema["properties"]["type"]["const"].as_str() else { continue };
        let properties = schema["properties"].as_object().map(|map| map.keys().cloned().collect());
        let stated =
            Stated { properties: properties.unwrap_or_default(), extension: extension.id().to_string() };
        found.insert(kind.to_owned(), stated);
    }
    found
}

fn read(text: &str) -> Value {
    // The project's own files; a test reads each.
    serde_json::from_str(text).unwrap_or_default()
}

/// A schema of a channel's file.
pub(super) fn fragment(text: &str) -> Result<Value, String> {
    let schema: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    build(&schema)?;
    Ok(schema)
}

fn build(schema: &Value) -> Result<Validator, String> {
    // No feature that reaches for a network or a file is compiled in.
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
    options.build(schema).map_err(|error| error.to_string())
}

/// A compiled schema for each type.
pub struct Schemas {
    by_kind: HashMap<String, Validator>,
}

/// A schema cannot be compiled: a fault of this program, or of a channel's file.
#[derive(Debug, thiserror::Error)]
#[error("the schema of {kind} cannot be used: {why}")]
pub struct BadSchema {
    kind: String,
    why: String,
}

impl Schemas {
    /// The schemas for what a channel's rules name. What the rules add is added with the schema that they give.
    pub fn under(rules: &Rules) -> Result<Self, BadSchema> {
        let core = core_for(rules);
        let mut sources: BTreeMap<String, Value> = BTreeMap::new();
        for text in TYPES {
            let Value::Object(mut file) = read(text) else { continue };
            if let Some(Value::Object(types)) = file.remove("$defs") {
                sources.extend(types);
            }
        }
        for (kind, properties) in &rules.file.properties {
            let Some(schema) = sources.get_mut(kind) else { continue };
            for (name, text) in properties {
                schema["properties"][name] = read(text);
            }
        }
        let mut by_kind = HashMap::new();
        let mut add = |kind: &str, schema: &Value| -> Result<(), BadSchema> {
            let bad = |why| BadSchema { kind: kind.to_owned(), why };
            by_kind.insert(kind.to_owned(), build(schema).map_err(bad)?);
            Ok(())
        };
        for (kind, schema) in sources {
            let mut defs = core.clone();
            defs.insert(kind.clone(), schema);
            add(&kind, &json!({ "$schema": DRAFT, "$ref": format!("#/$defs/{kind}"), "$defs": defs }))?;
        }
        for extension in extension::ALL.iter().filter(|extension| extension.kind == "new-sdo") {
            let schema = read(extension.schema);
            let Some(kind) = schema["properties"]["type"]["const"].as_str() else { continue };
            let mut defs = core.clone();
            defs.insert("published".to_owned(), embedded(extension));
            let whole = json!({
                "$schema": DRAFT,
                "allOf": [{ "$ref": "#/$defs/stated" }, { "$ref": address(extension) }],
                "unevaluatedProperties": false,
                "$defs": defs,
            });
            add(kind, &whole)?;
        }
        Ok(Self { by_kind })
    }

    /// What the schema refuses of an object; nothing where it agrees. A type without a schema is refused.
    pub fn refuses(&self, kind: &str, object: &Value) -> Option<String> {
        let Some(validator) = self.by_kind.get(kind) else {
            return Some(format!("there is no schema for the type {kind}"));
        };
        if validator.is_valid(object) {
            return None;
        }
        let first = validator.iter_errors(object).next();
        let says = |error: jsonschema::ValidationError<'_>| {
            // Where, and which keyword: the value itself may be long.
            format!("{} breaks {}", error.instance_path(), error.schema_path())
        };
        Some(first.map_or_else(|| "it breaks its schema".to_owned(), says))
    }
}

/// The shared definitions, with those that hang on extensions.
fn core_for(rules: &Rules) -> Map<String, Value> {
    let Value::Object(mut file) = read(CORE) else { return Map::new() };
    let Some(Value::Object(mut core)) = file.remove("$defs") else { return Map::new() };
    let mut stub = Map::new();
    core.insert("stub-extension".to_owned(), embedded(&extension::STUB));
    stub.insert(
        extension::STUB.id().to_string(),
        json!({ "allOf": [{ "$ref": address(&extension::STUB) }], "unevaluatedProperties": false }),
    );
    stub.extend(rules.file.extensions.iter().map(|(id, text)| (id.clone(), read(text))));
    core.insert("stub".to_owned(), dictionary(&stub));
    let mut markings = Map::new();
    for extension in MARKINGS {
        core.insert(format!("marking {}", extension.name), embedded(extension));
        markings.insert(extension.id().to_string(), json!({ "$ref": address(extension) }));
    }
    markings.insert(
        TLP_2.to_owned(),
        json!({
            "type": "object",
            "properties": {
                "extension_type": { "const": "property-extension" },
                "tlp_2_0": { "enum": ["clear", "green", "amber", "amber+strict", "red"] },
            },
            "required": ["extension_type", "tlp_2_0"],
            "additionalProperties": false,
        }),
    );
    core.insert("marking-extensions".to_owned(), dictionary(&markings));
    core
}

fn dictionary(properties: &Map<String, Value>) -> Value {
    json!({ "type": "object", "minProperties": 1, "properties": properties, "additionalProperties": false })
}

/// An extension's schema as a resource of its own, so that its references stay inside it.
fn embedded(extension: &Extension) -> Value {
    let mut schema = read(extension.schema);
    schema["$id"] = json!(address(extension));
    schema
}

/// A name, not a place: nothing is ever fetched.
fn address(extension: &Extension) -> String {
    extension.id().uuid().urn().to_string()
}

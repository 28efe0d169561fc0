//! Labels that travel beside content instead of inside it (design, semantics 2 and 9).
//!
//! Foreign bytes are never altered, so their label is an object of its own ([`Assignment`]s of markings to digests),
//! and what is taken back is told by another ([`Recall`]).

use jiff::Timestamp;
use kizuna_stix::{Fault, Id, Object, canonical, time};
use serde_json::{Map, Value, json};

use crate::marking::extension::{self, Extension};
use crate::party::{MemberId, derived};

/// The STIX type of an object that assigns labels.
pub const LABEL_KIND: &str = "kizuna-label";
/// The STIX type of an object that recalls versions.
pub const RECALL_KIND: &str = "kizuna-recall";
/// The property by which a stub says of what it is one.
const STUB_OF: &str = "stub_of";

/// One version of an object, by its bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Assignment {
    pub object_ref: Id,
    /// SHA-256 of the canonical bytes.
    pub digest: [u8; 32],
}

/// A label object: what it assigns, and to which versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelling {
    /// The member that labels.
    pub by: MemberId,
    pub at: Timestamp,
    /// The minted markings (see [`crate::marking::mint`]), under which the label object itself travels too.
    pub markings: Vec<Id>,
    /// Sorted, each once.
    pub assignments: Vec<Assignment>,
}

/// Which versions a recall covers.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Covers {
    Digests(Vec<[u8; 32]>),
    /// Every version with a `modified` up to and including this.
    Until(Timestamp),
}

/// A recall object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recall {
    pub by: MemberId,
    pub at: Timestamp,
    /// The markings that the versions had: those who could read them are told.
    pub markings: Vec<Id>,
    pub object_ref: Id,
    pub covers: Covers,
    /// The `modified` of what is recalled, where it is one version: for people to read.
    pub version: Option<Timestamp>,
    pub reason: Option<String>,
}

/// The object is not what its type says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {property} is missing or malformed")]
pub struct BadTravel {
    pub kind: &'static str,
    pub property: &'static str,
}

impl Labelling {
    /// The STIX object. Its id is derived from its content, so that saying the same twice is one object.
    ///
    /// # Errors
    /// The faults where nothing is assigned or an id is malformed.
    pub fn object(&self) -> Result<Object, Vec<Fault>> {
        let mut assignments = self.assignments.clone();
        assignments.sort();
        assignments.dedup();
        let assigned = |one: &Assignment| json!({ "object_ref": one.object_ref.as_str(), "digest": hex::encode(one.digest) });
        let mut body = Map::new();
        let assigned: Vec<Value> = assignments.iter().map(assigned).collect();
        body.insert("assignments".to_owned(), Value::Array(assigned));
        built(LABEL_KIND, &extension::LABEL, self.by, self.at, &self.markings, body)
    }

    /// Reads a label object.
    pub fn read(object: &Object) -> Result<Self, BadTravel> {
        let bad = |property| BadTravel { kind: LABEL_KIND, property };
        let (by, at) = head(object, LABEL_KIND, &extension::LABEL)?;
        let markings = object.markings();
        if markings.is_empty() {
            return Err(bad("object_marking_refs"));
        }
        let Some(Value::Array(stated)) = object.get("assignments") else { return Err(bad("assignments")) };
        let mut assignments = Vec::new();
        for one in stated {
            let object_ref = one.get("object_ref").and_then(Value::as_str).and_then(|id| id.parse().ok());
            let digest = one.get("digest").and_then(digest_of);
            let (Some(object_ref), Some(digest)) = (object_ref, digest) else {
                return Err(bad("assignments"));
            };
            assignments.push(Assignment { object_ref, digest });
        }
        if assignments.is_empty() {
            return Err(bad("assignments"));
        }
        assignments.sort();
        assignments.dedup();
        Ok(Self { by, at, markings, assignments })
    }
}

impl Covers {
    /// Whether this version is among them.
    pub fn includes(&self, version: &Object) -> bool {
        match self {
            Self::Digests(digests) => digests.contains(&version.digest()),
            Self::Until(until) => version.modified().is_some_and(|modified| modified <= *until),
        }
    }
}

impl Recall {
    /// The STIX object, with an id derived from its content.
    ///
    /// # Errors
    /// The faults where an id is malformed.
    pub fn object(&self) -> Result<Object, Vec<Fault>> {
        let mut body = Map::new();
        body.insert("object_ref".to_owned(), json!(self.object_ref.as_str()));
        match &self.covers {
            Covers::Digests(digests) => {
                let digests: Vec<String> = digests.iter().map(hex::encode).collect();
                body.insert("digests".to_owned(), json!(digests));
            }
            Covers::Until(until) => _ = body.insert("until".to_owned(), json!(time::format(*until))),
        }
        if let Some(version) = self.version {
            body.insert("object_modified".to_owned(), json!(time::format(version)));
        }
        if let Some(reason) = &self.reason {
            body.insert("reason".to_owned(), json!(reason));
        }
        built(RECALL_KIND, &extension::RECALL, self.by, self.at, &self.markings, body)
    }

    /// Reads a recall object.
    pub fn read(object: &Object) -> Result<Self, BadTravel> {
        let bad = |property| BadTravel { kind: RECALL_KIND, property };
        let (by, at) = head(object, RECALL_KIND, &extension::RECALL)?;
        let object_ref = object.text("object_ref").and_then(|id| id.parse().ok());
        let covers = match (object.get("digests"), object.text("until")) {
            (Some(Value::Array(digests)), None) if !digests.is_empty() => {
                let digests: Option<Vec<[u8; 32]>> = digests.iter().map(digest_of).collect();
                Covers::Digests(digests.ok_or_else(|| bad("digests"))?)
            }
            (None, Some(until)) => Covers::Until(time::parse(until).map_err(|_| bad("until"))?),
            _ => return Err(bad("digests or until")),
        };
        Ok(Self {
            by,
            at,
            markings: object.markings(),
            object_ref: object_ref.ok_or_else(|| bad("object_ref"))?,
            covers,
            version: object.text("object_modified").and_then(|version| time::parse(version).ok()),
            reason: object.text("reason").map(str::to_owned),
        })
    }
}

/// Says in an object's properties that it is the stub of a revocation: the revoked version that its readers had, and
/// nothing else of the revocation (design, semantic 9). The revocation itself goes over it, on every node.
pub fn mark_as_stub(properties: &mut Map<String, Value>) {
    let extension = json!({ "extension_type": extension::STUB.kind, STUB_OF: "revocation" });
    let extensions = properties.entry("extensions").or_insert_with(|| json!({}));
    if let Value::Object(extensions) = extensions {
        extensions.insert(extension::STUB.id().as_str().to_owned(), extension);
    }
}

/// Whether an object says of itself that it is less than what its source holds.
pub fn is_stub(object: &Object) -> bool {
    let Some(Value::Object(extensions)) = object.get("extensions") else { return false };
    extensions.get(extension::STUB.id().as_str()).is_some_and(|stub| stub.get(STUB_OF).is_some())
}

/// An object of one of this project's types, with an id derived from its content, so that the same is one object
/// everywhere. `body` has what is particular to the type.
///
/// # Errors
/// The faults where an id is malformed.
pub fn built(
    kind: &str,
    extension: &Extension,
    by: MemberId,
    at: Timestamp,
    markings: &[Id],
    body: Map<String, Value>,
) -> Result<Object, Vec<Fault>> {
    identified(kind, stated(kind, extension, by, at, markings, body))
}

/// The properties of such an object, without its id: what its maker signs.
pub fn stated(
    kind: &str,
    extension: &Extension,
    by: MemberId,
    at: Timestamp,
    markings: &[Id],
    mut body: Map<String, Value>,
) -> Map<String, Value> {
    let at = time::format(at);
    let mut extensions = Map::new();
    extensions.insert(extension.id().as_str().to_owned(), json!({ "extension_type": extension.kind }));
    body.insert("type".to_owned(), json!(kind));
    body.insert("spec_version".to_owned(), json!("2.1"));
    body.insert("created".to_owned(), json!(at));
    body.insert("modified".to_owned(), json!(at));
    body.insert("created_by_ref".to_owned(), json!(by.identity().as_str()));
    body.insert("extensions".to_owned(), Value::Object(extensions));
    if !markings.is_empty() {
        let markings: Vec<&str> = markings.iter().map(Id::as_str).collect();
        body.insert("object_marking_refs".to_owned(), json!(markings));
    }
    body
}

/// An object of properties that have no id yet.
///
/// # Errors
/// The faults where an id is malformed.
pub fn identified(kind: &str, mut body: Map<String, Value>) -> Result<Object, Vec<Fault>> {
    let words = canonical::map_to_vec(&body);
    let id = derived(kind, &String::from_utf8_lossy(&words));
    body.insert("id".to_owned(), json!(Id::new(kind, id).as_str()));
    Object::from_value(Value::Object(body))
}

/// Who made such an object and when, after checking that it is one.
pub fn head(
    object: &Object,
    kind: &'static str,
    extension: &Extension,
) -> Result<(MemberId, Timestamp), BadTravel> {
    let bad = |property| BadTravel { kind, property };
    if object.kind() != kind {
        return Err(bad("type"));
    }
    let extensions = object.get("extensions").and_then(Value::as_object);
    if !extensions.is_some_and(|extensions| extensions.contains_key(extension.id().as_str())) {
        return Err(bad("extensions"));
    }
    let by = object.created_by().filter(|id| id.kind() == "identity").ok_or_else(|| bad("created_by_ref"))?;
    let at = object.modified().ok_or_else(|| bad("modified"))?;
    Ok((MemberId(by.uuid()), at))
}

pub(crate) fn digest_of(value: &Value) -> Option<[u8; 32]> {
    let text = value.as_str().filter(|text| !text.bytes().any(|byte| byte.is_ascii_uppercase()))?;
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest).ok()?;
    Some(digest)
}

#[cfg(test)]
mod tests;

//! Writing the objects of the sample: ids follow from their names, so that the same member loads the same objects.

use kizuna_access::MemberId;
use kizuna_stix::Id;
use kizuna_stix::id::deterministic;
use serde_json::{Map, Value, json};
use uuid::Uuid;

const NAMESPACE: Uuid = Uuid::from_u128(0x2d6f_0c8e_91b4_4f1a_a6d3_5be0_47c9_1e72);

/// When everything in the sample was written.
const WRITTEN: &str = "2026-03-01T09:00:00.000Z";

/// Objects by one author.
pub struct Scene {
    author: MemberId,
    objects: Vec<Value>,
}

impl Scene {
    pub fn new(author: MemberId) -> Self {
        Self { author, objects: Vec::new() }
    }

    pub fn objects(self) -> Vec<Value> {
        self.objects
    }

    /// The id of an object of this type and name, told already or not.
    pub fn id(&self, kind: &str, name: &str) -> Id {
        let words = format!("{} {kind} {name}", self.author);
        Id::new(kind, Uuid::new_v5(&NAMESPACE, words.as_bytes()))
    }

    /// An object with a name.
    pub fn object(&mut self, kind: &str, name: &str, more: Value) -> Id {
        let id = self.id(kind, name);
        let mut object = self.versioned(kind, &id);
        object.insert("name".to_owned(), json!(name));
        self.push(object, more);
        id
    }

    /// An object that has no name of its own; `words` tell it from others of its type.
    pub fn unnamed(&mut self, kind: &str, words: &str, more: Value) -> Id {
        let id = self.id(kind, words);
        let object = self.versioned(kind, &id);
        self.push(object, more);
        id
    }

    pub fn relate(&mut self, source: &Id, how: &str, target: &Id) {
        let words = format!("{source} {how} {target}");
        let more = json!({
            "relationship_type": how, "source_ref": source.as_str(), "target_ref": target.as_str(),
        });
        self.unnamed("relationship", &words, more);
    }

    /// An indicator with a STIX pattern, of which it says what it indicates.
    pub fn indicator(&mut self, name: &str, pattern: &str, types: &[&str], indicates: &Id) -> Id {
        let more = json!({
            "pattern": pattern, "pattern_type": "stix", "valid_from": "2026-02-16T00:00:00.000Z",
            "indicator_types": types, "confidence": 70,
        });
        let id = self.object("indicator", name, more);
        self.relate(&id, "indicates", indicates);
        id
    }

    /// The name and description of an object in Japanese.
    pub fn in_japanese(&mut self, of: &Id, name: &str, description: &str) {
        let more = json!({
            "object_ref": of.as_str(), "object_modified": WRITTEN,
            "contents": { "ja": { "name": name, "description": description } },
        });
        self.unnamed("language-content", &format!("ja {of}"), more);
    }

    /// An observable: its id follows from its value alone (STIX 2.1 §2.9), so it is not this author's.
    pub fn observable(&mut self, kind: &str, value: Map<String, Value>) -> Id {
        let id = deterministic(kind, &value).unwrap_or_else(|| Id::new(kind, Uuid::nil()));
        let mut object = Map::new();
        object.insert("type".to_owned(), json!(kind));
        object.insert("spec_version".to_owned(), json!("2.1"));
        object.insert("id".to_owned(), json!(id.as_str()));
        object.extend(value);
        self.objects.push(Value::Object(object));
        id
    }

    fn versioned(&self, kind: &str, id: &Id) -> Map<String, Value> {
        let mut object = Map::new();
        for (property, text) in [
            ("type", kind),
            ("spec_version", "2.1"),
            ("id", id.as_str()),
            ("created_by_ref", self.author.identity().as_str()),
            ("created", WRITTEN),
            ("modified", WRITTEN),
        ] {
            object.insert(property.to_owned(), json!(text));
        }
        object
    }

    fn push(&mut self, mut object: Map<String, Value>, more: Value) {
        if let Value::Object(more) = more {
            object.extend(more);
        }
        self.objects.push(Value::Object(object));
    }
}

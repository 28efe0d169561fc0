//! Objects for tests, built from plain data.

use std::cell::RefCell;
use std::collections::HashMap;

use jiff::Timestamp;
use kizuna_stix::{Id, Object};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::script::{Content, Field, Label, Mark, Second};

/// Names of tests become UUIDs under this one.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f0c_3d1e_52a8_4b77_9a3e_1f2d_4c5b_6a79);

/// Scripts start here.
const START: Second = 1_767_225_600; // 2026-01-01T00:00:00Z

/// The extension by which a stub says that it is one, as published.
pub const STUB: &str = "extension-definition--319cd18f-e9a7-572f-a99d-6c77073ff334";

/// How many object numbers a script may use.
pub const OBJECTS: u32 = 64;

/// What an object number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    Indicator,
    Malware,
    Report,
    Domain,
    Traffic,
}

impl Shape {
    /// The STIX type.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Indicator => "indicator",
            Self::Malware => "malware",
            Self::Report => "report",
            Self::Domain => "domain-name",
            Self::Traffic => "network-traffic",
        }
    }
}

/// The type of an object number.
pub fn shape(object: u32) -> Shape {
    match object % 5 {
        0 | 4 => Shape::Indicator,
        1 => Shape::Malware,
        2 => Shape::Report,
        _ if object % 10 == 8 => Shape::Traffic,
        _ => Shape::Domain,
    }
}

/// Whether objects of this number have `modified`.
pub fn versioned(object: u32) -> bool {
    !matches!(shape(object), Shape::Domain | Shape::Traffic)
}

/// The UUID that stands for a name.
pub fn uuid(name: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

/// The identity that stands for a name.
pub fn identity(name: &str) -> Id {
    Id::new("identity", uuid(name))
}

/// The marking definition that contributions wait for.
pub fn awaited() -> Id {
    Id::new("marking-definition", uuid("the awaited marking"))
}

/// The id of an object number.
pub fn id(object: u32) -> Id {
    let named = uuid(&format!("object {object}"));
    let shape = shape(object);
    // The id of traffic is made of nothing, so that any field of it can be marked.
    let random = || uuid::Builder::from_random_bytes(*named.as_bytes()).into_uuid();
    Id::new(shape.kind(), if shape == Shape::Traffic { random() } else { named })
}

/// The number of an id, if a script can have given it.
pub fn number(of: &Id) -> Option<u32> {
    (0..OBJECTS).find(|object| id(*object) == *of)
}

/// The value that an object number states, where it states one; several numbers share a value.
pub fn value(object: u32) -> Option<String> {
    matches!(shape(object), Shape::Indicator | Shape::Domain | Shape::Traffic).then(|| domain(object))
}

/// The domain name of an object number.
pub fn domain(object: u32) -> String {
    format!("host-{}.example", object % 4)
}

/// A script's second as an instant.
pub fn instant(second: Second) -> Timestamp {
    Timestamp::from_second(START + second).expect("a script's seconds lie in our time")
}

/// The second of an instant.
pub fn second(instant: Timestamp) -> Second {
    instant.as_second() - START
}

fn written(second: Second) -> String {
    instant(second).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// The object that a script's content describes.
///
/// # Panics
/// Where the content is no valid object.
pub fn object(content: &Content) -> Object {
    let value = Value::Object(properties(content));
    Object::from_value(value).unwrap_or_else(|faults| panic!("{content:?} is no object: {faults:?}"))
}

/// The digest of the object that a content describes, or of the stub of it. The same are asked for again and again.
pub(crate) fn digest(content: &Content, stub_of_it: bool) -> Vec<u8> {
    const KEPT: usize = 20_000;
    thread_local! {
        static KNOWN: RefCell<HashMap<(Content, bool), Vec<u8>>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        if known.len() > KEPT {
            known.clear();
        }
        let made = || if stub_of_it { stub(content) } else { object(content) }.digest().to_vec();
        known.entry((content.clone(), stub_of_it)).or_insert_with(made).clone()
    })
}

/// The stub of a revocation: the object, saying of itself that there may be more.
///
/// # Panics
/// Where the content is no valid object.
pub fn stub(content: &Content) -> Object {
    let mut map = properties(content);
    let extension = json!({ "extension_type": "property-extension", "stub_of": "revocation" });
    map.insert("extensions".to_owned(), json!({ STUB: extension }));
    Object::from_value(Value::Object(map))
        .unwrap_or_else(|faults| panic!("{content:?} is no stub: {faults:?}"))
}

fn properties(content: &Content) -> Map<String, Value> {
    let number = content.object;
    let mut map = Map::new();
    let mut set = |key: &str, value: Value| map.insert(key.to_owned(), value);
    set("type", json!(shape(number).kind()));
    set("id", json!(id(number).as_str()));
    set("spec_version", json!("2.1"));
    set("x_exercise_variant", json!(content.variant));
    if let Some(name) = content.created_by.as_deref().filter(|_| versioned(number)) {
        set("created_by_ref", json!(identity(name).as_str()));
    }
    if !content.marks.is_empty() {
        let entry = |mark: &Mark| json!({ "marking_ref": marking(&mark.asks).as_str(), "selectors": [selector(number, mark.field)] });
        set("granular_markings", content.marks.iter().map(entry).collect());
    }
    let refs: Vec<String> = content.refs.iter().map(|object| id(*object).to_string()).collect();
    match shape(number) {
        Shape::Domain => {
            set("value", json!(domain(number)));
            if !refs.is_empty() {
                set("x_exercise_refs", json!(refs));
            }
            return map;
        }
        Shape::Traffic => {
            let mut request = json!({ "request_method": "get", "request_value": "/" });
            if !content.hostless {
                request["request_header"] = json!({ "Host": domain(number) });
            }
            set("extensions", json!({ "http-request-ext": request }));
            set("protocols", json!(["tcp", "http"]));
            set("dst_ref", json!(Id::new("ipv4-addr", uuid("elsewhere")).as_str()));
            if !refs.is_empty() {
                set("x_exercise_refs", json!(refs));
            }
            return map;
        }
        Shape::Indicator => {
            set("pattern", json!(format!("[domain-name:value = '{}']", domain(number))));
            set("pattern_type", json!("stix"));
            set("valid_from", json!(written(-1_000_000)));
            set("indicator_types", json!(["malicious-activity"]));
        }
        Shape::Malware => {
            set("is_family", json!(false));
            set("malware_types", json!(["trojan"]));
        }
        Shape::Report => {
            set("published", json!(written(-1_000_000)));
            set("report_types", json!(["campaign"]));
        }
    }
    set("name", json!(format!("exercise {number}")));
    set("created", json!(written(-1_000_000)));
    set("modified", json!(written(content.modified)));
    if !content.words.is_empty() {
        set("description", json!(content.words.join(" ")));
    }
    if !content.tags.is_empty() {
        set("labels", json!(content.tags));
    }
    if content.revoked {
        set("revoked", json!(true));
    }
    if shape(number) == Shape::Report {
        // A report must refer to something; where the script says nothing, to an identity that nobody asks for.
        let refs = if refs.is_empty() { vec![identity("nobody").to_string()] } else { refs };
        set("object_refs", json!(refs));
    } else if !refs.is_empty() {
        set("x_exercise_refs", json!(refs));
    }
    map
}

/// The marking definition that asks for this.
fn marking(asks: &Label) -> Id {
    Id::new("marking-definition", uuid(&format!("{asks:?}")))
}

/// The selector of a field.
pub fn selector(object: u32, field: Field) -> String {
    match field {
        Field::Words => "description".to_owned(),
        Field::Refs if shape(object) == Shape::Report => "object_refs".to_owned(),
        Field::Refs => "x_exercise_refs".to_owned(),
        Field::Pattern => "pattern".to_owned(),
        Field::Host => "extensions.http-request-ext.request_header".to_owned(),
        Field::Tag(at) => format!("labels.[{at}]"),
    }
}

/// Every selector in the granular markings of an object.
pub fn selectors(object: &Object) -> Vec<String> {
    let Some(Value::Array(entries)) = object.get("granular_markings") else { return Vec::new() };
    let of = |entry: &Value| -> Vec<String> {
        let listed = entry["selectors"].as_array().cloned().unwrap_or_default();
        listed.iter().filter_map(|selector| selector.as_str().map(str::to_owned)).collect()
    };
    entries.iter().flat_map(of).collect()
}

/// Which variant of an object these bytes are; nothing for what no script gave, such as a stub.
pub fn variant(canonical: &[u8]) -> Option<u32> {
    let value: Value = serde_json::from_slice(canonical).ok()?;
    value.get("x_exercise_variant")?.as_u64().and_then(|variant| variant.try_into().ok())
}

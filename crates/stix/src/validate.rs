//! Table-driven validation.

use serde_json::Value;

use crate::fault::Path;
use crate::{Fault, Id, Object, canonical, json, time};

/// Validates a value built in the program, where nothing has looked at its numbers yet.
pub(crate) fn built(value: Value) -> Result<Object, Vec<Fault>> {
    const DEEPEST: usize = 256;
    let mut faults = Vec::new();
    json::check(&value, &Path::Root, DEEPEST, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    object(value).map_err(|(_, faults)| faults)
}

pub(crate) fn object(value: Value) -> Result<Object, (Value, Vec<Fault>)> {
    let mut faults = Vec::new();
    let root = Path::Root;
    let Value::Object(map) = value else {
        let fault = Fault::error(&root, "STIX 2.1 §3.1: expected an object");
        return Err((value, vec![fault]));
    };
    let id = map.get("id").and_then(Value::as_str).and_then(|id| id.parse::<Id>().ok());
    let kind = map.get("type").and_then(Value::as_str);
    if id.is_none() {
        faults.push(Fault::error(&root.key("id"), "STIX 2.1 §2.9: id must be type--uuid"));
    } else if id.as_ref().map(Id::kind) != kind {
        faults.push(Fault::error(&root.key("type"), "STIX 2.1 §3.2: type must be the first part of the id"));
    }
    let mut modified = None;
    for name in ["created", "modified"] {
        let Some(value) = map.get(name) else { continue };
        match value.as_str().map(time::parse) {
            Some(Ok(time)) if name == "modified" => modified = Some(time),
            Some(Ok(_)) => {}
            _ => faults.push(Fault::error(&root.key(name), "STIX 2.1 §2.16: expected a timestamp")),
        }
    }
    match id {
        Some(id) if faults.is_empty() => {
            let canonical = canonical::map_to_vec(&map);
            Ok(Object { id, modified, value: map, canonical, warnings: faults })
        }
        _ => Err((Value::Object(map), faults)),
    }
}

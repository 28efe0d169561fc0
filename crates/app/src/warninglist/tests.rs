#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::{Value, json};

use super::*;
use crate::Delivery;
use crate::ingest::tests::Story;

fn list(version: u32, values: &[&str]) -> Vec<u8> {
    json!({
        "name": "Names that everybody asks for", "type": "hostname", "description": "popular", "version": version,
        "matching_attributes": ["domain", "hostname"], "list": values,
    })
    .to_string()
    .into_bytes()
}

fn objects(bytes: &[u8]) -> Vec<Value> {
    let envelope = envelope(bytes).unwrap().unwrap();
    let envelope: Value = serde_json::from_slice(&envelope).unwrap();
    envelope["objects"].as_array().unwrap().clone()
}

#[test]
fn a_list_becomes_an_object_that_says_all_that_it_said() {
    let [object] = objects(&list(20_240_117, &["popular.example", "known.example"])).try_into().unwrap();
    assert_eq!(object["type"], KIND);
    assert_eq!(object["name"], "Names that everybody asks for");
    assert_eq!(object["matching"], "hostname");
    assert_eq!(object["matching_attributes"], json!(["domain", "hostname"]));
    assert_eq!(object["values"], json!(["popular.example", "known.example"]));
    assert_eq!(object["list_version"], "20240117");
    assert_eq!(object["modified"], "2024-01-17T00:00:00.000Z");
    let schema: Value = serde_json::from_str(WARNINGLIST.schema).unwrap();
    let known = schema["properties"].as_object().unwrap();
    let common = ["spec_version", "id", "created", "modified", "extensions"];
    for property in object.as_object().unwrap().keys() {
        assert!(known.contains_key(property) || common.contains(&property.as_str()), "{property}");
    }
}

#[test]
fn a_long_list_becomes_several_objects() {
    let values: Vec<String> = (0..=PART).map(|number| format!("x{number}.example")).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let objects = objects(&list(1, &values));
    assert_eq!(objects.len(), 2);
    assert_ne!(objects[0]["id"], objects[1]["id"]);
    assert_eq!(objects[1]["values"], json!([values[PART]]));
}

#[test]
fn what_is_no_list_is_left_alone_and_what_compares_in_no_known_way_is_refused() {
    for other in [
        json!({ "type": "bundle", "id": "bundle--1", "objects": [] }),
        json!({ "objects": [] }),
        json!([{ "name": "x", "type": "string", "list": ["y"] }]),
        json!({ "name": "x", "type": "string" }),
    ] {
        assert_eq!(envelope(other.to_string().as_bytes()).unwrap(), None, "{other}");
    }
    for (matching, list) in [("telepathy", json!(["x"])), ("string", json!([]))] {
        let wrong = json!({ "name": "x", "type": matching, "list": list });
        assert!(envelope(wrong.to_string().as_bytes()).is_err());
    }
}

#[test]
fn a_node_takes_a_list_once_and_a_later_one_as_its_newer_version() {
    let story = Story::begin();
    let give = |bytes: &[u8]| story.node.import(bytes, &Delivery::default()).unwrap();
    let first = give(&list(20_240_117, &["popular.example"]));
    assert_eq!((first.total, first.stored, first.quarantined, first.warned), (1, 1, 0, 0), "{first:?}");
    assert_eq!(give(&list(20_240_117, &["popular.example"])).duplicates, 1);
    assert_eq!(give(&list(20_240_118, &["popular.example", "known.example"])).stored, 1);
}

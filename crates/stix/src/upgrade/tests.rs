#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use crate::read::{Element, Limits, read};
use crate::{Object, id};

fn objects(value: &Value) -> Vec<Object> {
    let bytes = serde_json::to_vec(value).unwrap();
    let elements = read(&bytes, &Limits::default()).unwrap();
    let accepted = |element| match element {
        Element::Object(object) => *object,
        Element::Refused(refused) => panic!("{:?}", refused.faults),
    };
    elements.into_iter().map(accepted).collect()
}

fn faults(object: &Object) -> Vec<String> {
    object.warnings().iter().map(ToString::to_string).collect()
}

fn of_20(kind: &str, more: &Value) -> Value {
    let mut value = json!({
        "type": kind,
        "id": format!("{kind}--11111111-1111-4111-8111-111111111111"),
        "created": "2017-01-01T00:00:00.000Z",
        "modified": "2017-01-01T00:00:00.000Z",
    });
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

#[test]
fn an_indicator_gets_its_types_and_pattern_type() {
    let value = of_20(
        "indicator",
        &json!({
            "labels": ["malicious-activity"],
            "pattern": "[file:name = 'a'] START '2017-01-01T00:00:00Z' STOP '2017-01-02T00:00:00Z'",
            "valid_from": "2017-01-01T00:00:00Z",
            "object_marking_refs": ["marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"],
            "granular_markings": [{
                "marking_ref": "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
                "selectors": ["labels.[0]", "labels", "pattern"]
            }]
        }),
    );
    let object = objects(&value).remove(0);
    assert_eq!(faults(&object), Vec::<String>::new());
    assert_eq!(object.text("spec_version"), Some("2.1"));
    assert_eq!(object.get("indicator_types"), Some(&json!(["malicious-activity"])));
    assert_eq!(object.get("labels"), None);
    assert_eq!(object.text("pattern_type"), Some("stix"));
    assert!(object.text("pattern").unwrap().contains("START t'2017"));
    let selectors = json!(["indicator_types.[0]", "indicator_types", "pattern"]);
    assert_eq!(
        object.get("granular_markings").unwrap()[0]["selectors"],
        selectors,
        "the marking keeps to its content"
    );
}

#[test]
fn what_is_assumed_is_said() {
    let object = objects(&of_20("malware", &json!({"name": "x", "labels": ["worm"]}))).remove(0);
    assert_eq!(object.get("is_family"), Some(&json!(false)));
    assert_eq!(
        faults(&object),
        ["$.is_family: STIX 2.0 to 2.1: 2.0 does not say whether this is a family; assumed that it is not"]
    );
    let renamed =
        json!({"labels": ["a"], "valid_from": "2017-01-01T00:00:00Z", "pattern": "[file:created = 't']"});
    let object = objects(&of_20("indicator", &renamed)).remove(0);
    assert_eq!(
        faults(&object),
        ["$.pattern: STIX 2.0 to 2.1: file:created is called file:ctime; the pattern was left as it is"]
    );
}

#[test]
fn objects_of_21_and_foreign_observables_are_left_alone() {
    let location = json!({"type": "location", "id": "location--11111111-1111-4111-8111-111111111111",
        "created": "2017-01-01T00:00:00.000Z", "modified": "2017-01-01T00:00:00.000Z", "region": "africa"});
    assert_eq!(objects(&location)[0].get("spec_version"), None);
    let foreign = json!({"type": "x-thing", "id": "x-thing--11111111-1111-4111-8111-111111111111"});
    assert_eq!(objects(&foreign)[0].get("spec_version"), None);
    assert_eq!(objects(&of_20("x-thing", &json!({})))[0].text("spec_version"), Some("2.1"));
}

fn observed(objects: &Value, more: &Value) -> Value {
    let mut value = of_20(
        "observed-data",
        &json!({"first_observed": "2017-01-01T00:00:00Z", "last_observed": "2017-01-01T00:00:00Z",
            "number_observed": 1, "objects": objects}),
    );
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

#[test]
fn observables_come_out_with_ids_references_and_markings() {
    let red = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed";
    let content = json!({
        "0": {"type": "ipv4-addr", "value": "198.51.100.3"},
        "1": {"type": "network-traffic", "src_ref": "0", "protocols": ["tcp"]},
        "2": {"type": "process", "pid": 1, "name": "x", "created": "2017-01-01T00:00:00Z", "parent_ref": "3"},
        "3": {"type": "process", "pid": 2, "child_refs": ["2"]},
        "4": {"type": "ipv4-addr", "value": "198.51.100.3"},
        "5": {"type": "file", "hashes": {"ssdeep": "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C"}},
    });
    let found = objects(&observed(&content, &json!({"object_marking_refs": [red]})));
    assert_eq!(found.len(), 6, "the observed-data and five observables, one of which came twice");
    let refs = found[0].ids("object_refs");
    assert_eq!(refs.len(), 5);
    assert_eq!(found[0].get("objects"), None);
    for (object, id) in found[1..].iter().zip(&refs) {
        assert_eq!(object.id(), id);
        assert_eq!(object.markings().iter().map(crate::Id::as_str).collect::<Vec<_>>(), [red]);
        let computed = id::deterministic(object.kind(), object.value());
        assert!(computed.is_none_or(|computed| computed == *id));
    }
    assert_eq!(found[2].text("src_ref"), Some(refs[0].as_str()));
    assert_eq!(found[3].text("parent_ref"), Some(refs[3].as_str()), "processes may refer to each other");
    assert_eq!(found[3].text("created_time"), Some("2017-01-01T00:00:00Z"));
    assert_eq!(
        faults(&found[3]),
        ["$.name: STIX 2.0 to 2.1: process has no name any more; kept as a custom property"]
    );
    assert!(found[5].get("hashes").unwrap().get("SSDEEP").is_some());
    let again = objects(&observed(&content, &json!({"object_marking_refs": [red]})));
    assert_eq!(again, found, "the same input gives the same ids");
}

#[test]
fn observables_stay_inside_where_something_would_be_lost() {
    let address = json!({"0": {"type": "ipv4-addr", "value": "198.51.100.3"}});
    let granular = json!({"granular_markings": [{
        "marking_ref": "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
        "selectors": ["objects.0.value"]
    }]});
    let dangling = json!({"0": {"type": "network-traffic", "protocols": ["tcp"], "src_ref": "7"}});
    let endless = json!({
        "0": {"type": "network-traffic", "protocols": ["tcp"], "src_ref": "1"},
        "1": {"type": "network-traffic", "protocols": ["tcp"], "src_ref": "0"}
    });
    for value in
        [observed(&address, &granular), observed(&dangling, &json!({})), observed(&endless, &json!({}))]
    {
        let found = objects(&value);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].get("objects"), value.get("objects"));
    }
}

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::read::{Element, Limits, read};
use crate::{Fault, Object};

fn tool() -> Value {
    json!({
        "type": "tool", "spec_version": "2.1", "id": "tool--11111111-1111-4111-8111-111111111111",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-02T00:00:00.000Z", "name": "x"
    })
}

fn with(property: &str, value: Value) -> Value {
    let mut tool = tool();
    tool[property] = value;
    tool
}

#[test]
fn what_stix_does_not_define_is_normal_and_kept() {
    let foreign = json!({
        "type": "x-mitre-tactic", "id": "x-mitre-tactic--11111111-1111-1111-1111-111111111111",
        "spec_version": "2.1", "created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z",
        "x_mitre_shortname": {"deep": [1, 2.5, null, "é"]}, "name": 17
    });
    let object = Object::from_value(foreign.clone()).unwrap();
    assert_eq!(object.warnings(), []);
    assert_eq!(Value::Object(object.into_value()), foreign);

    let extension = "extension-definition--22222222-2222-4222-8222-222222222222";
    let value =
        with("extensions", json!({extension: {"extension_type": "property-extension", "anything": [{}]}}));
    let object = Object::from_value(value.clone()).unwrap();
    assert_eq!(object.warnings(), []);
    assert_eq!(Value::Object(object.into_value()), value);
}

#[test]
fn a_value_built_in_the_program_is_held_to_i_json() {
    for value in
        [json!(9_007_199_254_740_992_u64), json!(-9_007_199_254_740_992_i64), json!([u64::MAX]), json!(1e20)]
    {
        let faults = Object::from_value(with("x_number", value)).unwrap_err();
        assert!(faults[0].rule.starts_with("RFC 7493"), "{faults:?}");
    }
    assert!(Object::from_value(with("x_number", json!(1e21))).is_ok());
    assert!(Object::from_value(json!([])).is_err());
}

#[test]
fn one_error_brings_every_fault() {
    let mut value = with("name", json!(5));
    value["created"] = json!("never");
    value["aliases"] = json!([]);
    value["confidence"] = json!(-1);
    let faults = Object::from_value(value).unwrap_err();
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["$.created", "$.name", "$.aliases", "$.confidence"]);
    assert_eq!(faults.iter().filter(|fault| fault.is_error()).count(), 2);
}

#[test]
fn who_cannot_be_read_as_marked_is_refused() {
    for (property, value) in [
        ("object_marking_refs", json!("marking-definition--11111111-1111-4111-8111-111111111111")),
        ("object_marking_refs", json!({"0": "x"})),
        ("object_marking_refs", json!(["TLP:RED"])),
        ("object_marking_refs", json!([7])),
        ("object_marking_refs", Value::Null),
        ("granular_markings", json!([{"marking_ref": "TLP:RED", "selectors": ["name"]}])),
        ("granular_markings", json!("TLP:RED")),
        ("granular_markings", json!([["x"]])),
        ("granular_markings", Value::Null),
    ] {
        for kind in ["tool", "x-thing"] {
            let mut tool = with(property, value.clone());
            tool["type"] = json!(kind);
            tool["id"] = json!(format!("{kind}--11111111-1111-4111-8111-111111111111"));
            assert!(Object::from_value(tool.clone()).is_err(), "{tool}");
        }
    }
}

#[test]
fn the_version_is_the_modified_time() {
    let object = Object::from_value(tool()).unwrap();
    assert_eq!(object.modified().unwrap().to_string(), "2026-01-02T00:00:00Z");
    assert_eq!(object.kind(), "tool");
    let url = json!({"type": "url", "id": "url--11111111-1111-4111-8111-111111111111", "value": "https://example.org"});
    assert_eq!(Object::from_value(url).unwrap().modified(), None);
}

fn any_value() -> impl Strategy<Value = Value> {
    let id = "[a-z]{3,6}--11111111-1111-[45]111-8111-111111111111";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-10_i64..100_000).prop_map(Value::from),
        any::<f64>().prop_map(|float| Value::from(float % 200.0)),
        "\\PC{0,12}".prop_map(Value::from),
        id.prop_map(Value::from),
        Just(Value::from("2026-01-01T00:00:00Z")),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let key = prop_oneof!["[a-z_]{1,10}", Just("selectors".to_owned()), Just("0".to_owned())];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// An object of any type with properties that its table knows, holding anything.
fn any_object() -> impl Strategy<Value = Value> {
    let kinds: Vec<&'static super::Spec> = super::table::TYPES.to_vec();
    let kind = prop::sample::select(kinds);
    let values = prop::collection::vec((any::<prop::sample::Index>(), any_value()), 0..8);
    (kind, values, any::<bool>()).prop_map(|(spec, values, says_its_version)| {
        let names: Vec<&str> =
            spec.properties.iter().chain(spec.common).map(|property| property.name).collect();
        let mut object = json!({
            "type": spec.name, "id": format!("{}--11111111-1111-5111-8111-111111111111", spec.name),
            "created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z"
        });
        if says_its_version {
            object["spec_version"] = json!("2.1");
        }
        for (index, value) in values {
            object[*index.get(&names)] = value;
        }
        object
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn nothing_is_refused_without_an_error_and_what_is_accepted_stays_so(values in prop::collection::vec(any_object(), 1..4)) {
        let bytes = serde_json::to_vec(&values).unwrap();
        let elements = read(&bytes, &Limits::default()).unwrap();
        prop_assert!(elements.len() >= values.len());
        for element in elements {
            match element {
                Element::Refused(refused) => {
                    prop_assert!(refused.faults.iter().any(Fault::is_error));
                    let again: Value = serde_json::from_slice(&refused.bytes).unwrap();
                    prop_assert!(values.contains(&again), "refused as it arrived");
                }
                Element::Object(object) => {
                    prop_assert!(!object.warnings().iter().any(Fault::is_error));
                    let again = read(object.canonical(), &Limits::default()).unwrap();
                    let [Element::Object(again)] = &again[..] else { panic!("{again:?}") };
                    prop_assert_eq!(again.canonical(), object.canonical());
                    prop_assert_eq!(again.digest(), object.digest());
                    prop_assert!(object.references().iter().all(|id| id != object.id()));
                }
            }
        }
    }
}

#[test]
fn what_stix_defines_is_told_by_name_and_what_it_does_not_is_found_inside() {
    let indicator = super::defined("indicator").unwrap();
    assert!(indicator.properties().any(|name| name == "pattern"));
    assert!(indicator.properties().any(|name| name == "object_marking_refs"));
    assert!(super::defined("x-foreign").is_none());
    assert!(super::all_defined().all(|kind| super::defined(kind.name()).is_some()));
    let extensions: Vec<&str> = super::defined("file").unwrap().extensions().collect();
    assert!(extensions.contains(&"pdf-ext"));
    let Value::Object(map) = json!({
        "type": "malware", "x_root": 1, "kill_chain_phases": [{"kill_chain_name": "a", "x_more": 1}],
        "external_references": [{"source_name": "b", "hashes": {"X-OWN": "c"}, "x-odd": 2}],
    }) else {
        unreachable!()
    };
    let mut found = super::strangers(&map);
    found.sort();
    assert_eq!(found, ["$.external_references[0].x-odd", "$.kill_chain_phases[0].x_more"]);
}

#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;

use super::*;
use crate::label::Handling;
use crate::party::Party;
use crate::story::{member, rel};

const MARKING: &str = "marking-definition--0b8a3a52-8ee4-4a3b-94ea-1d7a9dd3b0a1";

fn object(value: Value) -> Object {
    let mut value = value;
    value["type"] = json!("marking-definition");
    value["spec_version"] = json!("2.1");
    value["created"] = json!(MINTED);
    if value.get("id").is_none() {
        value["id"] = json!(MARKING);
    }
    Object::from_value(value).unwrap()
}

fn extended(id: &Id, body: &Value) -> Object {
    object(json!({ "extensions": { id.as_str(): body } }))
}

fn asks(tlp: Tlp) -> Meaning {
    Meaning::Terms(Terms::default().tlp(tlp))
}

#[test]
fn both_families_of_tlp_are_known_by_id() {
    let known = |id: &str| well_known(&id.parse().unwrap());
    assert_eq!(known("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"), Some(Tlp::Clear));
    assert_eq!(known("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"), Some(Tlp::Red));
    assert_eq!(known("marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"), Some(Tlp::AmberStrict));
    assert_eq!(known("identity--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"), None);
    for tlp in Tlp::ALL {
        assert_eq!(well_known(&tlp_id(tlp)), Some(tlp));
        assert_eq!(meaning(&tlp_marking(tlp).unwrap()), asks(tlp));
    }
}

#[test]
fn tlp_is_read_from_content_too() {
    let one = object(json!({ "definition_type": "tlp", "definition": { "tlp": "white" } }));
    assert_eq!(meaning(&one), asks(Tlp::Clear));
    let two = extended(
        &TLP_2.parse().unwrap(),
        &json!({ "extension_type": "property-extension", "tlp_2_0": "amber+strict" }),
    );
    assert_eq!(meaning(&two), asks(Tlp::AmberStrict));
    let pap = object(json!({ "definition_type": "PAP", "definition": { "pap": "green" } }));
    assert_eq!(meaning(&pap), Meaning::Terms(Terms::default().pap(Pap::Green)));
}

#[test]
fn a_standard_id_with_other_content_asks_for_the_stricter() {
    let mut value = json!({ "definition_type": "tlp", "definition": { "tlp": "white" } });
    value["id"] = json!(tlp_id(Tlp::Red).as_str());
    assert_eq!(meaning(&object(value)), asks(Tlp::Red));
}

#[test]
fn a_statement_asks_nothing() {
    let said = object(json!({ "definition_type": "statement", "definition": { "statement": "© Somebody" } }));
    assert_eq!(meaning(&said), Meaning::Statement("© Somebody".to_owned()));
}

#[test]
fn what_is_not_understood_completely_is_unknown() {
    let acs = "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce".parse().unwrap();
    let releasability = extension::RELEASABILITY.id();
    let unknown = [
        object(json!({ "name": "nothing" })),
        object(json!({ "definition_type": "secret-sauce", "definition": {} })),
        object(json!({ "definition_type": "tlp", "definition": { "tlp": "purple" } })),
        extended(&acs, &json!({ "extension_type": "property-extension" })),
        extended(&releasability, &json!({ "extension_type": "property-extension" })),
        extended(&releasability, &json!({ "label": { "rel": [["world"]], "more": 1 } })),
        extended(&releasability, &json!({ "label": { "rel": [["world"]] }, "more": 1 })),
        extended(&releasability, &json!({ "label": { "rel": [[{ "galaxy": "x" }]] } })),
        extended(&releasability, &json!({ "label": { "handling": ["burn"] } })),
        extended(&extension::PAP.id(), &json!({ "pap": "blue" })),
    ];
    for marking in unknown {
        assert!(matches!(meaning(&marking), Meaning::Unknown(_)), "{:?}", marking.value());
    }
    let mixed = object(json!({
        "definition_type": "tlp",
        "definition": { "tlp": "green" },
        "extensions": { "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce": {} },
    }));
    assert!(matches!(meaning(&mixed), Meaning::Unknown(_)), "half of it is not understood");
}

#[test]
fn markings_are_understood_together() {
    let red: Id = tlp_id(Tlp::Red);
    let own: Id = MARKING.parse().unwrap();
    let gone: Id = "marking-definition--0b8a3a52-8ee4-4a3b-94ea-1d7a9dd3b0a2".parse().unwrap();
    let named = Terms::default().rel([rel("JPN")]);
    let find = |id: &Id| (*id == own).then(|| Meaning::Terms(named.clone()));
    let understood = understand(&[red.clone(), own.clone()], find);
    assert_eq!(understood, Understood { terms: named.clone().tlp(Tlp::Red), dangling: false });
    assert!(understand(&[own.clone(), gone], find).dangling);
    assert!(understand(std::slice::from_ref(&own), |_| Some(Meaning::Unknown("no".to_owned()))).dangling);
    assert_eq!(understand(&[], find), Understood::default());
    assert!(understand(&[red], |_| Some(Meaning::Unknown("no".to_owned()))).dangling);
}

#[test]
fn what_is_minted_never_changes() {
    let label = Label::builder()
        .rel([rel("JPN"), Party::Member(member("alpha"))])
        .tlp(Tlp::Amber)
        .pap(Pap::Green)
        .class("EXERCISE", "SECRET")
        .handling(Handling::Orcon)
        .label();
    let minted: Vec<Value> =
        mint(&label).unwrap().into_iter().map(|o| Value::Object(o.into_value())).collect();
    insta::assert_json_snapshot!(minted);
}

#[test]
fn the_extensions_are_published_with_their_schemas() {
    let definitions = extension::definitions().unwrap();
    assert!(definitions.iter().all(|object| object.warnings().is_empty()));
    let ids: Vec<&str> = definitions.iter().map(|object| object.id().as_str()).collect();
    insta::assert_json_snapshot!(ids);
    for definition in &definitions[1..] {
        let schema: Value = serde_json::from_str(definition.text("schema").unwrap()).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
}

proptest! {
    #[test]
    fn what_is_minted_reads_back_as_the_same_label(label in crate::label::arbitrary::label()) {
        let minted = mint(&label).unwrap();
        prop_assert!(minted.iter().all(|marking| marking.warnings().is_empty()));
        let terms = minted.iter().fold(Terms::default(), |terms, marking| match meaning(marking) {
            Meaning::Terms(asked) => terms.and(&asked),
            other => panic!("{other:?}"),
        });
        prop_assert_eq!(terms.label(), label.clone());
        let again = mint(&label).unwrap();
        prop_assert_eq!(minted, again);
    }

    /// Two labels share all their markings only if they are the same label.
    #[test]
    fn different_labels_are_minted_differently(
        one in crate::label::arbitrary::label(),
        two in crate::label::arbitrary::label(),
    ) {
        let ids = |label: &Label| mint(label).unwrap().iter().map(|o| o.id().clone()).collect::<Vec<_>>();
        prop_assert_eq!(ids(&one) == ids(&two), one == two);
    }
}

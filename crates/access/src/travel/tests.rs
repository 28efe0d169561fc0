#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::label::{Label, Tlp};
use crate::marking;
use crate::story::{at, member, rel};

fn malware() -> Id {
    "malware--31b940d4-6f7f-459a-80ea-9c1f17b5891b".parse().unwrap()
}

fn markings() -> Vec<Id> {
    let label = Label::builder().rel([rel("JPN")]).tlp(Tlp::Green).label();
    marking::mint(&label).unwrap().iter().map(|minted| minted.id().clone()).collect()
}

fn labelling() -> Labelling {
    let assignments = vec![
        Assignment { object_ref: malware(), digest: [1; 32] },
        Assignment { object_ref: malware(), digest: [2; 32] },
    ];
    Labelling { by: member("alpha"), at: at(0), markings: markings(), assignments }
}

fn recall(covers: Covers) -> Recall {
    let reason = Some("released in error".to_owned());
    let (by, version) = (member("alpha"), Some(at(-1)));
    Recall { by, at: at(0), markings: markings(), object_ref: malware(), covers, version, reason }
}

#[test]
fn a_labelling_reads_back_and_says_the_same_under_one_id() {
    let object = labelling().object().unwrap();
    assert_eq!(object.warnings(), []);
    assert_eq!(Labelling::read(&object), Ok(labelling()));
    let mut shuffled = labelling();
    shuffled.assignments.reverse();
    shuffled.assignments.push(shuffled.assignments[0].clone());
    assert_eq!(shuffled.object().unwrap(), object);
    let mut later = labelling();
    later.at = at(1);
    assert_ne!(later.object().unwrap().id(), object.id());
}

#[test]
fn a_recall_reads_back() {
    for covers in [Covers::Digests(vec![[7; 32]]), Covers::Until(at(9))] {
        let object = recall(covers.clone()).object().unwrap();
        assert_eq!(object.warnings(), []);
        assert_eq!(Recall::read(&object), Ok(recall(covers)));
    }
}

#[test]
fn a_stub_says_that_it_is_one() {
    let object = recall(Covers::Until(at(9))).object().unwrap();
    assert!(!is_stub(&object));
    let mut properties = object.into_value();
    mark_as_stub(&mut properties);
    let stub = Object::from_value(Value::Object(properties)).unwrap();
    assert_eq!(stub.warnings(), []);
    assert!(is_stub(&stub));
    assert!(Recall::read(&stub).is_ok(), "other extensions stay");
}

#[test]
fn what_is_malformed_is_refused() {
    let change = |object: Object, property: &str, value: Value| {
        let mut map = object.into_value();
        map.insert(property.to_owned(), value);
        Object::from_value(Value::Object(map)).unwrap()
    };
    let label = || labelling().object().unwrap();
    for (property, value) in [
        ("assignments", json!([])),
        ("assignments", json!([{ "object_ref": malware().as_str() }])),
        ("assignments", json!([{ "object_ref": malware().as_str(), "digest": "AB" }])),
        ("object_marking_refs", json!([])),
        ("extensions", json!({})),
        ("created_by_ref", json!(malware().as_str())),
    ] {
        assert!(Labelling::read(&change(label(), property, value)).is_err(), "{property}");
    }
    let recalled = || recall(Covers::Until(at(9))).object().unwrap();
    assert!(Recall::read(&change(recalled(), "digests", json!(["00"]))).is_err(), "both");
    assert!(Recall::read(&change(recalled(), "until", json!("yesterday"))).is_err());
    assert!(Recall::read(&label()).is_err());
    assert!(Labelling::read(&recalled()).is_err());
}

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use super::*;
use crate::party::Party;
use crate::story::{at, member, rel};

fn alert() -> Alert {
    Alert {
        id: "kizuna-alert--31b940d4-6f7f-459a-80ea-9c1f17b5891b".parse().unwrap(),
        by: member("alpha"),
        created: at(0),
        modified: at(5),
        title: "変電所への侵入".to_owned(),
        text: Some("Wipers in substations.".to_owned()),
        urgency: Urgency::Emergency,
        actions: vec!["Block the addresses".to_owned(), "Look for the service".to_owned()],
        respond_by: Some(at(3600)),
        addressees: Addressees {
            to: BTreeSet::from([rel("EST"), Party::Member(member("echo"))]),
            sectors: BTreeSet::from(["energy".to_owned()]),
        },
        object_refs: vec!["indicator--31b940d4-6f7f-459a-80ea-9c1f17b5891b".parse().unwrap()],
    }
}

#[test]
fn an_alert_reads_back_and_its_references_are_in_the_index() {
    let object = alert().object().unwrap();
    assert_eq!(object.warnings(), []);
    assert_eq!(Alert::read(&object), Ok(alert()));
    assert!(object.references().contains(&alert().object_refs[0]));
}

#[test]
fn what_no_alert_may_say_is_refused_by_its_property() {
    let refused = |change: fn(&mut Alert)| {
        let mut alert = alert();
        change(&mut alert);
        alert.check().unwrap_err().property
    };
    assert_eq!(refused(|alert| alert.title = " ".to_owned()), "name");
    assert_eq!(refused(|alert| alert.addressees = Addressees::default()), "addressed_to");
    assert_eq!(refused(|alert| alert.actions = vec![String::new()]), "actions");
    assert_eq!(refused(|alert| alert.text = Some("x".repeat(60_000))), "description");
    let mut other = alert().object().unwrap().into_value();
    other.remove("urgency");
    let other = Object::from_value(Value::Object(other)).unwrap();
    assert_eq!(Alert::read(&other).unwrap_err().property, "urgency");
}

#[test]
fn urgencies_are_in_order() {
    let mut sorted = Urgency::ALL;
    sorted.sort_unstable();
    assert_eq!(sorted, Urgency::ALL);
    assert!(Urgency::ALL.iter().all(|urgency| Urgency::from_word(urgency.as_str()) == Some(*urgency)));
}

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use kizuna_access::rights::{Clearance, Holder};
use kizuna_access::{Rights, Role};
use serde_json::{Value, json};

use super::{Forecast, Who};
use crate::AppError;
use crate::ingest::tests::Story;
use crate::people::Caller;

fn id(number: u32) -> String {
    format!("indicator--00000000-0000-4000-8000-{number:012}")
}

fn indicator(number: u32) -> Value {
    json!({
        "type": "indicator", "spec_version": "2.1", "id": id(number), "name": format!("n{number}"),
        "created": "2026-02-01T00:00:00.000Z", "modified": "2026-02-01T00:00:00.000Z",
        "valid_from": "2026-02-01T00:00:00.000Z",
        "pattern": format!("[domain-name:value = 'n{number}.example']"), "pattern_type": "stix",
    })
}

/// Asterin's analyst may release and runs the node; all three objects are its own.
fn story() -> Story {
    let story = Story::begin();
    let person = story.who("xas").person();
    story
        .node
        .people(Caller::Operator)
        .set_roles(person, BTreeSet::from([Role::Analyst, Role::Admin, Role::Releaser]))
        .unwrap();
    story.open_to_writers("class:EXERCISE/RESTRICTED");
    story.give("xas", &[indicator(1)], Some("rel:Circle"));
    story.give("xas", &[indicator(2)], Some("rel:Circle class:EXERCISE/SECRET"));
    story.give("xas", &[indicator(3)], None);
    story
}

fn told(forecast: &Forecast) -> Vec<(Who, u64, u64)> {
    forecast.viewers.iter().map(|viewer| (viewer.who.clone(), viewer.gained, viewer.lost)).collect()
}

fn member(name: &str) -> Who {
    Who::Member(name.to_owned())
}

#[test]
fn a_membership_is_tried_before_it_is_recorded() {
    let story = story();
    let orinthia = story.member("Orinthia Watch");
    let joined = Rights::Joined { community: story.circle, member: orinthia, from: None, until: None };
    let forecast = story.node.forecast(&story.who("xas"), &[joined]).unwrap();
    // The object, its label object and the minted marking that both use.
    let (who, gained, lost) = told(&forecast).remove(0);
    assert_eq!((who, lost), (member("Orinthia Watch"), 0));
    assert!(gained >= 1);
    assert!(forecast.viewers[0].gained_ids.iter().any(|gained| gained.as_str() == id(1)));
    assert!(
        !forecast.viewers[0].gained_ids.iter().any(|gained| gained.as_str() == id(2)),
        "nobody is cleared"
    );
    assert_eq!(story.reads("xor"), [], "nothing happened");
}

#[test]
fn what_is_lost_is_told_too_and_what_the_caller_cannot_read_is_not_counted() {
    let story = story();
    let left = Rights::Left { community: story.circle, member: story.member("Velkar Shield") };
    let forecast = story.node.forecast(&story.who("xas"), std::slice::from_ref(&left)).unwrap();
    assert_eq!(told(&forecast).len(), 1);
    assert_eq!(forecast.viewers[0].gained, 0);
    assert!(forecast.viewers[0].lost >= 1);
    story.give("xve", &[indicator(9)], Some("rel:\"Orinthia Watch\""));
    let again = story.node.forecast(&story.who("xas"), &[left]).unwrap();
    assert_eq!(again, forecast);
}

#[test]
fn a_clearance_and_a_label_are_tried() {
    let story = story();
    let secret = Clearance::default().with("EXERCISE", "SECRET");
    let person = story.who("xas").person();
    let node = Rights::ClearanceSet { holder: Holder::Node, clearance: secret.clone() };
    let own = Rights::ClearanceSet {
        holder: Holder::Member(story.member("Asterin CERT")),
        clearance: secret.clone(),
    };
    let mine = Rights::ClearanceSet { holder: Holder::Person(person), clearance: secret.clone() };
    for rights in [node, own, mine] {
        story.node.store.writer().record(rights, kizuna_store::writer::Actor::Operator).unwrap();
    }
    let velkar = Rights::ClearanceSet {
        holder: Holder::Member(story.member("Velkar Shield")),
        clearance: secret.clone(),
    };
    let analyst =
        Rights::ClearanceSet { holder: Holder::Person(story.who("xve").person()), clearance: secret };
    let forecast = story.node.forecast(&story.who("xas"), &[velkar, analyst]).unwrap();
    assert!(forecast.viewers[0].gained_ids.iter().any(|gained| gained.as_str() == id(2)), "{forecast:?}");
    let wide =
        story.node.forecast_label(&story.who("xas"), &[id(3).parse().unwrap()], "rel:XAS,XOR").unwrap();
    assert_eq!(told(&wide), [(member("Orinthia Watch"), 1, 0)]);
    let narrow = story.node.forecast_label(&story.who("xas"), &[id(1).parse().unwrap()], "rel:XAS").unwrap();
    assert_eq!(told(&narrow), [(member("Velkar Shield"), 0, 1)]);
}

#[test]
fn it_takes_a_role_and_a_change_that_could_be_recorded() {
    let story = story();
    let left = Rights::Left { community: story.circle, member: story.member("Orinthia Watch") };
    let refused = story.node.forecast(&story.who("xve"), std::slice::from_ref(&left));
    assert!(matches!(refused, Err(AppError::Forbidden(_))));
    assert!(story.node.forecast(&story.who("xas"), &[left]).is_err(), "it is not in the community");
    let hidden = story.node.forecast_label(&story.who("xas"), &[id(77).parse().unwrap()], "rel:XAS");
    assert!(matches!(hidden, Err(AppError::NotFound)));
}

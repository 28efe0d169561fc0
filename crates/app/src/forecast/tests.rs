#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use kizuna_access::rights::{Clearance, Holder};
use kizuna_access::{Rights, Role};
use serde_json::{Value, json};

use super::{Change, Forecast, Who};
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
    let forecast = story.node.forecast(&story.who("xas"), &[joined], None).unwrap();
    assert_eq!(told(&forecast), [(member("Orinthia Watch"), 1, 0)], "nobody is cleared for the other one");
    assert_eq!(forecast.viewers[0].gained_ids, [id(1).parse().unwrap()]);
    assert!(forecast.viewers[0].machinery.gained >= 1, "its label object, its marking, what attests it");
    assert_eq!(story.reads("xor"), [], "nothing happened");
}

#[test]
fn what_is_lost_is_told_too_and_what_the_caller_cannot_read_is_not_counted() {
    let story = story();
    let left = Rights::Left { community: story.circle, member: story.member("Velkar Shield") };
    let forecast = story.node.forecast(&story.who("xas"), std::slice::from_ref(&left), None).unwrap();
    assert_eq!(told(&forecast).len(), 1);
    assert_eq!(forecast.viewers[0].gained, 0);
    assert!(forecast.viewers[0].lost >= 1);
    story.give("xve", &[indicator(9)], Some("rel:\"Orinthia Watch\""));
    let again = story.node.forecast(&story.who("xas"), &[left], None).unwrap();
    assert_eq!(again, forecast);
    // Of a circle that the caller is not in nothing is told.
    let people = story.node.people(Caller::Operator);
    let ring = people.add_community("Ring", false).unwrap().id;
    let velkar = story.member("Velkar Shield");
    people.join(ring, velkar, None, None).unwrap();
    story.give("xve", &[indicator(10)], Some("rel:Ring"));
    let left = Rights::Left { community: ring, member: velkar };
    assert_eq!(told(&story.node.forecast(&story.who("xas"), &[left], None).unwrap()), []);
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
    let forecast = story.node.forecast(&story.who("xas"), &[velkar, analyst], None).unwrap();
    assert!(forecast.viewers[0].gained_ids.iter().any(|gained| gained.as_str() == id(2)), "{forecast:?}");
    let wide =
        story.node.forecast_label(&story.who("xas"), &[id(3).parse().unwrap()], "rel:XAS,XOR", None).unwrap();
    assert_eq!(told(&wide), [(member("Orinthia Watch"), 1, 0)]);
    let narrow =
        story.node.forecast_label(&story.who("xas"), &[id(1).parse().unwrap()], "rel:XAS", None).unwrap();
    assert_eq!(told(&narrow), [(member("Velkar Shield"), 0, 1)]);
}

#[test]
fn a_policy_is_tried_as_its_equivalences_stand_on_the_date_asked() {
    const ASTERIN: &str = include_str!("../../../../fixtures/policies/asterin.xml");
    let story = story();
    story.node.people(Caller::Operator).import_policy(ASTERIN.as_bytes()).unwrap();
    let exercise = Clearance::default().with("EXERCISE", "RESTRICTED");
    let asterin = Clearance::default().with("ASTERIN", "SERVICE");
    let both = exercise.clone().with("ASTERIN", "SERVICE");
    for (holder, clearance) in [
        (Holder::Node, &both),
        (Holder::Member(story.member("Asterin CERT")), &exercise),
        (Holder::Person(story.who("xas").person()), &exercise),
        (Holder::Member(story.member("Velkar Shield")), &asterin),
        (Holder::Person(story.who("xve").person()), &asterin),
    ] {
        let rights = Rights::ClearanceSet { holder, clearance: clearance.clone() };
        story.node.store.writer().record(rights, kizuna_store::writer::Actor::Operator).unwrap();
    }
    story.give("xas", &[indicator(4)], Some("rel:Circle class:EXERCISE/RESTRICTED"));

    let foresee = |spif: &str, day: Option<&str>| {
        let change = Change::Policy { spif: spif.to_owned() };
        story.node.foresee(&story.who("xas"), &change, day.map(|day| day.parse().unwrap()))
    };
    let same = foresee(ASTERIN, None);
    assert!(matches!(same, Err(AppError::Forbidden(_))), "{same:?}");
    assert!(matches!(foresee("<SPIF", None), Err(AppError::Invalid { .. })));
    // SERVICE counts as RESTRICTED from April on. Another version says: from May on; or: at once.
    let newer = ASTERIN.replacen("version=\"1\"\n", "version=\"2\"\n", 1);
    let later = newer.replace("kz:from=\"2026-04-01", "kz:from=\"2026-05-01");
    let at_once = newer.replace("kz:from=\"2026-04-01T00:00:00Z\"", "");
    let velkar = |gained, lost| vec![(member("Velkar Shield"), gained, lost)];
    for (spif, day, expected) in [
        (&later, None, vec![]),
        (&later, Some("2026-03-31T23:59:59Z"), vec![]),
        (&later, Some("2026-04-01T00:00:00Z"), velkar(0, 1)),
        (&later, Some("2026-04-30T23:59:59Z"), velkar(0, 1)),
        (&later, Some("2026-05-01T00:00:00Z"), vec![]),
        (&at_once, None, velkar(1, 0)),
    ] {
        assert_eq!(told(&foresee(spif, day).unwrap()), expected, "{day:?}");
    }
    assert!(matches!(foresee(&later, Some("2026-02-01T00:00:00Z")), Err(AppError::Invalid { .. })));
}

#[test]
fn it_takes_a_role_and_a_change_that_could_be_recorded() {
    let story = story();
    let left = Rights::Left { community: story.circle, member: story.member("Orinthia Watch") };
    let refused = story.node.forecast(&story.who("xve"), std::slice::from_ref(&left), None);
    assert!(matches!(refused, Err(AppError::Forbidden(_))));
    assert!(story.node.forecast(&story.who("xas"), &[left], None).is_err(), "it is not in the community");
    let hidden = story.node.forecast_label(&story.who("xas"), &[id(77).parse().unwrap()], "rel:XAS", None);
    assert!(matches!(hidden, Err(AppError::NotFound)));
}

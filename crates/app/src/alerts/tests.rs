#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::SignedDuration;
use kizuna_access::alert::Urgency;
use kizuna_access::receipt::State;
use kizuna_stix::Id;

use super::protection::Spread;
use super::{NewAlert, Wanted, Way};
use crate::AppError;
use crate::ingest::tests::{Story, beacon, indicator};
use crate::notices::To;
use crate::people::Caller;
use crate::receipts::NewReceipt;

fn to(parties: &[&str]) -> To {
    To { parties: parties.iter().map(|party| (*party).to_owned()).collect(), sectors: Vec::new() }
}

fn new(title: &str, parties: &[&str]) -> NewAlert {
    let urgency = Urgency::Urgent;
    NewAlert { title: title.to_owned(), urgency, to: to(parties), ..NewAlert::default() }
}

fn send(story: &Story, by: &str, new: &NewAlert) -> Id {
    story.node.send_alert(&story.who(by), new, None).unwrap()
}

fn refused(error: &AppError) -> String {
    error.to_string()
}

#[test]
fn an_alert_is_delivered_by_itself_and_its_sender_sees_how_far_everybody_is() {
    let story = Story::begin();
    let id = send(&story, "xas", &new("Wipers", &["Circle", "Orinthia Watch"]));
    let state = |of: &str| {
        let reading = story.node.read(&story.who("xas")).unwrap();
        let shown = reading.alert(&id).unwrap();
        shown.rows.into_iter().find(|row| row.name == of).unwrap().state
    };
    assert_eq!(state("Velkar Shield"), Some(State::Delivered));
    assert_eq!(state("Orinthia Watch"), Some(State::Delivered));
    story.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(story.node.open_alert(&story.who("xve"), &id).unwrap().state, Some(State::Read));
    assert_eq!(state("Velkar Shield"), Some(State::Read));
    story.clock.advance(SignedDuration::from_secs(60));
    let blocked = NewReceipt { count: Some(12), ..NewReceipt::of(State::Blocked) };
    story.node.give_receipt(&story.who("xve"), &id, &blocked).unwrap();
    let shown = story.node.read(&story.who("xas")).unwrap().alert(&id).unwrap();
    let velkar = shown.rows.iter().find(|row| row.name == "Velkar Shield").unwrap();
    assert_eq!((velkar.state, velkar.blocked), (Some(State::Blocked), Some(12)));
    assert_eq!(shown.protection.delivered, Spread { of: 2, median: Some(0), p90: Some(0) });
    assert_eq!(shown.protection.acknowledged, Spread { of: 1, median: Some(60), p90: Some(60) });
    assert_eq!(shown.protection.settled, Spread { of: 1, median: Some(120), p90: Some(120) });

    let times = story.node.read(&story.who("xas")).unwrap().protection().unwrap();
    let of: Vec<(&str, usize)> = times.iter().map(|one| (one.name.as_str(), one.settled.of)).collect();
    assert_eq!(of, [("Orinthia Watch", 0), ("Velkar Shield", 1)]);
}

#[test]
fn a_recipient_sees_what_it_may_know_of_and_nobody_elses_receipts() {
    let story = Story::begin();
    let id = send(&story, "xas", &new("Wipers", &["Circle", "Orinthia Watch"]));
    let seen = |by: &str| story.node.read(&story.who(by)).unwrap().alert(&id).unwrap();
    let orinthia = seen("xor");
    assert_eq!(orinthia.addressed.parties, ["\"Orinthia Watch\""], "the circle is none of its business");
    let names: Vec<&str> = orinthia.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["Orinthia Watch"]);
    let velkar = seen("xve");
    let other = velkar.rows.iter().find(|row| row.name == "Orinthia Watch");
    assert!(other.is_none_or(|row| row.state.is_none()));
    assert_eq!(velkar.protection.delivered.of, 1, "its own");
}

#[test]
fn who_works_in_a_sector_is_addressed_by_it() {
    let story = Story::begin();
    let people = story.node.people(Caller::Operator);
    people.set_industries(story.member("Orinthia Watch"), &["nisc:electric-power".to_owned()]).unwrap();
    let energy = To { parties: Vec::new(), sectors: vec!["energy".to_owned()] };
    let id = send(&story, "xas", &NewAlert { title: "Grid".to_owned(), to: energy, ..NewAlert::default() });
    assert!(story.node.read(&story.who("xor")).unwrap().alert(&id).unwrap().addressed.is_me);
    let hidden = story.node.read(&story.who("xve")).unwrap().alert(&id);
    assert!(matches!(hidden, Err(AppError::NotFound)));
    let unknown = To { parties: Vec::new(), sectors: vec!["sorcery".to_owned()] };
    let new = NewAlert { title: "x".to_owned(), to: unknown, ..NewAlert::default() };
    let error = story.node.send_alert(&story.who("xas"), &new, None).unwrap_err();
    assert!(refused(&error).contains("$.to.sectors[0]"));
}

#[test]
fn what_an_alert_refers_to_reaches_its_readers_too_and_is_of_the_same_world() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], None);
    story.give("xas", &[indicator(2)], Some("rel:Circle"));
    story.give("xas", &[indicator(3)], Some("rel:Circle exercise"));
    let about = |number| NewAlert { objects: vec![beacon(number)], ..new("Beacons", &["Circle"]) };
    let try_it = |new: &NewAlert, label| story.node.send_alert(&story.who("xas"), new, label);
    let narrower = try_it(&about(1), None).unwrap_err();
    assert!(refused(&narrower).contains("release it first"), "{narrower}");
    try_it(&about(2), None).unwrap();
    assert!(refused(&try_it(&about(3), None).unwrap_err()).contains("exercise"));
    assert!(refused(&try_it(&about(2), Some("rel:Circle exercise")).unwrap_err()).contains("it is real"));
    try_it(&about(3), Some("rel:Circle exercise")).unwrap();
    let hidden = story.node.send_alert(&story.who("xve"), &about(1), None).unwrap_err();
    let absent = story.node.send_alert(&story.who("xve"), &about(9), None).unwrap_err();
    assert_eq!(refused(&hidden), refused(&absent));
}

#[test]
fn a_further_version_keeps_its_label_and_is_the_senders_alone_to_make() {
    let story = Story::begin();
    let id = send(&story, "xas", &new("Wipers", &["Circle"]));
    let again = NewAlert { id: Some(id.clone()), ..new("Wipers, second wave", &["Circle"]) };
    assert_eq!(send(&story, "xas", &again), id);
    let reading = story.node.read(&story.who("xve")).unwrap();
    assert_eq!(reading.alert(&id).unwrap().alert.title, "Wipers, second wave");
    assert_eq!(reading.versions(&id).unwrap().len(), 2);
    assert!(matches!(story.node.send_alert(&story.who("xve"), &again, None), Err(AppError::NotFound)));
    let outsider = story.node.send_alert(&story.who("xor"), &again, None);
    assert!(matches!(outsider, Err(AppError::NotFound)));
}

#[test]
fn lists_are_by_urgency_way_and_what_is_left_to_do() {
    let story = Story::begin();
    let first = send(&story, "xas", &new("Wipers", &["Circle"]));
    let calm = NewAlert { urgency: Urgency::Information, ..new("Weather", &["Circle"]) };
    let second = send(&story, "xve", &calm);
    let listed = |by: &str, wanted: Wanted| -> Vec<Id> {
        let found = story.node.read(&story.who(by)).unwrap().alerts(&wanted, None, 10).unwrap();
        found.items.into_iter().map(|listed| listed.item.id).collect()
    };
    assert_eq!(listed("xve", Wanted::default()), [second.clone(), first.clone()]);
    assert_eq!(listed("xve", Wanted { way: Some(Way::Sent), ..Wanted::default() }), [second]);
    let received = Wanted { way: Some(Way::Received), open: true, ..Wanted::default() };
    assert_eq!(listed("xve", received.clone()), std::slice::from_ref(&first));
    story.node.give_receipt(&story.who("xve"), &first, &NewReceipt::of(State::NotAffected)).unwrap();
    assert!(listed("xve", received).is_empty());
    assert_eq!(listed("xas", Wanted { urgency: Some(Urgency::Urgent), ..Wanted::default() }), [first]);
    assert!(listed("xor", Wanted::default()).is_empty());
}

#[test]
fn figures_are_ones_that_occurred() {
    assert_eq!(Spread::of(Vec::new()), Spread::default());
    assert_eq!(Spread::of(vec![9]), Spread { of: 1, median: Some(9), p90: Some(9) });
    assert_eq!(Spread::of((1..=10).collect()), Spread { of: 10, median: Some(5), p90: Some(9) });
}

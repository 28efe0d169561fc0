#![allow(clippy::unwrap_used, clippy::expect_used)]

//! What is dated an hour ahead comes in an hour later, by whatever way it came.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use kizuna_access::Principal;
use serde_json::{Value, json};

use super::{Drawer, Early, FETCHED, GIVEN, KEPT_BYTES, Waiting, is_for_good, together};
use crate::ingest::tests::{Story, indicator};
use crate::peers::tests::{Elsewhere, befriend};
use crate::peers::{Channel, PEERS, Peer};
use crate::people::{Caller, NewMember};
use crate::{AppError, Delivery};

/// By the clock of a node that is an hour ahead, at the beginning of a story.
fn ahead(number: u32) -> Value {
    let mut object = indicator(number);
    object["modified"] = "2026-03-01T13:00:00.000Z".into();
    object
}

/// A large one.
fn long(number: u32, bytes: usize) -> Value {
    let mut object = ahead(number);
    object["description"] = "x".repeat(bytes).into();
    object
}

/// How many wait.
fn kept(story: &Story, drawer: &Drawer) -> usize {
    let keys = |kind| story.node.store.states(kind).unwrap().into_iter().map(|(key, _)| key);
    let notes: Vec<String> = keys(drawer.notes).collect();
    assert_eq!(notes, keys(drawer.objects).collect::<Vec<_>>());
    notes.len()
}

/// As if fetched from a peer.
fn keep(story: &Story, peer: &Peer, objects: &[Value]) {
    let texts: Vec<String> = objects.iter().map(Value::to_string).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    story.node.keep_early(peer, &texts, story.node.now()).unwrap();
}

fn post(story: &Story, who: &Principal, objects: &[Value], label: Option<&str>) -> usize {
    let delivery = Delivery { label, ..Delivery::default() };
    let bytes = json!({ "objects": objects }).to_string();
    story.node.ingest(who, bytes.as_bytes(), &delivery).unwrap().quarantined
}

/// An hour later, to the minute in which it is not too early.
fn later(story: &Story) {
    story.clock.advance(SignedDuration::from_mins(55));
}

/// The account of a node that pushes with an API key: its member, in the circle, lives elsewhere.
fn account(story: &Story) -> Principal {
    let people = story.node.people(Caller::Operator);
    let sector = kizuna_access::rights::Sector::Public;
    let (name, country) = ("Meridian CERT".to_owned(), "XME".parse().unwrap());
    let new = NewMember { name, country, sector, identity: None, hosted: false };
    let member = people.add_member(new).unwrap();
    people.join(story.circle, member.id, None, None).unwrap();
    people.add_user("analyst@xme.example", member.id, [kizuna_access::rights::Role::Analyst].into()).unwrap();
    story.who("xme")
}

/// The account of an enrolled node that comes to us and is not reached from here.
fn comer(story: &Story) -> (Peer, Principal) {
    let mut peer = befriend(story, "http://127.0.0.1:9/", None);
    let (since, ours) = (story.node.now(), vec![story.member("Asterin CERT")]);
    peer.channel = Some(Channel { pins: Vec::new(), under: String::new(), since, ours, told: None });
    (peer.pull, peer.push) = (false, false);
    story.node.keep_json(PEERS, &peer.name, &peer).unwrap();
    let roles = [kizuna_access::rights::Role::Analyst].into();
    let roles = kizuna_access::Rights::RolesSet { person: peer.accounts[0], roles };
    story.node.people(Caller::Operator).record(roles).unwrap();
    let who = story.node.directory().unwrap().authenticate_person(peer.accounts[0], since).unwrap();
    (peer, who)
}

#[test]
fn what_was_fetched_too_early_comes_in_when_its_time_has_come() {
    let story = Story::begin();
    let (server, url) = Elsewhere::open();
    *server.objects.lock() = vec![indicator(1), ahead(2)];
    befriend(&story, &url, None);
    story.node.sync_peers(&Caller::Operator, None).unwrap();
    story.node.take_all_early().unwrap();
    assert_eq!((story.reads("xas").len(), kept(&story, &FETCHED)), (1, 1));
    later(&story);
    story.node.take_all_early().unwrap();
    assert_eq!((story.reads("xas").len(), kept(&story, &FETCHED)), (2, 0));
}

#[test]
fn what_a_node_gave_too_early_comes_in_under_the_label_that_it_was_given() {
    let story = Story::begin();
    let who = account(&story);
    let (open, own) = (Some("rel:Circle tlp:amber"), None);
    assert_eq!(post(&story, &who, &[ahead(1), indicator(2)], open), 1);
    assert_eq!(post(&story, &who, &[ahead(1)], open), 1, "given again");
    assert_eq!(post(&story, &who, &[ahead(3)], own), 1);
    assert_eq!(kept(&story, &GIVEN), 2, "each once");
    story.node.take_all_early().unwrap();
    assert_eq!(story.reads("xas").len(), 1);
    later(&story);
    story.node.take_all_early().unwrap();
    let read = story.reads("xas");
    assert_eq!(read.len(), 2, "the third is its member's alone: {read:?}");
    assert!(read.iter().all(|(_, label)| label == "tlp:amber rel:Circle"), "{read:?}");
    assert_eq!((story.reads("xme").len(), kept(&story, &GIVEN)), (3, 0));
}

#[test]
fn what_people_here_date_ahead_is_refused_once_and_for_all() {
    let story = Story::begin();
    assert_eq!(post(&story, &story.who("xas"), &[ahead(1)], None), 1);
    assert_eq!(kept(&story, &GIVEN), 0);
}

#[test]
fn a_node_that_was_removed_gives_nothing_any_more() {
    let story = Story::begin();
    let (peer, who) = comer(&story);
    assert_eq!(post(&story, &who, &[ahead(1)], None), 1);
    keep(&story, &peer, &[ahead(2)]);
    assert_eq!((kept(&story, &FETCHED), kept(&story, &GIVEN)), (1, 1));
    story.node.remove_peer(&Caller::Operator, &peer.name).unwrap();
    assert_eq!((kept(&story, &FETCHED), kept(&story, &GIVEN)), (0, 0));
    later(&story);
    story.node.take_all_early().unwrap();
    assert_eq!((story.reads("xas").len(), kept(&story, &GIVEN)), (0, 0));
}

#[test]
fn a_running_node_takes_in_by_itself_what_a_node_that_comes_to_it_gave_too_early() {
    let story = Story::begin();
    let (_, who) = comer(&story);
    let _running = story.node.schedule_peers().unwrap();
    assert_eq!(post(&story, &who, &[ahead(1)], None), 1);
    assert_eq!(story.reads("xas").len(), 0);
    later(&story);
    let begun = Instant::now();
    while story.reads("xas").is_empty() {
        assert!(begun.elapsed() < Duration::from_mins(2), "it was not taken in");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn envelopes_are_cut_by_bytes_and_hold_at_least_one_object() {
    let waiting = |bytes| {
        let from = Timestamp::UNIX_EPOCH;
        Waiting { key: format!("elsewhere {bytes}"), early: Early { from, bytes, by: None } }
    };
    let cut = |sizes: &[usize]| together(&sizes.iter().copied().map(waiting).collect::<Vec<_>>(), 100);
    assert_eq!((cut(&[49, 49, 1]), cut(&[200, 1]), cut(&[99, 1]), cut(&[])), (2, 1, 1, 0));
    assert_eq!(cut(&[0; 300]), 100);
}

#[test]
fn what_is_more_than_an_envelope_comes_in_by_several() {
    let mut story = Story::begin();
    let peer = befriend(&story, "http://127.0.0.1:9/", None);
    let objects: Vec<Value> = (1..=10).map(|number| long(number, 4_000)).collect();
    keep(&story, &peer, &objects);
    keep(&story, &peer, &[long(11, 25_000)]);
    assert_eq!(kept(&story, &FETCHED), 11);
    story.node.limits.envelope_bytes = 20_000;
    later(&story);
    story.node.take_early(&peer);
    assert_eq!(story.reads("xas").len(), 10, "one alone is larger than every envelope");
    assert_eq!(kept(&story, &FETCHED), 0);
}

#[test]
fn what_cannot_be_taken_in_holds_up_nothing_else() {
    let story = Story::begin();
    let peer = befriend(&story, "http://127.0.0.1:9/", None);
    keep(&story, &peer, &[ahead(1), ahead(2), ahead(3)]);
    assert_eq!(post(&story, &account(&story), &[ahead(4)], Some("rel:Circle tlp:amber")), 1);
    let broken = story.node.store.states(FETCHED.objects).unwrap().remove(1).0;
    let writer = story.node.store.writer();
    writer.set_state(FETCHED.objects, &broken, Some(b"{".to_vec()), None).unwrap();
    later(&story);
    story.node.take_all_early().unwrap();
    assert_eq!(story.reads("xas").len(), 3);
    assert_eq!((kept(&story, &FETCHED), kept(&story, &GIVEN)), (0, 0));
}

#[test]
fn what_waits_of_one_owner_is_bounded_in_bytes_and_in_time() {
    let story = Story::begin();
    let peer = befriend(&story, "http://127.0.0.1:9/", None);
    let other = Peer { name: "elsewhere-too".to_owned(), ..peer.clone() };
    let third = KEPT_BYTES / 3;
    keep(&story, &peer, &[long(1, third), long(2, third), long(3, third)]);
    assert_eq!(kept(&story, &FETCHED), 2);
    keep(&story, &peer, &[long(2, third), ahead(4)]);
    assert_eq!(kept(&story, &FETCHED), 3, "each once, and what fits");
    let (mut week, mut more) = (ahead(5), ahead(6));
    week["modified"] = "2026-03-08T12:05:00.000Z".into();
    more["modified"] = "2026-03-08T12:05:00.001Z".into();
    keep(&story, &other, &[week, more]);
    assert_eq!(kept(&story, &FETCHED), 4, "each owner for itself, and none for more than a week");
    let notes = story.node.store.states(FETCHED.notes).unwrap();
    assert!(notes.iter().all(|(_, note)| note.len() < 100), "{notes:?}");
}

#[test]
fn what_fails_for_now_is_tried_again_and_what_fails_for_good_is_forgotten() {
    let story = Story::begin();
    let peer = befriend(&story, "http://127.0.0.1:9/", None);
    keep(&story, &peer, &[ahead(1)]);
    later(&story);
    let away = || AppError::Unavailable("the database is away".to_owned());
    for passing in [away(), AppError::Internal("a fault".to_owned())] {
        assert!(!is_for_good(&passing));
        story.node.take_due(&FETCHED, Err(passing), &story.node.due(&FETCHED).unwrap());
        assert_eq!(kept(&story, &FETCHED), 1);
    }
    story.node.take_all_early().unwrap();
    assert_eq!((story.reads("xas").len(), kept(&story, &FETCHED)), (1, 0));

    for gone in [AppError::NotAuthenticated, AppError::NotFound, AppError::Forbidden("no".to_owned())] {
        let mut object = ahead(2);
        object["modified"] = "2026-03-01T14:00:00.000Z".into();
        keep(&story, &peer, &[object]);
        assert_eq!(kept(&story, &FETCHED), 1);
        story.node.take_due(&FETCHED, Err(gone), &story.node.waiting(&FETCHED).unwrap());
        assert_eq!((story.reads("xas").len(), kept(&story, &FETCHED)), (1, 0));
    }
}

#[test]
fn the_same_object_given_by_two_ways_comes_in_by_both() {
    let story = Story::begin();
    let who = account(&story);
    let labels = ["rel:Circle tlp:amber", "rel:Circle tlp:green"];
    for label in labels {
        assert_eq!(post(&story, &who, &[ahead(1)], Some(label)), 1);
    }
    assert_eq!(kept(&story, &GIVEN), 2);
    later(&story);
    story.node.take_all_early().unwrap();
    let id = ahead(1)["id"].as_str().unwrap().parse().unwrap();
    let claims = story.node.read(&who).unwrap().claims(&id).unwrap();
    assert_eq!((claims.len(), kept(&story, &GIVEN)), (2, 0), "{claims:?}");
}

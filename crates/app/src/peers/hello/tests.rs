#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::Timestamp;
use kizuna_access::Principal;

use super::*;
use crate::ingest::tests::{Story, indicator};
use crate::peers::tests::{Elsewhere, befriend};
use crate::{From, Selection as Asked};

fn account(story: &Story, peer: &Peer) -> Principal {
    story.node.directory().unwrap().authenticate_person(peer.accounts[0], story.node.now()).unwrap()
}

/// The last two digits of what the peer's account reads, in its order.
fn reads(story: &Story, peer: &Peer) -> Vec<String> {
    let reading = story.node.read(&account(story, peer)).unwrap();
    let asked = Asked { kinds: vec!["indicator".to_owned()], ..Asked::default() };
    let page = reading.page(&asked, &From::First, 100).unwrap();
    page.items.iter().map(|item| item.id.as_str().split_at(item.id.as_str().len() - 2).1.to_owned()).collect()
}

fn given() -> (Story, Peer) {
    let story = Story::begin();
    let (_server, url) = Elsewhere::open();
    let peer = befriend(&story, &url, None);
    story.give("xas", &[indicator(1)], Some("rel:Circle tlp:amber"));
    story.give("xas", &[indicator(2)], Some("rel:Circle orcon"));
    story.give("xas", &[indicator(3)], Some("rel:Circle pap:red"));
    (story, peer)
}

fn held(story: &Story, peer: &Peer) -> Vec<(u64, String)> {
    let held = story.node.held_back(&Caller::Operator, peer).unwrap();
    held.into_iter().map(|held| (held.count, held.reason)).collect()
}

#[test]
fn a_server_that_announces_nothing_gets_what_the_well_known_markings_say() {
    let (story, peer) = given();
    story.node.sync_peers(&Caller::Operator, None).unwrap();
    assert_eq!(reads(&story, &peer), ["01"]);
    let reasons = [
        (1, "it does not know the extension PAP".to_owned()),
        (1, "it does not honour the handling orcon".to_owned()),
    ];
    assert_eq!(held(&story, &peer), reasons);
    // What is read to be counted is for nobody who does not run the node.
    let analyst = Caller::Person(story.who("xas"));
    assert!(matches!(story.node.held_back(&analyst, &peer), Err(AppError::Forbidden(_))));
}

#[test]
fn a_version_behind_gets_what_it_announces_and_the_rest_behind_its_cursor_when_it_announces_more() {
    let (story, peer) = given();
    let mut hello = Hello { protocol: 1, extensions: extensions(), ..Hello::default() };
    story.node.take_hello(&peer, Some(&hello), false).unwrap();
    assert_eq!(reads(&story, &peer), ["01", "03"]);
    assert_eq!(held(&story, &peer), [(1, "it does not honour the handling orcon".to_owned())]);
    let reading = story.node.read(&account(&story, &peer)).unwrap();
    let asked = Asked { kinds: vec!["indicator".to_owned()], ..Asked::default() };
    let cursor = reading.page(&asked, &From::First, 100).unwrap().next.unwrap();
    drop(reading);
    hello.handling.insert("orcon".to_owned());
    story.node.take_hello(&peer, Some(&hello), false).unwrap();
    let reading = story.node.read(&account(&story, &peer)).unwrap();
    let page = reading.page(&asked, &From::Cursor(cursor), 100).unwrap();
    assert_eq!(page.items.len(), 1, "the older object comes after the cursor, once");
    assert!(page.items[0].id.as_str().ends_with("02"));
    assert_eq!(held(&story, &peer), []);
    // The same hello again is no new right.
    let epoch = story.node.directory().unwrap().epoch();
    story.node.take_hello(&peer, Some(&hello), false).unwrap();
    assert_eq!(story.node.directory().unwrap().epoch(), epoch);
    assert_eq!(story.node.peer_hello(&peer.name).unwrap(), Some(hello));
}

#[test]
fn what_is_taken_back_is_not_read_any_more() {
    let (story, peer) = given();
    story.node.take_hello(&peer, None, true).unwrap();
    assert_eq!(reads(&story, &peer), ["01", "02", "03"], "a node of our kind, from before there was a hello");
    story.node.take_hello(&peer, None, false).unwrap();
    assert_eq!(reads(&story, &peer), ["01"]);
}

#[test]
fn a_hello_names_policies_that_are_held_and_no_others() {
    let (story, peer) = given();
    let hello = story.node.hello(&account(&story, &peer)).unwrap();
    assert_eq!((hello.policies.len(), hello.handling.len()), (0, 3));
    assert!(story.node.policy_digests().unwrap().contains_key("EXERCISE"));
    let directory = story.node.directory().unwrap();
    assert!(directory.honours_at(peer.accounts[0], Timestamp::MAX).is_none(), "asking is not announcing");
}

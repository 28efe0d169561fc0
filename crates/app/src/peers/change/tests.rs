#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use super::PeerChange;
use crate::AppError;
use crate::ingest::tests::{Story, indicator};
use crate::peers::credential::{Credential, Seal};
use crate::peers::tests::{Elsewhere, befriend};
use crate::peers::{PEERS, PeerStatus};
use crate::people::Caller;

#[test]
fn what_is_changed_is_changed_and_the_rest_stays() {
    let story = Story::begin();
    let peer = befriend(&story, "http://127.0.0.1:9/", Some("tlp:green"));
    let (velkar, orinthia) = (story.member("Velkar Shield"), story.member("Orinthia Watch"));
    let change = PeerChange {
        every: Some(Duration::from_mins(5)),
        push: Some(false),
        key: Some(Some(Credential::new("s3cret"))),
        members: Some(vec![orinthia, velkar]),
        ..PeerChange::default()
    };
    let changed = story.node.set_peer(&Caller::Operator, "elsewhere", change).unwrap();
    assert_eq!((changed.every, changed.pull, changed.push), (300, true, false));
    assert_eq!(changed.label.as_deref(), Some("tlp:green"));
    assert_eq!(changed.members, [orinthia, velkar]);
    assert_eq!(changed.accounts[1], peer.accounts[0], "who stays keeps the account");

    let only = PeerChange { members: Some(vec![orinthia]), ..PeerChange::default() };
    story.node.set_peer(&Caller::Operator, "elsewhere", only).unwrap();
    let directory = story.node.directory().unwrap();
    assert!(directory.authenticate_person(peer.accounts[0], story.node.now()).is_err());

    let analyst = Caller::Person(story.who("xas"));
    let refused = story.node.set_peer(&analyst, "elsewhere", PeerChange::default());
    assert!(matches!(refused, Err(AppError::Forbidden(_))));
    let neither = PeerChange { pull: Some(false), ..PeerChange::default() };
    assert!(story.node.set_peer(&Caller::Operator, "elsewhere", neither).is_err());
}

#[test]
fn a_credential_is_kept_sealed_and_does_not_follow_to_another_server() {
    let story = Story::begin();
    befriend(&story, "http://127.0.0.1:9/", None);
    let key = PeerChange { key: Some(Some(Credential::new("s3cret"))), ..PeerChange::default() };
    let peer = story.node.set_peer(&Caller::Operator, "elsewhere", key).unwrap();
    let kept = String::from_utf8(story.node.store.state(PEERS, "elsewhere").unwrap().unwrap()).unwrap();
    assert!(!kept.contains("s3cret") && !format!("{peer:?}").contains("s3cret"));
    let seal = Seal::of(story.node.data()).unwrap();
    let opened = seal.open("elsewhere", peer.sealed.as_deref().unwrap()).unwrap();
    assert_eq!(opened.reveal(), "s3cret");

    let place = |url: &str| PeerChange { url: Some(url.parse().unwrap()), ..PeerChange::default() };
    let set = |url: &str| story.node.set_peer(&Caller::Operator, "elsewhere", place(url)).unwrap();
    assert!(set("http://127.0.0.1:9/taxii2/").has_credential());
    assert!(!set("http://thief.example/").has_credential());
}

#[test]
fn what_lay_in_the_clear_is_sealed_when_the_node_opens() {
    let story = Story::begin();
    let peer = befriend(&story, "http://127.0.0.1:9/", None);
    let mut old = serde_json::to_value(&peer).unwrap();
    old["key"] = "s3cret".into();
    old.as_object_mut().unwrap().remove("sealed");
    story.node.keep_json(PEERS, "elsewhere", &old).unwrap();
    story.node.seal_credentials().unwrap();
    let kept = String::from_utf8(story.node.store.state(PEERS, "elsewhere").unwrap().unwrap()).unwrap();
    assert!(!kept.contains("s3cret"), "{kept}");
    let peer = story.node.peer("elsewhere").unwrap().unwrap();
    let opened = Seal::of(story.node.data()).unwrap().open("elsewhere", &peer.sealed.unwrap()).unwrap();
    assert_eq!(opened.reveal(), "s3cret");
}

#[test]
fn a_removed_peer_is_gone_and_begins_anew_when_it_is_added_again() {
    let story = Story::begin();
    let (server, url) = Elsewhere::open();
    *server.objects.lock() = (1..=3).map(indicator).collect();
    let peer = befriend(&story, &url, None);
    story.node.sync_peers(&Caller::Operator, None).unwrap();
    story.node.remove_peer(&Caller::Operator, "elsewhere").unwrap();
    assert!(matches!(story.node.remove_peer(&Caller::Operator, "elsewhere"), Err(AppError::NotFound)));
    assert_eq!(story.node.peers(&Caller::Operator).unwrap(), []);
    assert_eq!(story.node.peer_status("elsewhere").unwrap(), PeerStatus::default());
    let directory = story.node.directory().unwrap();
    assert!(directory.authenticate_person(peer.accounts[0], story.node.now()).is_err());
    assert_eq!(story.reads("xas").len(), 3, "what it gave stays");

    befriend(&story, &url, None);
    let told = story.node.sync_peers(&Caller::Operator, None).unwrap();
    assert_eq!((told[0].1.pulled, told[0].1.known), (3, 3), "asked from the beginning");
}

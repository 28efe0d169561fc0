#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use kizuna_access::rights::Role;
use serde_json::{Value, json};

use crate::audit::AuditQuestion;
use crate::ingest::tests::{Story, indicator};
use crate::peers::tests::{Elsewhere, befriend};
use crate::peers::transfer::{Transfers, committed};
use crate::peers::{Outbox, Peer, PeerStatus};
use crate::people::Caller;

fn sync(story: &Story) -> PeerStatus {
    story.node.sync_peers(&Caller::Operator, None).unwrap().remove(0).1
}

fn outbox(story: &Story) -> Outbox {
    let peer: Peer = story.node.peers(&Caller::Operator).unwrap().remove(0);
    story.node.outbox(&peer).unwrap()
}

fn ids(server: &Elsewhere) -> Vec<String> {
    server.taken.lock().iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect()
}

fn id(number: u32) -> String {
    indicator(number)["id"].as_str().unwrap().to_owned()
}

/// Something that overtakes, about an indicator.
fn urgent(number: u32) -> Value {
    json!({
        "type": "kizuna-answer", "spec_version": "2.1",
        "id": format!("kizuna-answer--00000000-0000-4000-8000-{number:012}"),
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
        "object_refs": [id(number)],
    })
}

#[test]
fn one_bad_object_is_set_aside_and_tried_again() {
    let story = Story::begin();
    let (server, url) = Elsewhere::open();
    befriend(&story, &url, None);
    *server.refusing.lock() = Some(id(3));
    story.give("xas", &(1..=5).map(indicator).collect::<Vec<_>>(), Some("rel:Circle"));
    assert!(outbox(&story).waiting >= 5);
    let status = sync(&story);
    assert_eq!(status.error, None);
    let taken = ids(&server);
    let arrived =
        |taken: &[String]| (1..=5).filter(|number| taken.contains(&id(*number))).collect::<Vec<_>>();
    assert_eq!(arrived(&taken), [1, 2, 4, 5]);
    let left = outbox(&story);
    assert_eq!((left.waiting, left.aside.len(), left.aside[0].tries), (0, 1, 1), "{left:?}");
    assert!(left.aside[0].reason.contains("422: Not that"), "{left:?}");
    sync(&story);
    assert_eq!(outbox(&story).aside[0].tries, 2);

    *server.refusing.lock() = None;
    sync(&story);
    assert_eq!(outbox(&story).aside, []);
    assert_eq!(ids(&server).iter().filter(|taken| **taken == id(3)).count(), 1);
}

#[test]
fn what_is_urgent_overtakes_with_what_it_refers_to_and_nothing_goes_twice() {
    let story = Story::begin();
    let (server, url) = Elsewhere::open();
    befriend(&story, &url, None);
    story.give("xas", &(1..=20).map(indicator).collect::<Vec<_>>(), Some("rel:Circle"));
    story.give("xas", &[urgent(15)], Some("rel:Circle"));
    assert_eq!(outbox(&story).urgent, 1);
    sync(&story);
    let taken = ids(&server);
    let place = |id: &str| taken.iter().position(|taken| taken == id).unwrap();
    let answer = urgent(15)["id"].as_str().unwrap().to_owned();
    assert!(place(&id(15)) < place(&answer), "what it refers to is there before it");
    for number in (1..=20).filter(|number| *number != 15) {
        assert!(place(&answer) < place(&id(number)), "{number}");
    }
    let content: Vec<&String> = taken.iter().filter(|id| !id.starts_with("marking-definition")).collect();
    assert_eq!(content.len(), content.iter().collect::<BTreeSet<_>>().len(), "{taken:?}");
    assert_eq!(outbox(&story), Outbox::default());
}

#[test]
fn a_busy_peer_is_left_alone_and_nothing_is_lost_or_doubled() {
    let story = Story::begin();
    let (server, url) = Elsewhere::open();
    befriend(&story, &url, None);
    *server.busy.lock() = 1;
    story.give("xas", &(1..=5).map(indicator).collect::<Vec<_>>(), Some("rel:Circle"));
    let status = sync(&story);
    assert!(status.error.as_deref().is_some_and(|error| error.contains("503: Later")), "{status:?}");
    assert_eq!(sync(&story).error, None);
    for number in 1..=5 {
        assert_eq!(ids(&server).iter().filter(|taken| **taken == id(number)).count(), 1);
    }
}

#[test]
fn a_batch_that_went_is_a_line_of_the_audit_that_nobody_can_guess_from() {
    let story = Story::begin();
    let roles = BTreeSet::from([Role::Analyst, Role::Auditor]);
    story.node.people(Caller::Operator).set_roles(story.who("xas").person(), roles).unwrap();
    let (_server, url) = Elsewhere::open();
    befriend(&story, &url, None);
    story.give("xas", &[indicator(1)], Some("rel:Circle"));
    let status = sync(&story);
    let reading = story.node.read(&story.who("xas")).unwrap();
    let asked = AuditQuestion { action: Some("peer.sent".into()), ..AuditQuestion::default() };
    let lines = reading.audit(&asked, None, 100).unwrap().items;
    let count: u64 = lines.iter().map(|line| line.detail["count"].as_u64().unwrap()).sum();
    assert_eq!(count, status.pushed);
    let detail = &lines[0].detail;
    assert_eq!((&detail["peer"], &detail["way"]), (&json!("elsewhere"), &json!("pushed")));
    let sent = reading.object(&id(1).parse().unwrap()).unwrap();
    let written: String = lines.iter().map(|line| line.detail.to_string()).collect();
    assert!(!written.contains(&hex::encode(sent.digest)) && !written.contains(&id(1)), "{written}");
    let is_there = lines.iter().any(|line| {
        let nonce = hex::decode(line.detail["nonce"].as_str().unwrap()).unwrap();
        let key = Transfers::of(&story.node).key(&nonce).unwrap();
        line.detail["versions"].as_array().unwrap().contains(&json!(committed(&key, &sent.digest)))
    });
    assert!(is_there, "{written}");
    sync(&story);
    assert_eq!(reading.audit(&asked, None, 100).unwrap().items.len(), lines.len());
}

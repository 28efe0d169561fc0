//! Content of others, and whose decision it is.

use kizuna_access::release::State;
use kizuna_stix::Id;
use serde_json::json;

use super::{Desk, indicator};
use crate::release::Filter;

#[test]
fn anothers_content_is_passed_on_only_by_its_originators_decision() {
    let desk = Desk::open();
    let id = desk.own_of("guest", "Velkar Shield", 1, Some("rel:XVE,XAS"));
    assert!(desk.reads("clerk", &id).is_some());
    let release = desk.propose("clerk", &id, "rel:XVE,XAS,XOR");
    let release = desk.approve("one", &release).unwrap();
    assert_eq!(release.state, State::Proposed, "its originator has not agreed: {:?}", release.standing);
    assert!(desk.reads("outside", &id).is_none());
    // Who is asked sees it in the own queue.
    let open = Filter { open: true, ..Filter::default() };
    assert_eq!(desk.node().releases(&desk.who("guest"), &open, 10).unwrap().len(), 1);
    assert_eq!(desk.approve("guest", &release).unwrap().state, State::Released);
    let read = desk.reads("outside", &id).unwrap();
    assert_eq!(read.source, desk.story.member("Velkar Shield"), "only its author makes newer versions");
    assert!(desk.reads("clerk", &id).is_some());
}

#[test]
fn what_its_originator_gave_to_the_world_is_passed_on_without_asking() {
    let desk = Desk::open();
    let id: Id = indicator(1)["id"].as_str().unwrap().parse().unwrap();
    let mut open = indicator(1);
    open["object_marking_refs"] = json!(["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"]);
    desk.give("guest", &open, Some("rel:XVE,XAS"));
    let release = desk.propose("clerk", &id, "tlp:clear rel:XOR");
    assert!(release.standing.as_ref().unwrap().consents.is_empty());
    let before = desk.reads("clerk", &id).unwrap();
    assert_eq!(desk.approve("one", &release).unwrap().state, State::Released);
    let read = desk.reads("outside", &id).unwrap();
    assert_eq!(read.bytes, before.bytes, "foreign bytes are never altered");
    assert_eq!(read.source, desk.story.member("Asterin CERT"));
    let done = desk.node().withdraw_release(&desk.who("two"), &release.id, None).unwrap();
    assert_eq!(done.state, State::Withdrawn);
    assert!(desk.reads("outside", &id).is_none());
    assert!(desk.reads("clerk", &id).is_some());
}

#[test]
fn originator_controlled_content_waits_for_its_originator() {
    let desk = Desk::open();
    let id = desk.own_of("guest", "Velkar Shield", 1, Some("rel:XVE,XAS orcon tlp:clear"));
    let release = desk.propose("clerk", &id, "rel:XVE,XAS,XOR");
    assert_eq!(desk.approve("one", &release).unwrap().state, State::Proposed);
    assert_eq!(desk.approve("guest", &release).unwrap().state, State::Released);
    assert!(desk.label_of("outside", &id).unwrap().contains("orcon"));
}

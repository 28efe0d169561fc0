#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use kizuna_access::Role;
use serde_json::json;

use super::Eyes;
use crate::AppError;
use crate::ingest::tests::Story;
use crate::people::Caller;

const TOOL: &str = "tool--00000000-0000-4000-8000-000000000001";
/// A marking that nobody knows: what it selects is the source's member's only.
const OWN_ONLY: &str = "marking-definition--00000000-0000-4000-8000-000000000099";

fn story() -> Story {
    let story = Story::begin();
    let person = story.who("xas").person();
    let roles = BTreeSet::from([Role::Analyst, Role::Releaser]);
    story.node.people(Caller::Operator).set_roles(person, roles).unwrap();
    let tool = json!({
        "type": "tool", "spec_version": "2.1", "id": TOOL, "name": "Scanner", "description": "told in confidence",
        "created": "2026-02-01T00:00:00.000Z", "modified": "2026-02-01T00:00:00.000Z",
        "granular_markings": [{ "marking_ref": OWN_ONLY, "selectors": ["description"] }],
    });
    story.give("xas", &[tool], Some("rel:Circle"));
    story
}

#[test]
fn a_releaser_sees_what_each_other_gets_of_it() {
    let story = story();
    let seen = |member: &str| {
        let eyes = Eyes::Member(story.member(member));
        story.node.as_seen(&story.who("xas"), &TOOL.parse().unwrap(), eyes).unwrap()
    };
    let velkar = seen("Velkar Shield");
    let object = velkar.object.unwrap();
    assert!(object.contains_key("name") && !object.contains_key("description"));
    assert!(!object.contains_key("granular_markings"));
    assert_eq!(velkar.hidden, ["description"]);
    let actual = story.node.read(&story.who("xve")).unwrap().object(&TOOL.parse().unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&actual.bytes).unwrap(), json!(object));
    let mine = Eyes::Person(story.who("xas").person());
    let mine = story.node.as_seen(&story.who("xas"), &TOOL.parse().unwrap(), mine).unwrap();
    assert!(mine.object.unwrap().contains_key("description"));
}

#[test]
fn what_is_hidden_whole_is_not_shown_at_all() {
    let story = story();
    let tool = json!({
        "type": "tool", "spec_version": "2.1", "id": "tool--00000000-0000-4000-8000-000000000002", "name": "Own",
        "created": "2026-02-01T00:00:00.000Z", "modified": "2026-02-01T00:00:00.000Z",
    });
    let id = tool["id"].as_str().unwrap().parse().unwrap();
    story.give("xas", &[tool], None);
    let eyes = Eyes::Member(story.member("Velkar Shield"));
    let seen = story.node.as_seen(&story.who("xas"), &id, eyes).unwrap();
    assert_eq!((seen.object, seen.hidden), (None, Vec::new()));
}

#[test]
fn who_is_hidden_from_the_releaser_is_as_absent_and_others_may_not_ask() {
    let story = story();
    let ask = |who: &str, eyes: Eyes| story.node.as_seen(&story.who(who), &TOOL.parse().unwrap(), eyes);
    let outside = Eyes::Member(story.member("Orinthia Watch"));
    let absent = Eyes::Member(kizuna_access::MemberId(uuid::Uuid::from_u128(7)));
    let runs_the_node =
        story.node.directory().unwrap().own_member().unwrap().id == story.member("Asterin CERT");
    assert!(runs_the_node, "only an admin of it sees every member");
    assert!(matches!(ask("xas", outside), Err(AppError::NotFound)));
    assert!(matches!(ask("xas", absent), Err(AppError::NotFound)));
    assert!(matches!(ask("xve", Eyes::Member(story.member("Asterin CERT"))), Err(AppError::Forbidden(_))));
}

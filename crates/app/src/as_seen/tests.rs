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

#[test]
fn a_list_holds_what_the_others_get_and_why() {
    let story = story();
    let tool = |number: u32, day: u32, name: &str| {
        json!({ "type": "tool", "spec_version": "2.1", "name": name,
            "id": format!("tool--00000000-0000-4000-8000-{number:012}"),
            "created": "2026-02-01T00:00:00.000Z", "modified": format!("2026-02-{day:02}T00:00:00.000Z") })
    };
    story.give("xas", &[tool(2, 1, "own")], None);
    story.give("xas", &[tool(3, 1, "older")], Some("rel:Circle"));
    story.give("xas", &[tool(3, 2, "newer")], None);
    let eyes = Eyes::Member(story.member("Velkar Shield"));
    let (mut names, mut cursor) = (Vec::new(), None);
    loop {
        let (_, page) = story.node.list_as_seen(&story.who("xas"), eyes, cursor.as_deref(), 1).unwrap();
        for item in page.items.iter().filter(|item| item.id.kind() == "tool") {
            let value: serde_json::Value = serde_json::from_slice(&item.bytes).unwrap();
            assert!(value["description"].is_null() && item.fields.is_empty());
            names.push(value["name"].as_str().unwrap().to_owned());
        }
        cursor = page.next;
        if !page.more {
            break;
        }
    }
    assert_eq!(names, ["Scanner", "older"]);
    let older = "tool--00000000-0000-4000-8000-000000000003".parse().unwrap();
    assert!(story.node.as_seen(&story.who("xas"), &older, eyes).unwrap().earlier);

    let told = story.node.explain_as(&story.who("xas"), &TOOL.parse().unwrap(), eyes).unwrap();
    assert!(told.readable && !told.contributions[0].fields[0].readable);
    let own = "tool--00000000-0000-4000-8000-000000000002".parse().unwrap();
    assert!(!story.node.explain_as(&story.who("xas"), &own, eyes).unwrap().readable);
    assert!(story.node.explain_as(&story.who("xve"), &TOOL.parse().unwrap(), eyes).is_err());
}

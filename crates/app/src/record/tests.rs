#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use kizuna_access::rights::Role;
use serde_json::{Value, json};

use crate::audit::{AuditQuestion, AuditShown};
use crate::ingest::tests::Story;
use crate::{Caller, Node, Selection};

fn id(number: u32) -> String {
    format!("tool--00000000-0000-4000-8000-{number:012}")
}

fn tool(number: u32) -> Value {
    json!({ "type": "tool", "spec_version": "2.1", "id": id(number), "name": "a tool",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z" })
}

/// Asterin's analyst audits; two objects of it are AMBER+STRICT, and one is GREEN.
fn story() -> Story {
    let story = Story::begin();
    let roles = BTreeSet::from([Role::Analyst, Role::Auditor]);
    story.node.people(Caller::Operator).set_roles(story.who("xas").person(), roles).unwrap();
    story.give("xas", &[tool(1), tool(2)], Some("rel:Circle tlp:amber+strict"));
    story.give("xas", &[tool(3)], Some("rel:Circle tlp:green"));
    story
}

fn reads(story: &Story) -> Vec<AuditShown> {
    let asked = AuditQuestion { action: Some("content.read".into()), ..AuditQuestion::default() };
    story.node.read(&story.who("xas")).unwrap().audit(&asked, None, 100).unwrap().items
}

fn page(node: &Node, story: &Story) -> Result<usize, crate::AppError> {
    let reading = node.read(&story.who("xve"))?;
    let found = reading.page(&Selection::default(), &crate::From::First, 100)?.items.len();
    reading.object(&id(1).parse().unwrap())?;
    Ok(found)
}

#[test]
fn nothing_is_recorded_until_it_is_said_and_then_only_what_reaches_it() {
    let story = story();
    page(&story.node, &story).unwrap();
    assert!(reads(&story).is_empty());
    let people = story.node.people(Caller::Operator);
    people.record_reads_above("tlp:amber+strict").unwrap();
    let reading = story.node.read(&story.who("xve")).unwrap();
    reading.object(&id(3).parse().unwrap()).unwrap();
    assert!(reads(&story).is_empty(), "GREEN is below");
    reading.object(&id(1).parse().unwrap()).unwrap();
    let lines = reads(&story);
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (lines[0].actor.as_str(), &lines[0].detail["objects"]),
        ("analyst@xve.example", &json!([id(1)]))
    );
    people.record_reads_above("none").unwrap();
    page(&story.node, &story).unwrap();
    assert_eq!(reads(&story).len(), 1);
    for wrong in ["rel:XAS", "orcon", "pap:red", "class:EXERCISE/COSMIC", "nonsense"] {
        assert!(people.record_reads_above(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn one_request_is_one_line_before_it_is_answered() {
    let story = story();
    story.node.people(Caller::Operator).record_reads_above("tlp:amber+strict").unwrap();
    story.node.traced("pages.home", |node| page(node, &story)).unwrap();
    let lines = reads(&story);
    assert_eq!(lines.len(), 1, "{lines:?}");
    let detail = &lines[0].detail;
    // Both tools, the marking under which they were given, and what attests them.
    assert_eq!((&detail["path"], &detail["count"]), (&json!("pages.home"), &json!(5)));
    let listed = detail["objects"].to_string();
    assert!(listed.contains(&id(1)) && listed.contains(&id(2)) && !listed.contains(&id(3)), "{listed}");

    page(&story.node.at_command_line("export"), &story).unwrap();
    let lines = reads(&story);
    assert_eq!(lines.len(), 3, "a command prints as it reads: each answer is a line of its own");
    let at_machine = &lines[0];
    assert_eq!(
        (at_machine.actor.as_str(), &at_machine.detail["path"]),
        ("operator", &json!("command.export"))
    );
    assert_eq!(at_machine.detail["as"], json!(story.who("xve").person().to_string()));
}

#[test]
fn what_serves_no_content_is_not_recorded() {
    let story = story();
    story.node.people(Caller::Operator).record_reads_above("tlp:amber+strict").unwrap();
    story.node.explain(&story.who("xve"), &id(1).parse().unwrap()).unwrap();
    let reading = story.node.read(&story.who("xve")).unwrap();
    let search = crate::Search { kinds: vec!["tool".into()], ..crate::Search::default() };
    assert_eq!(reading.count(&search, 10).unwrap().at_least, 3);
    assert!(reads(&story).is_empty());
}

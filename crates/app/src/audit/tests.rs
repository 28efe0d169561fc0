#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use kizuna_access::rights::Role;
use kizuna_store::AuditObject;
use serde_json::json;

use super::{AuditQuestion, check_export};
use crate::ingest::tests::Story;
use crate::{AppError, Caller};

/// A node on which Velkar's analyst is an auditor too, and two objects were narrowed: one that it may read, and one
/// that it may not.
fn story() -> (Story, [String; 2]) {
    let story = Story::begin();
    let person = story.who("xve").person();
    let roles = BTreeSet::from([Role::Analyst, Role::Auditor]);
    story.node.people(Caller::Operator).set_roles(person, roles).unwrap();
    let ids = [1, 2].map(|number| format!("tool--00000000-0000-4000-8000-{number:012}"));
    for (id, label) in ids.iter().zip(["rel:Circle", "rel:XAS,XOR"]) {
        let object = |modified: &str| {
            json!({ "type": "tool", "spec_version": "2.1", "id": id, "name": "a tool",
                "created": "2026-01-01T00:00:00.000Z", "modified": modified })
        };
        story.give(
            "xas",
            &[object("2026-01-01T00:00:00.000Z"), object("2026-01-02T00:00:00.000Z")],
            Some(label),
        );
        let version = Some("2026-01-01T00:00:00Z".parse().unwrap());
        story.node.withdraw(&story.who("xas"), &id.parse().unwrap(), version).unwrap();
    }
    (story, ids)
}

#[test]
fn only_an_auditor_reads_it_and_ids_only_as_readable() {
    let (story, [shown, hidden]) = story();
    let asked = AuditQuestion { action: Some("object.".into()), ..AuditQuestion::default() };
    let refused = story.node.read(&story.who("xas")).unwrap().audit(&asked, None, 10);
    assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
    let reading = story.node.read(&story.who("xve")).unwrap();
    let first = reading.audit(&asked, None, 1).unwrap();
    assert!(first.more && matches!(first.items[0].object, Some(AuditObject::Masked(_))));
    let rest = reading.audit(&asked, first.next.as_deref(), 10).unwrap();
    assert_eq!(rest.items[0].object, Some(AuditObject::Readable(shown.parse().unwrap())));
    assert!(!rest.more && rest.next.is_none());
    for (object, found) in [(&shown, 1), (&hidden, 0)] {
        let asked = AuditQuestion { object: Some(object.clone()), ..asked.clone() };
        assert_eq!(reading.audit(&asked, None, 10).unwrap().items.len(), found);
    }
    let by = AuditQuestion { actor: Some("ANALYST@xas.example".into()), ..AuditQuestion::default() };
    let lines = reading.audit(&by, None, 100).unwrap().items;
    assert!(!lines.is_empty() && lines.iter().all(|line| line.actor == "analyst@xas.example"));
    let unknown = AuditQuestion { actor: Some("nobody@x.example".into()), ..AuditQuestion::default() };
    assert!(matches!(reading.audit(&unknown, None, 1), Err(AppError::Invalid { .. })));
}

#[test]
fn an_export_shows_what_was_taken_out_of_it_or_altered() {
    let (story, [shown, hidden]) = story();
    let mut file = Vec::new();
    let made = story.node.export_audit(&story.who("xve"), None, None, &mut file).unwrap();
    let text = String::from_utf8(file).unwrap();
    assert!(text.contains(&shown) && !text.contains(&hidden), "{text}");
    assert_eq!(check_export(&mut text.as_bytes()).unwrap(), made);
    assert!(text.lines().last().unwrap().contains("audit.exported"), "the export is in itself");

    let lines: Vec<&str> = text.lines().collect();
    let check = |lines: &[&str]| check_export(&mut lines.join("\n").as_bytes()).unwrap_err().to_string();
    let without = |index: usize| {
        let mut rest = lines.clone();
        rest.remove(index);
        rest
    };
    assert!(check(&without(5)).contains("must stand"));
    assert!(check(&without(lines.len() - 1)).contains("the header says"));
    assert!(check(&without(0)).contains("no header"));
    let altered = lines[4].replace("rights.", "lefts.");
    let mut forged = lines.clone();
    forged[4] = &altered;
    assert!(check(&forged).contains("digest"), "{altered}");
    let opened = text.replace(&shown, "tool--00000000-0000-4000-8000-000000000009");
    assert!(check_export(&mut opened.as_bytes()).unwrap_err().to_string().contains("commitment"));
}

#[test]
fn who_only_audits_changes_nothing() {
    let (story, [shown, _]) = story();
    let people = story.node.people(Caller::Operator);
    let member = story.member("Velkar Shield");
    people.add_user("auditor@xve.example", member, BTreeSet::from([Role::Auditor])).unwrap();
    let directory = story.node.directory().unwrap();
    let person = directory.person_by_email("auditor@xve.example").unwrap().id;
    let who = directory.authenticate_person(person, story.node.now()).unwrap();
    let id = shown.parse().unwrap();
    assert!(story.node.read(&who).unwrap().object(&id).is_ok(), "it reads its member's view");
    let bundle = json!({ "objects": [] }).to_string();
    let given = story.node.ingest(&who, bundle.as_bytes(), &crate::Delivery::default());
    assert!(matches!(given, Err(AppError::Forbidden(_))), "{given:?}");
    assert!(story.node.withdraw(&who, &id, None).is_err());
    let people = story.node.people(Caller::Person(who));
    let refused = [
        people
            .add_member(crate::people::NewMember {
                name: "X".into(),
                country: "XXX".parse().unwrap(),
                sector: kizuna_access::rights::Sector::Civil,
                identity: None,
                hosted: true,
            })
            .map(drop),
        people.add_community("X", false).map(drop),
        people.set_roles(person, BTreeSet::from([Role::Admin])),
        people.record_reads_above("none"),
        people.remove_user(story.who("xve").person()),
    ];
    for one in refused {
        assert!(matches!(one, Err(AppError::Forbidden(_) | AppError::NotFound)), "{one:?}");
    }
}

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::Path;

use kizuna_access::Principal;
use kizuna_access::rights::Role;
use kizuna_stix::Id;
use serde_json::{Value, json};

use crate::ingest::tests::Story;
use crate::{AppError, Caller, Search};

const ADDRESS: &str = "email-addr--9b7e29b3-fd8d-562e-b3f0-8fc8134f5dda";

fn id(number: u32) -> String {
    format!("tool--00000000-0000-4000-8000-{number:012}")
}

fn tool(number: u32, modified: &str, text: &str) -> Value {
    json!({ "type": "tool", "spec_version": "2.1", "id": id(number), "name": "a tool", "description": text,
        "created": "2026-01-01T00:00:00.000Z", "modified": modified })
}

/// Asterin has an admin and a releaser beside its analyst.
fn story() -> Story {
    let story = Story::begin();
    let people = story.node.people(Caller::Operator);
    for (email, member, role) in [
        ("ada@xas", "Asterin CERT", Role::Admin),
        ("rei@xas", "Asterin CERT", Role::Releaser),
        ("vera@xve", "Velkar Shield", Role::Admin),
    ] {
        people.add_user(email, story.member(member), BTreeSet::from([role])).unwrap();
    }
    story
}

fn who(story: &Story, email: &str) -> Principal {
    let directory = story.node.directory().unwrap();
    let person = directory.person_by_email(email).unwrap().id;
    directory.authenticate_person(person, story.node.now()).unwrap()
}

fn parsed(number: u32) -> Id {
    id(number).parse().unwrap()
}

/// Whether a text stands in any file of the node.
fn lies_in_files(data: &Path, text: &str) -> bool {
    let files = std::fs::read_dir(data).unwrap().map(|entry| entry.unwrap().path());
    let holds = |file: std::path::PathBuf| {
        let bytes = std::fs::read(file).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    files.filter(|path| path.is_file()).any(holds)
}

#[test]
fn one_asks_another_confirms_and_nothing_is_left_but_a_leaf() {
    let story = story();
    let older = tool(1, "2026-01-01T00:00:00.000Z", "wrote Quetzalcoatlus from home");
    let newer = tool(1, "2026-01-02T00:00:00.000Z", "wrote Quetzalcoatlus again");
    let address = json!({ "type": "email-addr", "spec_version": "2.1", "id": ADDRESS, "value": "quetzal@private.example" });
    story.give("xas", &[older, newer, address], Some("rel:Circle"));
    for number in 2..60 {
        story.give("xas", &[tool(number, "2026-01-01T00:00:00.000Z", "something else")], Some("rel:Circle"));
    }
    let (ada, rei) = (who(&story, "ada@xas"), who(&story, "rei@xas"));
    let ask =
        |who: &Principal, object: &Id| story.node.ask_to_erase(who, object, None, "a request", "Art. 17");
    assert!(
        matches!(ask(&story.who("xas"), &parsed(1)), Err(AppError::Forbidden(_))),
        "an analyst decides nothing"
    );
    assert!(
        matches!(ask(&who(&story, "vera@xve"), &parsed(1)), Err(AppError::NotFound)),
        "not what others gave"
    );
    assert!(matches!(ask(&ada, &parsed(999)), Err(AppError::NotFound)));
    assert!(matches!(
        story.node.ask_to_erase(&ada, &parsed(1), None, " ", "Art. 17"),
        Err(AppError::Invalid { .. })
    ));
    let asked = ask(&ada, &parsed(1)).unwrap();
    assert!(matches!(story.node.confirm_erasure(&ada, asked.id), Err(AppError::Forbidden(_))));
    assert!(story.node.erasures(&who(&story, "vera@xve")).unwrap().is_empty());
    assert!(story.node.read(&ada).unwrap().object(&parsed(1)).is_ok(), "nothing happens until then");
    assert_eq!(story.node.confirm_erasure(&rei, asked.id).unwrap(), 2);
    let asked = ask(&rei, &ADDRESS.parse().unwrap()).unwrap();
    assert_eq!(story.node.confirm_erasure(&ada, asked.id).unwrap(), 1);

    for country in ["xas", "xve"] {
        let reading = story.node.read(&story.who(country)).unwrap();
        assert!(matches!(reading.object(&parsed(1)), Err(AppError::NotFound)));
        let words = Search { text: Some("Quetzalcoatlus".into()), ..Search::default() };
        assert_eq!(reading.count(&words, 10).unwrap().at_least, 0);
        let others = Search { text: Some("something else".into()), ..Search::default() };
        assert_eq!(reading.count(&others, 100).unwrap().at_least, 58);
    }
    let recalls = story.reads("xve").into_iter().filter(|(id, _)| id.starts_with("kizuna-recall")).count();
    assert_eq!(recalls, 3, "who could read it is told");
    let data = story.node.data();
    for text in ["Quetzalcoatlus", "quetzalcoatlus", "quetzal@private.example"] {
        assert!(!lies_in_files(data, text), "{text} lies in the files");
    }
    assert!(lies_in_files(data, "something else"), "the test finds what is there");
    let dangerous = story.node.store.dangerous("a test", kizuna_store::writer::Actor::Operator).unwrap();
    assert!(dangerous.check(&|_, _| {}).unwrap().is_sound());

    let again = tool(1, "2026-01-01T00:00:00.000Z", "told anew");
    story.give("xas", &[again], Some("rel:Circle"));
    assert!(
        story.node.read(&story.who("xve")).unwrap().object(&parsed(1)).is_ok(),
        "as if it had never been there"
    );
}

#[test]
fn a_request_ends_by_itself_with_its_askers_role_or_when_it_is_dropped() {
    let story = story();
    story.give("xas", &[tool(1, "2026-01-01T00:00:00.000Z", "x")], Some("rel:Circle"));
    let (ada, rei) = (who(&story, "ada@xas"), who(&story, "rei@xas"));
    let ask = || story.node.ask_to_erase(&ada, &parsed(1), None, "a request", "Art. 17").unwrap();
    let dropped = ask();
    story.node.drop_erasure(&rei, dropped.id).unwrap();
    assert!(matches!(story.node.confirm_erasure(&rei, dropped.id), Err(AppError::NotFound)));
    let orphaned = ask();
    let people = story.node.people(Caller::Operator);
    people.set_roles(ada.person(), BTreeSet::from([Role::Reader])).unwrap();
    assert!(matches!(story.node.confirm_erasure(&rei, orphaned.id), Err(AppError::Forbidden(_))));
    people.set_roles(ada.person(), BTreeSet::from([Role::Admin])).unwrap();
    let late = ask();
    story.clock.advance(jiff::SignedDuration::from_hours(24 * 30));
    assert!(matches!(story.node.confirm_erasure(&rei, late.id), Err(AppError::NotFound)));
}

#[test]
fn one_version_goes_and_the_others_stay() {
    let story = story();
    let versions = ["2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"];
    for modified in versions {
        story.give("xas", &[tool(1, modified, modified)], Some("rel:Circle"));
    }
    let version = Some("2026-01-02T00:00:00Z".parse().unwrap());
    let ada = who(&story, "ada@xas");
    let asked = story.node.ask_to_erase(&ada, &parsed(1), version, "a request", "Art. 17").unwrap();
    story.node.confirm_erasure(&who(&story, "rei@xas"), asked.id).unwrap();
    let left = story.node.read(&story.who("xve")).unwrap().versions(&parsed(1)).unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].version.to_string(), "2026-01-01T00:00:00Z");
}

#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_access::travel::{Covers, RECALL_KIND, Recall};
use kizuna_access::{Label, marking};
use kizuna_stix::{Id, Object};
use serde_json::Value;

use super::Actor;
use crate::story::{Story, indicator, member, name, to_all, to_own};
use crate::{Contribution, Relabelled};

fn id() -> Id {
    indicator("alpha", 1, 1, "").id().clone()
}

fn relabelled(story: &Story, label: &Label, source: &str) -> Vec<Relabelled> {
    let digest = indicator("alpha", 1, 1, "found").digest();
    let given = story.store.given(member("alpha"), &id(), &digest).unwrap();
    given
        .into_iter()
        .map(|mut waiting| {
            waiting.source = member(source);
            Relabelled { waiting, label: label.clone(), parts: Vec::new(), dangling: Vec::new() }
        })
        .collect()
}

fn recalls(story: &Story, who: &str) -> Vec<Recall> {
    let page = story.view(who).page(&crate::Selection::default(), crate::query::Start::First, 100).unwrap();
    let recalls = page.items.iter().filter(|item| item.id.kind() == RECALL_KIND);
    recalls.map(|item| Recall::read(&crate::store::stored_object(&item.bytes).unwrap()).unwrap()).collect()
}

#[test]
fn a_narrower_label_takes_the_wide_contribution_back_and_says_so() {
    let story = Story::cast();
    let found = indicator("alpha", 1, 1, "found");
    story.give("alpha", found.clone(), to_all());
    let narrow = relabelled(&story, &to_own("alpha"), "alpha");
    story.store.writer().reassign(&id(), narrow).unwrap();
    assert!(story.view("bravo").object(&id()).unwrap().is_none());
    assert_eq!(*story.view("alpha").object(&id()).unwrap().unwrap().label, to_own("alpha"));
    let told = recalls(&story, "bravo");
    let markings: Vec<Id> = marking::mint(&to_all()).unwrap().iter().map(|one| one.id().clone()).collect();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0].object_ref, &told[0].covers, &told[0].markings),
        (&id(), &Covers::Digests(vec![found.digest()]), &markings)
    );
}

#[test]
fn a_wider_label_stands_beside_and_reaches_only_those_who_had_not() {
    let story = Story::cast();
    story.give("alpha", indicator("alpha", 1, 1, "found"), to_own("alpha"));
    let wide = relabelled(&story, &to_all(), "alpha");
    story.store.writer().reassign(&id(), wide).unwrap();
    assert_eq!(story.names("bravo"), ["found"]);
    assert_eq!(story.view("alpha").claims(&id()).unwrap().len(), 2);
    assert_eq!(recalls(&story, "alpha"), []);
}

#[test]
fn another_source_takes_a_contribution_over() {
    let story = Story::cast();
    story.give("alpha", indicator("alpha", 1, 1, "found"), to_all());
    let taken_over = relabelled(&story, &to_all(), "bravo");
    story.store.writer().reassign(&id(), taken_over).unwrap();
    let claims = story.view("alpha").claims(&id()).unwrap();
    assert_eq!(claims.iter().map(|claim| claim.source).collect::<Vec<_>>(), [member("bravo")]);
    assert_eq!(recalls(&story, "alpha"), [], "nobody lost anything");
}

#[test]
fn a_recall_covers_the_versions_it_names() {
    let story = Story::cast();
    for day in 1..=3 {
        story.give("alpha", indicator("alpha", 1, day, &format!("day {day}")), to_all());
    }
    let covers = Covers::Digests(vec![indicator("alpha", 1, 3, "day 3").digest()]);
    let narrowed =
        |covers, source| story.store.writer().narrow_recalled(&id(), covers, member(source), Actor::Node);
    assert!(narrowed(covers.clone(), "bravo").is_err(), "nobody takes back what another gave");
    assert_eq!(narrowed(covers, "alpha").unwrap(), 1);
    assert_eq!(story.view("bravo").object(&id()).unwrap().map(|item| name(&item)), Some("day 2".to_owned()));
    let until = "2024-01-02T00:00:00Z".parse().unwrap();
    assert_eq!(narrowed(Covers::Until(until), "alpha").unwrap(), 2);
    assert!(story.view("bravo").object(&id()).unwrap().is_none());
}

/// The stub of a revocation, as it lies in the store of whoever wrote it.
fn stub(story: &Story) -> Object {
    let stored = story.view("bravo").object(&id()).unwrap().unwrap();
    crate::store::stored_object(&stored.bytes).unwrap()
}

#[test]
fn a_stub_is_less_than_its_revocation_on_other_nodes_too() {
    // Whichever of the two has the lower digest.
    for reason in 0..8 {
        let revoked = {
            let mut map = indicator("alpha", 1, 2, &format!("reason {reason}")).into_value();
            map.insert("revoked".to_owned(), Value::Bool(true));
            Object::from_value(Value::Object(map)).unwrap()
        };
        let here = Story::cast();
        here.give("alpha", indicator("alpha", 1, 1, "found"), to_all());
        here.give("alpha", revoked.clone(), to_own("alpha"));
        let stub = stub(&here);
        assert!(stub.revoked() && stub.digest() != revoked.digest());

        let elsewhere = Story::cast();
        elsewhere.give("alpha", stub, to_all());
        elsewhere.give("alpha", revoked, to_own("alpha"));
        assert_eq!(elsewhere.names("bravo"), ["found"]);
        assert_eq!(elsewhere.names("alpha"), [format!("reason {reason}")]);
    }
}

#[test]
fn what_waits_although_its_marking_is_there_is_found() {
    let story = Story::cast();
    let definition = Object::from_value(serde_json::json!({
        "type": "marking-definition", "spec_version": "2.1",
        "id": "marking-definition--00000000-0000-4000-8000-000000000009",
        "created": "2024-01-01T00:00:00.000Z", "definition_type": "statement",
        "definition": { "statement": "©" },
    }))
    .unwrap();
    let waits = |by: &str, number| Contribution {
        dangling: vec![definition.id().clone()],
        ..Story::contribution(by, indicator(by, number, 1, "waits"), to_own(by))
    };
    let writer = story.store.writer();
    writer.contribute(vec![waits("alpha", 1), waits("bravo", 2)], Vec::new()).unwrap();
    assert!(story.store.explained().unwrap().is_empty());
    story.give("bravo", definition.clone(), to_all());
    let explained = story.store.explained().unwrap();
    assert_eq!(explained.iter().map(|one| one.source).collect::<Vec<_>>(), [member("bravo")]);
    let relabelled = explained
        .into_iter()
        .map(|waiting| Relabelled { waiting, label: to_all(), parts: Vec::new(), dangling: Vec::new() })
        .collect();
    writer.relabel(relabelled).unwrap();
    assert!(story.store.explained().unwrap().is_empty());
}

#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_access::redact::Part;
use kizuna_access::rights::Rights;
use kizuna_access::{CommunityId, Label};
use kizuna_stix::{Id, Object};
use serde_json::json;
use uuid::Uuid;

use super::{Group, Lot, Question, Shift, Shifts};
use crate::Contribution;
use crate::story::{Story, indicator, member, to_all, to_own};

fn circle(name: &str) -> CommunityId {
    CommunityId(Uuid::new_v5(&Uuid::NAMESPACE_DNS, name.as_bytes()))
}

fn id(number: u64) -> Id {
    format!("indicator--00000000-0000-4000-8000-{number:012}").parse().unwrap()
}

/// An object of alpha whose description asks for more.
fn marked(number: u64, label: Label, part: Label) -> Contribution {
    let mut value = indicator("alpha", number, 1, "marked").into_value();
    value.insert("description".to_owned(), json!("more"));
    let marking = "marking-definition--00000000-0000-4000-8000-00000000000a";
    let granular = json!([{ "marking_ref": marking, "selectors": ["description"] }]);
    value.insert("granular_markings".to_owned(), granular);
    let parts = vec![Part { label: part, selectors: vec!["description".to_owned()] }];
    let object = Object::from_value(value.into()).unwrap();
    Contribution { parts, ..Story::contribution("alpha", object, label) }
}

fn ask(story: &Story, rights: &[Rights], listed: usize) -> Shifts {
    let now = story.store.now().unwrap();
    let directory = story.store.directory().unwrap();
    let supposed = directory.supposing(rights, now).unwrap();
    let bravo = story.principal("bravo");
    let groups = [Group {
        before: vec![directory.reader(&bravo, now).unwrap()],
        after: vec![supposed.reader(&bravo, now).unwrap()],
    }];
    let is_machinery = |kind: &str| kind == "marking-definition";
    let question = Question { groups: &groups, listed, is_machinery: &is_machinery };
    story.view("alpha").forecast(&question).unwrap().remove(0)
}

fn joined(name: &str) -> Rights {
    Rights::Joined { community: circle(name), member: member("bravo"), from: None, until: None }
}

fn left(name: &str) -> Rights {
    Rights::Left { community: circle(name), member: member("bravo") }
}

fn counts(shift: &Shift) -> [u64; 4] {
    [shift.gained.count, shift.lost.count, shift.fuller.count, shift.poorer.count]
}

#[test]
fn objects_and_their_fields_are_counted() {
    let story = Story::cast();
    story.community("circle");
    story.community("inner");
    story.join("circle", "alpha");
    story.join("inner", "alpha");
    let (circle, inner) = (Story::to_community("circle"), Story::to_community("inner"));
    story.give("alpha", indicator("alpha", 1, 1, "one"), circle.clone());
    story.give("alpha", indicator("alpha", 2, 1, "own"), to_own("alpha"));
    let given = vec![marked(3, to_all(), circle.clone()), marked(4, circle.clone(), circle.and(&inner))];
    story.store.writer().contribute(given, Vec::new()).unwrap();
    story.give(
        "bravo",
        indicator("bravo", 5, 1, "not alpha's"),
        Story::to_community("circle").and(&to_own("bravo")),
    );

    let shifts = ask(&story, &[joined("circle")], 10);
    assert_eq!(counts(&shifts.content), [2, 0, 1, 0]);
    assert_eq!(shifts.content.gained.ids, [id(1), id(4)]);
    assert_eq!(shifts.content.fuller.ids, [id(3)]);
    assert!(shifts.machinery.is_empty());

    story.join("circle", "bravo");
    assert_eq!(counts(&ask(&story, &[joined("inner")], 10).content), [0, 0, 1, 0]);
    let shifts = ask(&story, &[left("circle")], 1);
    assert_eq!(counts(&shifts.content), [0, 2, 0, 1]);
    assert_eq!(shifts.content.lost, Lot { count: 2, ids: vec![id(1)] }, "more are counted than listed");
}

#[test]
fn an_object_with_several_contributions_is_one() {
    let story = Story::cast();
    story.community("circle");
    story.join("circle", "alpha");
    let circle = Story::to_community("circle");
    // A newer version for the circle: who reads the older one reads more.
    story.give("alpha", indicator("alpha", 1, 1, "older"), to_all());
    story.give("alpha", indicator("alpha", 1, 2, "newer"), circle.clone());
    // Two versions for the circle.
    story.give("alpha", indicator("alpha", 2, 1, "older"), circle.clone());
    story.give("alpha", indicator("alpha", 2, 2, "newer"), circle.clone());
    // Withdrawn: nobody but alpha reads it, whoever joins.
    story.give("alpha", indicator("alpha", 3, 1, "withdrawn"), circle);
    story.store.writer().narrow(&id(3), None, member("alpha"), crate::writer::Actor::Operator).unwrap();
    let shifts = ask(&story, &[joined("circle")], 10);
    let recalls = shifts.content.gained.ids.iter().filter(|id| id.kind() == "kizuna-recall").count();
    assert_eq!(counts(&shifts.content), [1 + recalls as u64, 0, 1, 0]);
    assert_eq!(shifts.content.gained.ids[0], id(2));
    assert_eq!(shifts.content.fuller.ids, [id(1)]);
}

#[test]
fn who_joins_from_now_on_gains_nothing_old() {
    let story = Story::cast();
    story.tell(Rights::CommunityAdded {
        community: circle("late"),
        name: "late".into(),
        owned: true,
        from_joining: true,
    });
    story.join("late", "alpha");
    for number in 1..=3 {
        story.give("alpha", indicator("alpha", number, 1, "n"), Story::to_community("late"));
    }
    assert_eq!(counts(&ask(&story, &[joined("late")], 10).content), [0; 4]);
    story.join("late", "bravo");
    story.give("alpha", indicator("alpha", 4, 1, "n"), Story::to_community("late"));
    let shifts = ask(&story, &[left("late")], 10);
    assert_eq!((counts(&shifts.content), shifts.content.lost.ids), ([0, 1, 0, 0], vec![id(4)]));
}

#[test]
fn machinery_stands_apart() {
    let story = Story::cast();
    story.community("circle");
    story.join("circle", "alpha");
    let marking = json!({ "type": "marking-definition", "spec_version": "2.1", "name": "m",
        "id": "marking-definition--00000000-0000-4000-8000-00000000000a", "definition_type": "statement",
        "created": "2024-01-01T00:00:00.000Z", "definition": { "statement": "s" } });
    story.give("alpha", Object::from_value(marking).unwrap(), Story::to_community("circle"));
    let shifts = ask(&story, &[joined("circle")], 10);
    assert_eq!((counts(&shifts.content), counts(&shifts.machinery)), ([0; 4], [1, 0, 0, 0]));
    assert!(shifts.machinery.gained.ids.is_empty());
}

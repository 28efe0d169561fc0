#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kizuna_access::rights::Clearance;
use kizuna_access::travel::{Assignment, Covers, Labelling, Recall};
use kizuna_access::{Label, Party, marking};
use kizuna_stix::{Id, Object};
use serde_json::{Value, json};

use crate::Delivery;
use crate::ingest::tests::{NOW, Story, indicator};
use crate::ingest::{Giver, batches, tally::Tally};
use crate::peers::NewPeer;
use crate::people::Caller;

/// A peer for which these members of the story are said to live.
fn peer(story: &Story, members: &[&str]) -> Giver {
    let new = NewPeer {
        name: "elsewhere".to_owned(),
        url: "http://127.0.0.1:9/".parse().unwrap(),
        members: members.iter().map(|name| story.member(name)).collect(),
        user: None,
        key: None,
        collections: Vec::new(),
        pull: true,
        push: false,
        every: Duration::from_hours(1),
        label: Some("rel:Circle".to_owned()),
        clearance: Clearance::default(),
    };
    let peer = story.node.add_peer(&Caller::Operator, new).unwrap();
    story.node.peer_giver(&peer).unwrap()
}

fn sends(story: &Story, giver: &Giver, objects: &[Value]) {
    let bytes = json!({ "objects": objects }).to_string();
    let report = story.node.take_in(giver, bytes.as_bytes(), &Delivery::default()).unwrap();
    assert_eq!(report.quarantined, 0, "{report:?}");
}

/// The same, by a node that ends before what arrived is carried out.
fn sends_and_is_cut_off(story: &Story, giver: &Giver, objects: &[Value]) {
    let bytes = json!({ "objects": objects }).to_string();
    let mut plan = story.node.planned(giver, bytes.as_bytes(), &Delivery::default()).unwrap();
    let arrived = std::mem::take(&mut plan.arrived);
    story.node.promise(&arrived).unwrap();
    batches::store(plan, &story.node.store.writer(), &mut Tally::new(0, 0), None).unwrap();
}

fn value(object: Object) -> Value {
    Value::Object(object.into_value())
}

fn versions(objects: &[Value]) -> Vec<Assignment> {
    let objects = objects.iter().map(|object| Object::from_value(object.clone()).unwrap());
    objects.map(|object| Assignment { object_ref: object.id().clone(), digest: object.digest() }).collect()
}

fn to(story: &Story, names: &[&str]) -> Label {
    Label::builder().rel(names.iter().map(|name| Party::Member(story.member(name)))).label()
}

fn mint(label: &Label) -> (Vec<Id>, Vec<Value>) {
    let minted = marking::mint(label).unwrap();
    (minted.iter().map(|one| one.id().clone()).collect(), minted.into_iter().map(value).collect())
}

fn after(seconds: i64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// The definitions and the label object by which a member labels these versions, so many seconds after the beginning.
fn label_objects(story: &Story, by: &str, label: &Label, seconds: i64, named: &[Value]) -> Vec<Value> {
    let (markings, mut objects) = mint(label);
    let by = story.member(by);
    let labelling = Labelling { by, at: after(seconds), markings, assignments: versions(named) };
    objects.push(value(labelling.object().unwrap()));
    objects
}

fn recall(story: &Story, by: &str, seconds: i64, named: &Value) -> Value {
    let version = versions(std::slice::from_ref(named)).remove(0);
    let recall = Recall {
        by: story.member(by),
        at: after(seconds),
        markings: Vec::new(),
        object_ref: version.object_ref,
        covers: Covers::Digests(vec![version.digest]),
        version: None,
        reason: None,
    };
    value(recall.object().unwrap())
}

/// What is read by the numbers of the indicators.
fn reads(story: &Story, country: &str) -> Vec<String> {
    let read = story.reads(country).into_iter().map(|(id, _)| id);
    let indicators = read.filter(|id| id.starts_with("indicator"));
    indicators.map(|id| id[id.len() - 2..].to_owned()).collect()
}

fn recalls(story: &Story, country: &str) -> usize {
    story.reads(country).iter().filter(|(id, _)| id.starts_with("kizuna-recall")).count()
}

const VELKAR: &str = "Velkar Shield";

#[test]
fn a_label_that_comes_after_what_it_names_narrows_it() {
    let story = Story::begin();
    let giver = peer(&story, &[VELKAR]);
    sends(&story, &giver, &[indicator(1), indicator(2)]);
    assert_eq!(reads(&story, "xas"), ["01", "02"]);
    sends(&story, &giver, &label_objects(&story, VELKAR, &to(&story, &[VELKAR]), 0, &[indicator(1)]));
    assert_eq!(reads(&story, "xas"), ["02"]);
    assert_eq!(recalls(&story, "xas"), 1, "who could read it is told");
    assert_eq!(reads(&story, "xve"), ["02", "01"]);
    let stand = story.node.store.given(story.member(VELKAR), &id(1), &digest(1)).unwrap();
    assert_eq!(stand.len(), 1);
}

fn id(number: u32) -> Id {
    indicator(number)["id"].as_str().unwrap().parse().unwrap()
}

fn digest(number: u32) -> [u8; 32] {
    versions(&[indicator(number)])[0].digest
}

#[test]
fn the_newest_label_counts_in_whatever_order_they_come() {
    let story = Story::begin();
    let giver = peer(&story, &[VELKAR]);
    let wide = to(&story, &[VELKAR, "Asterin CERT"]);
    let said = |label: &Label, seconds| label_objects(&story, VELKAR, label, seconds, &[indicator(1)]);
    sends(&story, &giver, &[indicator(1)]);
    sends(&story, &giver, &said(&to(&story, &[VELKAR]), 10));
    assert_eq!(reads(&story, "xas"), Vec::<String>::new());
    sends(&story, &giver, &said(&wide, 5));
    assert_eq!(reads(&story, "xas"), Vec::<String>::new(), "said before, arrived later");
    sends(&story, &giver, &said(&wide, 20));
    assert_eq!(reads(&story, "xas"), ["01"]);
    sends(&story, &giver, &said(&to(&story, &[VELKAR]), 30));
    assert_eq!(reads(&story, "xas"), Vec::<String>::new());
    assert_eq!(reads(&story, "xve"), ["01"]);
}

#[test]
fn nobody_else_labels_what_a_peer_gave() {
    let story = Story::begin();
    let giver = peer(&story, &[VELKAR]);
    sends(&story, &giver, &[indicator(1)]);
    let forged =
        label_objects(&story, "Orinthia Watch", &to(&story, &["Orinthia Watch"]), 0, &[indicator(1)]);
    sends(&story, &giver, &forged);
    story.give("xor", &forged, Some("rel:world"));
    let here = label_objects(&story, "Asterin CERT", &to(&story, &["Asterin CERT"]), 0, &[indicator(1)]);
    story.give("xas", &here, Some("rel:world"));
    assert_eq!((reads(&story, "xas").len(), reads(&story, "xve").len()), (1, 1));
}

#[test]
fn what_was_taken_back_is_not_opened_by_a_label_said_before() {
    let story = Story::begin();
    let giver = peer(&story, &[VELKAR]);
    let wide = to(&story, &[VELKAR, "Asterin CERT"]);
    sends(&story, &giver, &[indicator(1)]);
    sends(&story, &giver, &[recall(&story, VELKAR, 10, &indicator(1))]);
    assert_eq!(reads(&story, "xas"), Vec::<String>::new());
    sends(&story, &giver, &label_objects(&story, VELKAR, &wide, 5, &[indicator(1)]));
    assert_eq!(reads(&story, "xas"), Vec::<String>::new());
    sends(&story, &giver, &label_objects(&story, VELKAR, &wide, 15, &[indicator(1)]));
    assert_eq!(reads(&story, "xas"), ["01"], "given again");
}

#[test]
fn a_late_label_says_whose_it_is_so_that_its_recall_counts() {
    let story = Story::begin();
    let giver = peer(&story, &[VELKAR, "Orinthia Watch"]);
    sends(&story, &giver, &[indicator(1)]);
    let label = to(&story, &["Orinthia Watch", "Asterin CERT"]);
    sends(&story, &giver, &label_objects(&story, "Orinthia Watch", &label, 0, &[indicator(1)]));
    assert_eq!((reads(&story, "xve").len(), reads(&story, "xas").len()), (0, 1));
    sends(&story, &giver, &[recall(&story, VELKAR, 5, &indicator(1))]);
    assert_eq!(reads(&story, "xas"), ["01"], "not Velkar's any more");
    sends(&story, &giver, &[recall(&story, "Orinthia Watch", 5, &indicator(1))]);
    assert_eq!(reads(&story, "xas"), Vec::<String>::new());
}

#[test]
fn what_was_not_carried_out_when_the_node_ended_is_at_the_next_start() {
    let story = Story::begin();
    let giver = peer(&story, &[VELKAR]);
    let statement = json!({
        "type": "marking-definition", "spec_version": "2.1",
        "id": "marking-definition--00000000-0000-4000-8000-000000000077",
        "created": "2026-02-01T00:00:00.000Z", "definition_type": "statement", "definition": {"statement": "©"},
    });
    let mut waiting = indicator(3);
    waiting["object_marking_refs"] = json!([statement["id"]]);
    sends(&story, &giver, &[indicator(1), indicator(2), waiting]);
    assert_eq!(reads(&story, "xas"), ["01", "02"]);

    let mut objects = label_objects(&story, VELKAR, &to(&story, &[VELKAR]), 0, &[indicator(1)]);
    objects.extend([recall(&story, VELKAR, 0, &indicator(2)), statement]);
    sends_and_is_cut_off(&story, &giver, &objects);
    assert_eq!(reads(&story, "xas"), ["01", "02"], "not yet");
    let story = story.reopened();
    assert_eq!(reads(&story, "xas"), ["03"]);
    let told = recalls(&story, "xas");
    let story = story.reopened();
    assert_eq!((reads(&story, "xas"), recalls(&story, "xas")), (vec!["03".to_owned()], told), "only once");
}

#[test]
fn a_marking_that_comes_while_its_content_is_being_stored_is_not_missed() {
    let story = Story::begin();
    let giver = peer(&story, &[VELKAR]);
    let statement = json!({
        "type": "marking-definition", "spec_version": "2.1",
        "id": "marking-definition--00000000-0000-4000-8000-000000000078",
        "created": "2026-02-01T00:00:00.000Z", "definition_type": "statement", "definition": {"statement": "©"},
    });
    let mut waiting = indicator(3);
    waiting["object_marking_refs"] = json!([statement["id"]]);
    let bytes = json!({ "objects": [waiting] }).to_string();
    let mut plan = story.node.planned(&giver, bytes.as_bytes(), &Delivery::default()).unwrap();
    sends(&story, &giver, &[statement]);
    let arrived = std::mem::take(&mut plan.arrived);
    let promise = story.node.promise(&arrived).unwrap();
    batches::store(plan, &story.node.store.writer(), &mut Tally::new(0, 0), None).unwrap();
    story.node.settle(&arrived, promise).unwrap();
    assert_eq!(reads(&story, "xas"), ["03"]);
}

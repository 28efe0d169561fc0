//! Who reads a form without some fields releases that form, and nothing of what he does not read.

use kizuna_access::release::State;
use kizuna_access::{Label, Party, marking};
use kizuna_stix::Id;
use serde_json::{Value, json};

use super::{Desk, authored, proposal};
use crate::release::Shown;
use crate::{AppError, Delivery};

const HARBOUR: &str = "the harbour terminal was hit first";

/// An object of Asterin's with a field for the clerk and the first releaser alone.
fn give(desk: &Desk) -> Id {
    let persons = ["clerk", "one"].map(|name| Party::Person(desk.who(name).person()));
    let label = Label::builder().rel(persons).label();
    let definitions = marking::mint(&label).unwrap();
    let mut object = authored(1, &desk.story.member("Asterin CERT").identity());
    object["description"] = json!(HARBOUR);
    object["granular_markings"] =
        json!([{ "marking_ref": definitions[0].id().as_str(), "selectors": ["description"] }]);
    let id = object["id"].as_str().unwrap().parse().unwrap();
    let mut objects: Vec<Value> =
        definitions.into_iter().map(|definition| Value::Object(definition.into_value())).collect();
    objects.push(object);
    let bytes = json!({ "objects": objects }).to_string();
    let report = desk.node().ingest(&desk.who("clerk"), bytes.as_bytes(), &Delivery::default()).unwrap();
    assert_eq!(report.quarantined, 0, "{:?}", report.reasons);
    id
}

fn text(desk: &Desk, name: &str, id: &Id) -> String {
    String::from_utf8(desk.reads(name, id).unwrap().bytes.to_vec()).unwrap()
}

fn propose(desk: &Desk, name: &str, id: &Id) -> Shown {
    desk.propose(name, id, "rel:XVE")
}

#[test]
fn the_form_that_was_read_leaves_under_its_own_digest() {
    let desk = Desk::open();
    let id = give(&desk);
    let before = desk.reads("two", &id).unwrap();
    assert!(text(&desk, "clerk", &id).contains(HARBOUR) && !text(&desk, "two", &id).contains(HARBOUR));
    let release = propose(&desk, "two", &id);
    let high = release.objects[0].high.clone().unwrap();
    assert_eq!(high.from_digest, hex::encode(before.digest), "it is decided about the form");
    assert!(high.fields.is_empty());
    // Who reads more is told so, and nobody else is.
    let refused = desk.approve("one", &release).unwrap_err();
    assert!(matches!(&refused, AppError::Conflict(why) if why.contains("you read fields of")), "{refused}");
    let done = desk.approve("three", &release).unwrap();
    assert_eq!(done.state, State::Released);
    let theirs = desk.reads("guest", &id).unwrap();
    assert_eq!(hex::encode(theirs.digest), done.objects[0].digest);
    assert!(!text(&desk, "guest", &id).contains(HARBOUR));
    let reading = desk.node().read(&desk.who("clerk")).unwrap();
    let versions = reading.versions(&id).unwrap();
    let has_field = |item: &crate::Item| String::from_utf8_lossy(&item.bytes).contains(HARBOUR);
    assert_eq!(
        versions.iter().map(has_field).collect::<Vec<_>>(),
        [true, false],
        "an earlier version has it"
    );
}

#[test]
fn what_somebody_proposes_who_reads_more_is_not_there_for_who_reads_less() {
    let desk = Desk::open();
    let id = give(&desk);
    let release = propose(&desk, "clerk", &id);
    assert_eq!(release.objects[0].high.as_ref().unwrap().fields.len(), 1);
    assert!(desk.sees("two", &release).is_none(), "its digest would tell of the field");
    assert!(matches!(desk.approve("two", &release), Err(AppError::NotFound)));
    assert_eq!(desk.approve("one", &release).unwrap().state, State::Released);
    assert!(text(&desk, "one", &id).contains(HARBOUR), "the field goes on under its own marking");
    assert!(!text(&desk, "guest", &id).contains(HARBOUR));
    assert!(!text(&desk, "two", &id).contains(HARBOUR));
}

#[test]
fn a_preview_tells_who_reads_less_nothing_of_the_field() {
    let (with, without) = (Desk::open(), Desk::open());
    let id = give(&with);
    let plain = authored(1, &without.story.member("Asterin CERT").identity());
    without.give("clerk", &plain, None);
    let ask = |desk: &Desk| {
        let preview = desk.node().preview_release(&desk.who("two"), &proposal(&id, "rel:XVE")).unwrap();
        (preview.findings, preview.release.objects[0].high.as_ref().unwrap().fields.clone())
    };
    assert_eq!(ask(&with), ask(&without));
}

#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_access::sanitisation::{self, Treatment};
use kizuna_stix::{Id, Object};
use serde_json::{Value, json};

use super::{Act, Advisory, Choice, Order, Precision, Tearline, Template};
use crate::betrayal::Rule;
use crate::ingest::tests::Story;
use crate::{AppError, From, Selection};

const AT: &str = "2026-02-03T04:05:06.789Z";

fn id(kind: &str, number: u32) -> String {
    format!("{kind}--00000000-0000-4000-8000-{number:012}")
}

fn object(kind: &str, number: u32, mut more: Value) -> Value {
    let base =
        json!({ "type": kind, "spec_version": "2.1", "id": id(kind, number), "created": AT, "modified": AT });
    more.as_object_mut().unwrap().extend(base.as_object().unwrap().clone());
    more
}

const ADDRESS: &str = "ipv4-addr--a6e5fbee-ac2d-5ad8-bfc4-e5f8f38ce1b7";

pub(super) fn high() -> Vec<Value> {
    vec![
        object(
            "indicator",
            1,
            json!({
                "name": "Night Heron relay", "description": "Told by a source inside the harbour ministry",
                "pattern": "[domain-name:value = 'relay.night-heron.example']", "pattern_type": "stix",
                "valid_from": AT, "indicator_types": ["malicious-activity"],
                "external_references": [{ "source_name": "case files", "external_id": "CASE-2026-0417" }],
            }),
        ),
        object(
            "malware",
            2,
            json!({ "name": "HERONFALL", "is_family": true, "malware_types": ["backdoor"] }),
        ),
        object(
            "relationship",
            3,
            json!({
                "relationship_type": "indicates", "source_ref": id("indicator", 1), "target_ref": id("malware", 2),
                "description": "seen by our sensor on the fourth floor",
            }),
        ),
        object("intrusion-set", 4, json!({ "name": "Night Heron" })),
        json!({ "type": "ipv4-addr", "spec_version": "2.1", "id": ADDRESS, "value": "198.51.100.77" }),
    ]
}

fn ids() -> Vec<Id> {
    high().iter().map(|object| object["id"].as_str().unwrap().parse().unwrap()).collect()
}

pub(super) fn story() -> Story {
    let story = Story::begin();
    assert_eq!(story.give("xas", &high(), Some("tlp:amber+strict")).quarantined, 0);
    story
}

pub(super) fn order(template: Template) -> Order {
    Order { objects: ids(), template, label: "tlp:green rel:XAS,XVE".to_owned(), ..Order::default() }
}

fn made(story: &Story, order: &Order) -> Tearline {
    story.node.tearline(&story.who("xas"), order).unwrap()
}

fn kinds(tearline: &Tearline) -> Vec<&str> {
    tearline.low.iter().map(Object::kind).collect()
}

#[test]
fn indicators_alone_say_what_to_look_for_and_nothing_else() {
    let story = story();
    let tearline = made(&story, &order(Template::Indicator));
    assert_eq!(kinds(&tearline), ["indicator", "ipv4-addr"]);
    let indicator = tearline.low[0].value();
    let properties: Vec<&str> = indicator.keys().map(String::as_str).collect();
    let expected = [
        "created",
        "created_by_ref",
        "id",
        "indicator_types",
        "modified",
        "pattern",
        "pattern_type",
        "spec_version",
        "type",
        "valid_from",
    ];
    let mut sorted = properties.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    assert_eq!(indicator["valid_from"], "2026-02-03T00:00:00.000Z");
    assert_eq!(tearline.findings, [], "what is disclosed on purpose is no finding");
    assert_eq!(tearline.torn[3].left_out.as_deref(), Some("the template takes no intrusion-set"));
}

#[test]
fn nothing_that_is_made_names_what_it_was_made_from() {
    let story = story();
    for template in Template::ALL {
        let advisory = Advisory { name: "Advice".to_owned(), description: "Look for these.".to_owned() };
        let tearline = made(&story, &Order { advisory: Some(advisory), ..order(template) });
        for object in &tearline.low {
            let text = String::from_utf8(object.canonical().to_vec()).unwrap();
            for source in ids().iter().filter(|id| id.kind() != "ipv4-addr") {
                assert!(!text.contains(source.as_str()), "{text}");
            }
        }
    }
}

#[test]
fn context_relates_the_new_objects_and_its_names_are_checked() {
    let story = story();
    let tearline = made(&story, &order(Template::Context));
    assert_eq!(kinds(&tearline), ["indicator", "malware", "relationship", "ipv4-addr"]);
    let relationship = tearline.low[2].value();
    assert_eq!(relationship["source_ref"], tearline.low[0].id().as_str());
    assert_eq!(relationship["target_ref"], tearline.low[1].id().as_str());
    assert!(!relationship.contains_key("description"));
    let betrayed: Vec<(Rule, &str)> =
        tearline.findings.iter().map(|finding| (finding.rule, finding.place.as_str())).collect();
    assert!(betrayed.contains(&(Rule::Name, "$.name")), "{betrayed:?}");
    assert!(
        betrayed.contains(&(Rule::ExternalReference, "$.external_references[0].external_id")),
        "{betrayed:?}"
    );
}

#[test]
fn choices_replace_coarsen_drop_and_disclose() {
    let story = story();
    let choose = |object: &str, place: &str, act: Act| Choice {
        object: object.parse().unwrap(),
        place: place.to_owned(),
        act,
    };
    let choices = vec![
        choose(&id("indicator", 1), "$.name", Act::Replace(json!("Relay of an actor"))),
        choose(&id("indicator", 1), "$.external_references", Act::Drop),
        choose(&id("malware", 2), "$.name", Act::Keep),
        choose(ADDRESS, "$.value", Act::Coarsen),
    ];
    let tearline = made(&story, &Order { choices, times: Precision::Month, ..order(Template::Context) });
    assert_eq!(tearline.low[0].text("name"), Some("Relay of an actor"));
    assert_eq!(tearline.low[0].text("valid_from"), Some("2026-02-01T00:00:00.000Z"));
    assert_eq!(tearline.low[1].text("name"), Some("HERONFALL"));
    let address = &tearline.low[3];
    assert_eq!(address.text("value"), Some("198.51.100.0/24"));
    assert_ne!(address.id().as_str(), ADDRESS, "the id is derived from the new value");
    assert_eq!(tearline.findings, []);
    let rules: Vec<Treatment> = tearline.torn[4].changes.iter().map(|change| change.rule).collect();
    assert_eq!(rules, [Treatment::Coarsened]);
}

#[test]
fn what_is_made_is_a_draft_of_the_high_side_and_the_record_stays_there() {
    let story = story();
    let tearline = story.node.make_tearline(&story.who("xas"), &order(Template::Indicator)).unwrap();
    let reading = story.node.read(&story.who("xas")).unwrap();
    let low: Vec<Id> = tearline.low.iter().map(|object| object.id().clone()).collect();
    for id in low.iter().filter(|id| id.as_str() != ADDRESS) {
        let item = reading.object(id).unwrap();
        assert!(reading.label_text(&item.label).contains("draft"), "{}", reading.label_text(&item.label));
        assert!(matches!(story.node.read(&story.who("xve")).unwrap().object(id), Err(AppError::NotFound)));
    }
    let selection = Selection { kinds: vec![sanitisation::KIND.to_owned()], ..Selection::default() };
    assert_eq!(reading.page(&selection, &From::First, 10).unwrap().items.len(), 1);
    let low_side = story.node.read(&story.who("xve")).unwrap();
    assert!(low_side.page(&selection, &From::First, 10).unwrap().items.is_empty(), "the record stays");
    let (sources, disclosed) = reading.made_from(&low).unwrap();
    assert_eq!(sources.len(), ids().len());
    let places: Vec<&str> = disclosed.iter().map(|one| one.place.as_str()).collect();
    assert!(places.contains(&"$.pattern"), "{places:?}");
    let (none, _) = story.node.read(&story.who("xve")).unwrap().made_from(&low).unwrap();
    assert_eq!(none, []);
}

#[test]
fn what_cannot_be_done_is_refused_with_its_place() {
    let story = story();
    let refused = |order: &Order| story.node.tearline(&story.who("xas"), order).unwrap_err().to_string();
    let choice = |place: &str, act: Act| Order {
        choices: vec![Choice { object: id("indicator", 1).parse().unwrap(), place: place.to_owned(), act }],
        ..order(Template::Indicator)
    };
    assert!(refused(&choice("$.nothing", Act::Drop)).contains("$.choices[0]"));
    assert!(refused(&choice("$.id", Act::Keep)).contains("made anew"));
    assert!(refused(&choice("$.pattern", Act::Coarsen)).contains("no coarser form"));
    assert!(refused(&order(Template::Advisory)).contains("$.advisory"));
    let hidden = story.node.tearline(&story.who("xve"), &order(Template::Indicator));
    assert!(matches!(hidden, Err(AppError::NotFound)));
    let required = choice("$.valid_from", Act::Drop);
    let tearline = made(&story, &required);
    assert_eq!(kinds(&tearline), ["ipv4-addr"]);
    assert!(tearline.torn[0].left_out.as_deref().unwrap().contains("valid_from"));
}

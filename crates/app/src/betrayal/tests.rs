#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_access::label::Tlp;
use kizuna_access::{Label, Party};
use kizuna_stix::{Id, Object};
use serde_json::{Value, json};

use super::{Draft, Finding, Rule};
use crate::ingest::tests::Story;

const AT: &str = "2026-02-01T00:00:00.000Z";

fn id(kind: &str, number: u32) -> String {
    format!("{kind}--00000000-0000-4000-8000-{number:012}")
}

fn object(kind: &str, number: u32, mut more: Value) -> Value {
    let base = json!({
        "type": kind, "spec_version": "2.1", "id": id(kind, number), "created": AT, "modified": AT,
    });
    more.as_object_mut().unwrap().extend(base.as_object().unwrap().clone());
    more
}

/// The high side: what only Asterin's own people read.
fn high() -> Vec<Value> {
    vec![
        object("intrusion-set", 1, json!({ "name": "Night Heron", "aliases": ["夜鷺"] })),
        object(
            "indicator",
            2,
            json!({
                "pattern": "[domain-name:value = 'relay.night-heron.example']", "pattern_type": "stix",
                "valid_from": AT, "name": "relay",
                "external_references": [{ "source_name": "case files", "external_id": "CASE-2026-0417" }],
            }),
        ),
        json!({ "type": "ipv4-addr", "spec_version": "2.1", "value": "198.51.100.77",
            "id": "ipv4-addr--d0c2c4a1-6ab5-5a38-8c78-e38ac8ed3b71" }),
        json!({ "type": "file", "spec_version": "2.1", "name": "quarterly-plan.docx",
            "id": "file--5a27d487-c542-4f97-a131-a8866b477b46" }),
        object(
            "sighting",
            3,
            json!({ "sighting_of_ref": id("indicator", 2), "count": 4711,
            "description": "Seen at the ministry of harbours on the second floor after hours" }),
        ),
    ]
}

fn story() -> Story {
    let story = Story::begin();
    let report = story.give("xas", &high(), Some("tlp:amber+strict"));
    assert_eq!(report.quarantined, 0, "{:?}", report.reasons);
    let open = object("intrusion-set", 10, json!({ "name": "Open Kite" }));
    story.give("xas", &[open], Some("tlp:green rel:XAS,XVE"));
    story
}

fn wide() -> Label {
    let countries = ["XAS", "XVE"].map(|code| Party::Country(code.parse().unwrap()));
    Label::builder().rel(countries).tlp(Tlp::Green).label()
}

fn found_in(story: &Story, draft: &Value, sources: &[String]) -> Vec<Finding> {
    let object = Object::from_value(draft.clone()).unwrap();
    let sources: Vec<Id> = sources.iter().map(|source| source.parse().unwrap()).collect();
    let label = wide();
    let draft = Draft { objects: &[object], label: &label, sources: &sources, disclosed: &[] };
    story.node.read(&story.who("xas")).unwrap().betrayals(&draft).unwrap()
}

fn rules(findings: &[Finding]) -> Vec<(Rule, &str)> {
    findings.iter().map(|finding| (finding.rule, finding.place.as_str())).collect()
}

fn note(text: &str) -> Value {
    object("note", 20, json!({ "content": text, "object_refs": [id("intrusion-set", 10)] }))
}

#[test]
fn what_speaks_of_open_content_alone_betrays_nothing() {
    let story = story();
    let draft = note("Open Kite was seen at 203.0.113.9 on 2026-01-05, three times");
    assert_eq!(found_in(&story, &draft, &[]), []);
}

#[test]
fn a_reference_to_narrower_content_is_named_with_its_ways_out() {
    let story = story();
    let draft = object(
        "relationship",
        21,
        json!({
            "relationship_type": "uses", "source_ref": id("intrusion-set", 10), "target_ref": id("intrusion-set", 1),
        }),
    );
    let findings = found_in(&story, &draft, &[]);
    assert_eq!(rules(&findings), [(Rule::Reference, "$.target_ref")]);
    assert_eq!(findings[0].betrays.as_ref().unwrap().as_str(), id("intrusion-set", 1));
    assert!(!findings[0].ways_out.is_empty());
}

#[test]
fn a_deterministic_id_betrays_its_value_even_where_nothing_is_held_under_it() {
    let story = story();
    let draft = object(
        "observed-data",
        22,
        json!({
            "first_observed": AT, "last_observed": AT, "number_observed": 1,
            "object_refs": ["ipv4-addr--d0c2c4a1-6ab5-5a38-8c78-e38ac8ed3b71",
                "ipv4-addr--11111111-6ab5-5a38-8c78-e38ac8ed3b71"],
        }),
    );
    let findings = found_in(&story, &draft, &[]);
    let expected = [(Rule::DeterministicId, "$.object_refs[0]"), (Rule::DeterministicId, "$.object_refs[1]")];
    assert_eq!(rules(&findings), expected);
    assert_eq!(findings[1].betrays, None);
}

#[test]
fn values_file_names_and_names_are_found_in_text_however_they_are_written() {
    let story = story();
    for (text, rule) in [
        ("Traffic to relay[.]night-heron[.]example, again.", Rule::Value),
        ("「198[.]51[.]100[.]77」へ接続", Rule::Value),
        ("opened Quarterly-Plan.docx", Rule::FileName),
        ("we think of NIGHT  HERON here", Rule::Name),
        ("これは夜鷺である", Rule::Name),
        ("see CASE-2026-0417.", Rule::ExternalReference),
    ] {
        let findings = found_in(&story, &note(text), &[]);
        assert_eq!(rules(&findings), [(rule, "$.content")], "{text}: {findings:?}");
    }
    assert_eq!(found_in(&story, &note("the night heronry is closed"), &[]), []);
}

#[test]
fn patterns_and_external_references_are_looked_into() {
    let story = story();
    let draft = object(
        "indicator",
        23,
        json!({
            "pattern": "[domain-name:value = 'relay.night-heron.example' OR ipv4-addr:value = '203.0.113.1']",
            "pattern_type": "stix", "valid_from": AT,
            "external_references": [{ "source_name": "somewhere", "external_id": "CASE-2026-0417" }],
        }),
    );
    let findings = found_in(&story, &draft, &[]);
    let expected =
        [(Rule::ExternalReference, "$.external_references[0].external_id"), (Rule::Pattern, "$.pattern")];
    assert_eq!(rules(&findings), expected);
}

#[test]
fn text_and_counts_of_a_source_are_found_again() {
    let story = story();
    let sources = [id("sighting", 3)];
    let repeated = note("It was seen at the ministry of harbours on the second floor.");
    assert_eq!(rules(&found_in(&story, &repeated, &sources)), [(Rule::Text, "$.content")]);
    let counted = note("There were 4711 such cases.");
    assert_eq!(rules(&found_in(&story, &counted, &sources)), [(Rule::Count, "$.content")]);
    assert_eq!(found_in(&story, &counted, &[]), [], "without the source it is a number like any other");
}

#[test]
fn what_open_content_says_too_is_no_betrayal() {
    let story = story();
    let open = json!({ "type": "ipv4-addr", "spec_version": "2.1", "value": "198.51.100.77",
        "id": "ipv4-addr--22222222-0000-4000-8000-000000000001" });
    story.give("xve", &[open], Some("tlp:green rel:XAS,XVE"));
    assert_eq!(found_in(&story, &note("traffic to 198.51.100.77"), &[]), []);
}

#[test]
fn what_the_releaser_may_not_read_is_never_told() {
    let story = Story::begin();
    story.give("xve", &high(), Some("tlp:amber+strict"));
    let draft = note("Night Heron used relay.night-heron.example, see CASE-2026-0417");
    assert_eq!(found_in(&story, &draft, &[id("sighting", 3), id("indicator", 2)]), []);
}

/// A marking that nobody knows: what it selects is the source's member's only.
const OWN_ONLY: &str = "marking-definition--00000000-0000-4000-8000-000000000099";

#[test]
fn a_field_with_a_marking_of_its_own_betrays_nothing_any_more() {
    let story = story();
    let mut draft = note("Open Kite was seen");
    draft["abstract"] = json!("relay.night-heron.example is Night Heron's");
    let found: Vec<Rule> = found_in(&story, &draft, &[]).iter().map(|finding| finding.rule).collect();
    assert_eq!(found, [Rule::Value, Rule::Name]);
    draft["granular_markings"] = json!([{ "marking_ref": OWN_ONLY, "selectors": ["abstract"] }]);
    assert_eq!(
        found_in(&story, &draft, &[]).len(),
        2,
        "under TLP:GREEN the own member's clients read it too"
    );
    let strict = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003";
    let markings = [OWN_ONLY, strict].map(|id| json!({ "marking_ref": id, "selectors": ["abstract"] }));
    draft["granular_markings"] = json!(markings);
    assert_eq!(found_in(&story, &draft, &[]), []);
}

#[test]
fn a_narrower_field_of_a_wide_object_is_betrayed_and_its_open_fields_are_not() {
    let story = story();
    let wide = object(
        "tool",
        30,
        json!({
            "name": "Paper Lantern", "aliases": ["Velvet Moth"],
            "granular_markings": [{ "marking_ref": OWN_ONLY, "selectors": ["aliases"] }],
        }),
    );
    story.give("xas", &[wide], Some("tlp:green rel:XAS,XVE"));
    assert_eq!(found_in(&story, &note("Paper Lantern again"), &[]), []);
    let findings = found_in(&story, &note("They call it Velvet Moth"), &[]);
    assert_eq!(rules(&findings), [(Rule::Name, "$.content")]);
}

//! What single objects must be to pass, and what each is told that is not.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::HashSet;

use kizuna_access::label::{Handling, Tlp};
use kizuna_access::{Label, Party};
use kizuna_federation::guard::{Expectation, Refused, Rules, Schemas, Sealed, Stand};
use kizuna_federation::package::Holds;
use kizuna_stix::Id;
use serde_json::{Value, json};

use super::scene::{HIGH, LOW, Scene, ceiling, marked, names, object, tool};

fn found(objects: &[Value]) -> Vec<&'static str> {
    let mut scene = Scene::new();
    let octets = scene.export(objects);
    scene.found(&octets, &Stand::default())
}

fn found_line(line: &str) -> Vec<&'static str> {
    let mut scene = Scene::new();
    let octets = scene.export_lines(&[line.as_bytes().to_vec()], Holds::Since, |_| {});
    scene.found(&octets, &Stand::default())
}

fn with(property: &str, value: Value) -> Value {
    let mut tool = tool(1);
    tool[property] = value;
    tool
}

#[test]
fn only_the_canonical_octets_of_sound_i_json_pass() {
    let line = String::from_utf8(kizuna_stix::canonical::to_vec(&tool(1))).unwrap();
    assert_eq!(found_line(&line), Vec::<&str>::new());
    assert_eq!(found_line(&line.replace("\":", "\": ")), ["not-canonical"]);
    assert_eq!(found_line(&line.replace("道", "\\u9053")), ["not-canonical"]);
    assert_eq!(found_line(&line.replacen('{', "{\"name\":\"道具 1\",", 1)), ["unsound"], "a key twice");
    assert_eq!(found_line(&line.replacen("\"name\"", "\"confidence\":1.0,\"name\"", 1)), ["unsound"]);
    assert_eq!(found_line("[]"), ["unsound"]);
    assert_eq!(found_line("{"), ["unsound"]);
    assert_eq!(found_line(&line.replace("tool--0", "tool--x")), ["unsound"]);
}

#[test]
fn text_that_deceives_is_refused() {
    for name in ["e\u{301}", "\u{202e}evil", "tag\u{e0041}", "\u{e000}", "\u{ffff}", "a\u{200b}b", "a\u{7}"] {
        assert_eq!(found(&[with("name", json!(name))]), ["not-normal"], "{name:?}");
    }
}

#[test]
fn sizes_are_capped() {
    assert_eq!(found(&[with("description", json!("a".repeat(70_000)))]), ["over-limit"]);
    let many: Vec<String> = (0..10_001).map(|number| number.to_string()).collect();
    assert_eq!(found(&[with("aliases", json!(many))]), ["over-limit"]);
    let mut deep = json!(1);
    for _ in 0..30 {
        deep = json!([deep]);
    }
    assert_eq!(found(&[with("x_deep", deep)]), ["over-limit"]);
    let wide: Vec<String> = (0..200).map(|_| "b".repeat(6_000)).collect();
    assert_eq!(found(&[with("aliases", json!(wide))]), ["over-limit"]);
}

#[test]
fn what_is_not_named_is_not_let_in() {
    assert_eq!(found(&[with("x_custom", json!(1))]), ["not-allowed"]);
    assert_eq!(found(&[object("x-custom", 1, json!({}))]), ["not-allowed"]);
    let extension = json!({ "extension-definition--00000000-0000-4000-8000-000000000001": {
        "extension_type": "property-extension", "rank": 1 } });
    assert_eq!(found(&[with("extensions", extension)]), ["not-allowed"]);
    let phase = json!([{ "kill_chain_name": "a", "phase_name": "b", "x_more": 1 }]);
    assert_eq!(found(&[with("kill_chain_phases", phase)]), ["not-allowed"]);
    let artifact = json!({ "type": "artifact", "spec_version": "2.1", "payload_bin": "AAAA",
        "id": "artifact--00000000-0000-4000-8000-000000000001" });
    assert_eq!(found(&[artifact]), ["not-allowed"]);
}

#[test]
fn a_schema_that_disagrees_with_the_allow_list_refuses() {
    // To the tables of STIX an open dictionary may hold anything.
    let mail = json!({ "type": "email-message", "spec_version": "2.1", "is_multipart": false,
        "id": "email-message--00000000-0000-4000-8000-000000000001",
        "additional_header_fields": { "X-Odd": { "deep": 1 } } });
    assert_eq!(found(&[mail]), ["schema-disagrees"]);
}

#[test]
fn a_channels_file_adds_with_a_schema_and_takes_away() {
    let text = "[remove]\ntypes = [\"malware\"]\n[properties.tool]\nx_rank = '{\"type\": \"integer\"}'\n";
    let mut scene = Scene::new();
    scene.rules = Rules::read(text).unwrap();
    scene.schemas = Schemas::under(&scene.rules).unwrap();
    let mut judge = |object: Value| {
        let mut fresh = Scene::new();
        std::mem::swap(&mut fresh.rules, &mut scene.rules);
        std::mem::swap(&mut fresh.schemas, &mut scene.schemas);
        let octets = fresh.export(&[object]);
        let found = fresh.found(&octets, &Stand::default());
        std::mem::swap(&mut fresh.rules, &mut scene.rules);
        std::mem::swap(&mut fresh.schemas, &mut scene.schemas);
        found
    };
    assert_eq!(judge(with("x_rank", json!(3))), Vec::<&str>::new());
    assert_eq!(judge(with("x_rank", json!("3"))), ["schema-disagrees"]);
    assert_eq!(judge(with("x_other", json!(3))), ["not-allowed"]);
    assert_eq!(judge(object("malware", 1, json!({ "is_family": true, "name": "a" }))), ["not-allowed"]);
    assert!(Rules::read("[properties.tool]\nx_rank = '{\"type\": 3}'").is_err());
    assert!(Rules::read("unknown = 1").is_err());
}

#[test]
fn what_is_referred_to_is_in_the_package_or_here() {
    let relation = object(
        "relationship",
        5,
        json!({ "relationship_type": "related-to", "source_ref": tool(1)["id"], "target_ref": tool(2)["id"] }),
    );
    assert_eq!(found(&[relation.clone(), tool(1), tool(2)]), Vec::<&str>::new(), "in any order");
    assert_eq!(found(&[tool(1), relation.clone()]), ["unresolved"]);
    let mut scene = Scene::new();
    let octets = scene.export(&[tool(1), relation]);
    let held: HashSet<Id> = HashSet::from([tool(2)["id"].as_str().unwrap().parse().unwrap()]);
    let judged = scene.guard_as(&Scene::expected(), &octets, &Stand::default(), &held);
    assert_eq!(names(judged), Vec::<&str>::new());
}

#[test]
fn labels_above_a_ceiling_do_not_pass_and_leave_no_octets() {
    let under = Label::builder().rel([Party::Member(LOW)]).class("EXERCISE", "RESTRICTED").label();
    assert_eq!(found(&marked(&under, tool(1))), Vec::<&str>::new());
    let secret = Label::builder().rel([Party::Member(LOW)]).class("EXERCISE", "SECRET").label();
    let red = Label::builder().rel([Party::Member(LOW)]).tlp(Tlp::Red).label();
    let foreign = Label::builder().rel([Party::Member(LOW)]).class("OTHER", "LOW").label();
    let draft = Label::builder().rel([Party::Member(LOW)]).handling(Handling::Draft).label();
    for label in [secret.clone(), red, foreign, draft] {
        let found = found(&marked(&label, tool(1)));
        assert!(!found.is_empty() && found.iter().all(|name| *name == "above-ceiling"), "{found:?}");
    }
    let mut scene = Scene::new();
    let octets = scene.export(&marked(&secret, tool(1)));
    let Err(Refused::Found { failed, .. }) = scene.guard(&octets, &Stand::default()) else { panic!() };
    assert!(failed[0].octets.is_empty() && failed[0].finding.object.is_none());
    let mut expected = Scene::expected();
    expected.ceiling = Label::builder().class("EXERCISE", "SECRET").label();
    let guard =
        |expected: &Expectation| names(scene.guard_as(expected, &octets, &Stand::default(), &HashSet::new()));
    assert_eq!(guard(&expected), Vec::<&str>::new(), "the channel lets it in");
    expected.node_ceiling = Some(ceiling());
    assert_eq!(guard(&expected)[0], "above-ceiling", "the node does not");
}

#[test]
fn a_marking_must_come_with_what_it_marks() {
    let label = Label::builder().rel([Party::Member(HIGH)]).label();
    let mut all = marked(&label, tool(1));
    all.reverse();
    assert_eq!(found(&all), ["unknown-marking"]);
    assert_eq!(found(&all[..1]), ["unknown-marking"]);
}

#[test]
fn an_object_that_is_not_in_the_log_does_not_pass() {
    let mut scene = Scene::new();
    let one = String::from_utf8(scene.export(&[tool(1)])).unwrap();
    // The same package with another object, signed anew: the proofs are of the first.
    let digest = |text: &str| kizuna_federation::package::Digest::of(text.as_bytes()).to_string();
    let line = |number| String::from_utf8(kizuna_stix::canonical::to_vec(&tool(number))).unwrap() + "\n";
    let (first, other) = (line(1), line(2));
    let mut scene = Scene::new();
    scene.export_as(&[tool(1)], Holds::Since, |manifest| {
        let (before, after) = (digest(&first), digest(&other));
        let part = manifest.parts.iter_mut().find(|part| part.sha256.to_string() == before).unwrap();
        part.sha256 = after.parse().unwrap();
    });
    let (manifest, _) = scene.previous.clone().unwrap();
    let seal = scene.secret.sign(kizuna_attest::Purpose::Package, &manifest.octets());
    let body = one.split_once("part checkpoint").unwrap().1.replace(&first, &other);
    let octets = manifest.octets();
    let text = String::from_utf8(octets.clone()).unwrap();
    let forged = format!(
        "kizuna-package 1\nmanifest {}\n{text}\nseal {} {}\npart checkpoint{body}",
        octets.len(),
        seal.key,
        seal.signature
    );
    assert_eq!(scene.found(forged.as_bytes(), &Stand::default()), ["unproven"]);
}

#[test]
fn the_content_of_what_passed_is_made_again_and_only_from_the_same_package() {
    let mut scene = Scene::new();
    let octets = scene.export(&[tool(1), tool(2)]);
    let other = Scene::new().export(&[tool(3)]);
    let passed = scene.guard(&octets, &Stand::default()).unwrap();
    let mut contents = passed.contents(Sealed::new(&octets[..]), Ok).unwrap();
    let objects = contents.objects(&scene.rules).unwrap().unwrap();
    let ids: Vec<&str> = objects.iter().map(|object| object.id().as_str()).collect();
    assert_eq!(ids, [tool(1)["id"].as_str().unwrap(), tool(2)["id"].as_str().unwrap()]);
    assert!(contents.objects(&scene.rules).unwrap().is_none());
    assert!(passed.contents(Sealed::new(&other[..]), Ok).is_err());
}

#[test]
fn everything_that_is_let_in_by_default_has_a_schema() {
    let rules = Rules::default();
    let schemas = Schemas::under(&rules).unwrap();
    for kind in rules.kinds() {
        let said = schemas.refuses(kind, &json!({ "type": kind })).unwrap();
        assert!(!said.contains("there is no schema"), "{kind}: {said}");
    }
}

//! Import, search, get, versions, explain, export, batch.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::kit::{Desk, bundle, indicator, settled, uuid};

#[test]
fn each_viewer_finds_exactly_its_own() {
    let desk = Desk::peopled();
    desk.file("circle.json", bundle(&[indicator(1), indicator(2)]));
    desk.file("own.json", bundle(&[indicator(3)]));
    desk.run(&["import", "circle.json", "--label", "rel:Circle tlp:amber", "--as", "a@xas.example"]).ok();
    desk.run(&["import", "own.json"]).ok();
    let counts: Vec<String> = ["a@xas.example", "v@xve.example", "o@xor.example"]
        .iter()
        .map(|email| desk.run(&["search", "beacon", "--count", "--as", email]).ok().trim().to_owned())
        .collect();
    assert_eq!(counts, ["3", "2", "0"]);
    let by_value = desk.run(&["search", "hxxp://c1[.]example/x", "--as", "v@xve.example"]);
    let by_domain = desk.run(&["search", "c1[.]example", "--as", "v@xve.example"]).ok();
    assert!(by_value.code == 0 && by_domain.contains("Beacon 1"), "{by_domain}");
}

#[test]
fn hidden_and_absent_are_the_same_words() {
    let desk = Desk::peopled();
    desk.file("own.json", bundle(&[indicator(3)]));
    desk.run(&["import", "own.json"]).ok();
    for command in ["get", "versions"] {
        let hidden = desk.run(&[command, &format!("indicator--{}", uuid(3)), "--as", "v@xve.example"]);
        let absent = desk.run(&[command, &format!("indicator--{}", uuid(4)), "--as", "v@xve.example"]);
        assert_eq!((hidden.code, absent.code), (1, 1));
        assert_eq!(hidden.err.replace(&uuid(3), "ID"), absent.err.replace(&uuid(4), "ID"));
        assert_eq!(hidden.out, absent.out);
    }
}

#[test]
fn explain_says_rule_by_rule_why() {
    let desk = Desk::peopled();
    desk.file("a.json", bundle(&[indicator(1)]));
    desk.run(&["import", "a.json", "--label", "rel:Circle tlp:amber class:EXERCISE/SECRET"]).ok();
    let id = format!("indicator--{}", uuid(1));
    let told: String = ["a@xas.example", "v@xve.example", "o@xor.example"]
        .iter()
        .map(|email| desk.run(&["explain", &id, "--as", email]).ok() + "\n")
        .collect();
    insta::assert_snapshot!(settled(&told, desk.place.path()));
}

#[test]
fn an_import_takes_what_it_can_and_says_what_it_could_not() {
    let desk = Desk::peopled();
    let mut broken = indicator(1);
    broken["pattern"] = Value::Null;
    let mut ahead = indicator(2);
    ahead["modified"] = json!("2099-01-01T00:00:00.000Z");
    let mut odd = indicator(3);
    odd["x_own"] = json!(1);
    odd["confidence"] = json!(400);
    desk.file("in/a.json", bundle(&[broken, ahead, odd, indicator(4)]));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bundle(&[indicator(5)]).as_bytes()).unwrap();
    desk.file("in/deep/b.anything", gzip.finish().unwrap());
    desk.file("in/README.md", "# Not content");
    desk.file("in/deep/cut.json", "{\"type\":\"bundle\",\"objects\":[{");
    let done = desk.run(&["import", "in"]);
    assert_eq!(done.code, 1, "a file that is no JSON fails the command");
    insta::assert_snapshot!(settled(&format!("{}---\n{}", done.out, done.err), desk.place.path()));
    assert_eq!(desk.reads("a@xas.example", "indicator").len(), 3);
    let again = desk.run(&["import", "in", "--json"]);
    let told: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!((&told["stored"], &told["duplicates"]), (&json!(0), &json!(3)));
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let desk = Desk::peopled();
    let said = desk.run_with_input(&["import", "-"], bundle(&[indicator(1)]).as_bytes()).ok();
    assert!(said.starts_with("1 object from 1 file: 1 stored"), "{said}");
}

#[test]
fn what_is_exported_can_be_imported() {
    let (desk, other) = (Desk::peopled(), Desk::peopled());
    desk.run(&["import", "--sample", "--as", "a@xas.example"]).ok();
    let exported = desk.run(&["export", "--as", "a@xas.example"]).ok();
    let taken = other.run_with_input(&["import", "-", "--json"], exported.as_bytes()).ok();
    let taken: Value = serde_json::from_str(&taken).unwrap();
    assert_eq!(taken["quarantined"], 0, "{taken}");
    let count = serde_json::from_str::<Value>(&exported).unwrap()["objects"].as_array().unwrap().len();
    assert_eq!(taken["total"], json!(count));
    let lines = desk.run(&["export", "--as", "a@xas.example", "--format", "lines"]).ok();
    assert_eq!(lines.lines().count(), count);
}

#[test]
fn a_dry_run_says_what_would_be_and_stores_nothing() {
    let desk = Desk::peopled();
    let mut broken = indicator(1);
    broken["id"] = json!("indicator--1");
    desk.file("a.json", bundle(&[broken, indicator(2)]));
    let done = desk.run(&["batch", "a.json", "--dry-run"]);
    assert_eq!(done.code, 1, "something would be quarantined");
    insta::assert_snapshot!(settled(&format!("{}---\n{}", done.out, done.err), desk.place.path()));
    assert!(desk.reads("a@xas.example", "indicator").is_empty());
    assert_eq!(desk.run(&["batch", "a.json"]).code, 1);
    assert_eq!(desk.reads("a@xas.example", "indicator").len(), 1);
}

#[test]
fn versions_and_claims_are_listed() {
    let desk = Desk::peopled();
    let mut newer = indicator(1);
    newer["modified"] = json!("2026-02-01T00:00:00.500Z");
    newer["name"] = json!("Beacon, corrected");
    desk.file("a.json", bundle(&[indicator(1), newer]));
    desk.run(&["import", "a.json", "--label", "rel:Circle"]).ok();
    let id = format!("indicator--{}", uuid(1));
    let versions = desk.run(&["versions", &id, "--as", "v@xve.example"]).ok();
    assert_eq!(versions.lines().count(), 3, "{versions}");
    let first =
        desk.run(&["get", &id, "--at", "2026-02-01T00:00:00Z", "--as", "v@xve.example", "--json"]).ok();
    let first: Value = serde_json::from_str(&first).unwrap();
    assert_eq!((&first["object"]["name"], &first["label"]), (&json!("Beacon 1"), &json!("rel:Circle")));
}

#[test]
fn the_shared_data_imports_and_every_rejection_is_explained() {
    let shared = std::env::var("KIZUNA_SHARED").map_or_else(
        |_| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        std::path::PathBuf::from,
    );
    let stix = shared.join("data/stix");
    if !stix.is_dir() {
        println!("skipped: {} is not there", stix.display());
        return;
    }
    let desk = Desk::peopled();
    let done = desk.run(&["import", stix.to_str().unwrap(), "--label", "rel:Circle tlp:green", "--json"]);
    let told: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(told["failed"], json!([]), "{}", done.err);
    let named = told["in_quarantine"].as_array().unwrap();
    assert!(named.iter().all(|one| one["reason"].as_str().is_some_and(|reason| !reason.is_empty())));
    assert!(told["stored"].as_u64().unwrap() > 30_000, "{told}");
    let (own, partner) = (desk.reads("a@xas.example", "malware"), desk.reads("v@xve.example", "malware"));
    assert_eq!(own, partner);
    assert!(desk.reads("o@xor.example", "malware").is_empty());
}

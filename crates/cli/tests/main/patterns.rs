//! STIX patterns in a sweep: in a bundle, in a list, over logs and over observed data.

use serde_json::{Value, json};

use crate::kit::{Desk, Done};

const BEACON: &str = "indicator--00000000-0000-4000-8000-0000000000b1";

fn indicator(id: &str, name: &str, pattern: &str) -> Value {
    json!({
        "type": "indicator", "spec_version": "2.1", "id": id, "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z", "name": name, "pattern": pattern, "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
    })
}

fn bundle(objects: &[Value]) -> String {
    json!({ "type": "bundle", "id": "bundle--00000000-0000-4000-8000-0000000000b9", "objects": objects })
        .to_string()
}

fn hits(done: &Done) -> Vec<Value> {
    done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A connection as Zeek writes it.
fn connection(seconds: u64, address: &str, port: u16) -> String {
    json!({ "ts": 1_767_225_600 + seconds, "id.orig_h": "10.0.0.5", "id.resp_h": address, "id.resp_p": port, "proto": "tcp" })
        .to_string()
}

#[test]
fn a_pattern_of_a_bundle_hits_only_the_lines_that_meet_all_of_it() {
    let desk = Desk::new();
    let pattern = "[network-traffic:dst_ref.value = '192.0.2.7' AND network-traffic:dst_port = 4444]";
    desk.file("beacon.json", bundle(&[indicator(BEACON, "Beacon", pattern)]));
    let lines =
        [connection(0, "192.0.2.7", 443), connection(1, "192.0.2.8", 4444), connection(2, "192.0.2.7", 4444)];
    desk.file("logs/conn.log", lines.join("\n"));
    desk.file("logs/quiet.log", connection(0, "192.0.2.7", 443));
    let found = desk.run(&["hunt", "logs", "--with", "beacon.json", "--json", "--report", "s.json"]);
    assert_eq!(found.code, 1, "{found:#?}");
    let told = hits(&found);
    assert_eq!(told.len(), 1, "{found:#?}");
    let hit = &told[0];
    assert_eq!((hit["line"].as_u64(), hit["kind"].as_str()), (Some(3), Some("stix-pattern")));
    assert!(hit["path"].as_str().unwrap().ends_with("conn.log"), "{hit}");
    assert_eq!(
        (&hit["value"], &hit["indicator"], &hit["name"]),
        (&json!(pattern), &json!(BEACON), &json!("Beacon"))
    );
    assert_eq!((&hit["time"], &hit["asset"]), (&json!("2026-01-01T00:00:02Z"), &json!("10.0.0.5")));
    assert!(hit.get("partial").is_none(), "{hit}");
    let report = std::fs::read_to_string(desk.place.path().join("s.json")).unwrap();
    assert!(report.contains(BEACON) && !report.contains("10.0.0.5"), "{report}");
    assert_eq!(desk.run(&["hunt", "logs/quiet.log", "--with", "beacon.json"]).code, 0);
    // A compiled index keeps it.
    desk.run(&["hunt", "--with", "beacon.json", "--save-index", "x.kzh"]).ok();
    assert_eq!(desk.run(&["hunt", "logs", "--with", "x.kzh", "--json"]).out, found.out);
}

#[test]
fn a_pattern_over_two_files_is_met_within_its_time_only() {
    let desk = Desk::new();
    let pattern = "([domain-name:value = 'evil.example'] FOLLOWEDBY [ipv4-addr:value = '192.0.2.9']) WITHIN 300 SECONDS";
    desk.file("pattern.txt", format!("# said twice, in one line\n{pattern}\n"));
    let query = |seconds: u64| json!({ "ts": 1_767_225_600 + seconds, "query": "evil.example" }).to_string();
    desk.file(
        "soon/a-conn.log",
        [connection(10, "192.0.2.1", 80), connection(250, "192.0.2.9", 80)].join("\n"),
    );
    desk.file("soon/b-dns.log", query(0));
    desk.file("late/conn.log", connection(400, "192.0.2.9", 80));
    desk.file("late/dns.log", query(0));
    desk.file("before/conn.log", connection(0, "192.0.2.9", 80));
    desk.file("before/dns.log", query(100));
    let hunt = |place: &str| desk.run(&["hunt", place, "--with", "pattern.txt", "--json"]);
    let soon = hunt("soon");
    assert_eq!(soon.code, 1, "{soon:#?}");
    let told = hits(&soon);
    assert_eq!(told.len(), 1, "{soon:#?}");
    assert!(told[0]["path"].as_str().unwrap().ends_with("a-conn.log"), "{soon:#?}");
    assert_eq!((&told[0]["line"], &told[0]["value"]), (&json!(2), &json!(pattern)));
    assert!(told[0]["also"][0].as_str().unwrap().ends_with("b-dns.log:1"), "{soon:#?}");
    for place in ["late", "before"] {
        let none = hunt(place);
        assert_eq!((none.code, none.out.as_str()), (0, ""), "{none:#?}");
    }
}

#[test]
fn observed_data_is_evidence_beside_logs() {
    let desk = Desk::new();
    let observed = bundle(&[
        json!({ "type": "observed-data", "spec_version": "2.1", "id": "observed-data--00000000-0000-4000-8000-0000000000c1",
                "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
                "first_observed": "2026-01-01T00:00:00Z", "last_observed": "2026-01-01T00:00:10Z", "number_observed": 1,
                "object_refs": ["file--00000000-0000-4000-8000-0000000000f1"] }),
        json!({ "type": "file", "spec_version": "2.1", "id": "file--00000000-0000-4000-8000-0000000000f1",
                "name": "crane.exe", "size": 10 }),
        json!({ "type": "file", "spec_version": "2.1", "id": "file--00000000-0000-4000-8000-0000000000f2",
                "name": "crane.exe", "size": 11 }),
    ]);
    desk.file("observed.json", observed);
    desk.file("small.txt", "[file:name = 'crane.exe' AND file:size < 11]\n");
    desk.file("none.txt", "[file:name = 'crane.exe' AND file:size > 11]\n");
    let found = desk.run(&["hunt", "observed.json", "--with", "small.txt", "--json"]);
    assert_eq!(found.code, 1, "{found:#?}");
    let told = hits(&found);
    assert_eq!((told.len(), &told[0]["time"]), (1, &json!("2026-01-01T00:00:00Z")), "{found:#?}");
    assert_eq!(desk.run(&["hunt", "observed.json", "--with", "none.txt"]).code, 0);
}

#[test]
fn a_bad_pattern_is_named_and_the_others_are_looked_for() {
    let desk = Desk::new();
    let good = indicator(BEACON, "Beacon", "[ipv4-addr:value = '192.0.2.7' AND ipv4-addr:value != '']");
    let other = |number: u8| format!("indicator--00000000-0000-4000-8000-0000000000c{number}");
    let bad = indicator(&other(1), "No language", "[ipv4-addr:value = ]");
    let worse = indicator(&other(2), "No expression", "[file:name MATCHES '(']");
    desk.file("some.json", bundle(&[good, bad.clone(), worse]));
    desk.file("bad.json", bundle(&[bad]));
    desk.file("clean.log", connection(0, "192.0.2.1", 80));
    desk.file("hit.log", connection(0, "192.0.2.7", 80));
    let clean = desk.run(&["hunt", "clean.log", "--with", "some.json"]);
    assert_eq!(clean.code, 3, "{clean:#?}");
    for number in [1, 2] {
        assert!(
            clean.err.contains(&format!("NOT LOOKED FOR  some.json: {}", other(number))),
            "{}",
            clean.err
        );
    }
    assert!(clean.err.contains("2 indicators or rules not looked for"), "{}", clean.err);
    let hit = desk.run(&["hunt", "hit.log", "--with", "some.json", "--json"]);
    assert_eq!((hit.code, hits(&hit).len()), (1, 1), "{hit:#?}");
    let none = desk.run(&["hunt", "clean.log", "--with", "bad.json"]);
    assert_eq!(none.code, 2, "{none:#?}");
    desk.file("bad.txt", "[ipv4-addr:value = ]\nevil.example\n");
    let list = desk.run(&["hunt", "clean.log", "--with", "bad.txt"]);
    assert_eq!(list.code, 3, "{list:#?}");
    assert!(list.err.contains("NOT LOOKED FOR  bad.txt: line 1"), "{}", list.err);
}

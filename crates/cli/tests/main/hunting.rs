//! Sweeping logs: the exit codes, and what standard output holds.

use serde_json::Value;

use crate::kit::{Desk, bundle, indicator};

#[test]
fn the_exit_code_says_what_was_found_and_whether_all_was_read() {
    let desk = Desk::new();
    desk.file("list.txt", "domain\tevil.example\n192.0.2.1\n");
    desk.file("clean.log", "nothing here\n");
    desk.file("bad.log", "{\"q\":\"notevil.example\"}\n{\"q\":\"www.evil.example\"}\n");
    desk.file("broken.gz", [0x1f, 0x8b, 8, 0]);
    let hunt =
        |paths: &[&str], more: &[&str]| desk.run(&[&["hunt"], paths, &["--with", "list.txt"], more].concat());
    assert_eq!(hunt(&["clean.log"], &[]).code, 0);
    let found = hunt(&["clean.log", "bad.log"], &["--json"]);
    assert_eq!(found.code, 1, "{found:#?}");
    let lines: Vec<Value> = found.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1);
    assert!(lines[0]["path"].as_str().unwrap().ends_with("bad.log"));
    assert_eq!(lines[0]["line"], 2);
    assert_eq!(lines[0]["value"], "evil.example");
    assert_eq!(lines[0]["kind"], "domain");
    assert!(lines[0]["indicator"].as_str().unwrap().starts_with("indicator--"));
    assert_eq!(hunt(&["nowhere"], &[]).code, 2);
    assert_eq!(desk.run(&["hunt", "clean.log", "--with", "nowhere"]).code, 2);
    assert_eq!(desk.run(&["hunt", "clean.log"]).code, 2);
    let partial = hunt(&["clean.log", "broken.gz"], &[]);
    assert_eq!(partial.code, 3, "{partial:#?}");
    assert!(partial.err.contains("broken.gz"));
}

#[test]
fn an_index_is_saved_and_used_and_a_sweep_goes_on() {
    let desk = Desk::new();
    desk.file("list.txt", "evil.example\n");
    desk.file("bad.log", "evil.example\n");
    desk.run(&["hunt", "--with", "list.txt", "--save-index", "list.kzh"]).ok();
    let typed = ["hunt", "bad.log", "--with", "list.kzh", "--json", "--resume", "journal"];
    let first = desk.run(&typed);
    let second = desk.run(&typed);
    assert_eq!((first.code, second.code), (1, 1), "{first:#?} {second:#?}");
    assert_eq!(first.out, second.out);
    assert!(second.err.contains("1 files are done already"), "{second:#?}");
    let outputs = [
        "hunt",
        "bad.log",
        "--with",
        "list.txt",
        "--html",
        "r.html",
        "--timeline",
        "t.csv",
        "--ecs",
        "e.json",
        "--report",
        "s.json",
    ];
    assert_eq!(desk.run(&outputs).code, 1);
    for name in ["r.html", "t.csv", "e.json", "s.json"] {
        assert!(desk.place.path().join(name).metadata().unwrap().len() > 50, "{name}");
    }
}

/// The project's own rules and events, in a directory of their own.
fn rules_and_events(desk: &Desk) {
    for (name, text) in [
        ("rules/programs.yml", include_str!("../../../../fixtures/sigma/rules/programs.yml")),
        ("rules/deeper/logins.yml", include_str!("../../../../fixtures/sigma/rules/logins.yml")),
        ("rules/README.md", "What people wrote about the rules.\n"),
        ("windows.jsonl", include_str!("../../../../fixtures/sigma/logs/windows.jsonl")),
        ("refused.yml", include_str!("../../../../fixtures/sigma/rules/refused.yml")),
        ("list.txt", "domain\tpc1.example\n"),
    ] {
        if let Some((folder, _)) = name.rsplit_once('/') {
            std::fs::create_dir_all(desk.place.path().join(folder)).unwrap();
        }
        desk.file(name, text);
    }
}

#[test]
fn sigma_rules_hit_lines_beside_indicators_and_show_in_every_output() {
    let desk = Desk::new();
    rules_and_events(&desk);
    let found = desk.run(&[
        "hunt",
        "windows.jsonl",
        "--with",
        "rules",
        "--with",
        "list.txt",
        "--json",
        "--html",
        "r.html",
        "--timeline",
        "t.csv",
        "--ecs",
        "e.json",
        "--report",
        "s.json",
    ]);
    assert_eq!(found.code, 1, "{found:#?}");
    let lines: Vec<Value> = found.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let rule = lines.iter().find(|line| line["kind"] == "sigma").unwrap();
    assert_eq!(rule["line"], 1);
    assert_eq!(rule["value"], "A word typed into a shell");
    assert_eq!(rule["indicator"], "5b0a4f1e-2f5e-4d0e-9a53-0a8c3a1b7c01");
    assert_eq!(rule["level"], "high");
    assert_eq!(rule["techniques"], serde_json::json!(["T1033"]));
    assert_eq!(rule["tags"][1], "attack.t1033");
    assert_eq!(rule["time"], "2026-01-01T00:00:01Z");
    assert_eq!(rule["asset"], "pc1.example");
    assert!(lines.iter().any(|line| line["kind"] == "domain"));
    assert!(lines.iter().any(|line| line["value"] == "Many logins that failed" && line["line"] == 16));
    assert!(found.err.contains("ATT&CK: T1033"), "{}", found.err);
    let read = |name: &str| std::fs::read_to_string(desk.place.path().join(name)).unwrap();
    assert!(read("r.html").contains("Many logins that failed"));
    assert!(read("t.csv").contains("Rule matched"));
    let document = read("e.json")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|document| document["rule"]["id"] == "5b0a4f1e-2f5e-4d0e-9a53-0a8c3a1b7c01");
    assert_eq!(document.unwrap()["event"]["severity"], 73);
    let bundle: Value = serde_json::from_str(&read("s.json")).unwrap();
    let objects = bundle["objects"].as_array().unwrap();
    let rule = objects.iter().find(|object| object["pattern_type"] == "sigma").unwrap();
    assert!(objects.iter().any(|object| object["sighting_of_ref"] == rule["id"]), "{bundle:#}");
}

/// An indicator whose pattern is in this language.
fn carried(number: u32, language: &str, rules: &str) -> Value {
    let mut object = indicator(number);
    object["pattern_type"] = language.into();
    object["pattern"] = rules.into();
    object["labels"] = serde_json::json!(["pap:red", "attack.t1204"]);
    object["object_marking_refs"] =
        serde_json::json!(["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"]);
    object
}

#[test]
fn a_rule_that_a_bundle_carries_is_reported_as_its_indicator_under_its_markings() {
    let desk = Desk::new();
    rules_and_events(&desk);
    let rule = carried(7, "sigma", include_str!("../../../../fixtures/sigma/rules/programs.yml"));
    let foreign = carried(8, "snort", "alert tcp any any -> any any (sid:1;)");
    let broken = carried(9, "sigma", "title: [");
    desk.file("rules.json", bundle(&[rule.clone(), foreign.clone(), broken.clone()]));
    let done = desk.run(&["hunt", "windows.jsonl", "--with", "rules.json", "--json", "--report", "s.json"]);
    assert_eq!(done.code, 1, "{done:#?}");
    assert!(done.err.contains("INCOMPLETE: 0 inputs not read, 2 indicators or rules"), "{}", done.err);
    for (object, reason) in [(&foreign, "a pattern in snort"), (&broken, "NOT LOOKED FOR")] {
        let id = object["id"].as_str().unwrap();
        let line = done.err.lines().find(|line| line.contains(id)).unwrap();
        assert!(line.contains(reason), "{line}");
    }
    let hit: Value = serde_json::from_str(done.out.lines().next().unwrap()).unwrap();
    assert_eq!((&hit["kind"], &hit["indicator"]), (&"sigma".into(), &rule["id"]), "{hit}");
    assert_eq!(
        (&hit["pap"], &hit["techniques"]),
        (&"PAP:RED".into(), &serde_json::json!(["T1033", "T1204"]))
    );
    let report = std::fs::read_to_string(desk.place.path().join("s.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let objects = report["objects"].as_array().unwrap();
    let sightings: Vec<&Value> = objects.iter().filter(|object| object["type"] == "sighting").collect();
    let [sighting] = sightings[..] else { panic!("one indicator, machine and day: {report:#}") };
    assert_eq!(sighting["count"], 5);
    assert_eq!(sighting["sighting_of_ref"], rule["id"]);
    assert_eq!(sighting["object_marking_refs"], rule["object_marking_refs"]);
    let is_repeated = objects.iter().any(|object| object["type"] == "indicator");
    assert!(!is_repeated, "others know it: {report:#}");
}

#[test]
fn rules_are_chosen_by_level_and_status_and_refused_ones_are_named() {
    let desk = Desk::new();
    rules_and_events(&desk);
    let hunt =
        |more: &[&str]| desk.run(&[&["hunt", "windows.jsonl", "--with", "rules", "--json"], more].concat());
    let titles = |out: &str| {
        let title =
            |line: &str| serde_json::from_str::<Value>(line).unwrap()["value"].as_str().unwrap().to_owned();
        out.lines().map(title).collect::<Vec<_>>()
    };
    let high = hunt(&["--level", "high"]);
    assert_eq!(titles(&high.out), ["A word typed into a shell", "Many logins that failed"], "{high:#?}");
    let experimental = hunt(&["--status", "experimental"]);
    assert_eq!(titles(&experimental.out), ["Words in base64"]);
    let refused = desk.run(&["hunt", "list.txt", "--with", "rules", "--with", "refused.yml"]);
    assert_eq!(refused.code, 3, "{refused:#?}");
    assert!(refused.err.contains("NOT LOOKED FOR") && refused.err.contains("looks ahead"), "{}", refused.err);
    assert_eq!(desk.run(&["hunt", "list.txt", "--with", "refused.yml"]).code, 2);
    // What a journal knows feeds correlations again.
    let first = hunt(&["--resume", "journal"]);
    let second = hunt(&["--resume", "journal"]);
    assert_eq!(first.out, second.out);
    assert!(second.out.contains("Many logins that failed"));
    assert_eq!(hunt(&["--resume", "journal", "--level", "high"]).code, 2);
}

#[test]
fn warninglists_that_a_node_took_in_are_applied_to_what_it_serves() {
    let list = |name: &str, matching: &str, values: &[&str]| {
        serde_json::json!({
            "name": name, "type": matching, "version": 20_240_117, "description": "d",
            "matching_attributes": ["domain", "hostname", "ip-dst", "url"], "list": values,
        })
        .to_string()
    };
    let desk = Desk::peopled();
    desk.file("lists/popular.json", list("Popular", "hostname", &["c1.example"]));
    desk.file("lists/deep/private.json", list("Private", "cidr", &["10.0.0.0/8"]));
    desk.file("a.json", bundle(&[indicator(1), indicator(2)]));
    desk.run(&["import", "lists", "a.json"]).ok();
    assert_eq!(desk.run(&["search", "Popular", "--count", "--as", "a@xas.example"]).ok().trim(), "1");
    let served = desk.run(&["export", "--format", "stix", "--as", "a@xas.example"]).ok();
    desk.file("served.json", &served);
    desk.file("bad.log", "http://c1.example/x\nhttp://c2.example/x\nc1.example 10.1.2.3\n");
    let hunt = |more: &[&str]| {
        let found = desk.run(&[&["hunt", "bad.log", "--json"], more].concat());
        let lines = found.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>();
        (lines.iter().map(|line| line["line"].as_u64().unwrap()).collect::<Vec<u64>>(), found.err)
    };
    let (lines, told) = hunt(&["--with", "served.json"]);
    assert_eq!(lines, [2], "{told}");
    assert!(told.contains("in the warninglist `Popular`"), "{told}");
    // Without the lists, and with them from the directory or from what the node serves: the same code.
    assert_eq!(hunt(&["--with", "a.json"]).0, [1, 2, 3]);
    for lists in ["lists", "served.json"] {
        let (lines, told) = hunt(&["--with", "a.json", "--warninglists", lists]);
        assert_eq!(lines, [2], "{told}");
        assert!(told.contains("2 warninglists"), "{told}");
    }
}

//! Policies, labels in others' forms, agreements, and files with their labels bound to them.

use serde_json::Value;

use crate::kit::{Desk, bundle, indicator, uuid};

const ASTERIN: &str = include_str!("../../../../fixtures/policies/asterin.xml");

#[test]
fn a_policy_is_looked_at_and_imported_once() {
    let desk = Desk::peopled();
    desk.file("asterin.xml", ASTERIN);
    let tried = desk.run(&["policy", "import", "--dry-run", "asterin.xml"]);
    assert!(tried.err.contains("nothing was changed") && tried.out.contains("level GUARDED"), "{tried:?}");
    assert_eq!(desk.run(&["policy", "show", "ASTERIN"]).code, 1, "a dry run imports nothing");
    desk.run(&["policy", "import", "asterin.xml"]).ok();
    let again = desk.run(&["policy", "import", "asterin.xml"]);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("version 1 of ASTERIN is not newer"), "{}", again.err);
    let listed = desk.run(&["policy", "list"]).ok();
    assert!(listed.contains("OPEN < SERVICE < GUARDED < CLOSED < SEALED"), "{listed}");
    assert!(desk.run(&["policy", "show", "asterin"]).ok().contains("EXERCISE/SECRET"));
    assert_eq!(desk.run(&["policy", "show", "ASTERIN", "--spif"]).ok(), ASTERIN);
    assert!(desk.run(&["policy", "diff", "ASTERIN", "EXERCISE"]).ok().contains("level SEALED"));
    let broken = ASTERIN.replace("<SPIF ", "<!DOCTYPE SPIF [<!ENTITY a \"b\">]><SPIF ");
    desk.file("broken.xml", broken);
    let refused = desk.run(&["policy", "import", "broken.xml"]);
    assert!(refused.err.contains("a document type is refused"), "{}", refused.err);
}

#[test]
fn who_is_cleared_under_an_equivalent_level_reads() {
    let desk = Desk::peopled();
    desk.file("asterin.xml", ASTERIN);
    desk.run(&["policy", "import", "asterin.xml"]).ok();
    desk.user("x@xas.example", "Asterin CERT", &["--clear", "ASTERIN:SEALED"]);
    desk.file("a.json", bundle(&[indicator(1)]));
    desk.run(&["import", "a.json", "--label", "class:ASTERIN/OPEN"]).ok();
    desk.file("b.json", bundle(&[indicator(2)]));
    desk.run(&["import", "b.json", "--label", "class:ASTERIN/GUARDED"]).ok();
    // EXERCISE/SECRET counts as OPEN without a date; GUARDED has no equivalent of its own.
    assert!(desk.reads("a@xas.example", "indicator").contains(&format!("indicator--{}", uuid(1))));
    assert_eq!(desk.reads("x@xas.example", "indicator").len(), 2);
    assert_eq!(desk.reads("o@xor.example", "indicator"), Vec::<String>::new());
}

#[test]
fn who_would_read_by_an_equivalence_is_told_before_its_import() {
    let desk = Desk::peopled();
    desk.file("asterin.xml", ASTERIN);
    desk.run(&["policy", "import", "asterin.xml"]).ok();
    let roles = ["--role", "releaser", "--role", "admin", "--clear", "ASTERIN:SEALED"];
    desk.user("releaser@xas.example", "Asterin CERT", &roles);
    desk.file("a.json", bundle(&[indicator(1)]));
    desk.run(&["import", "a.json", "--label", "class:ASTERIN/OPEN"]).ok();
    let newer = ASTERIN.replacen("version=\"1\"\n", "version=\"2\"\n", 1);
    let is_equivalence =
        |line: &&str| line.contains("<equivalentClassification") || line.contains("kz:from=");
    let without: Vec<&str> = newer.lines().filter(|line| !is_equivalence(line)).collect();
    desk.file("newer.xml", without.join("\n"));
    let viewer = ["--as", "releaser@xas.example"];
    let told = desk.run(&["forecast", "policy", "newer.xml", viewer[0], viewer[1]]);
    let loses = format!("a@xas.example loses:\n  indicator--{}", uuid(1));
    assert!(told.out.contains(&loses), "{told:?}");
    let tried = desk.run(&["policy", "import", "newer.xml", "--dry-run", viewer[0], viewer[1]]);
    assert!(tried.out.contains(&loses) && tried.err.contains("nothing was changed"), "{tried:?}");
    let past = ["forecast", "policy", "newer.xml", viewer[0], viewer[1], "--at", "2020-01-01T00:00:00Z"];
    assert!(desk.run(&past).err.contains("lies in the past"));
    let same = desk.run(&["forecast", "policy", "asterin.xml", viewer[0], viewer[1]]);
    assert_eq!(same.code, 1);
}

#[test]
fn a_label_is_written_and_read_in_others_forms() {
    let desk = Desk::peopled();
    let words = "tlp:amber rel:JPN class:EXERCISE/SECRET";
    for form in ["4774", "json", "stix", "words"] {
        let written = desk.run(&["label", "show", words, "--form", form]).ok();
        let read = desk.run_with_input(&["label", "read", "-"], written.as_bytes()).ok();
        assert!(read.contains("class:EXERCISE/SECRET") && read.contains("tlp:amber"), "{form}: {read}");
    }
    let acs = desk.run(&["label", "show", words, "--form", "acs"]);
    assert_eq!(acs.code, 1);
    assert!(acs.err.contains("no equivalence with the policy ACS is in force"), "{}", acs.err);
    let broken = desk.run_with_input(&["label", "read", "-"], b"<!DOCTYPE a><a/>");
    assert_eq!(broken.code, 1);
}

#[test]
fn an_agreement_is_an_object_like_any_other() {
    let desk = Desk::peopled();
    let typed = [
        "agreement",
        "add",
        "--title",
        "Accord",
        "--scope",
        "Ports",
        "--party",
        "XAS",
        "--party",
        "Velkar Shield",
        "--allow",
        "class:EXERCISE/SECRET",
        "--contact",
        "Duty=duty@xas.example",
        "--label",
        "tlp:amber",
    ];
    let id = desk.run(&typed).ok().trim().to_owned();
    let shown = desk.run(&["agreement", "show", &id, "--as", "a@xas.example"]).ok();
    assert!(shown.contains("Velkar Shield") && shown.contains("class:EXERCISE/SECRET"), "{shown}");
    assert_eq!(desk.run(&["agreement", "show", &id, "--as", "o@xor.example"]).code, 1);
    assert_eq!(desk.run(&["agreement", "list", "--as", "o@xor.example", "--json"]).ok(), "");
    let next = [
        "agreement",
        "add",
        "--title",
        "Accord II",
        "--scope",
        "Ports",
        "--party",
        "XAS",
        "--label",
        "tlp:amber",
        "--id",
        &id,
    ];
    desk.run(&[&next[..], &["--as", "a@xas.example"]].concat()).ok();
    let listed = desk.run(&["agreement", "list", "--as", "a@xas.example", "--json"]).ok();
    let one: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!((one["title"].as_str(), one["id"].as_str()), (Some("Accord II"), Some(id.as_str())));
}

#[test]
fn a_file_is_taken_in_under_the_label_that_is_bound_to_it() {
    let desk = Desk::peopled();
    desk.file("asterin.xml", ASTERIN);
    desk.run(&["policy", "import", "asterin.xml"]).ok();
    desk.file("a.json", bundle(&[indicator(1)]));
    desk.run(&["import", "a.json", "--label", "tlp:amber class:EXERCISE/CONFIDENTIAL"]).ok();
    let export = ["export", "--as", "a@xas.example", "--type", "indicator", "-o", "out.json", "--bdo"];
    desk.run(&export).ok();
    let bound = std::fs::read_to_string(desk.place.path().join("out.json.bdo")).unwrap();
    assert!(
        bound.contains("<Classification>CONFIDENTIAL</Classification>") && bound.contains("URI=\"out.json\"")
    );
    // The same under a policy with an equivalence in force, and the label of what is said about the file.
    let alternative = bound.split("<alternativeConfidentialityLabel").nth(1).unwrap();
    assert!(alternative.contains(">ASTERIN</PolicyIdentifier>"), "{bound}");
    assert_eq!(bound.matches("<metadataConfidentialityLabel").count(), 1, "{bound}");
    let other = Desk::peopled();
    let content = std::fs::read(desk.place.path().join("out.json")).unwrap();
    other.file("out.json", &content);
    other.file("out.json.bdo", &bound);
    other.run(&["import", "out.json"]).ok();
    let label =
        other.run(&["export", "--as", "a@xas.example", "--type", "indicator", "--format", "csv"]).ok();
    assert!(label.contains("class:EXERCISE/CONFIDENTIAL"), "{label}");
    other.file("out.json", [&content[..], b" "].concat());
    let refused = other.run(&["import", "out.json"]);
    assert_eq!(refused.code, 1);
    assert!(format!("{}{}", refused.out, refused.err).contains("not those that were bound"), "{refused:?}");
}

#[test]
fn whom_an_import_reaches_is_said_before_it() {
    let desk = Desk::peopled();
    desk.file("a.json", bundle(&[indicator(1)]));
    let given = desk.run(&["import", "a.json", "--label", "tlp:amber rel:JPN"]);
    assert!(given.err.contains("reaches "), "{}", given.err);
    assert!(given.err.contains("feed "), "{}", given.err);
    assert_eq!(given.code, 0);
    let told = desk.run(&["label", "reach", "tlp:amber rel:JPN", "--as", "a@xas.example"]).ok();
    assert!(told.starts_with("tlp:amber rel:JPN") && told.contains("reaches "), "{told}");
    let json = desk.run(&["label", "reach", "", "--as", "a@xas.example", "--json"]).ok();
    let reach: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(reach["members"].as_array().map(Vec::len), Some(1), "{reach}");
}

#[test]
fn personal_data_is_marked_found_and_unmarked() {
    let desk = Desk::peopled();
    desk.file("a.json", bundle(&[indicator(1)]));
    desk.run(&["import", "a.json"]).ok();
    let id = indicator(1)["id"].as_str().unwrap().to_owned();
    let viewer = ["--as", "a@xas.example"];
    let mark =
        ["personal-data", "mark", &id, "--category", "contact", "--basis", "an inquiry", "--field", "name"];
    desk.run(&[&mark[..], &viewer].concat()).ok();
    let find = [&["personal-data", "find", "--marked"][..], &viewer].concat();
    let found = desk.run(&find).ok();
    assert!(found.contains("$.name") && found.contains("an inquiry"), "{found}");
    let unmark = [&["personal-data", "unmark", &id, "--field", "name"][..], &viewer].concat();
    desk.run(&unmark).ok();
    assert!(!desk.run(&find).ok().contains("$.name"));
    assert_eq!(desk.run(&unmark).code, 1, "nothing is marked any more");
}

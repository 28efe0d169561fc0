//! YARA rules in a sweep. Builds without the feature say so; the other tests are of builds with it.

use crate::kit::Desk;

const RULES: &str = include_str!("../../../../fixtures/yara/rules/exercise.yar");

#[cfg(not(feature = "yara"))]
#[test]
fn a_build_without_yara_names_the_rules_and_says_how_to_get_it() {
    let desk = Desk::new();
    desk.file("rules.yar", RULES);
    desk.file("list.txt", "evil.example\n");
    desk.file("clean.log", "nothing here\n");
    let beside = desk.run(&["hunt", "clean.log", "--with", "rules.yar", "--with", "list.txt"]);
    assert_eq!(beside.code, 3, "{beside:#?}");
    assert!(beside.err.contains("NOT LOOKED FOR  rules.yar: holds YARA rules"), "{}", beside.err);
    assert!(beside.err.contains("--features yara"), "{}", beside.err);
    let alone = desk.run(&["hunt", "clean.log", "--with", "rules.yar"]);
    assert_eq!(alone.code, 2, "{alone:#?}");
    assert!(alone.err.contains("nothing to look for"), "{}", alone.err);
}

#[cfg(feature = "yara")]
mod with_the_feature {
    use std::io::{Cursor, Write as _};

    use serde_json::{Value, json};

    use super::{Desk, RULES};
    use crate::kit::Done;

    const NOTE: &str = include_str!("../../../../fixtures/yara/samples/note.txt");
    const REFUSED: &str = include_str!("../../../../fixtures/yara/rules/refused.yar");
    const SLOW: &str = include_str!("../../../../fixtures/yara/rules/slow.yar");

    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    /// Begins like a program, and is none.
    fn tool() -> Vec<u8> {
        [b"MZ".as_slice(), &[0; 62], b"PC\x07\x01", &[0; 60]].concat()
    }

    fn hits(done: &Done) -> Vec<Value> {
        done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Each with the last part of its path, the rule and the line.
    fn told(done: &Done) -> Vec<(String, String, u64)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let name = |value: &Value| text(value).rsplit('/').next().unwrap().to_owned();
        let one = |hit: &Value| (name(&hit["path"]), text(&hit["value"]), hit["line"].as_u64().unwrap());
        hits(done).iter().map(one).collect()
    }

    fn found(name: &str, rule: &str, line: u64) -> (String, String, u64) {
        (name.to_owned(), rule.to_owned(), line)
    }

    fn evidence(desk: &Desk) {
        desk.file("rules/exercise.yar", RULES);
        desk.file("rules/README.md", "What people wrote about the rules.\n");
        desk.file("evidence/a.txt", NOTE);
        desk.file("evidence/b.exe", tool());
        let inner = zipped(&[("deep/note.txt", NOTE.as_bytes()), ("deep/other.txt", b"nothing")]);
        desk.file("evidence/c.zip.gz", gzipped(&inner));
        desk.file("evidence/d.log", "nothing here\n");
    }

    #[test]
    fn rules_hit_whole_files_also_packed_ones_and_show_in_every_output() {
        let desk = Desk::new();
        evidence(&desk);
        let outputs =
            ["--json", "--html", "r.html", "--timeline", "t.csv", "--ecs", "e.json", "--report", "s.json"];
        let done = desk.run(&[&["hunt", "evidence", "--with", "rules"], &outputs[..]].concat());
        assert_eq!(done.code, 1, "{done:#?}");
        let expected = [
            found("a.txt", "Exercise_Note", 2),
            found("b.exe", "Exercise_Tool", 1),
            found("note.txt", "Exercise_Note", 2),
        ];
        assert_eq!(told(&done), expected);
        let lines = hits(&done);
        let hit = &lines[0];
        assert_eq!(
            (&hit["kind"], &hit["name"]),
            (&json!("yara"), &json!("A note of the exercise Paper Crane"))
        );
        assert_eq!(hit["techniques"], json!(["T1027", "T1566.001"]));
        assert_eq!(hit["pap"], "PAP:AMBER");
        assert!(hit["namespace"].as_str().unwrap().ends_with("rules/exercise.yar"), "{hit}");
        assert_eq!(hit["tags"], json!(["exercise", "T1566_001"]));
        let strings = json!([{ "id": "$title", "at": [29, 69] }, { "id": "$folds", "at": [45] }]);
        assert_eq!(hit["strings"], strings);
        assert_eq!(hit["indicator"], lines[2]["indicator"]);
        assert!(lines[2]["path"].as_str().unwrap().ends_with("c.zip.gz!deep/note.txt"), "{hit}");
        // A program is nothing that was not read: nothing else than these rules was looked for.
        assert!(
            done.err.contains("everything was read") && done.err.contains("ATT&CK: T1027"),
            "{}",
            done.err
        );
        assert!(done.err.contains("3 YARA rules"), "{}", done.err);
        let read = |name: &str| std::fs::read_to_string(desk.place.path().join(name)).unwrap();
        for name in ["r.html", "t.csv", "e.json"] {
            assert!(!read(name).contains("folded 12"), "{name} has what stands in the file");
        }
        assert!(!done.out.contains("folded 12"));
        assert!(read("r.html").contains("Exercise_Tool") && read("r.html").contains("$mark@64"));
        let document: Value = serde_json::from_str(read("e.json").lines().next().unwrap()).unwrap();
        assert_eq!(document["rule"]["ruleset"], "yara");
        assert_eq!(document["rule"]["reference"], "https://exercise.example/paper-crane");
        assert_eq!(document["file"]["name"], "a.txt");
        assert_eq!(document["threat"]["technique"]["id"], json!(["T1027", "T1566.001"]));
        assert!(done.err.contains("t.csv: 3 hits have no time"), "{}", done.err);
        let bundle: Value = serde_json::from_str(&read("s.json")).unwrap();
        let objects = bundle["objects"].as_array().unwrap();
        let rule = objects.iter().find(|object| object["id"] == hit["indicator"]).unwrap();
        assert_eq!(rule["pattern_type"], "yara");
        assert!(
            rule["pattern"].as_str().unwrap().starts_with("import \"math\"\nrule Exercise_Note"),
            "{rule}"
        );
        assert_eq!(
            rule["object_marking_refs"],
            json!(["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"])
        );
        let sighting = objects.iter().find(|object| object["sighting_of_ref"] == hit["indicator"]).unwrap();
        assert_eq!((&sighting["count"], &sighting["labels"]), (&json!(2), &json!(["PAP:AMBER"])));
        assert_eq!(sighting["object_marking_refs"], rule["object_marking_refs"]);
    }

    #[test]
    fn beside_indicators_a_program_is_still_said_to_be_unread_and_long_files_are_asked_about_once() {
        let desk = Desk::new();
        evidence(&desk);
        desk.file("list.txt", "evil.example\n");
        let typed =
            ["hunt", "evidence/b.exe", "evidence/d.log", "--with", "list.txt", "--with", "rules", "--json"];
        let done = desk.run(&typed);
        assert_eq!(told(&done), [found("b.exe", "Exercise_Tool", 1)]);
        assert!(
            done.err.contains("b.exe is binary data, which is not read; only YARA rules"),
            "{}",
            done.err
        );
        assert!(done.err.contains("INCOMPLETE"), "{}", done.err);
        // More than one thread reads at once, and the lines count from its beginning.
        let filler = "a line of a log that says nothing\n".repeat(300_000);
        desk.file("long.log", format!("{filler}evil.example\n"));
        desk.file("any.yar", "rule Any { strings: $a = \"evil.exam\" condition: $a }");
        let done = desk.run(&["hunt", "long.log", "--with", "list.txt", "--with", "any.yar", "--json"]);
        assert_eq!(done.code, 1, "{done:#?}");
        let expected = [found("long.log", "Any", 300_001), found("long.log", "evil.example", 300_001)];
        assert_eq!(told(&done), expected);
        assert!(done.err.contains("everything was read"), "{}", done.err);
    }

    #[test]
    fn a_rule_that_cannot_be_looked_for_is_named_and_the_sweep_is_not_complete() {
        let desk = Desk::new();
        desk.file("refused.yar", REFUSED);
        desk.file("exercise.yar", RULES);
        desk.file("clean.txt", "nothing here\n");
        desk.file("note.txt", NOTE);
        let done = desk.run(&["hunt", "clean.txt", "--with", "refused.yar"]);
        assert_eq!(done.code, 3, "{done:#?}");
        for said in [
            "NOT LOOKED FOR  refused.yar:1: unknown module `magic`",
            "NOT LOOKED FOR  refused.yar:2: includes another file, which is refused",
            "NOT LOOKED FOR  refused.yar:15: Exercise_Unknown: unknown identifier `nothing_such`",
            "NOT LOOKED FOR  refused.yar:21: Exercise_Unused: unused pattern `$a`",
        ] {
            assert!(done.err.contains(said), "{said}\n{}", done.err);
        }
        // The others of the file are looked for.
        let done = desk.run(&["hunt", "note.txt", "--with", "refused.yar", "--json"]);
        assert_eq!(told(&done), [found("note.txt", "Exercise_Good", 2)]);
        assert!(done.err.contains("4 indicators or rules not looked for"), "{}", done.err);
        desk.file("no.yar", "this is no rule\n");
        let none = desk.run(&["hunt", "note.txt", "--with", "no.yar"]);
        assert_eq!(none.code, 2, "{none:#?}");
        assert!(none.err.contains("NOT LOOKED FOR  no.yar:1: syntax error"), "{}", none.err);
        desk.file("made.yarc", b"YARA-X\0\x01\x02");
        let made = desk.run(&["hunt", "note.txt", "--with", "made.yarc"]);
        assert!(made.code == 2 && made.err.contains("compiled YARA rules; give their source"), "{made:#?}");
    }

    #[test]
    fn a_file_that_is_too_large_or_takes_too_long_is_named() {
        let desk = Desk::new();
        desk.file("slow.yar", SLOW);
        desk.file("exercise.yar", RULES);
        desk.file("note.txt", NOTE);
        let typed = ["hunt", "note.txt", "--with", "slow.yar", "--with", "exercise.yar", "--yara-time", "1"];
        let slow = desk.run(&typed);
        assert_eq!(slow.code, 3, "{slow:#?}");
        assert!(slow.err.contains("note.txt was not asked about with all YARA rules"), "{}", slow.err);
        desk.file("large.zip", zipped(&[("note.txt", NOTE.as_bytes()), ("zeros", &vec![0; 2 << 20])]));
        let large = desk.run(&["hunt", "large.zip", "--with", "exercise.yar", "--yara-size", "1", "--json"]);
        assert_eq!(told(&large), [found("large.zip!note.txt", "Exercise_Note", 2)], "{large:#?}");
        assert!(large.err.contains("large.zip!zeros has more than 1048576 bytes"), "{}", large.err);
        assert!(large.err.contains("INCOMPLETE: 1 inputs not read"), "{}", large.err);
    }

    #[test]
    fn rules_are_no_part_of_an_index_and_a_sweep_goes_on_with_them() {
        let desk = Desk::new();
        evidence(&desk);
        desk.file("list.txt", "evil.example\n");
        let only = desk.run(&["hunt", "--with", "rules", "--save-index", "x.kzh"]);
        assert!(only.code == 2 && only.err.contains("there are only rules"), "{only:#?}");
        let saved = desk.run(&["hunt", "--with", "rules", "--with", "list.txt", "--save-index", "x.kzh"]);
        assert!(saved.code == 0 && saved.err.contains("NOT SAVED  3 rules"), "{saved:#?}");
        let typed =
            ["hunt", "evidence/a.txt", "--with", "x.kzh", "--with", "rules", "--json", "--resume", "journal"];
        let (first, second) = (desk.run(&typed), desk.run(&typed));
        assert_eq!((first.code, second.code), (1, 1), "{first:#?} {second:#?}");
        assert_eq!(first.out, second.out);
        assert!(second.err.contains("1 files are done already"), "{second:#?}");
        // Asked further, it is another sweep.
        let other = desk.run(&[&typed[..], &["--yara-time", "5"]].concat());
        assert_eq!(other.code, 2, "{other:#?}");
    }

    #[test]
    fn a_rule_that_a_bundle_carries_is_reported_as_its_indicator() {
        let desk = Desk::new();
        evidence(&desk);
        let mut object = crate::kit::indicator(7);
        object["pattern_type"] = "yara".into();
        object["pattern"] = RULES.into();
        object["labels"] = json!(["pap:red"]);
        desk.file("rules.json", crate::kit::bundle(&[object.clone()]));
        let done = desk.run(&["hunt", "evidence", "--with", "rules.json", "--json", "--report", "s.json"]);
        assert_eq!(done.code, 1, "{done:#?}");
        assert!(hits(&done).iter().all(|hit| hit["indicator"] == object["id"] && hit["pap"] == "PAP:RED"));
        assert_eq!(told(&done)[0], found("a.txt", "Exercise_Note", 2));
        let report = std::fs::read_to_string(desk.place.path().join("s.json")).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        let objects = report["objects"].as_array().unwrap();
        assert!(objects.iter().any(|seen| seen["sighting_of_ref"] == object["id"]), "{report:#}");
        assert!(objects.iter().all(|object| object["type"] != "indicator"), "{report:#}");
    }
}

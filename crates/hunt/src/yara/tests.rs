use proptest::prelude::*;

use super::head::techniques;
use super::*;

#[test]
fn rules_are_told_from_other_text_by_how_they_begin() {
    for text in [
        "rule a { condition: true }",
        "rule a\n{ condition: true }",
        "private global rule a : tag { condition: true }",
        "import \"pe\"\nrule a { condition: true }",
        "include \"b.yar\"",
        "\u{feff}// said\n/* more * of it **/ // again\n\nrule b:x{",
    ] {
        assert_eq!(recognise(text.as_bytes()), Recognised::Source, "{text}");
    }
    for text in [
        "",
        "rule",
        "rule of law",
        "rule evil.example",
        "import os",
        "ruled { }",
        "// rule a { condition: true }",
        "/* rule a { condition: true }",
        "title: rule\ndetection:",
        "{\"type\": \"bundle\"}",
        "evil.example\n192.0.2.1\n",
        "import pe\n",
        "YARA rules are elsewhere",
    ] {
        assert_eq!(recognise(text.as_bytes()), Recognised::Other, "{text}");
    }
    assert_eq!(recognise(b"YARA-X\0\0rest"), Recognised::Compiled);
    assert_eq!(recognise(b"YARA\x0f\0\0\0rest"), Recognised::Compiled);
}

#[test]
fn techniques_are_found_as_people_write_them() {
    assert_eq!(techniques("T1059.001, t1566"), ["T1059.001", "T1566"]);
    assert_eq!(techniques("attack_t1059_003"), ["T1059.003"]);
    assert_eq!(techniques("https://attack.mitre.org/techniques/T1027/002/"), ["T1027"]);
    for text in ["", "T105", "T10590", "XT1059", "T1059.01", "TA0001", "mal_T1059x"] {
        assert_eq!(techniques(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn markings_and_permissible_actions_are_taken_from_metadata_and_tags() {
    let mut head = Head::default();
    head.take("TLP", "tlp:amber+strict");
    head.take("pap", "PAP:AMBER");
    assert_eq!(head.markings, ["marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"]);
    assert_eq!(head.pap.as_deref(), Some("PAP:AMBER"));
    let mut head = Head::default();
    head.tag("TLP_RED");
    head.tag("PAP_WHITE");
    head.take("sharing", "as you like");
    assert_eq!(head.markings, ["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]);
    assert_eq!(head.pap.as_deref(), Some("PAP:CLEAR"));
}

#[test]
fn a_file_is_described_as_rules_ask_about_it() {
    let described = |path, bytes| external::values(path, bytes).map(std::borrow::Cow::into_owned);
    assert_eq!(described("in/Tool.EXE", b"MZ\x90"), ["Tool.EXE", "in", ".exe", "EXE", ""]);
    assert_eq!(described("a.zip!var/log/x", b"text"), ["x", "var/log", "", "", ""]);
    assert_eq!(described("C:\\Temp\\a.b", b"%PDF-1"), ["a.b", "C:\\Temp", ".b", "PDF", ""]);
}

proptest! {
    #[test]
    fn recognising_ends_whatever_there_is(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        recognise(&bytes);
    }

    /// However the words are set apart.
    #[test]
    fn comments_and_spaces_say_nothing(gaps in prop::collection::vec("( |\n|//[a-z]{0,3}\n|/\\*[a-z ]{0,3}\\*/){1,3}", 4)) {
        let text = format!("{}private{}rule{}a{}{{", gaps[0], gaps[1], gaps[2], gaps[3]);
        prop_assert_eq!(recognise(text.as_bytes()), Recognised::Source, "{}", text);
    }
}

#[cfg(not(feature = "yara"))]
#[test]
fn without_the_feature_every_file_of_rules_is_refused_and_says_how_to_get_it() {
    let mut loader = Loader::new();
    loader.read("a.yar", b"rule a { condition: true }".to_vec());
    let (rules, refused) = loader.finish();
    assert!(rules.is_empty());
    assert!(refused[0].reason.contains("--features yara"), "{refused:?}");
    assert!(Scanner::new(&rules, Limits::default()).is_none());
}

/// The indicator with this rule in a bundle.
fn carried(rule: &str) -> Carried {
    let said = Said { id: "indicator--a".to_owned(), ..Said::default() };
    Carried { language: crate::index::Language::Yara, text: rule.to_owned(), said }
}

#[cfg(not(feature = "yara"))]
#[test]
fn each_version_of_an_indicator_is_named() {
    let mut loader = Loader::new();
    for text in ["rule a { condition: true }", "rule a { condition: false }", "rule a { condition: true }"] {
        loader.read_carried("b.json", carried(text));
    }
    let (_, refused) = loader.finish();
    let names: Vec<&str> = refused.iter().map(|refused| refused.source.as_str()).collect();
    assert_eq!(names.len(), 2);
    assert_eq!(names[0], "b.json: indicator--a");
    assert!(names[1].starts_with("b.json: indicator--a "), "{names:?}");
}

#[cfg(feature = "yara")]
mod engine {
    use std::time::Duration;

    use super::super::*;
    use super::carried;

    #[test]
    fn each_version_of_an_indicator_is_looked_for() {
        let mut loader = Loader::new();
        for word in ["old", "new", "old"] {
            let text = format!("rule a {{ strings: $a = \"{word}\" condition: $a }}");
            loader.read_carried("b.json", carried(&text));
        }
        let (rules, refused) = loader.finish();
        assert_eq!(refused, []);
        assert_eq!(rules.len(), 2);
        assert_eq!(names(&rules, "f", b"old"), ["a"]);
        assert_eq!(names(&rules, "f", b"new"), ["a"]);
        assert!(rules.heads().iter().all(|head| head.id == "indicator--a" && head.is_known));
    }

    fn loaded(files: &[(&str, &str)]) -> (Rules, Vec<Refused>) {
        let mut loader = Loader::new();
        for (name, text) in files {
            loader.read(name, text.as_bytes().to_vec());
        }
        loader.finish()
    }

    /// Names of the rules that a file matches.
    fn names(rules: &Rules, path: &str, bytes: &[u8]) -> Vec<String> {
        let mut scanner = Scanner::new(rules, Limits::default()).unwrap();
        let found = scanner.scan(path, bytes).unwrap();
        found.iter().map(|found| rules.head(found.rule).name.clone()).collect()
    }

    #[test]
    fn every_rule_is_taken_or_named_with_its_line_and_reason() {
        let text = "import \"pe\"\n\nrule good { strings: $a = \"abc\" condition: $a }\n\nrule bad {\n  condition: nothing_such\n}\nrule after { condition: filename == \"x\" }\n";
        let (rules, refused) = loaded(&[("a.yar", text), ("b.yar", "rule good { condition: good and }")]);
        let taken: Vec<&str> = rules.heads().iter().map(|head| head.name.as_str()).collect();
        assert_eq!(taken, ["good", "after"], "{refused:?}");
        assert_eq!(refused.len(), 2, "{refused:?}");
        assert_eq!((refused[0].line, refused[0].rule.as_str()), (6, "bad"), "{refused:?}");
        assert!(refused[0].reason.contains("nothing_such"), "{refused:?}");
        assert_eq!(refused[1].source, "b.yar");
        assert!(refused[1].reason.contains("syntax error"), "{refused:?}");
        assert_eq!(&*rules.head(0).text, "import \"pe\"\nrule good { strings: $a = \"abc\" condition: $a }");
    }

    #[test]
    fn rules_open_no_files_and_compiled_ones_are_refused() {
        let place = tempfile::tempdir().unwrap();
        let secret = place.path().join("other.yar");
        std::fs::write(&secret, "rule other { condition: true }").unwrap();
        let text = format!("include \"{}\"\nrule own {{ condition: true }}", secret.display());
        let mut loader = Loader::new();
        loader.read("a.yar", text.into_bytes());
        loader.read("b.yarc", b"YARA-X\0and so on".to_vec());
        let (rules, refused) = loader.finish();
        assert_eq!(rules.len(), 1);
        assert_eq!(refused.len(), 2, "{refused:?}");
        let include = refused.iter().find(|refused| refused.source == "a.yar").unwrap();
        assert_eq!(include.line, 1);
        assert!(include.reason.contains("rules open no files"), "{refused:?}");
        assert!(refused.iter().any(|refused| refused.reason.contains("give their source")));
    }

    #[test]
    fn private_rules_are_silent_and_global_ones_hold_back_those_of_their_file() {
        let one = "global private rule small { condition: filesize < 10 }\nprivate rule p { condition: true }\nrule a { condition: p }";
        let two = "rule a { condition: true }";
        let (rules, refused) = loaded(&[("one.yar", one), ("two.yar", two)]);
        assert_eq!(refused, []);
        let spaces = |bytes: &[u8]| {
            let mut scanner = Scanner::new(&rules, Limits::default()).unwrap();
            let found = scanner.scan("f", bytes).unwrap();
            found.iter().map(|found| rules.head(found.rule).namespace.clone()).collect::<Vec<_>>()
        };
        assert_eq!(spaces(b"short"), ["one.yar", "two.yar"]);
        assert_eq!(spaces(b"longer than ten"), ["two.yar"]);
    }

    #[test]
    fn a_match_says_which_strings_stand_where() {
        let text = "rule a { strings: $one = \"one\" $two = { 74 77 6f } condition: #one > 1 and $two }";
        let (rules, _) = loaded(&[("a.yar", text)]);
        let mut scanner = Scanner::new(&rules, Limits::default()).unwrap();
        let found = scanner.scan("f", b"..one..one..two").unwrap();
        assert_eq!(found[0].strings.len(), 2);
        assert_eq!(found[0].strings[0], Matched { id: "$one".to_owned(), at: vec![2, 7] });
        assert_eq!(found[0].strings[1], Matched { id: "$two".to_owned(), at: vec![12] });
        assert_eq!(found[0].first(), Some(2));
        assert_eq!(scanner.scan("f", b"one").unwrap(), []);
    }

    #[test]
    fn variables_are_those_of_the_file_at_hand() {
        let text = "rule a { condition: filename == \"x.exe\" and filepath == \"in\" and extension == \".exe\" and filetype == \"EXE\" and owner == \"\" }";
        let (rules, refused) = loaded(&[("a.yar", text)]);
        assert_eq!(refused, []);
        assert_eq!(names(&rules, "in/x.exe", b"MZ"), ["a"]);
        assert_eq!(names(&rules, "in/y.exe", b"MZ"), Vec::<String>::new());
    }

    #[test]
    fn ids_follow_from_the_rule_wherever_it_lies() {
        let text = "rule a { meta: id = \"5b0a\" description = \"Said\" reference = \"https://a.example\" mitre_attack = \"T1059.001\" tlp = \"AMBER\" condition: true }";
        let (one, _) = loaded(&[("a.yar", text), ("n.yar", "rule n { condition: true }")]);
        let (two, _) =
            loaded(&[("else/n.yar", "import \"pe\"\r\n\r\nrule n { condition: true }"), ("else.yar", text)]);
        assert_eq!(one.head(0).id, two.head(1).id);
        assert_eq!(one.head(1).id, two.head(0).id);
        assert_ne!(one.head(0).id, one.head(1).id);
        let head = one.head(0);
        assert_eq!((head.description.as_str(), head.reference.as_str()), ("Said", "https://a.example"));
        assert_eq!((head.techniques.len(), head.markings.len()), (1, 1));
        assert_ne!(one.fingerprint(), two.fingerprint());
    }

    #[test]
    fn a_rule_that_takes_too_long_is_told_of_and_the_scanner_goes_on() {
        let text = "rule slow { condition: for all i in (0..1000000000000) : (uint8(i % filesize) < 255) }\nrule quick { condition: true }";
        let (rules, refused) = loaded(&[("a.yar", text)]);
        assert_eq!(refused, []);
        let limits = Limits { time: Duration::from_secs(1), ..Limits::default() };
        let mut scanner = Scanner::new(&rules, limits).unwrap();
        let reason = scanner.scan("f", b"some bytes").unwrap_err();
        assert!(reason.contains("more than 1 s"), "{reason}");
        // A file that the slow rule decides about at once.
        let found = scanner.scan("f", b"\xff").unwrap();
        assert_eq!(found.len(), 1);
    }
}

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::label::arbitrary::label;
use crate::party::Party;
use crate::story::{Story, at, member, person, rel};

const ASTERIN: &str = include_str!("../../../../fixtures/policies/asterin.xml");
const ACS: &str = include_str!("../../../../fixtures/policies/acs.xml");

fn story() -> Story {
    let mut story = Story::cast();
    story.import(ASTERIN);
    story.import(ACS);
    story
}

fn noon() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn headings() -> Headings {
    let originator = Some(format!("urn:uuid:{}", member("alpha")));
    Headings {
        originator,
        created: Some(noon()),
        review: Some("2027-06-01T00:00:00Z".parse().unwrap()),
        ..Headings::default()
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/labels")
}

fn read_file(name: &str, story: &Story) -> Told {
    let text = std::fs::read_to_string(fixtures().join(name)).unwrap();
    read(&text, &story.directory).unwrap()
}

fn told(told: &Told, story: &Story) -> String {
    let losses: Vec<String> =
        told.losses.iter().map(|loss| format!("  {:?} {}: {}", loss.kind, loss.part, loss.why)).collect();
    let audience = if told.terms.audience().is_none() { "(audience open) " } else { "" };
    let words = spec::display(&told.terms.label(), &story.directory);
    format!("{:?}: {audience}{words}\n{:?}\n{}", told.source, told.headings, losses.join("\n"))
}

/// The labels of the golden files.
fn golden() -> [(&'static str, &'static str); 6] {
    [
        ("plain", "tlp:amber rel:JPN class:EXERCISE/SECRET"),
        (
            "categories",
            "rel:EST,JPN class:EXERCISE/CONFIDENTIAL all:EXERCISE/Special=A,B info:EXERCISE/Context=EXERCISE",
        ),
        ("parties", "tlp:red rel:alpha,person:echo@example.org pap:red orcon"),
        ("clauses", "rel:JPN,EST rel:circle class:ASTERIN/GUARDED exercise"),
        ("two-policies", "rel:JPN class:ASTERIN/CLOSED class:EXERCISE/RESTRICTED all:EXERCISE/Special=A"),
        ("world", "tlp:clear rel:world"),
    ]
}

/// `KIZUNA_GOLDEN=write` writes the files anew.
#[test]
fn golden_labels_in_every_form() {
    let story = story();
    let anew = std::env::var("KIZUNA_GOLDEN").is_ok_and(|word| word == "write");
    for (name, words) in golden() {
        let label = spec::parse(words, &story.directory).unwrap().label();
        for (form, ending) in
            [(Form::Stanag4774, "4774.xml"), (Form::Stanag5636, "5636.json"), (Form::Stix, "stix.json")]
        {
            let written = write(form, &label, &headings(), &story.directory, noon()).unwrap();
            let path = fixtures().join(format!("{name}.{ending}"));
            if anew {
                std::fs::write(&path, &written.text).unwrap();
            }
            assert_eq!(written.text, std::fs::read_to_string(&path).unwrap(), "{}", path.display());
            let again = read_file(&format!("{name}.{ending}"), &story);
            assert_eq!(again.terms.label(), label, "{name} as {}", form.as_str());
            if form != Form::Stix {
                assert_eq!(again.headings, headings());
            }
        }
    }
}

#[test]
fn what_others_wrote_is_told_with_its_losses() {
    let story = story();
    let all = ["foreign-4774.xml", "iep.json", "acs.json"].map(|name| told(&read_file(name, &story), &story));
    insta::assert_snapshot!(all.join("\n\n"));
}

#[test]
fn what_others_do_not_get_is_stated() {
    let story = story();
    let mut table = String::new();
    for (name, words) in golden() {
        let label = spec::parse(words, &story.directory).unwrap().label();
        let written = write(Form::Stanag4774, &label, &headings(), &story.directory, noon()).unwrap();
        writeln!(table, "{name}: {words}").unwrap();
        for loss in written.losses {
            writeln!(table, "  {:?} {}: {}", loss.kind, loss.part, loss.why).unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_level_that_acs_does_not_have_is_raised_and_said_so() {
    let story = story();
    let as_acs = |words: &str, now: Timestamp| {
        let label = spec::parse(words, &story.directory).unwrap().label();
        write(Form::Acs, &label, &headings(), &story.directory, now)
    };
    let level = |written: &Written| {
        let value: Value = serde_json::from_str(&written.text).unwrap();
        value[0]["extensions"][acs::EXTENSION]["control_set"]["classification"].as_str().unwrap().to_owned()
    };
    let exact = as_acs("tlp:amber rel:JPN class:EXERCISE/SECRET", noon()).unwrap();
    assert_eq!((level(&exact).as_str(), exact.losses.len()), ("S", 0));
    let raised = as_acs("rel:JPN class:EXERCISE/RESTRICTED", noon()).unwrap();
    assert_eq!(level(&raised), "C");
    assert_eq!(
        raised.losses,
        [Loss::narrowed("level EXERCISE/RESTRICTED", "ACS has no such level: raised to C")]
    );
    let refused = as_acs("rel:JPN class:ASTERIN/SEALED", noon()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the form cannot carry level ASTERIN/SEALED: no equivalence with the policy ACS is in force"
    );
    assert!(as_acs("rel:JPN orcon class:EXERCISE/SECRET", noon()).is_err());
    assert!(as_acs("rel:JPN rel:EST class:EXERCISE/SECRET", noon()).is_err());
    assert!(as_acs("rel:circle class:EXERCISE/SECRET", noon()).is_err());
}

#[test]
fn what_is_not_understood_is_refused_or_narrows() {
    let story = story();
    let good = std::fs::read_to_string(fixtures().join("plain.4774.xml")).unwrap();
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        read(&good.replacen(from, to, 1), &story.directory)
    };
    let refused = [
        with(
            "<Classification>SECRET</Classification>",
            "<Classification>SECRET</Classification><Caveat>EYES</Caveat>",
        ),
        with("<Classification>SECRET</Classification>", "<Classification/>"),
        with("Type=\"PERMISSIVE\"", "Type=\"OPTIONAL\""),
        with("<GenericValue>JPN</GenericValue>", ""),
        with("<GenericValue>JPN</GenericValue>", "<IntegerSet>1</IntegerSet>"),
        with("<GenericValue>AMBER</GenericValue>", "<GenericValue>PUCE</GenericValue>"),
        with("urn:kizuna:label:1:tlp", "urn:kizuna:label:1:more"),
        with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<!DOCTYPE a>"),
    ];
    insta::assert_snapshot!(refused.map(|result| result.unwrap_err().to_string()).join("\n"));
    let other = with("urn:oid:2.25.203287350689622767013730510605807948553", "urn:oid:2.25.5").unwrap();
    let policies: Vec<String> = other.terms.label().classification().keys().cloned().collect();
    assert_eq!(policies, ["EXERCISE (urn:oid:2.25.5)"], "only the name is shared");
    let nobody = with("<GenericValue>JPN</GenericValue>", "<GenericValue>Atlantis</GenericValue>").unwrap();
    assert!(nobody.terms.label().audience_is_empty());
    let odd = Label::builder().rel([rel("JPN")]).class("EXERCISE", "SEC\u{1}RET").label();
    assert!(write(Form::Stanag4774, &odd, &headings(), &story.directory, noon()).is_err());
}

#[test]
fn a_binding_is_of_one_file_and_its_bytes() {
    let story = story();
    let label = spec::parse("tlp:amber rel:JPN class:EXERCISE/SECRET", &story.directory).unwrap().label();
    let written =
        stanag4778::write(&label, &headings(), &[], &story.directory, "港 report.json", b"bytes").unwrap();
    let bound = stanag4778::read(&written.text, &story.directory).unwrap();
    assert_eq!(bound.label.terms.label(), label);
    assert_eq!(bound.check("港 report.json", b"bytes"), Ok(()));
    assert!(matches!(bound.check("other.json", b"bytes"), Err(stanag4778::Broken::OtherFile(_))));
    assert_eq!(bound.check("港 report.json", b"byte"), Err(stanag4778::Broken::OtherBytes));
    assert_eq!(read(&written.text, &story.directory).unwrap().terms.label(), label);
    let without = written.text.replace("sha384", "md5");
    assert!(stanag4778::read(&without, &story.directory).is_err());
}

#[test]
fn an_iep_is_understood_as_a_marking() {
    let story = story();
    let text = std::fs::read_to_string(fixtures().join("iep.json")).unwrap();
    let object = Object::from_value(serde_json::from_str(&text).unwrap()).unwrap();
    let Meaning::Terms(terms) = marking::meaning(&object) else { panic!("not understood") };
    assert_eq!(terms, read_file("iep.json", &story).terms);
    let more = text.replace("\"tlp\"", "\"colour\": \"x\", \"tlp\"");
    let object = Object::from_value(serde_json::from_str(&more).unwrap()).unwrap();
    assert!(matches!(marking::meaning(&object), Meaning::Unknown(_)));
}

/// Everybody of the story who could read, at an instant at which equivalences are in force.
fn readers(story: &mut Story) -> Vec<crate::reader::Reader> {
    use crate::rights::Holder;
    story.clear(Holder::Person(person("alpha")), crate::story::cleared("SECRET"));
    story.clear(Holder::Person(person("echo")), crate::story::cleared("RESTRICTED"));
    story.join("alpha", "circle");
    ["alpha", "bravo", "echo", "grid"].map(|name| story.reader_at(name, noon())).into()
}

/// A binding as others write it, with a label under each of two policies and one of the metadata.
#[test]
fn what_stands_beside_a_label_is_written_again_as_it_was() {
    let story = story();
    let text = std::fs::read_to_string(fixtures().join("beside.bdo")).unwrap();
    let bound = stanag4778::read(&text, &story.directory).unwrap();
    let kinds: Vec<Source> = bound.beside.iter().map(Beside::source).collect();
    assert_eq!(kinds, [Source::Alternative, Source::Metadata]);
    let label = bound.label.terms.label();
    let written = stanag4778::write(
        &label,
        &bound.label.headings,
        &bound.beside,
        &story.directory,
        "report.json",
        b"bytes",
    );
    let written = written.unwrap().text;
    let anew = std::env::var("KIZUNA_GOLDEN").is_ok_and(|word| word == "write");
    let golden = fixtures().join("beside-again.bdo");
    if anew {
        std::fs::write(&golden, &written).unwrap();
    }
    assert_eq!(written, std::fs::read_to_string(&golden).unwrap());
    let again = stanag4778::read(&written, &story.directory).unwrap();
    assert_eq!((&again.beside, again.label.terms.label()), (&bound.beside, label));
    // Also as data.
    let json = serde_json::to_string(&bound.beside).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Beside>>(&json).unwrap(), bound.beside);
}

#[test]
fn a_label_has_alternatives_while_an_equivalence_is_in_force() {
    let mut story = story();
    let label =
        spec::parse("tlp:amber rel:JPN class:EXERCISE/CONFIDENTIAL", &story.directory).unwrap().label();
    let beside = alternatives(&label, &headings(), &story.directory, noon()).unwrap();
    assert_eq!(beside.len(), 2);
    let readers = readers(&mut story);
    for beside in &beside {
        let text = stanag4774::write_beside(beside);
        let told = read(&text, &story.directory).unwrap();
        assert_eq!(told.source, Source::Alternative);
        let alternative = told.terms.label();
        assert_eq!((alternative.audience(), alternative.tlp()), (label.audience(), label.tlp()));
        // That with ASTERIN ends before the label itself is to be reviewed; that with ACS has no end.
        let ends = text.contains("ASTERIN").then(|| "2027-04-01T00:00:00Z".parse().unwrap());
        assert_eq!(told.headings.review, ends.or(headings().review), "{text}");
        // Never wider: whoever meets it may read what it is the alternative of.
        for reader in &readers {
            assert!(!reader.can_read(&alternative, at(0)) || reader.can_read(&label, at(0)), "{text}");
        }
    }
    let before = "1990-01-01T00:00:00Z".parse().unwrap();
    let then = alternatives(&label, &headings(), &story.directory, before).unwrap();
    assert!(then.len() < beside.len() || then == beside, "{then:?}");
    for words in ["rel:JPN", "rel:JPN class:EXERCISE/SECRET all:EXERCISE/Special=A"] {
        let label = spec::parse(words, &story.directory).unwrap().label();
        assert_eq!(alternatives(&label, &headings(), &story.directory, noon()).unwrap(), []);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_form_reads_back_as_the_same_label(label in label()) {
        let story = story();
        for form in [Form::Stanag4774, Form::Stanag5636, Form::Stix] {
            let written = write(form, &label, &headings(), &story.directory, noon()).unwrap();
            let again = read(&written.text, &story.directory).unwrap();
            prop_assert_eq!(again.terms.label(), label.clone(), "{}\n{}", form.as_str(), written.text);
        }
    }

    #[test]
    fn labels_of_every_kind_round_trip(labels in prop::collection::vec(label(), 1..4)) {
        let story = story();
        for source in [Source::Originator, Source::Alternative, Source::Metadata] {
            let written = stanag4774::write_as(source, &labels[0], &headings(), &story.directory).unwrap();
            let again = read(&written.text, &story.directory).unwrap();
            prop_assert_eq!((again.source, again.terms.label()), (source, labels[0].clone()));
        }
        let beside: Vec<Beside> = labels[1..]
            .iter()
            .map(|label| Beside::metadata(label, &headings(), &story.directory).unwrap())
            .collect();
        let bound = stanag4778::write(&labels[0], &headings(), &beside, &story.directory, "a", b"b").unwrap();
        let again = stanag4778::read(&bound.text, &story.directory).unwrap();
        prop_assert_eq!((again.label.terms.label(), again.beside), (labels[0].clone(), beside));
    }

    /// ACS loses more; what it says is never read by somebody who may not read the label itself.
    #[test]
    fn acs_is_never_wider(label in label()) {
        let mut story = story();
        let readers = readers(&mut story);
        let Ok(written) = write(Form::Acs, &label, &headings(), &story.directory, noon()) else { return Ok(()) };
        let again = read(&written.text, &story.directory).unwrap();
        let default = Label::builder().rel([Party::World]).label();
        let narrower = again.terms.or(&default).label();
        for reader in readers {
            prop_assert!(!reader.can_read(&narrower, at(0)) || reader.can_read(&label, at(0)), "{}", written.text);
        }
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,60}|<[a-zA-Z:/ =\"]{0,40}>|\\{\"ocl\":.{0,40}\\}") {
        let _ = read(&text, &story().directory);
    }
}

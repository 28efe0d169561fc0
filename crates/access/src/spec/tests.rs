#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::label::{Classification, Handling, Label, Pap, Terms, Tlp};
use crate::party::Party;
use crate::rights::Rights;
use crate::story::{self, Story, country, rel};

/// The cast, and names that need care.
fn story() -> Story {
    let mut story = Story::cast();
    story.member("IBX", "FRA");
    story.member("Grid Company, East", "FRA");
    story.community("国際の輪", false);
    story
}

fn read(text: &str) -> Result<Terms, String> {
    parse(text, &story().directory).map_err(|error| error.to_string())
}

#[test]
fn every_word_is_read() {
    let text = concat!(
        "tlp:amber rel:JPN,EST class:EXERCISE/SECRET orcon pap:green exercise draft ",
        r#"rel:clients:alpha,person:echo@example.org,"Grid Company, East",国際の輪 all:EXERCISE/Special=A,B"#,
    );
    let mut secret = Classification::level("SECRET");
    secret.restrictive.insert("Special".to_owned(), BTreeSet::from(["A".to_owned(), "B".to_owned()]));
    let expected = Label::builder()
        .rel([rel("JPN"), rel("EST")])
        .rel([
            Party::ClientsOf(story::member("alpha")),
            Party::Person(story::person("echo")),
            Party::Member(story::member("Grid Company, East")),
            Party::Community(story::community("国際の輪")),
        ])
        .classified("EXERCISE", secret)
        .tlp(Tlp::Amber)
        .pap(Pap::Green)
        .handling(Handling::Orcon)
        .handling(Handling::Exercise)
        .handling(Handling::Draft);
    assert_eq!(read(text), Ok(expected));
}

#[test]
fn letters_may_be_of_any_case() {
    let expected = Label::builder().tlp(Tlp::AmberStrict).class("EXERCISE", "SECRET");
    assert_eq!(read("TLP:AMBER+STRICT Class:exercise/Secret"), Ok(expected));
    assert_eq!(read("rel:ALPHA").unwrap(), Label::builder().rel([Party::Member(story::member("alpha"))]));
}

#[test]
fn an_audience_may_be_left_open_or_be_nobody() {
    assert_eq!(read(""), Ok(Terms::default()));
    assert_eq!(read("tlp:red").unwrap().audience(), None);
    assert_eq!(read("rel:nobody").unwrap().audience(), Some(&BTreeSet::new()));
}

#[test]
fn a_name_that_looks_like_a_country_is_asked_about() {
    assert_eq!(
        read("rel:IBX"),
        Err(concat!(
            r#"column 5: "IBX" could be a country or a member; "#,
            "did you mean country:IBX or member:IBX?"
        )
        .to_owned())
    );
    assert_eq!(read("rel:country:IBX"), Ok(Label::builder().rel([Party::Country(country("IBX"))])));
    assert_eq!(read(r#"rel:"IBX""#), Ok(Label::builder().rel([Party::Member(story::member("IBX"))])));
}

#[test]
fn errors_say_where_and_what_was_perhaps_meant() {
    let mut table = String::new();
    for text in [
        "tpl:amber",
        "tlp:ambr",
        "tlp:",
        "rel:",
        "rel:JPN,",
        "rel:alhpa",
        "rel:jpn",
        "rel:JPN,nobody",
        "rel:\"Grid Company",
        "rel:clinets:alpha",
        "rel:person:nobody@example.org",
        "class:EXERCISE",
        "class:EXERCISES/SECRET",
        "class:EXERCISE/SECERT",
        "tlp:amber orcn",
        "pap:white pap:pink",
        "all:EXERCISE/Special=A",
        "class:EXERCISE/SECRET any:EXERCISE/Special",
        "rel:\"alpha\"x",
    ] {
        let outcome = read(text).expect_err(text);
        writeln!(table, "{text}\n    {outcome}").unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn clearances_are_read() {
    let expected = crate::story::cleared("SECRET");
    assert_eq!(clearance(["exercise:secret"], &Directory::default()), Ok(expected));
    assert!(clearance(["EXERCISE/SECRET"], &Directory::default()).is_err());
    assert!(clearance(["EXERCISE:SECRET:x"], &Directory::default()).is_err());
}

#[test]
fn what_the_directory_does_not_know_stands_as_an_id() {
    let gone = Label::own(story::member("nowhere"));
    let text = display(&gone, &story().directory);
    assert_eq!(text, format!("rel:member:{}", story::member("nowhere")));
    let mut story = story();
    story.tell(Rights::PersonRemoved { person: story::person("echo") });
    let label = Label::builder().rel([Party::Person(story::person("echo"))]).label();
    let text = display(&label, &story.directory);
    assert_eq!(parse(&text, &story.directory).unwrap().label(), label);
}

proptest! {
    /// Labels of a policy that this node does not know cannot be typed; all others read back as they print.
    #[test]
    fn printing_reads_back(label in crate::label::arbitrary::label()) {
        let known = |(policy, asked): (&String, &Classification)| {
            policy == "EXERCISE" && asked.also.is_empty() && asked.level != "COSMIC"
        };
        prop_assume!(label.classification().iter().all(known));
        let story = story();
        let text = display(&label, &story.directory);
        let terms = parse(&text, &story.directory).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
        prop_assert_eq!(terms.label(), label, "{}", text);
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,40}|(tlp|rel|class|all)[:/=,\" a-zA-Z]{0,20}") {
        let _ = parse(&text, &story().directory);
    }
}

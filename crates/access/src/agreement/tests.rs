#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::SignedDuration;

use super::*;
use crate::label::Tlp;
use crate::story::{at, community, member, rel};

fn agreement() -> Agreement {
    Agreement {
        id: "kizuna-agreement--3f0b7c52-6f5e-4f6c-9a0d-9c2b8e1d7a10".parse().unwrap(),
        by: member("alpha"),
        created: at(0),
        modified: at(5),
        title: "演習 Harbour".to_owned(),
        scope: "Threats to ports".to_owned(),
        parties: BTreeSet::from([rel("JPN"), Party::Community(community("circle"))]),
        allows: vec![Label::builder().rel([rel("JPN")]).class("EXERCISE", "SECRET").label()],
        contacts: vec![Contact { name: "Duty officer".to_owned(), address: "duty@alpha.example".to_owned() }],
        from: Some(at(10)),
        until: Some(at(20)),
        review: None,
    }
}

#[test]
fn an_agreement_reads_back() {
    let agreement = agreement();
    let object = agreement.object().unwrap();
    assert_eq!(Agreement::read(&object), Ok(agreement.clone()));
    let bare = Agreement { allows: Vec::new(), contacts: Vec::new(), from: None, until: None, ..agreement };
    assert_eq!(Agreement::read(&bare.object().unwrap()), Ok(bare));
}

#[test]
fn its_dates_hold_from_the_first_until_before_the_last() {
    let agreement = agreement();
    let second = SignedDuration::from_secs(1);
    assert_eq!(
        [at(10) - second, at(10), at(10) + second].map(|now| agreement.in_force(now)),
        [false, true, true]
    );
    assert_eq!(
        [at(20) - second, at(20), at(20) + second].map(|now| agreement.in_force(now)),
        [true, false, false]
    );
}

#[test]
fn what_misses_a_part_is_no_agreement() {
    for key in ["name", "scope", "parties", "created_by_ref"] {
        let mut value = agreement().object().unwrap().into_value();
        value.remove(key);
        let object = Object::from_value(Value::Object(value)).unwrap();
        assert_eq!(Agreement::read(&object), Err(BadAgreement(key)));
    }
}

#[test]
fn its_schema_is_json() {
    let schema: Value = serde_json::from_str(extension::AGREEMENT.schema).unwrap();
    assert_eq!(schema["properties"]["type"]["const"], KIND);
}

#[test]
fn a_release_rests_on_it_within_its_parties_labels_and_dates() {
    let mut story = crate::story::Story::cast();
    story.join("alpha", "circle");
    let allowed =
        Label::builder().rel([rel("JPN")]).class("EXERCISE", "CONFIDENTIAL").tlp(Tlp::Amber).label();
    let agreement = Agreement { allows: vec![allowed], ..agreement() };
    let refused = |words: &str, by: &str, now: Timestamp| {
        let label = crate::spec::parse(words, &story.directory).unwrap().label();
        agreement.refusals(&label, member(by), &BTreeSet::new(), &story.directory, now)
    };
    let table = [
        ("rel:JPN", "alpha", 15),
        ("rel:JPN class:EXERCISE/RESTRICTED", "alpha", 15),
        ("rel:JPN class:EXERCISE/SECRET", "alpha", 15),
        ("rel:JPN all:EXERCISE/Special=A class:EXERCISE/RESTRICTED", "alpha", 15),
        ("rel:JPN tlp:red", "alpha", 15),
        ("rel:JPN orcon", "alpha", 15),
        ("rel:JPN exercise", "alpha", 15),
        ("rel:circle", "alpha", 15),
        ("rel:JPN,KOR", "alpha", 15),
        ("rel:JPN", "echo", 15),
        ("rel:JPN", "alpha", 9),
        ("rel:JPN", "alpha", 10),
        ("rel:JPN", "alpha", 20),
    ];
    let lines =
        table.map(|(words, by, now)| format!("{words} by {by} at {now}: {:?}", refused(words, by, at(now))));
    insta::assert_snapshot!(lines.join("\n"));
    // Who gave the content has it already.
    let label = Label::builder().rel([rel("JPN"), Party::Member(member("echo"))]).label();
    let already = BTreeSet::from([member("echo")]);
    let refusals = agreement.refusals(&label, member("alpha"), &already, &story.directory, at(15));
    assert_eq!(refusals, []);
}

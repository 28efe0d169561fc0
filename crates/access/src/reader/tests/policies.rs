//! Policies that are imported, and what is held under one counts as under another.

use super::*;

const ASTERIN: &str = include_str!("../../../../../fixtures/policies/asterin.xml");

fn winter() -> BTreeSet<String> {
    BTreeSet::from(["LONG WINTER".to_owned()])
}

fn begins() -> Timestamp {
    "2026-04-01T00:00:00Z".parse().unwrap()
}

fn ends() -> Timestamp {
    "2027-04-01T00:00:00Z".parse().unwrap()
}

fn asks(level: &str) -> Label {
    to([Party::World]).class("ASTERIN", level).label()
}

/// Another state's policy, told from the first one's file: EXERCISE does not know it, and it knows ASTERIN.
fn meridia() -> String {
    let text = ASTERIN.replace("ASTERIN", "MERIDIA").replace("332922775440291421287013159579273464491", "77");
    let text = text.replace("EXERCISE", "ASTERIN");
    let text =
        text.replace("203287350689622767013730510605807948553", "332922775440291421287013159579273464491");
    [("1", "10"), ("2", "20"), ("3", "30"), ("4", "40")].iter().fold(text, |text, (exercise, asterin)| {
        text.replace(&format!("lacv=\"{exercise}\" applied"), &format!("lacv=\"{asterin}\" applied"))
    })
}

/// The version of a file raised.
fn newer(text: &str, version: u64) -> String {
    text.replacen("version=\"1\"\n", &format!("version=\"{version}\"\n"), 1)
}

fn story() -> Story {
    let mut story = Story::cast();
    story.clear(Holder::Person(person("alpha")), cleared("CONFIDENTIAL"));
    story.import(ASTERIN);
    story
}

#[test]
fn an_unknown_policy_is_met_by_nobody_until_it_is_imported() {
    let mut story = Story::cast();
    story.clear(Holder::Person(person("alpha")), cleared("SECRET"));
    assert!(!reads(&story.reader("alpha"), &asks("OPEN")));
    let imported = story.import(ASTERIN);
    assert_eq!(story.reader("alpha").gained_for(&asks("OPEN"), at(0)), Some(imported));
    assert!(
        !reads(&story.reader("bravo"), &asks("OPEN")),
        "who holds nothing holds nothing under any policy"
    );
}

#[test]
fn an_equivalence_counts_from_its_first_instant_until_before_its_last() {
    let story = story();
    let label = asks("CLOSED");
    for (boundary, around) in [(begins(), [false, true, true]), (ends(), [true, false, false])] {
        let instants = [boundary - seconds(1), boundary, boundary + seconds(1)];
        assert_eq!(instants.map(|now| reads(&story.reader_at("alpha", now), &label)), around);
    }
    assert_eq!(story.reader("alpha").valid_until(), Some(begins()));
    assert_eq!(story.reader_at("alpha", begins()).valid_until(), Some(ends()));
    assert_eq!(story.reader_at("alpha", ends()).valid_until(), None);
    let during = story.reader_at("alpha", begins() + seconds(9));
    assert_eq!(during.gained_for(&label, at(0)), Some(begins()));
}

#[test]
fn equivalences_are_not_chained() {
    let mut story = story();
    story.import(&meridia());
    let noon = begins() + seconds(9);
    let reader = story.reader_at("alpha", noon);
    assert!(reads(&reader, &asks("SERVICE")));
    assert!(!reads(&reader, &to([Party::World]).class("MERIDIA", "SERVICE").label()));
    story.clear(Holder::Person(person("bravo")), Clearance::default().with("ASTERIN", "GUARDED"));
    let reader = story.reader_at("bravo", noon);
    assert!(reads(&reader, &to([Party::World]).class("MERIDIA", "SERVICE").label()));
    assert!(reads(&reader, &to([Party::World]).class("EXERCISE", "RESTRICTED").label()));
    assert!(!reads(&reader, &to([Party::World]).class("EXERCISE", "CONFIDENTIAL").label()));
}

#[test]
fn what_is_held_directly_is_never_raised_and_categories_do_not_cross() {
    let mut story = story();
    let noon = begins() + seconds(9);
    let low = cleared("CONFIDENTIAL").with("ASTERIN", "OPEN");
    story.clear(Holder::Person(person("alpha")), low);
    assert!(!reads(&story.reader_at("alpha", noon), &asks("CLOSED")));
    let mut held = cleared("CONFIDENTIAL");
    held.0.get_mut("EXERCISE").unwrap().categories.insert("Compartment".to_owned(), winter());
    story.clear(Holder::Person(person("alpha")), held);
    let mut asked = Classification::level("CLOSED");
    asked.restrictive.insert("Compartment".to_owned(), winter());
    assert!(reads(&story.reader_at("alpha", noon), &asks("CLOSED")));
    assert!(!reads(
        &story.reader_at("alpha", noon),
        &to([Party::World]).classified("ASTERIN", asked).label()
    ));
}

#[test]
fn a_ceiling_counts_by_equivalence_as_well() {
    let mut story = story();
    let noon = begins() + seconds(9);
    story.clear(Holder::Node, cleared("RESTRICTED"));
    assert!(reads(&story.reader_at("alpha", noon), &asks("SERVICE")));
    assert!(!reads(&story.reader_at("alpha", noon), &asks("CLOSED")));
    story.clear(Holder::Node, Clearance::default().with("ASTERIN", "CLOSED"));
    assert!(reads(&story.reader_at("alpha", noon), &asks("CLOSED")));
    // Before the equivalence begins the ceiling is worth nothing under EXERCISE.
    assert!(!reads(&story.reader("alpha"), &to([Party::World]).class("EXERCISE", "RESTRICTED").label()));
}

#[test]
fn a_newer_version_replaces_the_older_from_its_event_on() {
    let mut story = story();
    let without = newer(ASTERIN, 2).replace("name=\"CLOSED\"", "name=\"SHUT\"");
    let before = story.reader_at("alpha", story.now).clone();
    story.clear(Holder::Person(person("bravo")), Clearance::default().with("ASTERIN", "CLOSED"));
    assert!(reads(&story.reader("bravo"), &asks("SERVICE")));
    story.import(&without);
    assert!(!reads(&story.reader("bravo"), &asks("SERVICE")), "its level is gone, and with it all it held");
    assert!(!reads(&story.reader_at("alpha", begins()), &asks("CLOSED")));
    assert!(reads(&story.reader_at("alpha", begins()), &asks("SHUT")));
    assert!(!reads(&before, &asks("SHUT")));
}

#[test]
fn what_may_be_imported() {
    let story = story();
    let allowed = |text: &str| {
        let policy = Box::new(crate::policy::spif::read(text).unwrap().policy);
        let event = Rights::PolicyImported { policy, spif: text.to_owned() };
        story.directory.allows(&event, story.now).map_err(|error| error.to_string())
    };
    let told = [
        allowed(ASTERIN),
        allowed(&newer(ASTERIN, 2)),
        allowed(&newer(ASTERIN, 2).replace("332922775440291421287013159579273464491", "77")),
        allowed(&newer(ASTERIN, 2).replace("name=\"ASTERIN\"", "name=\"Asterin\"")),
        allowed(&newer(ASTERIN, 2).replace("name=\"ASTERIN\"", "name=\"OTHER\"")),
        allowed(&crate::policy::EXERCISE_SPIF.replacen("version=\"1\"\n", "version=\"2\"\n", 1)),
        allowed(
            &crate::policy::EXERCISE_SPIF
                .replacen("version=\"1\"\n", "version=\"2\"\n", 1)
                .replace("hierarchy=\"4\"", "hierarchy=\"0\""),
        ),
    ];
    insta::assert_debug_snapshot!(told);
    let policy = Box::new(crate::policy::spif::read(ASTERIN).unwrap().policy);
    let forged = Rights::PolicyImported { policy, spif: meridia() };
    assert!(story.directory.allows(&forged, story.now).is_err(), "the event says what its file says");
}

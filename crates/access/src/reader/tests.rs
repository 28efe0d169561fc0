#![allow(clippy::unwrap_used, clippy::expect_used)]

mod dated;
mod history;
mod policies;
mod speed;
mod table;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::label::{Handling, Terms};
use crate::rights::{Clearance, Holder, Rights};
use crate::story::{Story, at, cleared, community, key, member, person, rel, secret};

fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

fn to(parties: impl IntoIterator<Item = Party>) -> Terms {
    Label::builder().rel(parties)
}

fn circle() -> Label {
    to([Party::Community(community("circle"))]).label()
}

fn late() -> Label {
    to([Party::Community(community("late"))]).label()
}

fn always() -> Decision {
    Decision::Readable(vec![Grant { gained: Timestamp::MIN, floor: Timestamp::MIN }])
}

fn reads(reader: &Reader, label: &Label) -> bool {
    reader.decide(label) != Decision::Hidden
}

#[test]
fn every_clause_must_hold_and_one_party_of_each_is_enough() {
    let story = Story::cast();
    let alpha = story.reader("alpha");
    assert!(reads(&alpha, &to([rel("EST"), rel("JPN")]).label()));
    assert!(reads(&alpha, &to([rel("JPN")]).rel([Party::Member(member("alpha"))]).label()));
    assert!(!reads(&alpha, &to([rel("JPN")]).rel([Party::Member(member("bravo"))]).label()));
    assert!(!reads(&alpha, &Label::builder().label()));
}

#[test]
fn clients_read_with_those_named_at_amber_and_below_only() {
    let mut story = Story::cast();
    story.join("alpha", "circle");
    let grid = story.reader("grid");
    for named in [Party::Member(member("alpha")), rel("JPN"), Party::Community(community("circle"))] {
        for tlp in Tlp::ALL {
            assert_eq!(
                reads(&grid, &to([named]).tlp(tlp).label()),
                tlp <= Tlp::Amber,
                "{named:?} at {tlp:?}"
            );
        }
        assert!(!reads(&grid, &to([named]).label()), "{named:?} without TLP");
    }
    let clients = to([Party::ClientsOf(member("alpha"))]);
    for tlp in Tlp::ALL {
        assert_eq!(reads(&grid, &clients.clone().tlp(tlp).label()), tlp != Tlp::Red);
    }
    assert!(reads(&grid, &clients.clone().label()));
    assert!(!reads(&story.reader("alpha"), &clients.label()), "clients of a member are not the member");
    let bravo = to([Party::Member(member("bravo"))]).tlp(Tlp::Amber).label();
    assert!(!reads(&grid, &bravo), "a client of another");
    let persons = to([Party::Person(person("alpha"))]).tlp(Tlp::Amber).label();
    assert!(!reads(&grid, &persons), "a person has no clients");
}

#[test]
fn clients_stop_reading_when_they_are_clients_no_more() {
    let mut story = Story::cast();
    let label = to([rel("JPN")]).tlp(Tlp::Green).label();
    assert!(reads(&story.reader("grid"), &label));
    story.tell(Rights::ClientRemoved { client: member("grid"), of: member("alpha") });
    assert!(!reads(&story.reader("grid"), &label));
    let again = story.tell(Rights::ClientAdded { client: member("grid"), of: member("alpha") });
    assert_eq!(story.reader("grid").gained_for(&label, at(0)), Some(again));
}

#[test]
fn a_client_reads_through_a_membership_from_when_that_began() {
    let mut story = Story::cast();
    let joined = story.join("alpha", "late");
    let label = late().terms().tlp(Tlp::Amber).label();
    let grant = Grant { gained: joined, floor: joined };
    assert_eq!(story.reader("grid").decide(&label), Decision::Readable(vec![grant]));
    story.leave("alpha", "late");
    assert_eq!(story.reader("grid").decide(&label), Decision::Hidden);
}

#[test]
fn red_is_for_members_and_persons_named() {
    let story = Story::cast();
    let alpha = story.reader("alpha");
    let red = |party| to([party]).tlp(Tlp::Red).label();
    assert!(reads(&alpha, &red(Party::Member(member("alpha")))));
    assert!(reads(&alpha, &red(Party::Person(person("alpha")))));
    for party in [Party::World, rel("JPN"), Party::Community(community("circle"))] {
        assert!(!reads(&alpha, &red(party)));
    }
}

#[test]
fn a_classification_asks_for_a_clearance_of_its_policy() {
    let mut story = Story::cast();
    let asked = |level: &str| to([Party::World]).class("EXERCISE", level).label();
    assert!(!reads(&story.reader("alpha"), &asked("UNCLASSIFIED")), "nothing is held by default");
    story.clear(Holder::Person(person("alpha")), cleared("CONFIDENTIAL"));
    let alpha = story.reader("alpha");
    assert!(reads(&alpha, &asked("UNCLASSIFIED")));
    assert!(reads(&alpha, &asked("CONFIDENTIAL")));
    assert!(!reads(&alpha, &asked("SECRET")));
    assert!(!reads(&alpha, &asked("COSMIC")), "an unknown level");
    assert!(!reads(&alpha, &to([Party::World]).class("ELSEWHERE", "LOW").label()), "an unknown policy");
}

#[test]
fn the_clearance_is_that_of_person_and_member_and_key_and_node() {
    let mut story = Story::cast();
    story.clear(Holder::Person(person("alpha")), cleared("SECRET"));
    story.key("k", "alpha", None);
    let who = story.directory.authenticate_key(&secret("k"), story.now).unwrap();
    let highest = |story: &Story| {
        let reader = story.directory.reader(&who, story.now).unwrap();
        let readable = |level: &&&str| reads(&reader, &to([Party::World]).class("EXERCISE", level).label());
        ["SECRET", "CONFIDENTIAL", "RESTRICTED", "UNCLASSIFIED"].iter().find(readable).copied()
    };
    assert_eq!(highest(&story), Some("SECRET"), "a ceiling that nobody set is none");
    let ceilings = [
        (Holder::Member(member("alpha")), "CONFIDENTIAL"),
        (Holder::Key(key("k")), "RESTRICTED"),
        (Holder::Node, "UNCLASSIFIED"),
    ];
    for (holder, level) in ceilings {
        story.clear(holder, cleared(level));
        assert_eq!(highest(&story), Some(level));
        story.clear(holder, Clearance::default());
        assert_eq!(highest(&story), None, "a ceiling without the policy leaves nothing of it");
        story.clear(holder, cleared("SECRET"));
    }
    story.clear(Holder::Person(person("alpha")), cleared("RESTRICTED"));
    assert_eq!(highest(&story), Some("RESTRICTED"));
}

#[test]
fn restrictive_categories_are_all_held_and_of_permissive_ones_one() {
    let mut story = Story::cast();
    let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<BTreeSet<_>>();
    let mut held = cleared("SECRET");
    held.0.get_mut("EXERCISE").unwrap().categories.insert("Special".to_owned(), tags(&["A", "B"]));
    story.clear(Holder::Person(person("alpha")), held.clone());
    let asks = |all: &[&str], any: Option<&[&str]>| {
        let mut asked = Classification::level("RESTRICTED");
        asked.restrictive.insert("Special".to_owned(), tags(all));
        any.map(|any| asked.permissive.insert("Special".to_owned(), tags(any)));
        asked.informative.insert("Shown".to_owned(), tags(&["Z"]));
        to([Party::World]).classified("EXERCISE", asked).label()
    };
    let alpha = story.reader("alpha");
    assert!(reads(&alpha, &asks(&["A", "B"], None)));
    assert!(!reads(&alpha, &asks(&["A", "C"], None)));
    assert!(reads(&alpha, &asks(&[], Some(&["B", "C"]))));
    assert!(!reads(&alpha, &asks(&[], Some(&["C"]))));
    assert!(!reads(&alpha, &asks(&[], Some(&[]))), "no tag permits");
    held.0.get_mut("EXERCISE").unwrap().categories.insert("Special".to_owned(), tags(&["B"]));
    story.clear(Holder::Node, held);
    assert!(!reads(&story.reader("alpha"), &asks(&["A"], None)), "the node's ceiling takes the category");
}

#[test]
fn whoever_holds_all_that_the_node_allows_reaches_its_ceiling() {
    let mut story = Story::cast();
    assert!(story.reader("alpha").reaches_ceiling(), "there is none");
    story.clear(Holder::Node, cleared("CONFIDENTIAL"));
    assert!(!story.reader("alpha").reaches_ceiling());
    story.clear(Holder::Person(person("alpha")), cleared("RESTRICTED"));
    assert!(!story.reader("alpha").reaches_ceiling());
    story.clear(Holder::Person(person("alpha")), cleared("SECRET"));
    assert!(story.reader("alpha").reaches_ceiling());
    story.clear(Holder::Member(member("alpha")), cleared("RESTRICTED"));
    assert!(!story.reader("alpha").reaches_ceiling());
}

#[test]
fn drafts_are_for_those_who_write_in_the_member_named() {
    let mut story = Story::cast();
    story.person("watcher", "alpha", &[Role::Reader, Role::Auditor]);
    story.person("chief", "alpha", &[Role::Releaser]);
    let draft = Label::own(member("alpha")).terms().handling(Handling::Draft).tlp(Tlp::Amber).label();
    assert!(reads(&story.reader("alpha"), &draft));
    assert!(reads(&story.reader("chief"), &draft));
    assert!(!reads(&story.reader("watcher"), &draft));
    assert!(!reads(&story.reader("bravo"), &draft));
    assert!(!reads(&story.reader("grid"), &draft), "clients read no drafts");
    story.tell(Rights::RolesSet { person: person("chief"), roles: BTreeSet::from([Role::Auditor]) });
    assert!(!reads(&story.reader("chief"), &draft));
    assert!(!story.reader("chief").may_write());
}

#[test]
fn an_explanation_agrees_with_the_decision() {
    let mut story = Story::cast();
    story.join("alpha", "late");
    let label = late().terms().rel([rel("JPN"), rel("EST")]).class("EXERCISE", "SECRET").label();
    let steps = story.reader("alpha").explain(&label, at(0), &story.directory, &|_| true);
    insta::assert_json_snapshot!(steps);
}

proptest::proptest! {
    #[test]
    fn the_last_step_of_every_explanation_is_the_decision(
        label in crate::label::arbitrary::label(),
        second in 0_i64..30,
    ) {
        let mut story = Story::cast();
        story.join("alpha", "late");
        story.join("echo", "circle");
        story.clear(Holder::Person(person("echo")), cleared("SECRET"));
        for name in ["alpha", "bravo", "echo", "grid"] {
            let reader = story.reader(name);
            let steps = reader.explain(&label, at(second), &story.directory, &|_| true);
            let (last, rules) = steps.split_last().unwrap();
            proptest::prop_assert_eq!(last.rule, Rule::Decision);
            proptest::prop_assert_eq!(last.holds, reader.can_read(&label, at(second)));
            proptest::prop_assert_eq!(last.holds, rules.iter().all(|step| step.holds), "{:?}", steps);
        }
    }
}

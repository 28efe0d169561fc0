//! Every dated rule, one second before, at, and after.

use super::*;
use crate::directory::NotAuthenticated;

/// A second far from those that events of the story take.
fn noon() -> Timestamp {
    at(1_000)
}

fn around() -> [Timestamp; 3] {
    [noon() - seconds(1), noon(), noon() + seconds(1)]
}

#[test]
fn a_membership_begins_at_its_from() {
    let mut story = Story::cast();
    story.join_dated("alpha", "circle", Some(noon()), None);
    let readable = around().map(|now| reads(&story.reader_at("alpha", now), &circle()));
    assert_eq!(readable, [false, true, true]);
    let gained = around().map(|now| story.reader_at("alpha", now).gained_for(&circle(), at(0)));
    assert_eq!(gained, [None, Some(noon()), Some(noon())]);
    let boundaries = around().map(|now| story.reader_at("alpha", now).valid_until());
    assert_eq!(boundaries, [Some(noon()), None, None]);
}

#[test]
fn a_membership_ends_at_its_until() {
    let mut story = Story::cast();
    story.join_dated("alpha", "circle", None, Some(noon()));
    let readable = around().map(|now| reads(&story.reader_at("alpha", now), &circle()));
    assert_eq!(readable, [true, false, false]);
    let boundaries = around().map(|now| story.reader_at("alpha", now).valid_until());
    assert_eq!(boundaries, [Some(noon()), None, None]);
}

#[test]
fn from_joining_opens_what_arrives_from_the_beginning_on() {
    let mut story = Story::cast();
    story.join_dated("alpha", "late", Some(noon()), None);
    let reader = story.reader_at("alpha", noon() + seconds(5));
    let readable = around().map(|arrival| reader.can_read(&late(), arrival));
    assert_eq!(readable, [false, true, true]);
    let before = story.reader_at("alpha", noon() - seconds(1));
    assert!(around().iter().all(|arrival| !before.can_read(&late(), *arrival)));
}

#[test]
fn a_from_in_the_past_opens_what_arrived_since_then_but_is_gained_when_recorded() {
    let mut story = Story::cast();
    let joined = story.join_dated("alpha", "late", Some(at(2)), None);
    let reader = story.reader("alpha");
    assert_eq!(reader.gained_for(&late(), at(1)), None);
    assert_eq!(reader.gained_for(&late(), at(2)), Some(joined));
    assert_eq!(reader.gained_for(&late(), at(3)), Some(joined));
}

#[test]
fn a_member_that_served_by_another_reads_within_its_dates() {
    let mut story = Story::cast();
    story.join_dated("alpha", "circle", None, Some(noon()));
    let label = circle().terms().tlp(Tlp::Amber).label();
    let readable = around().map(|now| reads(&story.reader_at("grid", now), &label));
    assert_eq!(readable, [true, false, false]);
    let boundaries = around().map(|now| story.reader_at("grid", now).valid_until());
    assert_eq!(boundaries, [Some(noon()), None, None]);
}

#[test]
fn a_key_opens_until_it_expires() {
    let mut story = Story::cast();
    story.key("k", "alpha", Some(noon()));
    let opened = around().map(|now| story.directory.authenticate_key(&secret("k"), now).is_ok());
    assert_eq!(opened, [true, false, false]);
    let who = story.directory.authenticate_key(&secret("k"), story.now).unwrap();
    let readers = around().map(|now| story.directory.reader(&who, now).map(|reader| reader.valid_until()));
    assert_eq!(readers, [Ok(Some(noon())), Err(NotAuthenticated), Err(NotAuthenticated)]);
}

#[test]
fn events_hold_from_the_instant_of_their_record() {
    let mut story = Story::cast();
    let joined = story.join("alpha", "circle");
    let reader = story.reader("alpha");
    assert_eq!(reader.gained_for(&circle(), joined - seconds(1)), Some(joined));
    let left = story.leave("alpha", "circle");
    let entry = story.directory.roster(community("circle"));
    assert!(entry.is_empty());
    for now in [left - seconds(1), left, left + seconds(1)] {
        let hidden = story.reader_at("alpha", now).decide(&circle());
        assert_eq!(hidden, Decision::Hidden, "a clock behind the log brings no right back");
    }
}

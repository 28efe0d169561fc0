#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::label::{Handling, Pap, Tlp};
use crate::party::Party;
use crate::story::{member, rel};

fn to(code: &str) -> Terms {
    Label::builder().rel([rel(code)])
}

fn source() -> MemberId {
    member("alpha")
}

/// A channel with a default for JPN or EST at AMBER and RESTRICTED.
fn channel() -> Channel {
    let default =
        Label::builder().rel([rel("JPN"), rel("EST")]).tlp(Tlp::Amber).class("EXERCISE", "RESTRICTED");
    Channel::with_default(default.label())
}

#[test]
fn what_says_nothing_through_a_channel_that_says_nothing_is_the_sources() {
    let label = compile(&Terms::default(), false, &[], &Channel::default(), source());
    assert_eq!(label, Label::own(source()));
}

#[test]
fn the_default_fills_each_part_that_the_markings_leave_open() {
    let label = compile(&to("FRA").pap(Pap::Red), false, &[], &channel(), source());
    let expected = to("FRA").pap(Pap::Red).tlp(Tlp::Amber).class("EXERCISE", "RESTRICTED").label();
    assert_eq!(label, expected);
    let label = compile(&Label::builder().tlp(Tlp::Green), false, &[], &channel(), source());
    assert_eq!(label.tlp(), Some(Tlp::Green));
    assert!(label.names(&rel("EST")));
}

#[test]
fn what_is_always_asked_narrows_marked_and_unmarked_alike() {
    let channel = Channel::labelled(to("EST").tlp(Tlp::AmberStrict).handling(Handling::Exercise), source());
    let unmarked = compile(&Terms::default(), false, &[], &channel, source());
    assert_eq!(unmarked, to("EST").tlp(Tlp::AmberStrict).handling(Handling::Exercise).label());
    let marked = to("EST").tlp(Tlp::Green);
    assert_eq!(compile(&marked, false, &[], &channel, source()), unmarked);
    let apart = compile(&to("JPN"), false, &[], &channel, source());
    assert_eq!(apart.audience(), Label::own(source()).audience());
}

#[test]
fn a_label_text_without_audience_leaves_marked_audiences_as_they_are() {
    let channel = Channel::labelled(Label::builder().tlp(Tlp::Amber), source());
    assert_eq!(compile(&to("FRA"), false, &[], &channel, source()), to("FRA").tlp(Tlp::Amber).label());
    let unmarked = compile(&Terms::default(), false, &[], &channel, source());
    assert_eq!(unmarked, Label::own(source()).terms().tlp(Tlp::Amber).label());
}

#[test]
fn what_is_unmarked_takes_on_what_refers_to_it() {
    let report = to("JPN").tlp(Tlp::Amber).class("EXERCISE", "SECRET").label();
    let label = compile(&Terms::default(), false, &[&report], &channel(), source());
    assert_eq!(label, report);
    let other = to("EST").tlp(Tlp::Amber).label();
    let label = compile(&Terms::default(), false, &[&report, &other], &channel(), source());
    assert_eq!(Some(label), channel().default, "disjoint audiences leave the default");
    let marked = to("FRA").tlp(Tlp::Green);
    let label = compile(&marked, false, &[&report], &channel(), source());
    assert!(label.names(&rel("FRA")), "what is marked does not look at what refers to it");
}

#[test]
fn a_red_report_for_a_member_does_not_open_what_it_mentions_to_the_country() {
    let report = Label::builder().rel([Party::Member(member("bravo"))]).tlp(Tlp::Red).label();
    let default = Channel::with_default(to("JPN").label());
    let label = compile(&Terms::default(), false, &[&report], &default, source());
    assert_eq!(label.audience(), Label::own(source()).audience());
    assert_eq!(label.tlp(), Some(Tlp::Red));
}

#[test]
fn a_dangling_marking_leaves_it_to_the_source_under_what_else_is_asked() {
    let label = compile(&to("FRA").class("EXERCISE", "SECRET"), true, &[], &channel(), source());
    assert_eq!(label.audience(), Label::own(source()).audience());
    assert_eq!(label.classification()["EXERCISE"].level, "SECRET");
    let label = compile(&Terms::default(), true, &[], &channel(), source());
    assert_eq!(label.audience(), Label::own(source()).audience());
}

#[test]
fn what_was_to_make_one_hop_stays_where_it_arrives() {
    let label = |way: Channel| compile(&to("JPN").handling(Handling::OneHop), false, &[], &way, source());
    assert!(!label(Channel::default()).handling().contains(&Handling::ThisNode));
    let arrived = label(Channel::default().over(true));
    assert!(
        arrived.handling().contains(&Handling::OneHop) && arrived.handling().contains(&Handling::ThisNode)
    );
    let by_default = Channel::with_default(to("JPN").handling(Handling::OneHop).label()).over(true);
    let silent = compile(&Terms::default(), false, &[], &by_default, source());
    assert!(silent.handling().contains(&Handling::ThisNode));
    let others = compile(&to("JPN"), false, &[], &Channel::default().over(true), source());
    assert!(others.handling().is_empty());
}

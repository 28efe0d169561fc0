#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;

use crate::label::arbitrary::label;
use crate::label::{Handling, Label, Tlp};
use crate::party::Party;
use crate::reader::Decision;
use crate::rights::Holder;
use crate::story::{Story, cleared, community, member, person, rel};

fn to(parties: impl IntoIterator<Item = Party>) -> crate::Terms {
    Label::builder().rel(parties)
}

/// Everybody of the cast, in a community, some of them cleared.
fn full_cast() -> Story {
    let mut story = Story::cast();
    story.join("alpha", "circle");
    story.join("echo", "circle");
    story.join("bravo", "late");
    for (name, level) in [("alpha", "SECRET"), ("echo", "RESTRICTED"), ("grid", "SECRET")] {
        story.clear(Holder::Node, cleared("SECRET"));
        story.clear(Holder::Member(member(name)), cleared(level));
        story.clear(Holder::Person(person(name)), cleared(level));
    }
    story
}

#[test]
fn a_member_is_within_its_country_and_its_communities() {
    let story = full_cast();
    let covers = |wide: crate::Terms, narrow: crate::Terms| {
        story.directory.covers(&wide.label(), &narrow.label(), story.now)
    };
    let alpha = Party::Member(member("alpha"));
    let circle = Party::Community(community("circle"));
    assert!(covers(to([rel("JPN")]), to([alpha])));
    assert!(covers(to([circle, rel("FRA")]), to([alpha])));
    assert!(covers(to([Party::World]), to([circle])));
    assert!(!covers(to([alpha]), to([rel("JPN")])));
    assert!(!covers(to([circle]), to([rel("JPN")])), "bravo is in no circle");
    let late = Party::Community(community("late"));
    assert!(
        !covers(to([late]), to([Party::Member(member("bravo"))])),
        "what came before bravo joined is hidden from it"
    );
}

#[test]
fn a_looser_marking_covers_a_stricter_one_and_never_the_other_way() {
    let story = full_cast();
    let label = |tlp: Tlp, level: &str| to([rel("JPN")]).tlp(tlp).class("EXERCISE", level).label();
    let covers = |wide: &Label, narrow: &Label| story.directory.covers(wide, narrow, story.now);
    let (low, high) = (label(Tlp::Green, "RESTRICTED"), label(Tlp::AmberStrict, "SECRET"));
    assert!(covers(&low, &high));
    assert!(!covers(&high, &low));
    assert!(!covers(&label(Tlp::AmberStrict, "RESTRICTED"), &low), "clients read the narrower one only");
    let draft = to([Party::Member(member("alpha"))]).handling(Handling::Draft).label();
    assert!(!covers(&draft, &to([Party::Member(member("alpha"))]).label()));
}

#[test]
fn what_says_of_content_that_goes_no_further_goes_no_further() {
    let story = full_cast();
    let of = |handling: &[Handling]| {
        let terms = Label::builder().rel([Party::Member(member("alpha"))]);
        handling.iter().fold(terms, |terms, handling| terms.handling(*handling)).label()
    };
    let covers =
        |wide: &[Handling], narrow: &[Handling]| story.directory.covers(&of(wide), &of(narrow), story.now);
    let (one, this) = (Handling::OneHop, Handling::ThisNode);
    assert!(!covers(&[one], &[]) && !covers(&[this], &[]) && !covers(&[this], &[one]));
    assert!(!covers(&[one, this], &[one]));
    assert!(covers(&[one], &[one]) && covers(&[one], &[this]) && covers(&[one, this], &[this]));
    assert!(covers(&[], &[one]) && covers(&[], &[this]));
}

proptest! {
    #[test]
    fn who_reads_the_narrow_reads_the_wide(wide in label(), narrow in label()) {
        let story = full_cast();
        if story.directory.covers(&wide, &narrow, story.now) {
            for name in ["alpha", "bravo", "echo", "grid"] {
                let reader = story.reader(name);
                let reads_narrow = reader.decide(&narrow) != Decision::Hidden;
                let reads_wide = reader.decide(&wide) != Decision::Hidden;
                prop_assert!(!reads_narrow || reads_wide, "{name} reads {narrow:?} but not {wide:?}");
            }
        }
    }

    #[test]
    fn every_label_covers_itself_and_what_it_was_narrowed_to(one in label(), other in label()) {
        let story = full_cast();
        prop_assert!(story.directory.covers(&one, &one, story.now));
        let both = one.and(&other);
        if !both.audience_is_empty() {
            prop_assert!(story.directory.covers(&one, &both, story.now), "{one:?} and {other:?} make {both:?}");
        }
    }
}

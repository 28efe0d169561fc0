#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::Threshold;
use crate::label::Tlp;
use crate::party::Party;
use crate::rights::Rights;
use crate::story::{Story, member};
use crate::{Label, spec};

fn on_record(story: &Story, words: &str) -> bool {
    let label = spec::parse(words, &story.directory).unwrap().or(&Label::own(member("alpha"))).label();
    story.directory.is_read_on_record(&label)
}

#[test]
fn what_reaches_the_threshold_is_recorded() {
    let mut story = Story::cast();
    assert!(!on_record(&story, "class:EXERCISE/SECRET tlp:red"), "nothing is, until it is said");
    let levels = [("EXERCISE".to_owned(), "CONFIDENTIAL".to_owned())].into();
    story.tell(Rights::ReadsAboveSet { threshold: Threshold { levels, tlp: Some(Tlp::Red) } });
    let table = [
        ("class:EXERCISE/RESTRICTED", false),
        ("class:EXERCISE/CONFIDENTIAL", true),
        ("class:EXERCISE/SECRET", true),
        ("tlp:amber+strict", false),
        ("tlp:red rel:alpha", true),
        ("tlp:green class:EXERCISE/SECRET", true),
        ("", false),
    ];
    for (words, expected) in table {
        assert_eq!(on_record(&story, words), expected, "{words}");
    }
    assert!(!story.directory.is_read_on_record(&Label::builder().rel([Party::World]).label()));
}

#[test]
fn a_level_that_no_policy_knows_is_no_threshold() {
    let story = Story::cast();
    let levels = [("EXERCISE".to_owned(), "COSMIC".to_owned())].into();
    let set = Rights::ReadsAboveSet { threshold: Threshold { levels, tlp: None } };
    story.directory.allows(&set, story.now).unwrap_err();
}

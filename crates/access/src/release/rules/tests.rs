#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::label::Terms;
use crate::story::{Story, community, member, person, rel};

fn label(words: impl FnOnce(Terms) -> Terms) -> Label {
    words(Label::builder().rel([rel("EST")])).label()
}

fn set(story: &mut Story, on: On, needs: Option<Needs>) {
    story.tell(crate::Rights::ReleaseRuleSet { on, needs });
}

#[test]
fn one_person_is_enough_for_what_is_open_and_two_for_what_is_not() {
    let story = Story::cast();
    let rules = story.directory.release_rules();
    let needs = |words: fn(Terms) -> Terms| rules.needs(&label(words));
    assert_eq!(needs(|terms| terms), ONE);
    for tlp in [Tlp::Clear, Tlp::Green, Tlp::Amber] {
        assert_eq!(rules.needs(&label(|terms| terms.tlp(tlp))), ONE);
    }
    assert_eq!(needs(|terms| terms.tlp(Tlp::AmberStrict)), STRICT);
    let red = Label::builder().rel([crate::Party::Member(member("echo"))]).tlp(Tlp::Red).label();
    assert_eq!(rules.needs(&red), TWO);
    assert_eq!(needs(|terms| terms.class("EXERCISE", "UNCLASSIFIED")), ONE);
    assert_eq!(needs(|terms| terms.class("EXERCISE", "RESTRICTED")), TWO);
    assert_eq!(needs(|terms| terms.class("EXERCISE", "SECRET")), TWO);
    assert_eq!(needs(|terms| terms.class("UNHEARD-OF", "ANY")), TWO);
    assert_eq!(needs(|terms| terms.class("EXERCISE", "UNHEARD-OF")), TWO);
    assert!(needs(|terms| terms.handling(Handling::Orcon)).originator);
}

#[test]
fn a_rule_holds_from_its_level_up_to_the_next_one_that_has_a_rule() {
    let mut story = Story::cast();
    let level = |level: &str| On::Level { policy: "EXERCISE".to_owned(), level: level.to_owned() };
    let three = Needs { releasers: 3, ..TWO };
    set(&mut story, level("CONFIDENTIAL"), Some(three));
    let rules = story.directory.release_rules();
    assert_eq!(rules.needs(&label(|terms| terms.class("EXERCISE", "RESTRICTED"))), TWO);
    assert_eq!(rules.needs(&label(|terms| terms.class("EXERCISE", "CONFIDENTIAL"))), three);
    assert_eq!(rules.needs(&label(|terms| terms.class("EXERCISE", "SECRET"))), three);
    set(&mut story, On::Tlp(Tlp::Green), Some(TWO));
    let rules = story.directory.release_rules();
    assert_eq!(rules.needs(&label(|terms| terms.tlp(Tlp::Clear))), ONE);
    assert_eq!(rules.needs(&label(|terms| terms.tlp(Tlp::Amber))), TWO);
    set(&mut story, level("CONFIDENTIAL"), None);
    set(&mut story, On::Tlp(Tlp::Green), None);
    assert!(story.directory.release_rules().in_force().iter().all(|(_, _, is_set)| !is_set));
}

#[test]
fn rules_that_would_mean_nothing_are_refused() {
    let story = Story::cast();
    let rules = story.directory.release_rules();
    let nobody = Needs { releasers: 0, ..ONE };
    assert_eq!(rules.allows(&On::Everything, Some(&nobody)), Err(BadRule::People));
    assert_eq!(rules.allows(&On::Handling(Handling::Orcon), Some(&ONE)), Err(BadRule::Orcon));
    assert_eq!(rules.allows(&On::Handling(Handling::Draft), Some(&TWO)), Err(BadRule::Draft));
    let level = On::Level { policy: "EXERCISE".to_owned(), level: "COSMIC".to_owned() };
    assert!(matches!(rules.allows(&level, Some(&TWO)), Err(BadRule::Level { .. })));
    assert_eq!(rules.allows(&On::Tlp(Tlp::Clear), Some(&TWO)), Ok(()));
}

#[test]
fn another_rule_is_another_version() {
    let secret = label(|terms| terms.class("EXERCISE", "SECRET"));
    let mut story = Story::cast();
    let version = |story: &Story| story.directory.release_rules().version([&secret]);
    let before = version(&story);
    assert_ne!(before, story.directory.release_rules().version([&label(|terms| terms)]));
    set(&mut story, On::Everything, Some(TWO));
    assert_ne!(version(&story), before);
    set(&mut story, On::Everything, None);
    assert_eq!(version(&story), before);
}

#[test]
fn what_names_only_the_own_member_or_its_people_stays_at_home() {
    let story = Story::cast();
    let reaches = |label: &Label| reaches_others(label, member("alpha"), &story.directory);
    let own = crate::Party::Member(member("alpha"));
    assert!(!reaches(&Label::own(member("alpha"))));
    assert!(!reaches(&Label::builder().rel([own, crate::Party::Person(person("alpha"))]).label()));
    assert!(!reaches(&Label::builder().rel([own]).rel([rel("JPN")]).label()));
    assert!(reaches(&Label::builder().rel([own, rel("EST")]).label()));
    assert!(reaches(&Label::builder().rel([rel("JPN")]).label()));
    assert!(reaches(&Label::builder().rel([crate::Party::Community(community("circle"))]).label()));
    assert!(reaches(&Label::builder().rel([crate::Party::Person(person("echo"))]).label()));
    assert!(reaches(&Label::builder().rel([crate::Party::World]).label()));
}

#[test]
fn what_a_rule_is_about_reads_back_from_its_text() {
    for (on, ..) in Story::cast().directory.release_rules().in_force() {
        assert_eq!(on.to_string().parse::<On>(), Ok(on));
    }
    for wrong in ["", "tlp:purple", "class:EXERCISE", "nothing"] {
        assert!(wrong.parse::<On>().is_err(), "{wrong}");
    }
}

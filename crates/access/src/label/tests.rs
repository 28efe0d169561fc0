#![allow(clippy::unwrap_used, clippy::expect_used)]

mod laws;

use super::*;
use crate::story::{member, person, rel};

fn jpn_est() -> Terms {
    Label::builder().rel([rel("JPN"), rel("EST")])
}

#[test]
fn no_clause_is_nobody_and_absorbs() {
    let nobody = Label::builder().label();
    assert!(nobody.audience_is_empty());
    assert_eq!(nobody.and(&jpn_est().label()), nobody);
}

#[test]
fn everybody_is_neutral_and_stands_alone() {
    let everybody = Label::builder().rel([Party::World, rel("JPN")]).label();
    assert_eq!(everybody, Label::builder().rel([Party::World]).label());
    assert_eq!(everybody.and(&jpn_est().label()), jpn_est().label());
}

#[test]
fn a_clause_that_another_implies_is_dropped() {
    let both = jpn_est().label().and(&Label::builder().rel([rel("JPN")]).label());
    assert_eq!(both, Label::builder().rel([rel("JPN")]).label());
}

#[test]
fn the_strictest_tlp_pap_and_level_hold() {
    let one = jpn_est().tlp(Tlp::Green).pap(Pap::Red).class("EXERCISE", "SECRET").label();
    let two = jpn_est().tlp(Tlp::AmberStrict).pap(Pap::Clear).class("EXERCISE", "RESTRICTED").label();
    let both = one.and(&two);
    assert_eq!(both.tlp(), Some(Tlp::AmberStrict));
    assert_eq!(both.pap(), Some(Pap::Red));
    assert_eq!(both.classification()["EXERCISE"], Classification::level("SECRET"));
}

#[test]
fn levels_without_a_known_order_are_all_asked_for() {
    let one = jpn_est().class("ELSEWHERE", "B").label();
    let two = jpn_est().class("ELSEWHERE", "A").label();
    let both = one.and(&two);
    assert_eq!(both.classification()["ELSEWHERE"].levels().collect::<Vec<_>>(), ["A", "B"]);
    let unknown =
        jpn_est().class("EXERCISE", "COSMIC").label().and(&jpn_est().class("EXERCISE", "SECRET").label());
    assert_eq!(unknown.classification()["EXERCISE"].levels().collect::<Vec<_>>(), ["SECRET", "COSMIC"]);
}

#[test]
fn restrictive_tags_add_up_and_permissive_ones_intersect() {
    let asked = |restrictive: &str, permissive: &[&str]| {
        let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<BTreeSet<_>>();
        let mut asked = Classification::level("SECRET");
        asked.restrictive.insert("Special".to_owned(), tags(&[restrictive]));
        asked.permissive.insert("Project".to_owned(), tags(permissive));
        jpn_est().classified("EXERCISE", asked).label()
    };
    let both = asked("A", &["X", "Y"]).and(&asked("B", &["Y", "Z"]));
    let exercise = &both.classification()["EXERCISE"];
    assert_eq!(exercise.restrictive["Special"].len(), 2);
    assert_eq!(exercise.permissive["Project"].iter().collect::<Vec<_>>(), ["Y"]);
    assert!(!both.audience_is_empty());
    let none = both.and(&asked("A", &["X"]));
    assert!(none.audience_is_empty());
    let own = none.or_own(member("alpha"));
    assert!(!own.audience_is_empty());
    assert_eq!(own.classification()["EXERCISE"].restrictive["Special"].len(), 2);
}

#[test]
fn it_is_certain_that_nobody_is_in_two_countries_or_is_two_members() {
    let countries = jpn_est().rel([rel("FRA")]).label();
    assert!(countries.audience_is_empty());
    let members = Label::builder().rel([Party::Member(member("alpha"))]).rel([Party::Member(member("echo"))]);
    assert!(members.label().audience_is_empty());
    let pairwise = jpn_est().rel([rel("EST"), rel("FRA")]).rel([rel("JPN"), rel("FRA")]).label();
    assert!(pairwise.audience_is_empty());
    let persons = Label::builder().rel([Party::Person(person("ann"))]).rel([Party::Person(person("bob"))]);
    assert!(persons.label().audience_is_empty());
    let perhaps = Label::builder().rel([rel("JPN")]).rel([Party::Member(member("echo"))]).label();
    assert!(!perhaps.audience_is_empty());
    assert!(Label::own(member("alpha")).disjoint(&Label::own(member("echo"))));
    assert!(!jpn_est().label().disjoint(&Label::own(member("echo"))));
}

#[test]
fn red_and_drafts_keep_only_members_and_persons() {
    let ann = Party::Person(person("ann"));
    let red = Label::builder().rel([rel("JPN"), ann]).tlp(Tlp::Red).label();
    assert_eq!(red.audience(), &BTreeSet::from([BTreeSet::from([ann])]));
    assert_eq!(red.check_own(), Ok(()));
    let unnamed = jpn_est().tlp(Tlp::Red).label();
    assert_eq!(unnamed.check_own(), Err(LabelFault::RedNamesNobody));
    let draft = jpn_est().handling(Handling::Draft).label();
    assert_eq!(draft.check_own(), Err(LabelFault::DraftNamesNobody));
    let apart = jpn_est().rel([rel("FRA")]).label();
    assert_eq!(apart.check_own(), Err(LabelFault::Nobody));
}

#[test]
fn the_order_of_markings_does_not_matter_to_red() {
    let world = Label::builder().rel([Party::World]);
    let red = Label::builder().tlp(Tlp::Red);
    let named = Label::builder().rel([Party::Member(member("alpha"))]);
    let one = world.and(&red).and(&named).label();
    assert_eq!(one, named.and(&red).and(&world).label());
    assert!(one.audience_is_empty(), "everybody is no member");
    let either = Label::builder().rel([Party::World, Party::Member(member("alpha"))]);
    assert_eq!(either.and(&red).label(), named.and(&red).label());
}

#[test]
fn between_labels_everybody_is_neutral_also_to_red() {
    let world = Label::builder().rel([Party::World]).label();
    let red = Label::own(member("alpha")).terms().tlp(Tlp::Red).label();
    assert_eq!(world.and(&red), red);
    assert_eq!(red.and(&world), red);
}

/// Without a TLP no clients read; a TLP on something else must not let them in.
#[test]
fn a_label_without_tlp_keeps_clients_out_of_the_combination() {
    let silent = jpn_est().label();
    assert_eq!(silent.and(&jpn_est().tlp(Tlp::Clear).label()).tlp(), Some(Tlp::AmberStrict));
    assert_eq!(silent.and(&jpn_est().tlp(Tlp::Red).label()).tlp(), Some(Tlp::Red));
    assert_eq!(silent.and(&silent).tlp(), None);
    assert_eq!(silent.narrowed(&Terms::default()), silent);
}

#[test]
fn an_author_can_be_added_to_every_clause() {
    let alpha = Party::Member(member("alpha"));
    let label = jpn_est().rel([Party::Member(member("echo"))]).label().including(member("alpha"));
    assert!(label.audience().iter().all(|clause| clause.contains(&alpha)));
}

#[test]
fn canonical_text_has_sorted_keys_and_reads_back() {
    let mut asked = Classification::level("SECRET");
    asked.restrictive.insert("Special".to_owned(), BTreeSet::from(["A".to_owned()]));
    let label =
        jpn_est().classified("EXERCISE", asked).tlp(Tlp::AmberStrict).handling(Handling::Orcon).label();
    let expected = concat!(
        r#"{"audience":[[{"country":"EST"},{"country":"JPN"}]],"#,
        r#""classification":{"EXERCISE":{"level":"SECRET","restrictive":{"Special":["A"]}}},"#,
        r#""handling":["orcon"],"tlp":"amber+strict"}"#
    );
    assert_eq!(label.canonical(), expected);
    assert_eq!(Label::from_canonical(expected).unwrap(), label);
}

#[test]
fn text_that_is_not_in_normal_form_is_read_into_it() {
    let label = Label::from_canonical(r#"{"audience":[[{"country":"JPN"},"world"]],"tlp":"red"}"#).unwrap();
    assert!(label.audience_is_empty());
    assert!(Label::from_canonical(r#"{"audience":[],"extra":1}"#).is_err());
    assert!(Label::from_canonical(r#"{"audience":[[{"country":"Japan"}]]}"#).is_err());
}

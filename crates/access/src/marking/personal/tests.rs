#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{Category, PersonalData};
use crate::Label;
use crate::marking::{Meaning, meaning};
use crate::party::Party;

fn data(named: &[&str]) -> PersonalData {
    PersonalData {
        category: Category::Contact,
        legal_basis: "consent".to_owned(),
        review: Some("2027-01-01".parse().unwrap()),
        named: named.iter().map(|code| Party::Country(code.parse().unwrap())).collect(),
    }
}

#[test]
fn it_is_read_as_it_was_written_and_asks_nothing_of_a_reader() {
    let marking = data(&["JPN"]).marking().unwrap();
    assert_eq!(PersonalData::read(&marking), Some(data(&["JPN"])));
    assert!(matches!(meaning(&marking), Meaning::Statement(_)), "{:?}", meaning(&marking));
    assert_eq!(marking.id(), data(&["JPN"]).marking().unwrap().id(), "the same on every node");
    let tlp = crate::marking::tlp_marking(crate::label::Tlp::Red).unwrap();
    assert_eq!(PersonalData::read(&tlp), None);
}

#[test]
fn who_is_not_named_gets_it_only_by_decision() {
    let to = |codes: &[&str]| {
        Label::builder().rel(codes.iter().map(|code| Party::Country(code.parse().unwrap()))).label()
    };
    assert!(data(&["JPN", "EST"]).allows(&to(&["JPN"])));
    assert!(!data(&["JPN"]).allows(&to(&["JPN", "EST"])));
    assert!(!data(&[]).allows(&to(&["JPN"])));
}

//! Test support: random labels over the cast of [`crate::story`].
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Classification, Handling, Label, Pap, Terms, Tlp};
use crate::party::Party;
use crate::story::{community, member, person, rel};

fn party() -> impl Strategy<Value = Party> {
    let named = prop::sample::select(vec!["alpha", "bravo", "echo", "grid"]);
    prop_oneof![
        1 => Just(Party::World),
        4 => prop::sample::select(vec!["JPN", "EST", "FRA"]).prop_map(rel),
        3 => prop::sample::select(vec!["circle", "late"]).prop_map(|name| Party::Community(community(name))),
        4 => named.clone().prop_map(|name| Party::Member(member(name))),
        1 => named.clone().prop_map(|name| Party::ClientsOf(member(name))),
        2 => named.prop_map(|name| Party::Person(person(name))),
    ]
}

fn tags() -> impl Strategy<Value = BTreeMap<String, BTreeSet<String>>> {
    let tag = prop::sample::select(vec!["A".to_owned(), "B".to_owned()]);
    let set = prop::sample::select(vec!["Special".to_owned(), "Project".to_owned()]);
    prop::collection::btree_map(set, prop::collection::btree_set(tag, 1..=2), 0..=1)
}

fn classification() -> impl Strategy<Value = (String, Classification)> {
    let known = prop::sample::select(vec!["UNCLASSIFIED", "RESTRICTED", "SECRET", "COSMIC"]);
    let asked = (known, tags(), tags(), tags()).prop_map(|(level, restrictive, permissive, informative)| {
        Classification { informative, permissive, restrictive, ..Classification::level(level) }
    });
    (prop::sample::select(vec!["EXERCISE".to_owned(), "ELSEWHERE".to_owned()]), asked)
}

pub(crate) fn terms() -> impl Strategy<Value = Terms> {
    let clauses = prop::collection::vec(prop::collection::btree_set(party(), 1..=3), 1..=3);
    let tlp = prop::option::of(prop::sample::select(Tlp::ALL.to_vec()));
    let pap = prop::option::of(prop::sample::select(Pap::ALL.to_vec()));
    let handling = prop::collection::btree_set(prop::sample::select(Handling::ALL.to_vec()), 0..=1);
    (prop::option::weighted(0.9, clauses), prop::option::weighted(0.4, classification()), tlp, pap, handling)
        .prop_map(|(clauses, classification, tlp, pap, handling)| {
            let mut terms = Terms { handling, pap, tlp, ..Terms::default() };
            for clause in clauses.into_iter().flatten() {
                terms = terms.rel(clause);
            }
            match classification {
                Some((policy, asked)) => terms.classified(&policy, asked),
                None => terms,
            }
        })
}

pub(crate) fn label() -> impl Strategy<Value = Label> {
    terms().prop_map(|terms| terms.label())
}

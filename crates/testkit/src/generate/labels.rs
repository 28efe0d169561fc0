//! Random labels: narrow and wide, in every part that can permit or refuse.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::member;
use crate::script::{Handling, Label, Party, Tlp};

fn country(code: &str) -> Party {
    Party::Country(code.to_owned())
}

fn community(name: &str) -> Party {
    Party::Community(name.to_owned())
}

fn of(name: &str) -> Party {
    Party::Member(name.to_owned())
}

/// A label that a source might give.
pub fn label(random: &mut StdRng, source: &str) -> Label {
    let base = match random.random_range(0..15) {
        0 => Label::own(source),
        1 | 2 => Label::naming([Party::World]),
        3 => Label::naming([country("JPN")]),
        4 => Label::naming([country("EST"), country("JPN")]),
        5 | 6 => Label::naming([community("quad")]),
        7 => Label::naming([community("ring")]),
        8 => Label::naming([community("ring"), of(source)]),
        9 => Label::naming([community("quad")]).and([country("JPN"), country("FRA")]),
        10 => Label::naming([of("jp-cert")]),
        11 => Label::naming([of("ee-cert"), of("jp-cert")]),
        12 => Label::naming([Party::ClientsOf("jp-cert".to_owned()), of("ee-cert")]),
        13 => Label::naming([Party::Person("ee-ana".to_owned()), of(&member(random))]),
        _ => Label::naming([community("quad"), community("ring")]).and([
            of("fr-cert"),
            of("ee-cert"),
            of("jp-cert"),
        ]),
    };
    let base = match random.random_range(0..14) {
        0 => base.tlp(Tlp::Clear),
        1 => base.tlp(Tlp::Green),
        2 | 3 => base.tlp(Tlp::Amber),
        4 | 5 => base.tlp(Tlp::AmberStrict),
        6 => base.tlp(Tlp::Red),
        _ => base,
    };
    let base = match random.random_range(0..15) {
        0 => base.level("UNCLASSIFIED"),
        1 => base.level("RESTRICTED"),
        2 => base.level("SECRET"),
        3 => base.level("RESTRICTED").restrictive("CODEWORD", tag(random)),
        4 => base.level("RESTRICTED").permissive("REGION", tag(random)),
        12..=14 => super::policies::level(random, base),
        _ => base,
    };
    match random.random_range(0..16) {
        0 => base.handling(Handling::Draft),
        1 => base.handling(Handling::Orcon),
        _ => base,
    }
}

/// The label, naming the community that opens content from joining on as the other one.
pub(super) fn without_joining(label: &Label) -> Label {
    let other = |party: &Party| if *party == community("ring") { community("quad") } else { party.clone() };
    let clauses = label.audience.iter().map(|clause| clause.iter().map(other).collect());
    Label { audience: clauses.collect(), ..label.clone() }
}

/// A tag of any set.
pub(super) fn tag(random: &mut StdRng) -> &'static str {
    ["ALPHA", "BRAVO"].choose(random).copied().unwrap_or("ALPHA")
}

//! Whatever is done to a package, it is refused, with a reason that has a name.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::LazyLock;

use kizuna_federation::guard::Stand;
use proptest::prelude::*;

use super::scene::{Scene, tool};

static PACKAGE: LazyLock<(Scene, Vec<u8>)> = LazyLock::new(|| {
    let mut scene = Scene::new();
    let octets = scene.export(&[tool(1), tool(2), tool(3)]);
    assert_eq!(scene.found(&octets, &Stand::default()), Vec::<&str>::new());
    (scene, octets)
});

fn refused(octets: &[u8]) -> Vec<&'static str> {
    let found = PACKAGE.0.found(octets, &Stand::default());
    assert!(!found.is_empty(), "a changed package passed");
    found
}

#[test]
fn a_package_that_is_cut_off_anywhere_is_refused() {
    let octets = &PACKAGE.1;
    for end in 0..octets.len() {
        refused(&octets[..end]);
    }
    refused(&[octets, &b"\n"[..]].concat());
    refused(&[octets, &octets[..]].concat());
}

#[test]
fn every_octet_counts() {
    let octets = &PACKAGE.1;
    for place in 0..octets.len() {
        let mut changed = octets.clone();
        changed[place] ^= 1;
        refused(&changed);
    }
}

/// The parts of a package, by the places where they begin.
fn parts(octets: &[u8]) -> Vec<usize> {
    let begins = |place: &usize| octets[*place..].starts_with(b"part ") && octets[place - 1] == b'\n';
    (1..octets.len()).filter(begins).collect()
}

#[test]
fn parts_that_are_dropped_swapped_or_doubled_are_misplaced() {
    let octets = &PACKAGE.1;
    let begin = parts(octets);
    let [checkpoint, objects, proofs] = begin[..] else { panic!("{begin:?}") };
    let end = octets.len() - b"end\n".len();
    let part = |from: usize, until: usize| &octets[from..until];
    let (head, tail) = (part(0, checkpoint), part(end, octets.len()));
    let (first, second, third) = (part(checkpoint, objects), part(objects, proofs), part(proofs, end));
    assert_eq!(refused(&[head, first, third, tail].concat()), ["misplaced"], "dropped");
    assert_eq!(refused(&[head, first, third, second, tail].concat()), ["misplaced"], "swapped");
    assert_eq!(refused(&[head, first, second, tail].concat()), ["misplaced"], "the last is dropped");
    assert_eq!(refused(&[head, first, second, third, third, tail].concat()), ["malformed"], "doubled");
    assert_eq!(refused(&[head, first, second, third].concat()), ["misplaced"], "the end is dropped");
}

#[test]
fn a_manifest_that_was_changed_is_forged_and_a_part_tampered_with() {
    let octets = String::from_utf8(PACKAGE.1.clone()).unwrap();
    let forged = octets.replacen("\"objects\":3", "\"objects\":4", 1);
    assert_eq!(refused(forged.as_bytes()), ["malformed"], "it contradicts itself");
    let forged = octets.replacen("\"channel\":\"south\"", "\"channel\":\"north\"", 1);
    assert_eq!(refused(forged.as_bytes()), ["forged"]);
    let forged = octets.replacen("\"version\":1", "\"version\": 1", 1);
    assert_eq!(refused(forged.as_bytes()), ["malformed"], "not where its length says");
    let tampered = octets.replacen("道具 2", "道具 9", 1);
    assert_eq!(refused(tampered.as_bytes()), ["tampered"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_put_in_the_place_of_something_else_is_refused(
        from in 0_usize..4_000, length in 0_usize..60, put in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        let octets = &PACKAGE.1;
        let from = from % octets.len();
        let until = (from + length).min(octets.len());
        let changed = [&octets[..from], &put, &octets[until..]].concat();
        prop_assume!(changed != *octets);
        refused(&changed);
    }

    #[test]
    fn reading_is_total(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        refused(&octets);
    }
}

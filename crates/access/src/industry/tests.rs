#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use super::*;

#[test]
fn every_sector_has_one_word_and_lies_in_sectors_that_are_there() {
    let words: BTreeSet<&str> = ALL.iter().map(|industry| industry.word).collect();
    assert_eq!(words.len(), ALL.len());
    for industry in ALL {
        assert!(industry.within.iter().all(|wider| words.contains(wider)), "{}", industry.word);
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == ':';
        assert!(industry.word.chars().all(is_plain), "{}", industry.word);
    }
}

#[test]
fn a_narrower_sector_is_meant_by_a_wider_one_and_not_the_other_way() {
    assert!(is_within("nisc:electric-power", "energy"));
    assert!(is_within("nisc:electric-power", "infrastructure"), "over two steps");
    assert!(is_within("water", "water"));
    assert!(!is_within("energy", "nisc:electric-power"));
    assert!(!is_within("nisc:gas", "nis2:energy"));
    assert!(!is_within("something", "energy"));
}

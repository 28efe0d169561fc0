#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{Language, grouped};

#[test]
fn the_heaviest_wish_that_is_here_wins() {
    assert_eq!(Language::accepted("fr-CH, ja;q=0.8, en;q=0.7").tag(), "ja");
    assert_eq!(Language::accepted("en;q=0.2, ja-JP;q=0.9").tag(), "ja");
    assert_eq!(Language::accepted("xx").tag(), "en");
    assert_eq!(Language::accepted("ja;q=0, *").tag(), "en");
    assert_eq!(Language::accepted("").tag(), "en");
}

#[test]
fn numbers_are_grouped() {
    assert_eq!(grouped(0), "0");
    assert_eq!(grouped(999), "999");
    assert_eq!(grouped(1_000), "1,000");
    assert_eq!(grouped(12_345_678), "12,345,678");
}

#[test]
fn a_foreign_word_stays_as_it_is() {
    let english = Language::first();
    assert_eq!(english.term("kind", "x-acme-thing"), "x-acme-thing");
    assert_eq!(english.term("kind", "indicator"), "Indicator");
}

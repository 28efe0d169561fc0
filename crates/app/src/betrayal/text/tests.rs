#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::{Duration, Instant};

use kizuna_stix::Id;
use proptest::prelude::*;
use serde_json::json;

use super::super::leaves;
use super::*;

fn source(number: usize, texts: &[String]) -> Source {
    let id: Id = format!("note--00000000-0000-4000-8000-{number:012}").parse().unwrap();
    let properties = json!({ "content": texts });
    Source { id, leaves: leaves::of_properties(properties.as_object().unwrap()) }
}

/// The same, source by source and leaf by leaf: what it means.
fn one_by_one<'a>(text: &str, sources: &'a [Source]) -> Vec<(&'a Id, String)> {
    let runs_of_text = runs(text);
    let of_leaf = |theirs: &str| {
        let theirs = normal(theirs);
        if theirs.chars().count() >= WHOLE && text.contains(&theirs) {
            return Some(theirs);
        }
        runs(&theirs).into_iter().find(|run| runs_of_text.contains(run))
    };
    let of_source = |source: &'a Source| {
        let mut leaves = source.leaves.iter().filter(|leaf| speaks(leaf)).filter_map(Leaf::text);
        leaves.find_map(of_leaf).map(|repeated| (&source.id, repeated))
    };
    sources.iter().filter_map(of_source).collect()
}

proptest! {
    #[test]
    fn the_index_finds_what_looking_one_by_one_finds(
        texts in prop::collection::vec(prop::collection::vec("([ab]{1,2} ){0,9}|[港夜鷺]{0,14}", 0..4), 0..6),
        draft in "([ab]{1,2} ){0,30}|[港夜鷺 ]{0,40}",
    ) {
        let sources: Vec<Source> = texts.iter().enumerate().map(|(at, texts)| source(at, texts)).collect();
        let index = Texts::of(&sources).unwrap();
        let text = normal(&draft);
        let found = index.repeated_in(&text).into_iter();
        let found: Vec<(&Id, String)> = found.map(|(at, said)| (&sources[at].id, said.to_owned())).collect();
        prop_assert_eq!(found, one_by_one(&text, &sources));
    }
}

/// A text of distinct words.
fn long_text(from: usize, words: usize) -> String {
    let words: Vec<String> = (from..from + words).map(|number| format!("w{number}")).collect();
    words.join(" ")
}

fn time(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// A draft of many texts against many sources: looked up one by one, twenty times as many sources take twenty times as
/// long; in the index it is the same.
#[test]
fn many_sources_cost_a_draft_no_more_than_few() {
    let drafts: Vec<String> = (0..200).map(|number| long_text(number * 40 + 1_000_000, 40)).collect();
    let took = |count: usize| {
        let sources: Vec<Source> =
            (0..count).map(|number| source(number, &[long_text(number * 40, 40)])).collect();
        let index = Texts::of(&sources).unwrap();
        let look_up = || time(|| assert!(drafts.iter().all(|draft| index.repeated_in(draft).is_empty())));
        (0..3).map(|_| look_up()).min().unwrap()
    };
    let (few, many) = (took(100), took(2_000));
    assert!(many < few * 6, "against 100 sources {few:?}, against 2,000 {many:?}");
}

//! How long a decision takes; run by hand, with optimisation.

use std::hint::black_box;
use std::time::Instant;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::*;

const MEMBERS: usize = 200;
const LABELS: usize = 2_000;

#[test]
#[ignore = "a measurement"]
fn deciding_thousands_of_labels() {
    let mut story = Story::cast();
    for number in 0..MEMBERS {
        let name = format!("member {number}");
        story.member(&name, "FRA");
        story.join(&name, "circle");
    }
    // A history with some transitions.
    for _ in 0..5 {
        story.join("alpha", "circle");
        story.clear(Holder::Person(person("alpha")), cleared("SECRET"));
        story.leave("alpha", "circle");
        story.clear(Holder::Person(person("alpha")), cleared("RESTRICTED"));
    }
    story.join("alpha", "late");
    let mut runner = TestRunner::deterministic();
    let labels: Vec<Label> = (0..LABELS)
        .map(|_| crate::label::arbitrary::label().new_tree(&mut runner).unwrap().current())
        .collect();

    let begun = Instant::now();
    let who = story.principal("alpha");
    let reader = black_box(story.directory.reader(&who, story.now).unwrap());
    let compiled = begun.elapsed();
    let begun = Instant::now();
    let readable = labels.iter().filter(|label| reads(&reader, black_box(label))).count();
    let decided = begun.elapsed();
    let each = decided.as_nanos() / u128::try_from(LABELS).unwrap();
    eprintln!(
        "reader with {} transitions compiled in {compiled:?}; {LABELS} labels, {readable} readable: {each} ns each",
        reader.history.len()
    );
}

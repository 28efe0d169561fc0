#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::ingest::tests::Story;

#[test]
fn the_sample_is_valid_without_a_warning_and_loads_once() {
    let story = Story::begin();
    let first = story.node.load_sample(&story.who("xas")).unwrap();
    assert_eq!((first.quarantined, first.warned), (0, 0), "{:?}", first.reasons);
    assert!((110..200).contains(&first.stored), "{} objects", first.stored);
    let again = story.node.load_sample(&story.who("xas")).unwrap();
    assert_eq!((again.stored, again.duplicates), (0, first.stored));
}

#[test]
fn its_classified_parts_are_for_the_cleared() {
    let story = Story::begin();
    story.node.load_sample(&story.who("xas")).unwrap();
    let read = story.reads("xas");
    assert!(read.len() > 90);
    assert!(read.iter().all(|(_, label)| !label.contains("class:")), "nobody in this story is cleared");
    assert!(read.iter().all(|(_, label)| label.contains("exercise")), "all of it is marked as invented");
    assert_eq!(story.reads("xve"), []);
}

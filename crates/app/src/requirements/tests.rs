#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_stix::Id;
use serde_json::json;

use super::NewRequirement;
use crate::AppError;
use crate::ingest::tests::{Story, beacon, indicator};

fn hits(story: &Story, by: &str, id: &Id) -> Vec<Id> {
    let listing = story.node.read(&story.who(by)).unwrap().hits(id, None, 50).unwrap();
    listing.items.into_iter().map(|item| item.id).collect()
}

#[test]
fn what_others_give_afterwards_matches_in_the_members_own_view() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], Some("rel:Circle"));
    story.clock.advance(jiff::SignedDuration::from_secs(5));
    let new = NewRequirement {
        title: "Beacons".to_owned(),
        priority: 1,
        kinds: vec!["indicator".to_owned()],
        ..NewRequirement::default()
    };
    let id = story.node.require(&story.who("xve"), &new, None).unwrap();
    assert!(hits(&story, "xve", &id).is_empty(), "what was there before is no news");
    story.clock.advance(jiff::SignedDuration::from_secs(5));
    story.give("xas", &[indicator(2)], Some("rel:Circle"));
    story.give("xas", &[indicator(3)], None);
    story.give("xve", &[indicator(4)], None);
    assert_eq!(hits(&story, "xve", &id), [beacon(2)], "not what is hidden, nor its own");
    let others = story.node.read(&story.who("xas")).unwrap().hits(&id, None, 50);
    assert!(matches!(others, Err(AppError::NotFound)));
}

#[test]
fn labels_words_and_values_all_hold() {
    let story = Story::begin();
    let pattern = Some("[domain-name:value = 'wanted.example']".to_owned());
    let new =
        NewRequirement { title: "Domain".to_owned(), priority: 2, pattern, ..NewRequirement::default() };
    let id = story.node.require(&story.who("xve"), &new, None).unwrap();
    story.clock.advance(jiff::SignedDuration::from_secs(5));
    let mut wanted = indicator(5);
    wanted["pattern"] = json!("[domain-name:value = 'wanted.example']");
    let mut other = indicator(6);
    other["pattern"] = json!("[domain-name:value = 'other.example']");
    story.give("xas", &[wanted, other], Some("rel:Circle"));
    assert_eq!(hits(&story, "xve", &id), [beacon(5)]);
    let nothing = NewRequirement { title: "x".to_owned(), priority: 2, ..NewRequirement::default() };
    assert!(story.node.require(&story.who("xve"), &nothing, None).is_err());
}

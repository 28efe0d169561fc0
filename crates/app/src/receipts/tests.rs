#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_access::receipt::{self, State};

use super::NewReceipt;
use crate::AppError;
use crate::ingest::tests::{Story, beacon, indicator};

fn told(state: State) -> NewReceipt {
    NewReceipt::of(state)
}

fn without_name(state: State) -> NewReceipt {
    NewReceipt { anonymous_in: Some("Circle".to_owned()), ..told(state) }
}

#[test]
fn a_receipt_on_any_object_reaches_its_producer_and_nobody_else() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], Some("tlp:green rel:XAS,XVE,XOR"));
    let count = NewReceipt { count: Some(3), note: Some("at the border".to_owned()), ..told(State::Blocked) };
    story.node.give_receipt(&story.who("xve"), &beacon(1), &count).unwrap();
    let lines = |by: &str| story.node.read(&story.who(by)).unwrap().receipts(&beacon(1)).unwrap().lines;
    let seen = lines("xas");
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].state, seen[0].count), (State::Blocked, Some(3)));
    assert_eq!(seen[0].note.as_deref(), Some("at the border"));
    assert_eq!(lines("xve").len(), 1);
    assert!(lines("xor").is_empty());
}

#[test]
fn what_cannot_be_seen_takes_no_receipt_and_answers_as_if_absent() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], None);
    for number in [1, 9] {
        let given = story.node.give_receipt(&story.who("xve"), &beacon(number), &told(State::Used));
        assert!(matches!(given, Err(AppError::NotFound)));
        let asked = story.node.read(&story.who("xve")).unwrap().receipts_of(&beacon(number));
        assert!(matches!(asked, Err(AppError::NotFound)));
    }
}

#[test]
fn saying_it_again_changes_the_count_and_not_when_it_began() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], Some("rel:Circle"));
    let sighted = |count| NewReceipt { count: Some(count), ..told(State::Sighted) };
    let first = story.node.give_receipt(&story.who("xve"), &beacon(1), &sighted(1)).unwrap();
    story.clock.advance(jiff::SignedDuration::from_secs(60));
    let second = story.node.give_receipt(&story.who("xve"), &beacon(1), &sighted(7)).unwrap();
    let (first, second) = (&first.0[&State::Sighted], &second.0[&State::Sighted]);
    assert_eq!((first.since, second.count), (second.since, Some(7)));
    assert!(second.last > first.last);
    let wrong = NewReceipt { count: Some(1), ..told(State::Used) };
    story.node.give_receipt(&story.who("xve"), &beacon(1), &wrong).unwrap();
    let wrong = NewReceipt { count: Some(1), ..told(State::False) };
    assert!(story.node.give_receipt(&story.who("xve"), &beacon(1), &wrong).is_err());
    assert!(story.node.give_receipt(&story.who("xve"), &beacon(1), &told(State::Recalled)).is_err());
}

#[test]
fn an_anonymous_receipt_counts_once_and_names_nobody_anywhere() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], Some("rel:Circle"));
    let velkar = story.member("Velkar Shield");
    for _ in 0..2 {
        story.node.give_receipt(&story.who("xve"), &beacon(1), &without_name(State::False)).unwrap();
    }
    let reading = story.node.read(&story.who("xas")).unwrap();
    let receipts = reading.receipts(&beacon(1)).unwrap();
    assert!(receipts.lines.is_empty());
    assert_eq!(receipts.blinded.len(), 1);
    assert_eq!((receipts.blinded[0].members, receipts.blinded[0].name.as_str()), (1, "Circle"));
    // Nothing that anybody reads of it names its member: not the object, nor its source, nor what goes beside it.
    let all = reading.page(&crate::Selection::default(), &crate::From::First, 500).unwrap().items;
    for item in &all {
        let text = String::from_utf8(item.bytes.to_vec()).unwrap();
        let is_about = item.id.kind() == receipt::KIND || text.contains("kizuna-receipt");
        assert!(!is_about || !text.contains(&velkar.to_string()), "{text}");
        assert!(item.id.kind() != receipt::KIND || item.source == story.member("Asterin CERT"));
    }
    story.node.give_receipt(&story.who("xas"), &beacon(1), &without_name(State::False)).unwrap();
    let counted = story.node.read(&story.who("xve")).unwrap().receipts(&beacon(1)).unwrap();
    assert_eq!(counted.blinded[0].members, 2, "all of the circle read how many said so");
    assert!(story.node.read(&story.who("xor")).unwrap().receipts(&beacon(1)).unwrap().is_empty());
}

#[test]
fn an_anonymous_receipt_is_for_members_of_the_community_without_words() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], Some("rel:XAS,XVE,XOR"));
    let outside = story.node.give_receipt(&story.who("xor"), &beacon(1), &without_name(State::Used));
    assert!(outside.unwrap_err().to_string().contains("no such community"));
    let talkative = NewReceipt { note: Some("we".to_owned()), ..without_name(State::Used) };
    assert!(story.node.give_receipt(&story.who("xve"), &beacon(1), &talkative).is_err());
}

#[test]
fn nobody_writes_a_receipt_in_anothers_name_by_hand() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], Some("rel:Circle"));
    let velkar = story.member("Velkar Shield");
    let at = "2026-02-28T00:00:00Z".parse().unwrap();
    let forged = receipt::Receipt::by_name(velkar, beacon(1), State::Done, at).object().unwrap();
    story.give("xas", &[serde_json::Value::Object(forged.into_value())], Some("rel:Circle"));
    assert!(story.node.read(&story.who("xas")).unwrap().receipts(&beacon(1)).unwrap().is_empty());
}

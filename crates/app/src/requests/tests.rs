#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_access::receipt::State;
use kizuna_access::request::Outcome;

use super::{NewAnswer, NewRequest, Wanted};
use crate::AppError;
use crate::alerts::Way;
use crate::ingest::tests::{Story, beacon, indicator};
use crate::notices::To;

fn new(parties: &[&str]) -> NewRequest {
    let parties = parties.iter().map(|party| (*party).to_owned()).collect();
    let to = To { parties, sectors: Vec::new() };
    let deadline = Some("2026-03-02T12:00:00Z".parse().unwrap());
    NewRequest { question: "Who saw this beacon?".to_owned(), deadline, to, ..NewRequest::default() }
}

fn answer(outcome: Outcome, text: &str) -> NewAnswer {
    NewAnswer { outcome, text: Some(text.to_owned()), objects: Vec::new() }
}

#[test]
fn a_request_is_answered_to_who_asked_and_cannot_be_is_an_answer_with_a_reason() {
    let story = Story::begin();
    let id = story.node.ask(&story.who("xas"), &new(&["Velkar Shield", "Orinthia Watch"]), None).unwrap();
    story.node.answer(&story.who("xve"), &id, &answer(Outcome::Answered, "We did, twice."), None).unwrap();
    let why = "Our sensors are elsewhere.";
    story.node.answer(&story.who("xor"), &id, &answer(Outcome::CannotAnswer, why), None).unwrap();
    let shown = story.node.read(&story.who("xas")).unwrap().request(&id).unwrap();
    assert_eq!(shown.answers.len(), 2);
    assert!(shown.states.iter().all(|(_, _, state)| *state == Some(State::Delivered)));
    let of = |by: &str| story.node.read(&story.who(by)).unwrap().request(&id).unwrap().answers;
    assert_eq!(of("xve").len(), 1, "its own alone");
    let silent = NewAnswer { outcome: Outcome::CannotAnswer, text: None, objects: Vec::new() };
    assert!(story.node.answer(&story.who("xve"), &id, &silent, None).is_err());
    let own = story.node.answer(&story.who("xas"), &id, &answer(Outcome::Answered, "me"), None);
    assert!(matches!(own, Err(AppError::Conflict(_))));
}

#[test]
fn a_later_answer_takes_the_place_of_the_first() {
    let story = Story::begin();
    let id = story.node.ask(&story.who("xas"), &new(&["Velkar Shield"]), None).unwrap();
    let first = story.node.answer(&story.who("xve"), &id, &answer(Outcome::CannotAnswer, "not yet"), None);
    let second = story.node.answer(&story.who("xve"), &id, &answer(Outcome::Answered, "now"), None);
    assert_eq!(first.unwrap(), second.unwrap());
    let shown = story.node.read(&story.who("xas")).unwrap().request(&id).unwrap();
    assert_eq!(shown.answers.len(), 1);
    assert_eq!(shown.answers[0].answer.outcome, Outcome::Answered);
}

#[test]
fn hidden_and_absent_requests_are_answered_alike() {
    let story = Story::begin();
    let hidden = story.node.ask(&story.who("xas"), &new(&["Velkar Shield"]), None).unwrap();
    let absent = "kizuna-request--00000000-0000-4000-8000-000000000001".parse().unwrap();
    for id in [hidden, absent] {
        let tried = story.node.answer(&story.who("xor"), &id, &answer(Outcome::Answered, "x"), None);
        assert!(matches!(tried, Err(AppError::NotFound)));
    }
}

#[test]
fn lists_hold_what_is_left_to_answer() {
    let story = Story::begin();
    let id = story.node.ask(&story.who("xas"), &new(&["Velkar Shield"]), None).unwrap();
    let open = |by: &str, way| {
        let wanted = Wanted { way: Some(way), open: true };
        story.node.read(&story.who(by)).unwrap().requests(&wanted, None, 10).unwrap().items.len()
    };
    assert_eq!((open("xve", Way::Received), open("xas", Way::Sent)), (1, 1));
    story.node.answer(&story.who("xve"), &id, &answer(Outcome::Answered, "yes"), None).unwrap();
    assert_eq!((open("xve", Way::Received), open("xas", Way::Sent)), (0, 0));
}

#[test]
fn onward_release_is_asked_of_the_originator_and_proposed_there() {
    let story = Story::begin();
    let mut theirs = indicator(1);
    theirs["created_by_ref"] = serde_json::json!(story.member("Asterin CERT").identity().as_str());
    story.give("xas", &[theirs], Some("rel:XVE orcon"));
    let onward_to = vec!["Orinthia Watch".to_owned()];
    let ask = NewRequest { objects: vec![beacon(1)], onward_to, to: To::default(), ..new(&[]) };
    let id = story.node.ask(&story.who("xve"), &ask, None).unwrap();
    assert!(matches!(story.node.read(&story.who("xor")).unwrap().request(&id), Err(AppError::NotFound)));
    let proposed = story.node.propose_onward(&story.who("xas"), &id, None).unwrap();
    assert!(proposed.label_words.contains("Orinthia Watch"), "{}", proposed.label_words);
    assert_eq!(proposed.through, ["Velkar Shield"]);
    let asked = story.node.read(&story.who("xve")).unwrap().request(&id).unwrap();
    assert_eq!(asked.states[0].2, Some(State::Acting));
    assert!(asked.decisions.is_empty(), "nothing is told of a proposal");
    story.give("xve", &[indicator(2)], None);
    let own = NewRequest { objects: vec![beacon(2)], ..ask };
    let refused = story.node.ask(&story.who("xve"), &own, None).unwrap_err();
    assert!(refused.to_string().contains("your own member's"));
}

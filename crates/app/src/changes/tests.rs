#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code)]
#[path = "../../../store/tests/engine/names.rs"]
mod names;
#[path = "../../../store/tests/engine/policies.rs"]
mod policies;
#[path = "../../../store/tests/engine/rights.rs"]
mod rights;
mod shared;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use kizuna_access::Principal;
use kizuna_access::rights::Role;

use super::{Changes, Number, Round, Told, Wanted};
use crate::ingest::tests::{Story, indicator};
use crate::people::Caller;
use crate::sign_in::SignIn;
use crate::{AppError, From, Node, Position};

/// Streams that are all ready all the time.
struct Desk {
    changes: Changes,
    node: Node,
    open: Vec<Number>,
}

/// What a stream was told: texts and cursors, and whether it ended.
#[derive(Debug, Default, Clone)]
struct Heard {
    texts: Vec<String>,
    cursors: Vec<String>,
    ended: bool,
}

impl Heard {
    fn names(&self) -> Vec<String> {
        let name = |text: &String| serde_json::from_str::<serde_json::Value>(text).unwrap()["name"].clone();
        self.texts.iter().map(|text| name(text).as_str().unwrap_or("?").to_owned()).collect()
    }
}

impl Desk {
    fn new(node: &Node) -> Self {
        let render = |item: &crate::Item| Ok(String::from_utf8(item.bytes.to_vec()).unwrap());
        Self { changes: Changes::new(render), node: node.clone(), open: Vec::new() }
    }

    fn open(&mut self, wanted: Wanted) -> Number {
        let number = self.changes.add(&self.node, wanted).unwrap();
        self.open.push(number);
        number
    }

    /// Rounds until there is nothing more to tell.
    fn hear(&mut self) -> BTreeMap<Number, Heard> {
        /// More than it takes for all of a script.
        const ROUNDS: usize = 1_000;
        let mut heard: BTreeMap<Number, Heard> = BTreeMap::new();
        for _ in 0..ROUNDS {
            let mut round: Round = self.changes.read(&self.node, &self.open);
            self.changes.settle(&mut round);
            let mut is_more = round.more;
            assert!(round.failed.is_empty());
            for (number, told) in round.told {
                let heard = heard.entry(number).or_default();
                match told {
                    Told::Changes { changes, more } => {
                        is_more |= more;
                        for change in changes {
                            heard.texts.push(String::from_utf8(change.text.to_vec()).unwrap());
                            heard.cursors.push(change.cursor);
                        }
                    }
                    Told::Ended(error) => {
                        assert!(matches!(error, AppError::NotAuthenticated), "{error}");
                        heard.ended = true;
                        self.open.retain(|open| *open != number);
                    }
                }
            }
            if !is_more {
                return heard;
            }
        }
        panic!("there is no end to it");
    }
}

fn indicators() -> Vec<String> {
    vec!["indicator".to_owned()]
}

fn wanted(story: &Story, country: &str, from: Option<From>) -> Wanted {
    Wanted { principal: story.who(country), session: None, kinds: indicators(), from }
}

#[test]
fn a_stream_without_a_place_begins_now_and_is_told_what_comes() {
    let story = Story::begin();
    story.give("xas", &[indicator(1)], None);
    let mut streams = Desk::new(&story.node);
    let number = streams.open(wanted(&story, "xas", None));
    assert!(streams.hear()[&number].texts.is_empty());
    story.give("xas", &[indicator(2), indicator(3)], None);
    assert_eq!(streams.hear()[&number].names(), ["Beacon 2", "Beacon 3"]);
    assert!(streams.hear().is_empty());
}

#[test]
fn a_cursor_goes_on_behind_its_change_and_is_its_viewers_alone() {
    let story = Story::begin();
    story.give("xas", &[indicator(1), indicator(2)], None);
    let mut streams = Desk::new(&story.node);
    let number = streams.open(wanted(&story, "xas", Some(From::First)));
    let first = streams.hear()[&number].cursors[0].clone();
    let again = streams.open(wanted(&story, "xas", Some(From::Cursor(first.clone()))));
    assert_eq!(streams.hear()[&again].names(), ["Beacon 2"]);
    let stolen = streams.changes.add(&story.node, wanted(&story, "xve", Some(From::Cursor(first))));
    assert!(matches!(stolen, Err(AppError::Invalid { .. })));
}

#[test]
fn a_session_that_ended_ends_its_stream_and_no_other() {
    let story = Story::begin();
    let person = story.who("xas").person();
    let open = || match story.node.sign_in(&story.node.link(Some(person)).unwrap().token).unwrap() {
        SignIn::Session(session) => session,
        SignIn::SetUp => panic!("no session"),
    };
    let (one, other) = (open(), open());
    let mut streams = Desk::new(&story.node);
    let of = |token: &str| Wanted { session: Some(token.to_owned()), ..wanted(&story, "xas", None) };
    let (first, second) = (streams.open(of(&one.token)), streams.open(of(&other.token)));
    streams.hear();
    story.node.sign_out(&one.token).unwrap();
    story.give("xas", &[indicator(1)], None);
    let heard = streams.hear();
    assert!(heard[&first].ended && heard[&first].texts.is_empty());
    assert_eq!(heard[&second].names(), ["Beacon 1"]);
    story.clock.advance(SignedDuration::from_hours(crate::sign_in::SESSION_HOURS));
    assert!(streams.hear()[&second].ended);
}

/// Somebody else of Asterin CERT.
fn colleague(story: &Story, email: &str) -> Principal {
    let people = story.node.people(Caller::Operator);
    let (user, _) = people.add_user(email, story.member("Asterin CERT"), [Role::Analyst].into()).unwrap();
    let directory = story.node.directory().unwrap();
    directory.authenticate_person(user.id, story.node.now()).unwrap()
}

#[test]
fn who_has_come_further_is_told_nothing_again_by_a_shared_reading() {
    let story = Story::begin();
    let [second, third] = ["second@xas.example", "third@xas.example"].map(|email| colleague(&story, email));
    let mut streams = Desk::new(&story.node);
    let further = streams.open(Wanted { principal: second, ..wanted(&story, "xas", None) });
    let behind = streams.open(Wanted { principal: third, ..wanted(&story, "xas", None) });
    streams.hear();
    story.give("xas", &[indicator(1)], None);
    streams.open = vec![further];
    assert_eq!(streams.hear()[&further].names(), ["Beacon 1"]);
    streams.open = vec![further, behind];
    story.give("xas", &[indicator(2)], None);
    let heard = streams.hear();
    assert_eq!(heard[&further].names(), ["Beacon 2"]);
    assert_eq!(heard[&behind].names(), ["Beacon 1", "Beacon 2"]);
}

#[test]
fn colleagues_share_a_reading_and_each_has_cursors_of_its_own() {
    let story = Story::begin();
    let [second, third] = ["second@xas.example", "third@xas.example"].map(|email| colleague(&story, email));
    let mut streams = Desk::new(&story.node);
    let one = streams.open(Wanted { principal: second.clone(), ..wanted(&story, "xas", None) });
    let other = streams.open(Wanted { principal: third, ..wanted(&story, "xas", None) });
    streams.hear();
    story.give("xas", &[indicator(1)], None);
    let mut round = streams.changes.read(&story.node, &streams.open);
    streams.changes.settle(&mut round);
    let told: BTreeMap<Number, &Told> = round.told.iter().map(|(number, told)| (*number, told)).collect();
    let change = |number| match told[&number] {
        Told::Changes { changes, .. } => changes[0].clone(),
        Told::Ended(_) => panic!("ended"),
    };
    let (one, other) = (change(one), change(other));
    assert_eq!(one.text.as_ptr(), other.text.as_ptr(), "the text is shared");
    assert_ne!(one.cursor, other.cursor);
    let place: Position = story
        .node
        .sealer
        .open(&second, &super::Question::new(&indicators()).sealed_for, &one.cursor)
        .unwrap();
    assert!(place.seq > 0);
}

#[test]
fn what_is_not_settled_is_told_again() {
    let story = Story::begin();
    let mut streams = Desk::new(&story.node);
    let number = streams.open(wanted(&story, "xas", None));
    streams.hear();
    story.give("xas", &[indicator(1)], None);
    let lost = streams.changes.read(&story.node, &streams.open);
    assert_eq!(lost.told.len(), 1);
    assert_eq!(streams.hear()[&number].names(), ["Beacon 1"]);
}

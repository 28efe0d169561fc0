#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::SignedDuration;
use kizuna_access::rights::Role;

use super::{LINK_HOURS, SESSION_HOURS, SetUp, SignIn};
use crate::ingest::tests::Story;
use crate::people::Caller;
use crate::{AppError, Config, Node};

fn is_refused<T: std::fmt::Debug>(answer: &Result<T, AppError>) -> bool {
    matches!(answer, Err(AppError::NotAuthenticated))
}

#[test]
fn a_link_works_once_and_until_it_expires() {
    let story = Story::begin();
    let person = story.who("xas").person();
    let link = story.node.link(Some(person)).unwrap();
    assert!(story.node.link_is_valid(&link.token).unwrap(), "looking does not spend it");
    let SignIn::Session(session) = story.node.sign_in(&link.token).unwrap() else { panic!("no session") };
    assert_eq!(session.principal.person(), person);
    assert!(is_refused(&story.node.sign_in(&link.token)));

    let late = story.node.link(Some(person)).unwrap();
    story.clock.advance(SignedDuration::from_hours(LINK_HOURS));
    assert!(is_refused(&story.node.sign_in(&late.token)));
    assert!(is_refused(&story.node.sign_in("nonsense")));
}

#[test]
fn a_session_ends_by_itself_by_signing_out_and_with_its_account() {
    let story = Story::begin();
    let person = story.who("xas").person();
    let open = || match story.node.sign_in(&story.node.link(Some(person)).unwrap().token).unwrap() {
        SignIn::Session(session) => session,
        SignIn::SetUp => panic!("no session"),
    };
    let (one, other) = (open(), open());
    assert_ne!(one.form_token, other.form_token);
    assert_eq!(story.node.session(&one.token).unwrap().form_token, one.form_token);
    story.node.sign_out(&one.token).unwrap();
    assert!(is_refused(&story.node.session(&one.token)));

    story.clock.advance(SignedDuration::from_hours(SESSION_HOURS) - SignedDuration::from_secs(1));
    assert!(story.node.session(&other.token).is_ok());
    story.clock.advance(SignedDuration::from_secs(1));
    assert!(is_refused(&story.node.session(&other.token)));

    let third = open();
    story.node.people(Caller::Operator).remove_user(person).unwrap();
    assert!(is_refused(&story.node.session(&third.token)));
}

#[test]
fn the_first_link_sets_up_a_new_node_once() {
    let data = tempfile::tempdir().unwrap();
    let node = Node::open(Config::new(data.path().join("new"))).unwrap();
    let link = node.link(None).unwrap();
    assert!(matches!(node.sign_in(&link.token).unwrap(), SignIn::SetUp));
    let mut answers = SetUp {
        member: "Asterin CERT".to_owned(),
        country: "asterin".to_owned(),
        sector: None,
        email: "first@xas.example".to_owned(),
    };
    assert!(matches!(node.set_up(&link.token, &answers), Err(AppError::Invalid { .. })));
    answers.country = "xas".to_owned();
    let session = node.set_up(&link.token, &answers).unwrap();
    let me = node.people(Caller::Person(session.principal)).me().unwrap();
    assert!(me.roles.contains(&Role::Admin));
    assert!(is_refused(&node.set_up(&link.token, &answers)));
    let another = node.link(None).unwrap();
    assert!(is_refused(&node.sign_in(&another.token)), "a node with people is not set up again");
}

#[test]
fn a_key_is_its_person_s_alone() {
    let story = Story::begin();
    let person = story.who("xas").person();
    let people = story.node.people(Caller::Operator);
    let key = people.add_key(person, true, None).unwrap();
    let node = &story.node;
    let who = node.authenticate(&key.secret, Some("analyst@xas.example")).unwrap();
    assert_eq!((who.person(), who.key()), (person, Some(key.id)));
    assert!(is_refused(&node.authenticate(&key.secret, Some("analyst@xve.example"))));
    assert!(is_refused(&node.authenticate("AAAA", None)));
    let refused = node.people(Caller::Person(who)).add_key(person, false, None);
    assert!(matches!(refused, Err(AppError::Forbidden(_))), "a key that only reads makes no keys");
    people.revoke_key(key.id).unwrap();
    assert!(is_refused(&node.authenticate(&key.secret, None)));
}

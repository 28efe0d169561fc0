#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use kizuna_access::rights::{Clearance, Holder, Proposed, Role};

use super::ProposalState;
use crate::ingest::tests::Story;
use crate::{AppError, Caller};

/// Two admins of Asterin, whose node it is, and one of Velkar.
fn story() -> Story {
    let story = Story::begin();
    let people = story.node.people(Caller::Operator);
    for (email, member) in
        [("ada@xas", "Asterin CERT"), ("ben@xas", "Asterin CERT"), ("vera@xve", "Velkar Shield")]
    {
        people.add_user(email, story.member(member), BTreeSet::from([Role::Admin])).unwrap();
    }
    story
}

fn caller(story: &Story, email: &str) -> Caller {
    let directory = story.node.directory().unwrap();
    let person = directory.person_by_email(email).unwrap().id;
    Caller::Person(directory.authenticate_person(person, story.node.now()).unwrap())
}

fn secret() -> Clearance {
    Clearance::default().with("EXERCISE", "SECRET")
}

fn held(story: &Story, holder: Holder) -> Option<Clearance> {
    story.node.directory().unwrap().clearance(&holder).cloned()
}

#[test]
fn raising_takes_two_and_lowering_one() {
    let story = story();
    let holder = Holder::Person(story.who("xas").person());
    let (ada, ben) = (caller(&story, "ada@xas"), caller(&story, "ben@xas"));
    let ada = story.node.people(ada);
    assert!(matches!(ada.clear(holder, secret()), Err(AppError::Forbidden(_))));
    let change = Proposed::Clearance { holder, clearance: secret() };
    let made = ada.propose(change, "for the exercise").unwrap();
    assert_eq!((made.state, made.may_confirm), (ProposalState::Open, false));
    assert!(matches!(ada.confirm(made.id), Err(AppError::Forbidden(_))));
    assert_eq!(held(&story, holder), None);
    let ben = story.node.people(ben);
    assert!(ben.proposals().unwrap()[0].may_confirm);
    ben.confirm(made.id).unwrap();
    assert_eq!(held(&story, holder), Some(secret()));
    let settled = &ada.proposals().unwrap()[0];
    assert_eq!((settled.state, settled.settled_by.as_deref()), (ProposalState::Confirmed, Some("ben@xas")));
    let lower = Clearance::default().with("EXERCISE", "RESTRICTED");
    ada.clear(holder, lower.clone()).unwrap();
    assert_eq!(held(&story, holder), Some(lower));
}

#[test]
fn whoever_administers_nothing_of_it_learns_nothing_of_it() {
    let story = story();
    let holder = Holder::Person(story.who("xas").person());
    let ada = story.node.people(caller(&story, "ada@xas"));
    let made = ada.propose(Proposed::Clearance { holder, clearance: secret() }, "why").unwrap();
    for other in [caller(&story, "vera@xve"), Caller::Person(story.who("xas"))] {
        let other = story.node.people(other);
        assert!(other.proposals().unwrap().is_empty());
        for (there, nowhere) in [
            (other.confirm(made.id), other.confirm(uuid::Uuid::nil())),
            (other.drop_proposal(made.id), other.drop_proposal(uuid::Uuid::nil())),
        ] {
            assert!(matches!((there, nowhere), (Err(AppError::NotFound), Err(AppError::NotFound))));
        }
    }
    let vera = story.node.people(caller(&story, "vera@xve"));
    let ceiling = Proposed::Clearance { holder: Holder::Node, clearance: secret() };
    assert!(matches!(vera.propose(ceiling, "why"), Err(AppError::Forbidden(_))));
}

#[test]
fn nobody_makes_himself_a_second_person() {
    let story = story();
    let ada = story.node.people(caller(&story, "ada@xas"));
    let member = story.member("Asterin CERT");
    for role in [Role::Admin, Role::Releaser, Role::Auditor, Role::Quarantine] {
        let made = ada.add_user("puppet@xas", member, BTreeSet::from([role]));
        assert!(matches!(made, Err(AppError::Forbidden(_))), "{role:?}");
    }
    let (puppet, _) = ada.add_user("puppet@xas", member, BTreeSet::from([Role::Analyst])).unwrap();
    let roles = BTreeSet::from([Role::Admin]);
    assert!(matches!(ada.set_roles(puppet.id, roles.clone()), Err(AppError::Forbidden(_))));
    let made = ada.propose(Proposed::Roles { person: puppet.id, roles: roles.clone() }, "a deputy").unwrap();
    story.node.people(caller(&story, "ben@xas")).confirm(made.id).unwrap();
    assert_eq!(story.node.directory().unwrap().person(puppet.id).unwrap().roles(), roles);
    ada.set_roles(puppet.id, BTreeSet::from([Role::Reader])).unwrap();
    let vera = story.node.people(caller(&story, "vera@xve"));
    let made = vera.add_user("puppet@xve", story.member("Velkar Shield"), BTreeSet::from([Role::Admin]));
    assert!(matches!(made, Err(AppError::Forbidden(_))), "who runs the node is the second person");
}

#[test]
fn a_lone_admin_adds_a_second_one() {
    let story = Story::begin();
    let people = story.node.people(Caller::Operator);
    let member = story.member("Asterin CERT");
    people.add_user("ada@xas", member, BTreeSet::from([Role::Admin])).unwrap();
    let ada = story.node.people(caller(&story, "ada@xas"));
    ada.add_user("ben@xas", member, BTreeSet::from([Role::Admin])).unwrap();
    assert!(ada.add_user("cem@xas", member, BTreeSet::from([Role::Admin])).is_err());
}

#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::SignedDuration;
use uuid::Uuid;

use crate::directory::RightsError;
use crate::rights::{Holder, Proposed, Rights, Role};
use crate::story::{Story, cleared, member, person};

const ID: Uuid = Uuid::from_u128(7);

/// Two admins of alpha, and somebody to be cleared.
fn story() -> Story {
    let mut story = Story::cast();
    for name in ["ada", "ben"] {
        story.person(name, "alpha", &[Role::Admin]);
    }
    story
}

fn propose(by: &str, change: Proposed) -> Rights {
    Rights::ChangeProposed { proposal: ID, change, by: person(by), reason: "the exercise".into() }
}

fn settle(by: &str, confirmed: bool) -> Rights {
    Rights::ProposalSettled { proposal: ID, by: person(by), confirmed }
}

fn to_secret(name: &str) -> Proposed {
    Proposed::Clearance { holder: Holder::Person(person(name)), clearance: cleared("SECRET") }
}

fn refusal(story: &Story, rights: &Rights) -> String {
    story.directory.allows(rights, story.now).unwrap_err().to_string()
}

#[test]
fn one_proposes_and_another_confirms() {
    let mut story = story();
    let holder = Holder::Person(person("alpha"));
    assert!(story.directory.raises(&holder, &cleared("SECRET")));
    story.tell(propose("ada", to_secret("alpha")));
    assert!(story.directory.clearance(&holder).is_none(), "a proposal clears nobody");
    assert!(refusal(&story, &settle("ada", true)).contains("another person"));
    assert!(refusal(&story, &settle("alpha", true)).contains("role admin"), "an analyst confirms nothing");
    story.tell(settle("ben", true));
    assert_eq!(story.directory.clearance(&holder), Some(&cleared("SECRET")));
    assert!(refusal(&story, &settle("ben", true)).contains("settled"));
    assert!(!story.directory.raises(&holder, &cleared("RESTRICTED")));
}

#[test]
fn nobody_confirms_what_he_gains() {
    let mut story = story();
    story.tell(propose("ada", to_secret("ben")));
    assert!(refusal(&story, &settle("ben", true)).contains("gains himself"));
    story.tell(settle("ben", false));
    assert!(story.directory.clearance(&Holder::Person(person("ben"))).is_none());
}

#[test]
fn a_proposal_ends_with_its_date_and_with_its_proposers_role() {
    let mut story = story();
    let made = story.tell(propose("ada", to_secret("alpha")));
    let until = made + SignedDuration::from_hours(24 * 14);
    let confirm = settle("ben", true);
    let second = SignedDuration::from_secs(1);
    story.directory.allows(&confirm, until - second).unwrap();
    for late in [until, until + second] {
        assert!(matches!(story.directory.allows(&confirm, late), Err(RightsError::Refused(_))));
    }
    story.tell(Rights::RolesSet { person: person("ada"), roles: [Role::Analyst].into() });
    assert!(refusal(&story, &confirm).contains("no admin any more"));
}

#[test]
fn roles_are_given_the_same_way() {
    let mut story = story();
    let roles = [Role::Analyst, Role::Auditor].into();
    story.tell(propose("ada", Proposed::Roles { person: person("alpha"), roles }));
    story.tell(settle("ben", true));
    let held = story.directory.person(person("alpha")).unwrap().roles();
    assert!(held.contains(&Role::Auditor) && held.contains(&Role::Analyst));
}

#[test]
fn no_ceiling_is_the_highest_ceiling() {
    let mut story = story();
    let ceiling = Holder::Member(member("alpha"));
    assert!(!story.directory.raises(&ceiling, &cleared("SECRET")));
    story.tell(Rights::ClearanceSet { holder: ceiling, clearance: cleared("RESTRICTED") });
    assert!(story.directory.raises(&ceiling, &cleared("CONFIDENTIAL")));
    assert!(!story.directory.raises(&ceiling, &cleared("RESTRICTED")));
    assert!(!story.directory.raises(&ceiling, &cleared("UNCLASSIFIED")));
}

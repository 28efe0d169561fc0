#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::SignedDuration;
use kizuna_attest::Proof;

use super::*;
use crate::ingest::sites::{Site, member};
use crate::people::Caller;

const OWNER: &str = "Asterin CERT";
const PARTNER: &str = "Velkar Shield";

/// A node that owns a community of two, and one that lives elsewhere.
fn nodes() -> (Site, CommunityId, Site) {
    let (owner, partner) = (Site::of(OWNER), Site::of(PARTNER));
    let people = owner.node.people(Caller::Operator);
    let circle = people.add_community("Circle", false).unwrap().id;
    for name in [OWNER, PARTNER] {
        people.join(circle, member(&owner.node, name), None, None).unwrap();
    }
    (owner, circle, partner)
}

fn exported(site: &Site, community: CommunityId) -> Roster {
    site.node.people(Caller::Operator).export_roster(community).unwrap()
}

fn key_of(roster: &Roster) -> PublicKey {
    roster.signed.as_ref().unwrap().key.parse().unwrap()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
    match result.unwrap_err() {
        AppError::Invalid { faults } => faults.iter().map(|fault| fault.rule.clone()).collect(),
        other => other.to_string(),
    }
}

#[test]
fn a_roster_is_taken_in_once_its_owner_s_key_was_compared() {
    let (owner, circle, partner) = nodes();
    let people = partner.node.people(Caller::Operator);
    let roster = exported(&owner, circle);
    let stopped = refusal(people.verify_roster(roster.clone()));
    assert!(stopped.contains("no signing key of its signer is known"), "{stopped}");
    assert!(stopped.contains(&key_of(&roster).to_string()), "the way out names the key: {stopped}");
    assert_eq!(people.communities().unwrap(), []);

    let verified = people.verify_roster_with(roster.clone(), key_of(&roster)).unwrap();
    assert!(matches!(verified.proof(), Proof::Signed { by: Signer::Member(by), .. } if by == owner.own));
    assert_eq!(people.import_roster(&verified).unwrap().members.len(), 2);
    // From then on the key is known, and a change of the roster follows.
    owner.node.people(Caller::Operator).leave(circle, member(&owner.node, OWNER)).unwrap();
    let verified = people.verify_roster(exported(&owner, circle)).unwrap();
    assert_eq!(people.import_roster(&verified).unwrap().members, [partner.own]);
}

#[test]
fn a_changed_key_stops_a_roster_and_says_so() {
    let (owner, circle, partner) = nodes();
    let people = partner.node.people(Caller::Operator);
    let first = exported(&owner, circle);
    people.verify_roster_with(first.clone(), key_of(&first)).unwrap();

    owner.node.people(Caller::Operator).rotate_signing_key(owner.own).unwrap();
    let second = exported(&owner, circle);
    let stopped = refusal(people.verify_roster(second.clone()));
    assert!(stopped.contains("which is not known to be its signer's"), "{stopped}");
    // What was compared has to be the key that signed it.
    let wrong = refusal(people.verify_roster_with(second.clone(), key_of(&first)));
    assert!(wrong.contains("that key did not sign it"), "{wrong}");
    assert!(people.verify_roster_with(second.clone(), key_of(&second)).is_ok());
}

#[test]
fn what_was_altered_or_is_somebody_else_s_is_not_taken_in() {
    let (owner, circle, partner) = nodes();
    let people = partner.node.people(Caller::Operator);
    let roster = exported(&owner, circle);
    let verified = people.verify_roster_with(roster.clone(), key_of(&roster)).unwrap();
    people.import_roster(&verified).unwrap();

    let alterations: [fn(&mut Roster); 5] = [
        |roster| roster.name = "Ring".to_owned(),
        |roster| roster.from_joining = true,
        |roster| drop(roster.members.pop()),
        |roster| roster.members[0].until = Some(Timestamp::UNIX_EPOCH),
        |roster| roster.signed.as_mut().unwrap().at += SignedDuration::from_secs(1),
    ];
    for alter in alterations {
        let mut altered = roster.clone();
        alter(&mut altered);
        let refused = refusal(people.verify_roster(altered));
        assert!(refused.contains("of other content, or forged"), "{refused}");
    }

    // Another member signs a roster for the same community with a key that is known here.
    let other = Site::of("Orinthia Watch");
    let theirs = other.node.people(Caller::Operator).add_community("Circle", false).unwrap().id;
    let mut theirs = exported(&other, theirs);
    theirs.community = circle;
    theirs.signed.as_mut().unwrap().signature.clear();
    let seal = other.node.member_sign(other.own, Purpose::Roster, &theirs.payload()).unwrap();
    theirs.signed.as_mut().unwrap().signature = seal.signature.to_string();
    let verified = people.verify_roster_with(theirs.clone(), key_of(&theirs)).unwrap();
    let refused = refusal(people.import_roster(&verified));
    assert!(refused.contains("owned by another member"), "{refused}");
}

#[test]
fn an_older_roster_or_an_unsigned_one_takes_the_place_of_none() {
    let (owner, circle, partner) = nodes();
    let people = partner.node.people(Caller::Operator);
    let older = exported(&owner, circle);
    let newer = exported(&owner, circle);
    let older = people.verify_roster_with(older.clone(), key_of(&older)).unwrap();
    let newer = people.verify_roster(newer).unwrap();
    people.import_roster(&newer).unwrap();
    people.import_roster(&newer).unwrap();
    assert!(refusal(people.import_roster(&older)).contains("was signed later"));
    let by_hand = Roster { signed: None, ..newer.into_inner() };
    assert!(refusal(people.verify_roster(by_hand.clone())).contains("is not signed"));
    let by_hand = Verified::authenticated(by_hand);
    assert!(refusal(people.import_roster(&by_hand)).contains("one without a signature"));
    // Only its owner signs it.
    let refused = refusal(people.export_roster(circle));
    assert!(refused.contains("only its owner signs"), "{refused}");
}

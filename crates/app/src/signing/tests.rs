#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;

use jiff::{SignedDuration, Timestamp};
use kizuna_access::rights::{Role, Sector};
use kizuna_access::{MemberId, Rights};
use kizuna_attest::{Announcement, Change, Purpose, Refusal, SecretKey, Signer};
use kizuna_store::writer::Actor;

use super::change::Origin;
use crate::ingest::tests::Story;
use crate::people::{Caller, NewMember};
use crate::{AppError, Config, Node};

fn alpha(story: &Story) -> MemberId {
    story.member("Asterin CERT")
}

/// Whether a member's signature, made now, counts.
fn signs(story: &Story, member: MemberId) -> bool {
    let seal = story.node.member_sign(member, Purpose::Roster, b"{}").unwrap();
    let now = story.node.store.now().unwrap().max(story.node.now());
    let proof = story.node.verify_signed(Signer::Member(member), Purpose::Roster, b"{}", &seal, (now, now));
    proof.unwrap().is_ok()
}

#[test]
fn a_member_that_lives_here_has_one_key_from_the_beginning() {
    let story = Story::begin();
    let member = alpha(&story);
    let history = story.node.people(Caller::Operator).signing_keys_of(member).unwrap();
    assert_eq!(history.keys.len(), 1);
    assert_eq!(history.current().unwrap().origin, Origin::Made);
    assert!(signs(&story, member));
    let file = story.node.data().join("node.key");
    assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_data_directory_from_before_there_were_keys_gets_them_when_it_signs() {
    let story = Story::begin();
    let elder = MemberId(uuid::Uuid::from_u128(77));
    let rights = Rights::MemberAdded {
        member: elder,
        name: "Elder".to_owned(),
        country: "XEL".parse().unwrap(),
        sector: Sector::Public,
        hosted: true,
    };
    story.node.store.writer().record(rights, Actor::Operator).unwrap();
    assert!(story.node.directory().unwrap().signing_keys(Signer::Member(elder)).is_empty());
    assert!(signs(&story, elder));
    assert!(signs(&story, elder));
    assert_eq!(story.node.directory().unwrap().signing_keys(Signer::Member(elder)).len(), 1);
}

#[test]
fn nobody_signs_for_a_member_that_lives_elsewhere() {
    let story = Story::begin();
    let people = story.node.people(Caller::Operator);
    let country = "XFA".parse().unwrap();
    let far =
        NewMember { name: "Far".to_owned(), country, sector: Sector::Public, identity: None, hosted: false };
    let far = people.add_member(far).unwrap().id;
    assert!(story.node.directory().unwrap().signing_keys(Signer::Member(far)).is_empty());
    let refused = story.node.member_sign(far, Purpose::Roster, b"{}");
    assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
    assert!(matches!(people.rotate_signing_key(far), Err(AppError::Forbidden(_))));
    let own = SecretKey::from_seed(&[1; 32]).public();
    assert!(matches!(people.pin_signing_key(alpha(&story), own), Err(AppError::Forbidden(_))));
    let pinned = people.pin_signing_key(far, own).unwrap();
    assert_eq!(pinned.current().unwrap().origin, Origin::Pinned);
    assert_eq!(people.pin_signing_key(far, own).unwrap(), pinned);
}

#[test]
fn a_rotation_is_announced_under_the_key_before_it() {
    let story = Story::begin();
    let member = alpha(&story);
    let people = story.node.people(Caller::Operator);
    let first = people.signing_keys_of(member).unwrap().current().unwrap().clone();
    let ring_before = story.node.key_ring().unwrap();
    let history = people.rotate_signing_key(member).unwrap();
    assert_eq!(history.keys.len(), 2);
    assert_ne!(history.current().unwrap().key, first.key);
    assert_eq!(history.current().unwrap().origin, Origin::Rotated);
    assert!(signs(&story, member));
    let said = story.node.key_announcements(Signer::Member(member), &[]).unwrap();
    let [introduced, rotated] = &said[..] else { panic!("{said:?}") };
    assert!(Announcement::read(introduced).unwrap().is_self_signed());
    let rotated = Announcement::read(rotated).unwrap();
    assert_eq!(rotated.change, Change::Rotated);
    // Who knows the first key alone is convinced.
    assert!(rotated.verify(&ring_before, story.node.now()).is_ok());
    let kept =
        story.node.vault.key(Signer::Member(member), first.fingerprint.parse().unwrap(), &story.node.store);
    assert!(kept.unwrap().is_none(), "the old private half is destroyed");
}

#[test]
fn a_revocation_counts_from_its_instant_on_and_a_new_key_begins() {
    let story = Story::begin();
    let member = alpha(&story);
    let people = story.node.people(Caller::Operator);
    let first = people.signing_keys_of(member).unwrap().current().unwrap().clone();
    let fingerprint = first.fingerprint.parse().unwrap();
    let seal = story.node.member_sign(member, Purpose::Roster, b"{}").unwrap();
    let stolen = story.node.now() + SignedDuration::from_secs(10);
    story.clock.advance(SignedDuration::from_secs(20));
    let history = people.revoke_signing_key(member, fingerprint, stolen).unwrap();
    assert_eq!(history.keys.len(), 2);
    assert_ne!(history.current().unwrap().key, first.key);
    let recorded =
        story.node.directory().unwrap().signing_keys(Signer::Member(member))[0].revoked.unwrap().recorded;
    let second = SignedDuration::from_secs(1);
    let judged = |at: Timestamp, received: Timestamp| {
        let judged =
            story.node.verify_signed(Signer::Member(member), Purpose::Roster, b"{}", &seal, (at, received));
        judged.unwrap().map(drop)
    };
    let before = recorded - second;
    assert_eq!(judged(stolen - second, before), Ok(()));
    assert_eq!(judged(stolen, before), Err(Refusal::Revoked(fingerprint)));
    assert_eq!(judged(stolen + second, before), Err(Refusal::Revoked(fingerprint)));
    assert_eq!(judged(stolen - second, recorded), Err(Refusal::Revoked(fingerprint)));
    assert!(signs(&story, member));
}

#[test]
fn only_a_releaser_approves() {
    let story = Story::begin();
    let who = story.who("xas");
    let refused = story.node.approver_sign(&who, Purpose::Approval, b"{}");
    assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
    let people = story.node.people(Caller::Operator);
    people.set_roles(who.person(), BTreeSet::from([Role::Releaser])).unwrap();
    let seal = story.node.approver_sign(&who, Purpose::Approval, b"{}").unwrap();
    assert_eq!(seal.key, story.node.approver_key(who.person()).unwrap().fingerprint());
    let now = story.node.now();
    let check = |signer| {
        story.node.verify_signed(signer, Purpose::Approval, b"{}", &seal, (now, now)).unwrap().map(drop)
    };
    assert_eq!(check(Signer::Person(who.person())), Ok(()));
    assert_eq!(check(Signer::Member(who.member())), Err(Refusal::UnknownKey(seal.key)));
    let said = story.node.key_announcements(Signer::Person(who.person()), &[]).unwrap();
    assert_eq!(Announcement::read(&said[0]).unwrap().person, Some(who.person()));
}

#[test]
fn keys_survive_a_restart_and_a_lost_node_key_is_told() {
    let data = tempfile::tempdir().unwrap();
    let open = || Node::open(Config::new(data.path())).unwrap();
    let node = open();
    let new = NewMember {
        name: "Asterin CERT".to_owned(),
        country: "XAS".parse().unwrap(),
        sector: Sector::Public,
        identity: None,
        hosted: true,
    };
    let member = node.people(Caller::Operator).add_member(new).unwrap().id;
    let before = node.member_sign(member, Purpose::Roster, b"{}").unwrap();
    drop(node);
    let node = open();
    assert_eq!(node.member_sign(member, Purpose::Roster, b"{}").unwrap(), before);
    drop(node);
    std::fs::remove_file(data.path().join("node.key")).unwrap();
    let node = open();
    let lost = node.member_sign(member, Purpose::Roster, b"{}").unwrap_err();
    assert!(lost.to_string().contains("node.key"), "{lost}");
    node.people(Caller::Operator).rotate_signing_key(member).unwrap();
    let after = node.member_sign(member, Purpose::Roster, b"{}").unwrap();
    assert_ne!(after.key, before.key);
}

#[test]
fn no_private_key_is_in_the_database_or_the_audit_in_the_clear() {
    let story = Story::begin();
    let (secret, _) = story.node.current_secret(Signer::Member(alpha(&story))).unwrap();
    let seed = *secret.seed();
    let in_hex = hex::encode(seed);
    for file in std::fs::read_dir(story.node.data()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(32).any(|window| window == seed));
        assert!(!bytes.windows(64).any(|window| window == in_hex.as_bytes()));
    }
}

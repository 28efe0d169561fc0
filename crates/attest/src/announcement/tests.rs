#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_access::rights::{Introduction, Rights};
use kizuna_access::{Directory, Recorded};
use serde_json::Value;

use super::*;

fn member() -> MemberId {
    MemberId(Uuid::from_u128(1))
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn announced(of: u8, change: Change, second: i64, with: u8) -> Object {
    let (key_of, effective) = (key(of).public(), at(second));
    let new = NewAnnouncement { member: member(), person: None, key: key_of, change, effective };
    new.sign(&key(with)).unwrap()
}

/// Key 1 from the beginning, key 2 from second 20.
fn ring() -> KeyRing {
    let mut directory = Directory::default();
    let signer = Signer::Member(member());
    let text = |seed: u8| key(seed).public().to_string();
    let how = Introduction::Pinned;
    let events = [
        Rights::SigningKeyIntroduced { signer, key: text(1), from: None, how },
        Rights::SigningKeyRotated { signer, previous: text(1), key: text(2), from: at(20) },
    ];
    for (epoch, rights) in (1..).zip(events) {
        directory.apply(&Recorded { epoch, at: at(20), rights });
    }
    KeyRing::of(&directory)
}

#[test]
fn an_introduction_is_signed_by_its_own_key() {
    let object = announced(1, Change::Introduced, 0, 1);
    assert_eq!(object.warnings(), []);
    let read = Announcement::read(&object).unwrap();
    assert!(read.is_self_signed());
    assert_eq!(read.signer(), Signer::Member(member()));
    let other = Announcement::read(&announced(1, Change::Introduced, 0, 2)).unwrap();
    assert!(!other.is_self_signed());
    let mut map = object.into_value();
    map.insert("person".to_owned(), Value::String(Uuid::from_u128(9).to_string()));
    let stolen = Announcement::read(&Object::from_value(Value::Object(map)).unwrap()).unwrap();
    assert!(!stolen.is_self_signed());
}

#[test]
fn a_rotation_is_signed_by_the_key_before_it_while_that_counts() {
    let verify = |object: &Object| Announcement::read(object).unwrap().verify(&ring(), at(100)).map(drop);
    assert_eq!(verify(&announced(3, Change::Rotated, 30, 2)), Ok(()));
    assert_eq!(verify(&announced(3, Change::Rotated, 20, 1)), Ok(()));
    let given_up = key(1).public().fingerprint();
    assert_eq!(verify(&announced(3, Change::Rotated, 21, 1)), Err(Refusal::Superseded(given_up)));
    let unknown = key(9).public().fingerprint();
    assert_eq!(verify(&announced(3, Change::Rotated, 30, 9)), Err(Refusal::UnknownKey(unknown)));
}

#[test]
fn a_revocation_is_signed_by_the_key_itself_or_a_later_one() {
    let verify = |object: &Object| Announcement::read(object).unwrap().verify(&ring(), at(100)).map(drop);
    assert_eq!(verify(&announced(2, Change::Revoked, 30, 2)), Ok(()));
    assert_eq!(verify(&announced(1, Change::Revoked, 30, 2)), Ok(()));
    let earlier = key(1).public().fingerprint();
    assert_eq!(verify(&announced(2, Change::Revoked, 30, 1)), Err(Refusal::Superseded(earlier)));
}

#[test]
fn one_change_never_passes_for_another() {
    let object = announced(3, Change::Rotated, 30, 2);
    let mut map = object.into_value();
    map.insert("change".to_owned(), Value::String("revoked".to_owned()));
    let changed = Announcement::read(&Object::from_value(Value::Object(map)).unwrap()).unwrap();
    assert_eq!(changed.verify(&ring(), at(100)).map(drop), Err(Refusal::Altered));
}

#[test]
fn an_announcement_is_the_same_under_any_markings() {
    let clear = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487".parse().unwrap();
    let plain = announced(1, Change::Introduced, 0, 1);
    let marked = under_markings(&plain, &[clear]).unwrap();
    assert_ne!(marked.id(), plain.id());
    assert!(Announcement::read(&marked).unwrap().is_self_signed());
    assert_eq!(under_markings(&marked, &[]).unwrap(), plain);
}

#[test]
fn a_member_vouches_for_the_key_of_a_person_of_its_own() {
    let person = Some(kizuna_access::PersonId(Uuid::from_u128(9)));
    let (change, effective) = (Change::Introduced, at(5));
    let new = NewAnnouncement { member: member(), person, key: key(7).public(), change, effective };
    let plain = new.sign(&key(7)).unwrap();
    let by = |seed: u8, second: i64| vouched(&plain, &key(seed), at(second)).unwrap();
    let verify = |object: &Object| {
        let read = Announcement::read(object).unwrap();
        assert!(read.is_self_signed());
        read.verify_vouch(&ring(), at(100)).map(|by| *by)
    };
    let object = by(2, 30);
    assert_eq!(object.warnings(), []);
    assert_eq!(verify(&object), Ok(member()));
    let marking: Id = "marking-definition--00000000-0000-4000-8000-000000000001".parse().unwrap();
    assert_eq!(verify(&under_markings(&object, &[marking]).unwrap()), Ok(member()));
    assert_eq!(verify(&plain), Err(Refusal::NoKey));
    assert_eq!(verify(&by(9, 30)), Err(Refusal::UnknownKey(key(9).public().fingerprint())));
    assert_eq!(verify(&by(1, 30)), Err(Refusal::Superseded(key(1).public().fingerprint())));
    // The word is for this key of this person alone.
    for (property, value) in
        [("person", Uuid::from_u128(10).to_string()), ("public_key", key(8).public().to_string())]
    {
        let mut other = object.clone().into_value();
        other.insert(property.to_owned(), Value::String(value));
        let other = Announcement::read(&Object::from_value(Value::Object(other)).unwrap()).unwrap();
        assert_eq!(other.verify_vouch(&ring(), at(100)), Err(Refusal::Altered));
    }
}

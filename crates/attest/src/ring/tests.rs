#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::SignedDuration;
use kizuna_access::rights::{Introduction, Rights};
use kizuna_access::{MemberId, Recorded};
use uuid::Uuid;

use super::*;
use crate::key::SecretKey;

const PAYLOAD: &[u8] = b"{}";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn alpha() -> Signer {
    Signer::Member(MemberId(Uuid::from_u128(1)))
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

/// A log of rights in which each event is recorded at the second given with it.
fn ring(events: &[(i64, Rights)]) -> KeyRing {
    let mut directory = Directory::default();
    for (epoch, (second, rights)) in (1..).zip(events) {
        directory.apply(&Recorded { epoch, at: at(*second), rights: rights.clone() });
    }
    KeyRing::of(&directory)
}

fn introduced(seed: u8, from: Option<Timestamp>) -> Rights {
    let key = key(seed).public().to_string();
    Rights::SigningKeyIntroduced { signer: alpha(), key, from, how: Introduction::Made }
}

fn rotated(from: u8, to: u8, second: i64) -> Rights {
    let (previous, key) = (key(from).public().to_string(), key(to).public().to_string());
    Rights::SigningKeyRotated { signer: alpha(), previous, key, from: at(second) }
}

fn revoked(seed: u8, second: i64) -> Rights {
    Rights::SigningKeyRevoked { signer: alpha(), key: key(seed).public().to_string(), from: at(second) }
}

/// What is said of a signature that states `signed` and arrives at `received`.
fn judged(ring: &KeyRing, seed: u8, signed: i64, received: i64) -> Result<(), Refusal> {
    let seal = key(seed).sign(Purpose::Approval, PAYLOAD);
    ring.check(alpha(), Purpose::Approval, PAYLOAD, &seal, at(signed), at(received)).map(drop)
}

fn fingerprint(seed: u8) -> Fingerprint {
    key(seed).public().fingerprint()
}

#[test]
fn a_signature_counts_from_the_introduction_of_its_key_on() {
    let ring = ring(&[(0, introduced(1, Some(at(10))))]);
    assert_eq!(judged(&ring, 1, 9, 50), Err(Refusal::NotYet(fingerprint(1))));
    assert_eq!(judged(&ring, 1, 10, 50), Ok(()));
    assert_eq!(judged(&ring, 1, 11, 50), Ok(()));
}

#[test]
fn a_key_that_was_pinned_counts_for_what_is_older() {
    let ring = ring(&[(10, introduced(1, None))]);
    assert_eq!(judged(&ring, 1, -1_000, 50), Ok(()));
}

#[test]
fn a_rotation_ends_one_key_at_the_instant_where_it_begins_another() {
    let ring = ring(&[(0, introduced(1, None)), (25, rotated(1, 2, 20))]);
    assert_eq!(judged(&ring, 1, 19, 50), Ok(()));
    assert_eq!(judged(&ring, 1, 20, 50), Err(Refusal::Superseded(fingerprint(1))));
    assert_eq!(judged(&ring, 1, 21, 50), Err(Refusal::Superseded(fingerprint(1))));
    assert_eq!(judged(&ring, 2, 19, 50), Err(Refusal::NotYet(fingerprint(2))));
    assert_eq!(judged(&ring, 2, 20, 50), Ok(()));
    assert_eq!(judged(&ring, 2, 21, 50), Ok(()));
}

#[test]
fn a_revoked_key_counts_for_what_is_older_and_was_here_before() {
    let ring = ring(&[(0, introduced(1, None)), (30, revoked(1, 20))]);
    assert_eq!(judged(&ring, 1, 19, 29), Ok(()));
    assert_eq!(judged(&ring, 1, 20, 29), Err(Refusal::Revoked(fingerprint(1))));
    assert_eq!(judged(&ring, 1, 21, 29), Err(Refusal::Revoked(fingerprint(1))));
    assert_eq!(judged(&ring, 1, 19, 30), Err(Refusal::Revoked(fingerprint(1))));
    assert_eq!(judged(&ring, 1, 19, 31), Err(Refusal::Revoked(fingerprint(1))));
}

#[test]
fn a_key_pinned_beside_another_takes_its_place() {
    let ring = ring(&[(0, introduced(1, None)), (20, introduced(2, None))]);
    assert_eq!(judged(&ring, 1, 19, 50), Ok(()));
    assert_eq!(judged(&ring, 1, 20, 50), Err(Refusal::Superseded(fingerprint(1))));
    assert_eq!(judged(&ring, 1, 21, 50), Err(Refusal::Superseded(fingerprint(1))));
    assert_eq!(judged(&ring, 2, 5, 50), Ok(()));
}

#[test]
fn each_refusal_has_its_own_reason() {
    let ring = ring(&[(0, introduced(1, None))]);
    let seal = key(1).sign(Purpose::Approval, PAYLOAD);
    let check = |signer, purpose, payload, seal: &Seal| {
        ring.check(signer, purpose, payload, seal, at(1), at(1)).unwrap_err()
    };
    let stranger = Signer::Member(MemberId(Uuid::from_u128(2)));
    assert_eq!(check(stranger, Purpose::Approval, PAYLOAD, &seal), Refusal::NoKey);
    let other = key(9).sign(Purpose::Approval, PAYLOAD);
    assert_eq!(check(alpha(), Purpose::Approval, PAYLOAD, &other), Refusal::UnknownKey(fingerprint(9)));
    assert_eq!(check(alpha(), Purpose::Roster, PAYLOAD, &seal), Refusal::WrongPurpose(Purpose::Approval));
    assert_eq!(check(alpha(), Purpose::Approval, b"[]", &seal), Refusal::Altered);
    let proof = ring.check(alpha(), Purpose::Approval, PAYLOAD, &seal, at(1), at(1));
    assert_eq!(proof, Ok(Proof::Signed { by: alpha(), key: fingerprint(1), at: at(1) }));
}

#[test]
fn the_key_of_today_follows_the_dates() {
    let mut directory = Directory::default();
    let events = [(0, introduced(1, None)), (25, rotated(1, 2, 20)), (40, revoked(2, 40))];
    for (epoch, (second, rights)) in (1..).zip(events) {
        directory.apply(&Recorded { epoch, at: at(second), rights });
    }
    let dates = directory.signing_keys(alpha());
    let second = SignedDuration::from_secs(1);
    assert!(dates[0].is_current(at(20) - second) && !dates[0].is_current(at(20)));
    assert!(!dates[1].is_current(at(20) - second) && dates[1].is_current(at(20)));
    assert!(dates[1].is_current(at(40) - second) && !dates[1].is_current(at(40)));
    assert_eq!(directory.signing_key(alpha(), at(50)), None);
}

#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::SignedDuration;
use kizuna_access::rights::{Introduction, Rights};
use kizuna_access::{Directory, Recorded};
use uuid::Uuid;

use super::*;
use crate::ring::KeyRing;
use crate::verified::{Proof, Refusal};

fn member() -> MemberId {
    MemberId(Uuid::from_u128(1))
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

fn at() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap() + SignedDuration::from_micros(123)
}

fn ring() -> KeyRing {
    let mut directory = Directory::default();
    let (signer, key) = (Signer::Member(member()), key(1).public().to_string());
    let rights = Rights::SigningKeyIntroduced { signer, key, from: None, how: Introduction::Made };
    directory.apply(&Recorded { epoch: 1, at: at(), rights });
    KeyRing::of(&directory)
}

fn object(name: &str) -> Object {
    Object::from_value(json!({
        "type": "malware",
        "spec_version": "2.1",
        "id": "malware--31b940d4-6f7f-459a-80ea-9c1f17b5891b",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": name,
        "is_family": false,
    }))
    .unwrap()
}

fn label() -> [u8; 32] {
    label_digest(&Label::own(member()))
}

fn attested(seed: u8) -> Object {
    let entries = vec![Entry::of(&object("Rat"), &object("Rat").digest(), [5; 16])];
    NewAttestation { by: member(), at: at(), markings: Vec::new(), label: label(), salt: [6; 16], entries }
        .sign(&key(seed))
        .unwrap()
}

fn changed(object: Object, property: &str, value: Value) -> Object {
    let mut map = object.into_value();
    map.insert(property.to_owned(), value);
    Object::from_value(Value::Object(map)).unwrap()
}

#[test]
fn an_attestation_is_a_sound_stix_object_and_proves_its_entries() {
    let object = attested(1);
    assert_eq!(object.warnings(), []);
    let attestation = Attestation::read(&object).unwrap();
    let verified = ring().verify(attestation, at()).unwrap();
    assert!(matches!(verified.proof(), Proof::Signed { by: Signer::Member(by), .. } if by == member()));
    assert!(verified.is_under(&label()));
    let [entry] = verified.entries() else { panic!("one entry") };
    let rat = super::tests::object("Rat");
    assert!(entry.names(&rat) && entry.is_of(&rat.digest()));
}

#[test]
fn other_bytes_and_another_label_are_not_what_was_attested() {
    let attestation = Attestation::read(&attested(1)).unwrap();
    let entry = &attestation.entries()[0];
    let other = object("Cat");
    assert!(entry.names(&other) && !entry.is_of(&other.digest()));
    let wide = label_digest(&Label::own(MemberId(Uuid::from_u128(2))));
    assert!(!attestation.is_under(&wide));
}

#[test]
fn what_was_altered_or_signed_by_others_proves_nothing() {
    let verify = |object: &Object| ring().verify(Attestation::read(object).unwrap(), at()).map(drop);
    let other_key = key(2).public().fingerprint();
    assert_eq!(verify(&attested(2)), Err(Refusal::UnknownKey(other_key)));
    let marked = changed(
        attested(1),
        "object_marking_refs",
        json!(["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"]),
    );
    assert_eq!(verify(&marked), Err(Refusal::Altered));
    let redated = changed(attested(1), "modified", json!("2027-01-15T08:00:00.000Z"));
    assert_eq!(verify(&redated), Err(Refusal::Altered));
    let another =
        changed(attested(1), "created_by_ref", json!("identity--00000000-0000-4000-8000-000000000002"));
    assert_eq!(verify(&another), Err(Refusal::NoKey));
    let extended = changed(attested(1), "x_more", json!(1));
    assert_eq!(verify(&extended), Err(Refusal::Altered));
}

#[test]
fn what_is_malformed_is_refused() {
    let bad =
        |property: &str, value: Value| Attestation::read(&changed(attested(1), property, value)).unwrap_err();
    assert_eq!(bad("entries", json!([])).property, "entries");
    assert_eq!(
        bad("entries", json!([{ "object_ref": "malware--31b940d4-6f7f-459a-80ea-9c1f17b5891b" }])).property,
        "entries"
    );
    assert_eq!(bad("label", json!({})).property, "label");
    assert_eq!(bad("signing_key", json!("zz")).property, "signing_key");
    assert_eq!(bad("signature", json!("ed25519:AA")).property, "signature");
    assert_eq!(bad("extensions", json!({})).property, "extensions");
}

#![allow(clippy::unwrap_used)]

use kizuna_attest::SecretKey;
use uuid::Uuid;

use super::*;

#[test]
fn a_pin_reads_back_and_is_found_among_others() {
    let (one, other) = (Pin::of(b"one"), Pin::of(b"other"));
    assert_eq!(one.to_string().parse(), Ok(one));
    assert!(one.is_among(&[other, one]));
    assert!(!one.is_among(&[other]));
    assert!(!one.is_among(&[]));
    assert_eq!("one".parse::<Pin>(), Err(BadPin));
    assert_eq!(one.grouped().len(), 39);
}

#[test]
fn a_binding_counts_for_its_member_key_and_pin_alone() {
    let key = SecretKey::from_seed(&[1; 32]);
    let (member, pin) = (MemberId(Uuid::from_u128(7)), Pin::of(b"one"));
    let at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let seal = key.sign(Purpose::Transport, &Binding::payload(member, &pin, at));
    let binding = Binding::new(member, pin, at, &seal);
    let public = key.public().to_string();
    assert_eq!(binding.is_signed_by(&public), Ok(true));
    let stranger = SecretKey::from_seed(&[2; 32]).public().to_string();
    assert_eq!(binding.is_signed_by(&stranger), Ok(false));
    let moved = Binding { pin: Pin::of(b"other"), ..binding.clone() };
    assert_eq!(moved.is_signed_by(&public), Ok(false));
    let else_whose = Binding { member: MemberId(Uuid::from_u128(8)), ..binding.clone() };
    assert_eq!(else_whose.is_signed_by(&public), Ok(false));
    let for_something_else = key.sign(Purpose::Roster, &Binding::payload(member, &pin, at));
    assert_eq!(Binding::new(member, pin, at, &for_something_else).is_signed_by(&public), Ok(false));
    let text = serde_json::to_string(&binding).unwrap();
    assert_eq!(serde_json::from_str::<Binding>(&text).unwrap(), binding);
}

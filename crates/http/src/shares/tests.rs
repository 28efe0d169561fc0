#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_access::PersonId;
use uuid::Uuid;

use super::Shares;

#[test]
fn a_person_has_a_quarter_and_what_is_given_back_is_free() {
    let shares = Shares::of(8);
    let (one, other) = (Some(PersonId(Uuid::from_u128(1))), Some(PersonId(Uuid::from_u128(2))));
    let first = shares.take(one).unwrap();
    let _second = shares.take(one).unwrap();
    assert!(shares.take(one).is_err());
    assert!(shares.take(other).is_ok());
    drop(first);
    assert!(shares.take(one).is_ok());
}

#[test]
fn of_few_places_each_person_has_one() {
    let shares = Shares::of(1);
    let place = shares.take(None).unwrap();
    assert!(shares.take(None).is_err());
    drop(place);
    assert!(shares.take(None).is_ok());
}

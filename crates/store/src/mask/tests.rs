#![allow(clippy::single_range_in_vec_init)]

use super::*;

/// Content from 10 on was held; 5 to 10 was opened by gain 0, 0 to 5 by gain 1.
fn rule() -> Rule {
    Rule { held: vec![10..Seq::MAX], gained: vec![(0, 5..10), (1, 0..5)], parts: Vec::new() }
}

#[test]
fn each_contribution_arrives_once() {
    let rule = rule();
    assert_eq!(rule.arrival(10), Some(Arrival::Held));
    assert_eq!(rule.arrival(9), Some(Arrival::Gained(0)));
    assert_eq!(rule.arrival(5), Some(Arrival::Gained(0)));
    assert_eq!(rule.arrival(4), Some(Arrival::Gained(1)));
}

#[test]
fn ranges_are_cut_to_what_is_asked() {
    let rule = rule();
    assert_eq!(rule.within(None, &(3..20)), [10..20]);
    assert_eq!(rule.within(Some(0), &(0..7)), [5..7]);
    assert!(rule.within(Some(1), &(5..20)).is_empty());
}

#[test]
fn what_no_grant_reaches_is_hidden() {
    let from_joining = Rule { held: vec![7..Seq::MAX], gained: Vec::new(), parts: Vec::new() };
    assert_eq!(from_joining.arrival(6), None);
    assert_eq!(Rule::default().arrival(1), None);
}

#[test]
fn fractions_of_a_microsecond_are_rounded_up() {
    let instant = |nanos: i128| Timestamp::from_nanosecond(nanos).unwrap_or_default();
    assert_eq!(micros(instant(1_000)), 1);
    assert_eq!(micros(instant(1_001)), 2);
    assert_eq!(micros(instant(-1)), 0);
    assert_eq!(micros(Timestamp::MIN), i64::MIN);
}

#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use proptest::prelude::*;

use super::{format, format_micros, parse};

#[test]
fn reads_what_the_standard_allows() {
    for (text, micros) in [
        ("1970-01-01T00:00:00Z", 0),
        ("2016-01-20T12:31:12.123Z", 1_453_293_072_123_000),
        ("2016-01-20T12:31:12.123456Z", 1_453_293_072_123_456),
        ("2016-01-20T12:31:12.1Z", 1_453_293_072_100_000),
        ("2016-02-29T00:00:00Z", 1_456_704_000_000_000),
        ("1969-12-31T23:59:59.5Z", -500_000),
        ("2016-12-31T23:59:60Z", 1_483_228_799_000_000),
        ("2016-01-20T12:31:12.123456789012345Z", 1_453_293_072_123_456),
    ] {
        assert_eq!(parse(text).unwrap().as_microsecond(), micros, "{text}");
    }
}

#[test]
fn refuses_what_it_does_not() {
    for text in [
        "",
        "2016-01-20",
        "2016-01-20T12:31:12",
        "2016-01-20T12:31:12+00:00",
        "2016-01-20T12:31:12.Z",
        "2016-01-20t12:31:12z",
        "2016-01-20 12:31:12Z",
        "2016-13-20T12:31:12Z",
        "2015-02-29T12:31:12Z",
        "2016-01-32T12:31:12Z",
        "2016-01-20T24:00:00Z",
        "2016-01-20T12:31:60Z",
        "2016-01-20T12:31:12.12aZ",
        "+016-01-20T12:31:12Z",
        " 2016-01-20T12:31:12Z",
        "2016-01-20T12:31:12Zé",
    ] {
        assert!(parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn writes_at_least_milliseconds_and_exactly_microseconds_for_taxii() {
    let at = |text: &str| parse(text).unwrap();
    assert_eq!(format(at("2016-01-20T12:31:12Z")), "2016-01-20T12:31:12.000Z");
    assert_eq!(format(at("2016-01-20T12:31:12.123456Z")), "2016-01-20T12:31:12.123456Z");
    assert_eq!(format(at("2016-01-20T12:31:12.1234567Z")), "2016-01-20T12:31:12.123456700Z");
    assert_eq!(format_micros(at("2016-01-20T12:31:12.1234567Z")), "2016-01-20T12:31:12.123456Z");
    assert_eq!(format_micros(at("2016-01-20T12:31:12Z")), "2016-01-20T12:31:12.000000Z");
}

proptest! {
    #[test]
    fn agrees_with_jiff(seconds in -62_135_596_800_i64..253_402_207_200, nanosecond in 0..1_000_000_000_i32) {
        let time = Timestamp::new(seconds, nanosecond).unwrap();
        prop_assert_eq!(parse(&time.to_string()).unwrap(), time);
        prop_assert_eq!(parse(&format(time)).unwrap(), time);
    }

    #[test]
    fn never_panics(text in "\\PC{0,40}") {
        let _ = parse(&text);
    }
}

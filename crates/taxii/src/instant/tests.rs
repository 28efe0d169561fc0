#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use proptest::prelude::*;

use super::{BadInstant, format, parse};

#[test]
fn six_digits_always() {
    assert_eq!(format("2016-01-01T00:00:00Z".parse().unwrap()), "2016-01-01T00:00:00.000000Z");
    assert_eq!(format("2016-01-01T00:00:00.5Z".parse().unwrap()), "2016-01-01T00:00:00.500000Z");
    assert_eq!(format("2016-01-01T00:00:00.000000001Z".parse().unwrap()), "2016-01-01T00:00:00.000000001Z");
}

#[test]
fn only_utc_written_z() {
    for bad in [
        "",
        "yesterday",
        "2016-01-01",
        "2016-01-01T00:00:00",
        "2016-01-01T00:00:00+00:00",
        "2016-01-01T09:00:00+09:00",
        "2016-01-01 00:00:00Z",
        "2016-13-01T00:00:00Z",
        "2016-01-01T00:00:00.Z",
        "2016-01-01T00:00:00.0000000000Z",
        "2016-01-01T00:00:00Z ",
        "2016-01-01T00:00:00Z[UTC]",
    ] {
        assert_eq!(parse(bad), Err(BadInstant), "{bad:?}");
    }
    assert!(parse("2016-01-01T00:00:00Z").is_ok());
    assert!(parse("2016-01-01T00:00:00.123Z").is_ok());
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(nanos in 0_i128..4_102_444_800_000_000_000) {
        let instant = Timestamp::from_nanosecond(nanos).unwrap();
        prop_assert_eq!(parse(&format(instant)), Ok(instant));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,40}") {
        let _ = parse(&text);
    }
}

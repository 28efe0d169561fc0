#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::tz::TimeZone;

use super::Moment;

#[test]
fn the_zone_is_named_beside_the_time() {
    let instant = "2026-11-22T05:05:09Z".parse().unwrap();
    let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
    let moment = Moment::new(instant, &tokyo);
    assert_eq!(moment.local, "2026-11-22 14:05 JST");
    assert_eq!(moment.utc, "2026-11-22 05:05:09 UTC");
    assert_eq!(moment.iso, "2026-11-22T05:05:09Z");
    assert_eq!(Moment::new(instant, &TimeZone::UTC).local, "2026-11-22 05:05 UTC");
}

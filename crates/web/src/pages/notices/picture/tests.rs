#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_access::MemberId;
use uuid::Uuid;

use super::*;

fn row(name: &str, delivered: Option<i64>, acknowledged: Option<i64>, settled: Option<i64>) -> Row {
    let at = |second: Option<i64>| second.map(|second| Timestamp::from_second(second).unwrap());
    Row {
        member: MemberId(Uuid::from_u128(1)),
        name: name.to_owned(),
        state: delivered.map(|_| State::Delivered),
        delivered: at(delivered),
        acknowledged: at(acknowledged),
        settled: at(settled),
        blocked: None,
        sighted: None,
        note: None,
    }
}

#[test]
fn a_span_is_over_the_longest_time_and_begins_at_nothing() {
    let published = Timestamp::from_second(1_000).unwrap();
    let rows = [
        row("quick", Some(1_000), Some(1_100), Some(1_250)),
        row("slow", Some(1_500), Some(2_000), None),
        row("silent", None, None, None),
        row("ahead", Some(990), None, None),
    ];
    let spans = spans(Language::first(), published, &rows);
    let named: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(named, ["quick", "slow", "ahead"], "who told nothing has no bar");
    assert_eq!(spans[0].parts, [("delivered", 0, 0), ("read", 0, 100), ("settled", 100, 150)]);
    assert_eq!(spans[1].parts, [("delivered", 0, 500), ("read", 500, 500)]);
    assert_eq!(spans[2].parts, [("delivered", 0, 0)], "a clock that is behind waits no less than nothing");
    assert_eq!(spans[1].words, "Delivered 8 min · Acknowledged 16 min");
}

#[test]
fn what_is_short_can_still_be_seen() {
    assert_eq!(share(Some(1), 1_000_000), LEAST);
    assert_eq!(share(Some(0), 10), 0);
    assert_eq!(share(None, 10), 0);
    assert_eq!(share(Some(10), 10), WHOLE);
}

#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use proptest::prelude::*;

use super::{Filter, Match, VALUES, Versions};

const ID: &str = "indicator--a932fcc6-e032-476c-826f-cb970a5a1ade";

fn parse(query: &str) -> Result<Filter, String> {
    Filter::parse(query, Match::OBJECTS).map_err(|error| error.to_string())
}

#[test]
fn every_parameter_is_read() {
    let query = format!(
        "added_after=2016-02-01T00:00:01.000001Z&limit=5&next=abc&match[id]={ID}&match[type]=indicator,malware\
         &match[version]=first,2018-03-02T01:01:01.123456Z&match[spec_version]=2.0,2.1"
    );
    let filter = parse(&query).unwrap();
    assert_eq!(filter.added_after, Some("2016-02-01T00:00:01.000001Z".parse().unwrap()));
    assert_eq!(filter.limit, Some(5));
    assert_eq!(filter.next.as_deref(), Some("abc"));
    assert_eq!(filter.ids.as_deref(), Some(&[ID.parse().unwrap()][..]));
    assert_eq!(filter.kinds.as_ref().unwrap(), &["indicator", "malware"]);
    let at = vec!["2018-03-02T01:01:01.123456Z".parse().unwrap()];
    assert_eq!(filter.versions, Some(Versions { all: false, first: true, last: false, at }));
    assert!(filter.takes_spec_version("2.1") && !filter.takes_spec_version("2.2"));
}

#[test]
fn brackets_may_be_escaped() {
    assert_eq!(parse("match%5Btype%5D=malware"), parse("match[type]=malware"));
}

#[test]
fn nothing_asks_for_everything() {
    assert_eq!(parse(""), Ok(Filter::default()));
    assert_eq!(parse("_=1&cachebuster"), Ok(Filter::default()));
    assert!(Filter::default().takes_spec_version("2.1"));
}

#[test]
fn a_filter_that_cannot_be_understood_is_refused() {
    let cases = [
        ("limit=0", "limit: must be a whole number from 1"),
        ("limit=-1", "limit: must be a whole number from 1"),
        ("limit=ten", "limit: must be a whole number from 1"),
        ("limit=", "limit: must be a whole number from 1"),
        ("limit=1&limit=2", "limit: is given twice; separate values by commas"),
        ("next=", "next: is empty"),
        (
            "added_after=2016-02-01",
            "added_after: not a timestamp in UTC, such as 2026-01-31T09:00:00.000000Z",
        ),
        ("match[id]=indicator", "match[id]: each value is a STIX id (type--uuid)"),
        ("match[type]=", "match[type]: has an empty value"),
        ("match[type]=indicator,,malware", "match[type]: has an empty value"),
        ("match[type]=In dicator", "match[type]: each value is a STIX type, such as indicator"),
        ("match[spec_version]=indicator", "match[spec_version]: each value is a STIX version, such as 2.1"),
        ("match[colour]=red", "match[colour]: this endpoint has no such match field"),
        ("match=red", "match: write match[field]"),
        ("match[type]=malware&match[type]=tool", "match[type]: is given twice; separate values by commas"),
    ];
    for (query, expected) in cases {
        assert_eq!(parse(query), Err(expected.to_owned()), "{query}");
    }
    assert!(parse("match[version]=newest").is_err());
    let many = vec!["malware"; VALUES + 1].join(",");
    assert!(parse(&format!("match[type]={many}")).is_err());
}

#[test]
fn an_endpoint_knows_only_its_own_fields() {
    assert!(Filter::parse("match[type]=malware", Match::OBJECT).is_err());
    assert!(Filter::parse("match[version]=all", Match::OBJECT).is_ok());
    assert!(Filter::parse("match[version]=all", Match::VERSIONS).is_err());
}

#[test]
fn a_huge_limit_is_more_than_any_cap() {
    assert_eq!(parse("limit=99999999999999999999999").unwrap().limit, Some(usize::MAX));
}

fn instants() -> impl Strategy<Value = Timestamp> {
    (0_i64..4_102_444_800_000_000).prop_map(|micros| Timestamp::from_microsecond(micros).unwrap())
}

prop_compose! {
    fn filters()(
        added_after in prop::option::of(instants()),
        limit in prop::option::of(1_usize..),
        next in prop::option::of("[ -~あ]{1,40}"),
        ids in prop::option::of(prop::collection::vec(any::<u128>(), 1..4)),
        kinds in prop::option::of(prop::collection::vec("[a-z][a-z0-9]{2,20}", 1..4)),
        versions in prop::option::of((any::<bool>(), any::<bool>(), prop::collection::vec(instants(), 1..4))),
        spec_versions in prop::option::of(prop::collection::vec("[0-9]\\.[0-9]", 1..3)),
    ) -> Filter {
        let id = |uuid: u128| format!("malware--{}", uuid::Uuid::from_u128(uuid)).parse().unwrap();
        Filter {
            added_after,
            limit,
            next,
            ids: ids.map(|ids| ids.into_iter().map(id).collect()),
            kinds,
            versions: versions.map(|(all, first, at)| Versions { all, first, last: false, at }),
            spec_versions,
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(filter in filters()) {
        prop_assert_eq!(parse(&filter.query()), Ok(filter));
    }

    #[test]
    fn any_query_is_read_or_refused(query in ".{0,120}") {
        let _ = parse(&query);
    }
}

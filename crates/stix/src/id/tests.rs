#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::{Id, deterministic, is_kind, kind_of};

#[test]
fn takes_any_uuid_but_only_in_lower_case() {
    for text in [
        "indicator--11111111-1111-1111-1111-111111111111",
        "x-mitre-tactic--ffffffff-ffff-5fff-bfff-ffffffffffff",
        "url--00000000-0000-0000-0000-000000000000",
    ] {
        let id: Id = text.parse().unwrap();
        assert_eq!(id.as_str(), text);
        assert_eq!(id.uuid().to_string(), text.split_once("--").unwrap().1);
        assert_eq!(Some(id.kind()), kind_of(text));
    }
    for text in [
        "",
        "indicator",
        "--11111111-1111-1111-1111-111111111111",
        "indicator-11111111-1111-1111-1111-111111111111",
        "indicator--11111111-1111-1111-1111-11111111111",
        "indicator--1111111111111-1111-1111-11111111111",
        "indicator--AAAAAAAA-1111-1111-1111-111111111111",
        "Indicator--11111111-1111-1111-1111-111111111111",
        "indic--ator--11111111-1111-1111-1111-111111111111",
        "é--11111111-1111-1111-1111-111111111111",
        "éé-11111111-1111-1111-1111-111111111111",
    ] {
        assert!(text.parse::<Id>().is_err(), "{text:?}");
    }
    assert!(is_kind("x509-certificate") && !is_kind("9a-b") && !is_kind("ab") && !is_kind("abc-"));
}

#[test]
fn observables_have_computed_ids() {
    let of =
        |kind: &str, value: Value| deterministic(kind, value.as_object().unwrap()).map(|id| id.to_string());
    assert_eq!(
        of("ipv4-addr", json!({"value": "198.51.100.3"})).as_deref(),
        Some("ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4")
    );
    assert_eq!(of("process", json!({"pid": 1})), None, "a process has no identifying properties");
    assert_eq!(of("indicator", json!({"name": "x"})), None);
    assert_eq!(of("file", json!({"size": 1})), None);
    let both = json!({"hashes": {"SHA-256": "aa", "MD5": "bb"}});
    assert_eq!(of("file", both), of("file", json!({"hashes": {"MD5": "bb"}, "size": 3})));
}

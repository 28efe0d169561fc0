#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn fields(sent: &[(&str, &str)]) -> Fields {
    Fields::of(sent.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

#[test]
fn a_local_time_is_of_the_readers_zone() {
    let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
    let at = |text: &str| fields(&[("deadline", text)]).instant("deadline", &tokyo);
    let noon = "2026-11-24T03:00:00Z".parse::<Timestamp>().unwrap();
    assert_eq!(at("2026-11-24T12:00").unwrap(), Some(noon));
    assert_eq!(at("2026-11-24T03:00:00Z").unwrap(), Some(noon));
    assert_eq!(at(" ").unwrap(), None);
    assert!(at("tomorrow").is_err());
    assert_eq!(typed_instant(Some(noon), &tokyo), "2026-11-24T12:00");
}

#[test]
fn what_was_typed_is_kept_but_for_what_is_of_the_moment() {
    let fields = fields(&[
        ("form_token", "secret"),
        ("title", "Beacons"),
        ("to", "EST"),
        ("to", "JPN"),
        ("rel", "EST"),
        ("text", " "),
        ("do", "check"),
    ]);
    let kept: Vec<String> =
        fields.kept().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(kept, ["title=Beacons", "to=EST", "to=JPN", "rel=EST"]);
    assert_eq!(fields.to().parties, ["EST", "JPN"]);
    assert_eq!(fields.label().as_deref(), Some("rel:EST"));
}

#[test]
fn a_fault_stands_at_its_field() {
    let named = [("name", "title"), ("object_refs", "objects")];
    let at = |path: &str| match placed(AppError::invalid(path, "rule"), &named) {
        AppError::Invalid { faults } => faults[0].path.clone(),
        other => panic!("{other}"),
    };
    assert_eq!(at("$.name"), "$.title");
    assert_eq!(at("$.object_refs[3]"), "$.objects");
    assert_eq!(at("$.names"), "$.names");
    assert_eq!(at("label"), "label");
    let absent = placed(AppError::NotFound, &named);
    assert!(matches!(absent, AppError::Invalid { faults } if faults[0].path == "$.objects"));
}

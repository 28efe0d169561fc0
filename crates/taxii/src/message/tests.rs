#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    ApiRoot, Collections, Discovery, Envelope, ErrorMessage, Manifest, ManifestRecord, Status, VersionList,
};

fn round_trips<T: Serialize + DeserializeOwned>(golden: &str) {
    let message: T = serde_json::from_str(golden).unwrap();
    assert_eq!(serde_json::to_string(&message).unwrap(), golden.trim_end());
}

#[test]
fn every_message_is_written_as_it_was_read() {
    round_trips::<Discovery>(include_str!("../../../../fixtures/taxii/discovery.json"));
    round_trips::<ApiRoot>(include_str!("../../../../fixtures/taxii/api-root.json"));
    round_trips::<Collections>(include_str!("../../../../fixtures/taxii/collections.json"));
    round_trips::<Envelope>(include_str!("../../../../fixtures/taxii/envelope.json"));
    round_trips::<Manifest>(include_str!("../../../../fixtures/taxii/manifest.json"));
    round_trips::<VersionList>(include_str!("../../../../fixtures/taxii/versions.json"));
    round_trips::<Status>(include_str!("../../../../fixtures/taxii/status.json"));
    round_trips::<ErrorMessage>(include_str!("../../../../fixtures/taxii/error.json"));
}

#[test]
fn members_of_other_servers_are_passed_over() {
    let root: ApiRoot = serde_json::from_str(
        r#"{"title":"a","versions":["taxii-2.1"],"max_content_length":9,"x_rate":"10/s"}"#,
    )
    .unwrap();
    assert_eq!(root.max_content_length, 9);
}

#[test]
fn an_envelope_without_objects_has_no_list() {
    assert_eq!(Envelope::write([], None), b"{}");
    assert_eq!(Envelope::write([], Some("a\"b")), br#"{"more":true,"next":"a\"b"}"#);
    assert_eq!(Envelope::write([&b"{}"[..]], None), br#"{"objects":[{}]}"#);
}

#[test]
fn the_golden_envelope_is_what_is_written_around_its_objects() {
    let golden = include_str!("../../../../fixtures/taxii/envelope.json").trim_end();
    let envelope: Envelope = serde_json::from_str(golden).unwrap();
    let objects = envelope.objects.iter().map(|object| object.get().as_bytes());
    assert_eq!(Envelope::write(objects, envelope.next.as_deref()), golden.as_bytes());
}

#[test]
fn a_manifest_record_says_its_version_not_its_type() {
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    let record = serde_json::to_value(ManifestRecord::new("tool--x", at, at)).unwrap();
    assert_eq!(record["version"], "2026-01-01T00:00:00.000000Z");
    assert_eq!(record["media_type"], "application/stix+json;version=2.1");
}

proptest! {
    #[test]
    fn objects_pass_through_as_the_bytes_they_are(
        names in prop::collection::vec("[ -~あ攻撃]{0,20}", 0..6),
        next in prop::option::of("[ -~]{0,20}"),
    ) {
        let objects: Vec<String> = names.iter().map(|name| serde_json::json!({ "name": name }).to_string()).collect();
        let bytes = Envelope::write(objects.iter().map(String::as_bytes), next.as_deref());
        let read: Envelope = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(read.more, next.is_some());
        prop_assert_eq!(read.next, next);
        let through: Vec<&str> = read.objects.iter().map(|object| object.get()).collect();
        prop_assert_eq!(through, objects);
    }
}

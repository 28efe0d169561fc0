#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::{instant, web};
use crate::language::Language;
use crate::view::object::Stated;

#[test]
fn only_web_addresses_are_links() {
    let of = |url: &str| web(Language::first(), json!({"source_name": "x", "url": url}).as_object().unwrap());
    assert!(matches!(of("https://a.example/"), Stated::Web { .. }));
    assert!(matches!(of("javascript:alert(1)"), Stated::Text(_)));
    assert!(matches!(of("data:text/html,x"), Stated::Text(_)));
}

#[test]
fn timestamps_are_recognised_and_other_text_is_not() {
    assert!(instant("2026-11-22T05:05:09.000Z").is_some());
    assert!(instant("2026-11-22").is_none());
    assert!(instant("Not a time at all, T Z").is_none());
}

#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_stix::pattern::Pattern;
use proptest::prelude::*;
use serde_json::json;

use super::like::{Case, Like};
use super::*;

fn matches_of(text: &str, evidence: &Value) -> Vec<Vec<u64>> {
    let pattern: Pattern = text.parse().unwrap();
    let (patterns, refused) = Patterns::compile([(7, &pattern)]);
    assert_eq!(refused, []);
    let text = serde_json::to_string_pretty(evidence).unwrap();
    let outcome = bundle::evaluate(&patterns, text.as_bytes(), &mut Scratch::default()).unwrap();
    let mut found: Vec<Vec<u64>> = outcome.alone.iter().map(|(_, part)| vec![part.line]).collect();
    let mut track = Track::new(&patterns, Track::MOST);
    for part in outcome.parts {
        track.add("e", part.line, part);
    }
    let (matches, missed) = track.finish();
    assert_eq!(missed, []);
    found.extend(
        matches.iter().map(|found| found.places.iter().map(|place| place.line).collect::<Vec<u64>>()),
    );
    found
}

/// Bare objects: each is an observation of its own.
fn holds(pattern: &str, object: &Value) -> bool {
    !matches_of(pattern, &json!({ "type": "bundle", "objects": [object] })).is_empty()
}

#[test]
fn operators_compare_as_the_specification_says() {
    let file = json!({
        "type": "file", "id": "file--1", "name": "caf\u{e9}.exe", "size": 25, "magic_number_hex": "4d5a",
        "hashes": { "SHA-256": "ab" }, "x_ratio": 0.5, "x_list": [1, [2, 3]], "x_true": true,
        "mtime": "2026-01-01T00:00:00.5Z", "payload_bin": "AQI=",
    });
    for pattern in [
        "[file:size = 25]",
        "[file:size = 25.0]",
        "[file:size > 24.9]",
        "[file:x_ratio <= 0.5]",
        "[file:x_true = true]",
        "[file:x_true != 1]",
        "[file:hashes.'SHA-256' = 'ab']",
        "[file:magic_number_hex = h'4D5A']",
        "[file:magic_number_hex = 'MZ']",
        "[file:magic_number_hex MATCHES '^MZ$']",
        "[file:payload_bin = b'AQI=']",
        "[file:mtime > t'2026-01-01T00:00:00Z']",
        "[file:mtime = t'2026-01-01T00:00:00.500Z']",
        "[file:name LIKE 'cafe\u{301}.%']",
        "[file:name MATCHES '^caf.\\\\.exe$']",
        "[file:name MATCHES '^(?!x).*(.)xe$']",
        "[file:x_list[1][*] = 3]",
        "[file:x_list[0] IN (5, 1)]",
        "[EXISTS file:hashes.'SHA-256']",
        "[NOT EXISTS file:hashes.MD5]",
        "[file:name NOT = 'x' AND (file:size = 1 OR file:size NOT IN (1, 2))]",
    ] {
        assert!(holds(pattern, &file), "{pattern}");
    }
    for pattern in [
        "[file:size = '25']",
        "[file:size != 25]",
        "[file:size < 'a']",
        "[file:size NOT < 'a']",
        "[file:x_true = 1]",
        "[file:absent != 1]",
        "[file:name LIKE 'caf']",
        "[file:name LIKE '']",
        "[file:x_list[2] = 1]",
        "[file:x_list[*][*] = 1]",
        "[file:mtime = '2026-01-01T00:00:00.500Z']",
        "[NOT EXISTS file:name]",
        "[directory:path = 'x']",
    ] {
        assert!(!holds(pattern, &file), "{pattern}");
    }
}

#[test]
fn networks_hold_addresses_of_their_family() {
    let holds_in = |value: &str, asked: &str| {
        let object = json!({ "type": "ipv6-addr", "id": "ipv6-addr--1", "value": value });
        holds(&format!("[ipv6-addr:value {asked}]"), &object)
    };
    assert!(holds_in("192.0.2.200", "ISSUBSET '192.0.2.1/24'"));
    assert!(holds_in("192.0.2.200", "ISSUBSET '0.0.0.0/0'"));
    assert!(holds_in("192.0.2.128/25", "ISSUBSET '192.0.2.0/24'"));
    assert!(!holds_in("192.0.0.0/16", "ISSUBSET '192.0.2.0/24'"));
    assert!(holds_in("192.0.0.0/16", "ISSUPERSET '192.0.2.9'"));
    assert!(holds_in("2001:db8::1", "ISSUBSET '2001:db8::/32'"));
    assert!(!holds_in("2001:db9::1", "ISSUBSET '2001:db8::/32'"));
    assert!(!holds_in("::1", "ISSUBSET '0.0.0.0/0'"));
    assert!(!holds_in("no address", "ISSUBSET '0.0.0.0/0'"));
    let bad: Pattern = "[ipv4-addr:value ISSUBSET 'x']".parse().unwrap();
    assert_eq!(Patterns::check(&bad), Err(Refusal::Network("x".to_owned())));
}

#[test]
fn references_are_followed_and_circles_end() {
    let evidence = json!({ "type": "bundle", "objects": [
        { "type": "observed-data", "id": "observed-data--1", "first_observed": "2026-01-01T00:00:00Z",
          "last_observed": "2026-01-01T00:00:00Z", "number_observed": 1,
          "object_refs": ["network-traffic--1", "ipv4-addr--1", "process--1"] },
        { "type": "network-traffic", "id": "network-traffic--1", "dst_ref": "ipv4-addr--1" },
        { "type": "ipv4-addr", "id": "ipv4-addr--1", "value": "192.0.2.1" },
        { "type": "process", "id": "process--1", "pid": 1, "child_refs": ["process--1"], "parent_ref": "process--1",
          "opened_connection_refs": ["network-traffic--1", "network-traffic--none"] },
    ]});
    for pattern in [
        "[network-traffic:dst_ref.value = '192.0.2.1']",
        "[network-traffic:dst_ref = 'ipv4-addr--1']",
        "[process:opened_connection_refs[*].dst_ref.value = '192.0.2.1']",
        "[process:parent_ref.child_refs[0].parent_ref.pid = 1]",
    ] {
        assert_eq!(matches_of(pattern, &evidence).len(), 1, "{pattern}");
    }
    assert!(matches_of("[network-traffic:dst_ref.value = '192.0.2.2']", &evidence).is_empty());
}

#[test]
fn an_expression_is_about_one_object() {
    let two = json!({ "type": "bundle", "objects": [
        { "type": "observed-data", "id": "observed-data--1", "first_observed": "2026-01-01T00:00:00Z",
          "last_observed": "2026-01-01T00:00:00Z", "number_observed": 1, "object_refs": ["file--1", "file--2"] },
        { "type": "file", "id": "file--1", "name": "a", "size": 1 },
        { "type": "file", "id": "file--2", "name": "b", "size": 2 },
    ]});
    assert!(!matches_of("[file:name = 'a' AND file:size = 1]", &two).is_empty());
    assert!(matches_of("[file:name = 'a' AND file:size = 2]", &two).is_empty());
    assert!(!matches_of("[file:name = 'a' AND (file:size = 1 OR url:value = 'x')]", &two).is_empty());
    // Two expressions need two observations.
    assert!(matches_of("[file:name = 'a'] AND [file:size = 2]", &two).is_empty());
    let never: Pattern = "[file:name = 'a' AND url:value = 'b']".parse().unwrap();
    assert_eq!(Patterns::check(&never), Err(Refusal::Types));
}

/// Observations of names at seconds.
fn observed(of: &[(&str, u64)]) -> Value {
    let mut objects = Vec::new();
    for (number, (name, second)) in of.iter().enumerate() {
        let time = format!("2026-01-01T00:{:02}:{:02}Z", second / 60, second % 60);
        objects.push(json!({
            "type": "observed-data", "first_observed": time, "last_observed": time, "number_observed": 1,
            "object_refs": [format!("mutex--{number}")],
        }));
        objects.push(json!({ "type": "mutex", "id": format!("mutex--{number}"), "name": name }));
    }
    json!({ "objects": objects })
}

#[test]
fn time_binds_observations() {
    let count = |pattern: &str, of: &[(&str, u64)]| matches_of(pattern, &observed(of)).len();
    let then = "([mutex:name = 'a'] FOLLOWEDBY [mutex:name = 'b']) WITHIN 5 SECONDS";
    assert_eq!(count(then, &[("b", 14), ("a", 10)]), 1);
    assert_eq!(count(then, &[("b", 9), ("a", 10), ("b", 16)]), 0);
    assert_eq!(count(then, &[("a", 1), ("a", 2), ("b", 3), ("b", 4), ("b", 30)]), 2);
    let both = "[mutex:name = 'a'] AND [mutex:name = 'b']";
    assert_eq!(count(both, &[("b", 1), ("a", 900)]), 1);
    let thrice = "[mutex:name = 'a'] REPEATS 3 TIMES WITHIN 10 SECONDS";
    assert_eq!(count(thrice, &[("a", 1), ("a", 6), ("a", 12), ("a", 16), ("b", 7)]), 1);
    let often = "[mutex:name = 'a'] REPEATS 20 TIMES WITHIN 25 SECONDS";
    let seconds: Vec<(&str, u64)> = (0..100).map(|second| ("a", second)).collect();
    assert_eq!(count(often, &seconds), 5);
    let between = "[mutex:name = 'a'] START t'2026-01-01T00:00:05Z' STOP t'2026-01-01T00:00:07Z'";
    assert_eq!(count(between, &[("a", 4), ("a", 5), ("a", 6), ("a", 7)]), 2);
    let chain = "[mutex:name = 'a'] FOLLOWEDBY ([mutex:name = 'b'] OR [mutex:name = 'c']) FOLLOWEDBY [mutex:name = 'd']";
    assert_eq!(count(chain, &[("a", 1), ("c", 2), ("d", 3), ("d", 4)]), 1);
    assert_eq!(count(chain, &[("a", 1), ("d", 2), ("c", 3)]), 0);
    // The same observation cannot be both.
    let same = "[mutex:name = 'a'] AND [mutex:name LIKE '%']";
    assert_eq!((count(same, &[("a", 1)]), count(same, &[("a", 1), ("x", 2)])), (0, 1));
}

#[test]
fn what_is_kept_is_capped_and_said() {
    let pattern: Pattern = "[mutex:name = 'a'] FOLLOWEDBY [mutex:name = 'b']".parse().unwrap();
    let (patterns, _) = Patterns::compile([(0, &pattern)]);
    let mut of: Vec<(&str, u64)> = (0..50).map(|second| ("a", second)).collect();
    of.push(("b", 60));
    let evidence = observed(&of).to_string();
    let outcome = bundle::evaluate(&patterns, evidence.as_bytes(), &mut Scratch::default()).unwrap();
    let mut track = Track::new(&patterns, 8);
    for (line, part) in outcome.parts.into_iter().enumerate() {
        track.add("x", line as u64, part);
    }
    let (found, missed) = track.finish();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].places.last().unwrap().line, 50);
    assert_eq!(missed.len(), 1);
    assert!(missed[0].1.contains("were let go"), "{missed:?}");
}

#[test]
fn many_patterns_share_their_tests() {
    let texts: Vec<String> = (0..1000)
        .map(|number| format!("[mutex:name = 'm{}' AND mutex:name LIKE 'm%']", number % 500))
        .collect();
    let parsed: Vec<Pattern> = texts.iter().map(|text| text.parse().unwrap()).collect();
    let (patterns, refused) = Patterns::compile((0..).zip(&parsed));
    assert_eq!((refused.len(), patterns.tests.len()), (0, 500));
    let object = json!({ "type": "mutex", "id": "mutex--1", "name": "m7" });
    let outcome = bundle::evaluate(
        &patterns,
        json!({ "objects": [object] }).to_string().as_bytes(),
        &mut Scratch::default(),
    );
    let matched: Vec<u32> = outcome.unwrap().alone.iter().map(|(pattern, _)| *pattern).collect();
    assert_eq!(matched, [7, 507]);
}

#[test]
fn lines_are_those_at_which_an_observation_begins() {
    let evidence = observed(&[("x", 1), ("a", 2)]);
    let text = serde_json::to_string_pretty(&evidence).unwrap();
    let [line] = matches_of("[mutex:name = 'a']", &evidence)[0][..] else { panic!("one observation") };
    let object: Vec<&str> = text.lines().skip(line as usize).take(8).collect();
    assert_eq!(object[0].trim(), "{");
    assert!(object.concat().contains("observed-data") && object.concat().contains("00:00:02Z"), "{object:?}");
}

/// `LIKE` by the plainest way there is.
fn like(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('%', rest)) => (0..=text.len()).any(|skipped| like(rest, &text[skipped..])),
        Some(('_', rest)) => !text.is_empty() && like(rest, &text[1..]),
        Some((wanted, rest)) => text.first() == Some(wanted) && like(rest, &text[1..]),
    }
}

proptest! {
    #[test]
    fn like_is_like(pattern in "[ab%_\u{e9}]{0,8}", text in "[ab\u{e9}]{0,10}") {
        let characters = |text: &str| text.chars().collect::<Vec<char>>();
        prop_assert_eq!(
            Like::new(&pattern).matches(&text, Case::Told),
            like(&characters(&pattern), &characters(&text))
        );
    }

    /// The order in which observations come does not matter, nor how often the search is started anew.
    #[test]
    fn the_search_finds_what_trying_everything_finds(
        of in prop::collection::vec((0..3_usize, 0..12_u64), 1..7),
        length in 1..8_u64,
    ) {
        let names = ["a", "b", "c"];
        let of: Vec<(&str, u64)> = of.iter().map(|(name, second)| (names[*name], *second)).collect();
        let found = |pattern: &str| !matches_of(pattern, &observed(&of)).is_empty();
        let expected = of.iter().any(|(first, from)| {
            *first == "a" && of.iter().any(|(then, at)| *then == "b" && at >= from && at - from <= length)
        });
        let pattern = format!("([mutex:name = 'a'] FOLLOWEDBY [mutex:name = 'b']) WITHIN {length} SECONDS");
        prop_assert_eq!(found(&pattern), expected);
        let mut seconds: Vec<u64> = of.iter().filter(|(name, _)| *name == "a").map(|(_, at)| *at).collect();
        seconds.sort_unstable();
        let repeated = seconds.windows(3).any(|three| three[2] - three[0] <= length);
        let pattern = format!("[mutex:name = 'a'] REPEATS 3 TIMES WITHIN {length} SECONDS");
        prop_assert_eq!(found(&pattern), repeated);
    }
}

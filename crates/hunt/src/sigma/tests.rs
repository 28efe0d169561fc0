#![allow(clippy::unwrap_used, clippy::expect_used)]

mod carried;
mod correlation;
mod loading;
mod modifier;
mod origin;

use proptest::prelude::*;

use super::check::matches;
use super::text::Text;
use super::{Correlator, Found, Loader, Match, Matcher, Refused, Rules};
use crate::event::{Event, Layout};

/// Rules of one file, and those refused.
fn loaded(text: &str) -> (Rules, Vec<Refused>) {
    let mut loader = Loader::new();
    loader.read("rules.yml", text);
    let (rules, refused, _) = loader.finish();
    (rules, refused)
}

/// A rule about any event, with this detection.
fn rule(detection: &str) -> Rules {
    let text = format!("title: t\nlogsource:\n  category: application\ndetection:\n{detection}\n");
    let (rules, refused) = loaded(&text);
    assert_eq!(refused, [], "{detection}");
    rules
}

fn found(rules: &Rules, line: &str) -> Vec<Found> {
    let event: Event<'_> = Layout::default().event(line).unwrap();
    let mut found = Vec::new();
    Matcher::new(rules).test(&event, "file.log", &mut found);
    found
}

/// Whether a field with a value, both written as in a rule, matches an event of JSON.
fn field(item: &str, event: &str) -> bool {
    let rules = rule(&format!("  selection:\n    {item}\n  condition: selection"));
    !found(&rules, event).is_empty()
}

/// Whether a condition over detections `a` to `d`, each of them a field of its name with the value 1, matches.
fn condition(condition: &str, event: &str) -> bool {
    let names = ["a", "b", "sel_c", "sel_d", "_hidden"];
    let detections: Vec<String> = names.iter().map(|name| format!("  {name}:\n    {name}: 1\n")).collect();
    let rules = rule(&format!("{}  condition: {condition}", detections.concat()));
    !found(&rules, event).is_empty()
}

#[test]
fn conditions_are_and_or_not_and_how_many() {
    for (text, event, expected) in [
        ("a and b", r#"{"a":1,"b":1}"#, true),
        ("a and b", r#"{"a":1}"#, false),
        ("a or b and sel_c", r#"{"a":1}"#, true),
        ("(a or b) and sel_c", r#"{"a":1}"#, false),
        ("a and not b", r#"{"a":1}"#, true),
        ("not a and not b", r#"{"c":1}"#, true),
        ("1 of sel_*", r#"{"sel_d":1}"#, true),
        ("all of sel_*", r#"{"sel_d":1}"#, false),
        ("all of sel_*", r#"{"sel_d":1,"sel_c":1}"#, true),
        ("1 of them", r#"{"_hidden":1}"#, false),
        ("1 of _*", r#"{"_hidden":1}"#, true),
        ("2 of them", r#"{"a":1,"sel_c":1}"#, true),
        ("2 of them", r#"{"a":1}"#, false),
        ("not 1 of sel_*", r#"{"a":1}"#, true),
        ("not (a or not b)", r#"{"b":1}"#, true),
    ] {
        assert_eq!(condition(text, event), expected, "{text} on {event}");
    }
}

#[test]
fn lists_are_any_and_maps_are_all() {
    let any = rule("  selection:\n    - a: 1\n      b: 2\n    - c: 3\n  condition: selection");
    assert_eq!(found(&any, r#"{"a":1,"b":2}"#).len(), 1);
    assert_eq!(found(&any, r#"{"c":"3"}"#).len(), 1);
    assert_eq!(found(&any, r#"{"a":1}"#).len(), 0);
    let conditions = rule("  x:\n    a: 1\n  y:\n    b: 1\n  condition:\n    - x\n    - y");
    assert_eq!(found(&conditions, r#"{"b":1}"#).len(), 1);
}

#[test]
fn keywords_stand_anywhere_in_any_value() {
    let rules = rule("  keywords:\n    - 'evil word'\n    - 'a*z'\n    - 4711\n  condition: keywords");
    assert_eq!(found(&rules, r#"{"x":{"y":["an EVIL word here"]}}"#).len(), 1);
    assert_eq!(found(&rules, r#"{"x":"from a to z"}"#).len(), 1);
    assert_eq!(found(&rules, r#"{"x":4711}"#).len(), 1);
    assert_eq!(found(&rules, r#"{"evil word":"x"}"#).len(), 0);
    assert_eq!(found(&rules, "Jan 1 host app: some evil word").len(), 1);
    let all = rule("  keywords:\n    '|all':\n      - one\n      - two\n  condition: keywords");
    assert_eq!(found(&all, r#"{"x":"one","y":"two"}"#).len(), 1);
    assert_eq!(found(&all, r#"{"x":"one"}"#).len(), 0);
}

#[test]
fn a_rule_is_woken_however_it_is_built() {
    // Only a negation, only a regular expression, only a missing field: no literal leads to these.
    let not = rule("  s:\n    a: 1\n  condition: not s");
    assert_eq!(found(&not, r#"{"b":1}"#).len(), 1);
    assert_eq!(found(&not, r#"{"a":1}"#).len(), 0);
    let or = rule("  s:\n    a|re: '^x+$'\n  t:\n    b: null\n  condition: s or t");
    assert_eq!(found(&or, r#"{"a":"xx","b":1}"#).len(), 1);
    assert_eq!(found(&or, r#"{"a":"y"}"#).len(), 1);
    assert_eq!(found(&or, r#"{"a":"y","b":""}"#).len(), 0);
}

/// The slow way: every way to cut the text.
fn slowly(pattern: &[char], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => (0..=text.len()).any(|cut| slowly(rest, &text[cut..])),
        (Some(('?', rest)), Some((_, text))) => slowly(rest, text),
        (Some((one, rest)), Some((other, text))) => one == other && slowly(rest, text),
        _ => false,
    }
}

proptest! {
    #[test]
    fn patterns_match_as_if_every_cut_were_tried(pattern in "[ab*?あ]{0,8}", text in "[abあ]{0,10}") {
        let parsed = Text::from(&rsigma_parser::SigmaString::new(&pattern));
        let (slow, of): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
        prop_assert_eq!(matches(&parsed.0, &text), slowly(&slow, &of), "{} on {}", pattern, text);
    }

    /// The search for all literals at once finds what looking for each alone would.
    #[test]
    fn all_literals_at_once_are_each_literal_alone(
        values in prop::collection::vec("[ab]{1,4}", 1..12), anchor in 0..4_usize, text in "[abAB]{0,12}",
    ) {
        let modifier = ["", "|contains", "|startswith", "|endswith"][anchor];
        let lower = text.to_lowercase();
        for value in &values {
            let expected = match anchor {
                0 => lower == *value,
                1 => lower.contains(value.as_str()),
                2 => lower.starts_with(value.as_str()),
                _ => lower.ends_with(value.as_str()),
            };
            let others: Vec<String> = values.iter().map(|value| format!("        - '{value}'\n")).collect();
            let text_of = |values: &str| format!(
                "title: t\nlogsource:\n  category: x\ndetection:\n  s:\n      f{modifier}:\n{values}  condition: s\n---\n"
            );
            let all = format!("{}{}", text_of(&format!("        - '{value}'\n")), text_of(&others.concat()));
            let (rules, refused) = loaded(&all);
            prop_assert_eq!(refused, []);
            let event = serde_json::json!({ "f": text }).to_string();
            let alone = found(&rules, &event).iter().any(|found| found.rule == 0);
            prop_assert_eq!(alone, expected, "{}{} on {}", modifier, value, text);
        }
    }

    /// Whatever a file holds, loading it ends, and says why where it holds no rule.
    #[test]
    fn every_text_is_read_or_refused(text in "(title: |detection:|  [a-z|]{1,8}: |condition: |\\*|&|\\[|\\{|'|\n|[a-z ]){0,40}") {
        let (rules, refused) = loaded(&text);
        prop_assert!(!rules.is_empty() || !refused.is_empty() || text.contains("vars:"));
    }
}

/// Tells a correlator of all matches in lines of JSON, which are a second apart, and gives the lines of what came about.
fn correlated(text: &str, lines: &[String]) -> Vec<(String, u64)> {
    let (rules, refused) = loaded(text);
    assert_eq!(refused, []);
    let mut matcher = Matcher::new(&rules);
    let mut correlator = Correlator::default();
    for (line, json) in (1..).zip(lines) {
        let event = Layout::default().event(json).unwrap();
        let second = event.get("t").unwrap().number().unwrap();
        #[allow(clippy::cast_possible_truncation)]
        let time = jiff::Timestamp::from_second(1_700_000_000 + second as i64).unwrap();
        let mut found = Vec::new();
        matcher.test(&event, "x", &mut found);
        for Found { rule, values } in found {
            let Some(values) = values else { continue };
            correlator.add(Match { rule, path: "x".to_owned(), line, time, asset: None, values });
        }
    }
    let told = correlator.finish(&rules).into_iter();
    told.map(|one| (rules.head(one.rule).title.clone(), one.last.line)).collect()
}

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use serde_json::json;

use super::*;

fn index(text: &str) -> BTreeSet<String> {
    let mut words = Words::default();
    split(text, Purpose::Index, &mut words);
    words.distinct().into_iter().map(str::to_owned).collect()
}

fn finds(question: &str, text: &str) -> bool {
    let words = index(text);
    let asked = of_question(question);
    !asked.is_empty() && asked.iter().all(|word| words.contains(word))
}

#[test]
fn words_are_found_whatever_their_case() {
    assert!(finds("apt29 WINTER", "Winter campaign of APT29"));
    assert!(finds("t1059", "T1059.001"));
    assert!(finds("example evil", "evil.example.org"));
    assert!(!finds("camp", "campaign"));
}

#[test]
fn cjk_is_found_by_its_parts() {
    assert!(finds("攻撃", "電力への攻撃者"));
    assert!(finds("核", "核施設"));
    assert!(finds("攻撃者", "電力への攻撃者"));
    assert!(!finds("撃攻", "電力への攻撃者"));
    assert!(finds("ランサムウェア", "新しいランサムウェアの検体"));
    assert!(finds("해킹", "북한해킹조직"));
}

#[test]
fn forms_that_mean_the_same_are_one() {
    assert!(finds("ｱﾀｯｸ", "アタック"));
    assert!(finds("APT29", "ＡＰＴ２９"));
    assert!(finds("e\u{301}tat", "État"));
}

#[test]
fn mixed_scripts_are_cut_where_they_change() {
    assert!(finds("emotet 感染", "Emotet感染拡大"));
}

#[test]
fn long_words_are_cut_alike_in_question_and_text() {
    let long = "a".repeat(100);
    assert!(finds(&long, &long));
    assert!(index(&long).iter().all(|word| word.len() <= LONGEST_WORD));
}

#[test]
fn identifiers_and_dates_are_no_text() {
    let object = Object::from_value(json!({
        "type": "malware", "spec_version": "2.1", "id": "malware--00000000-0000-4000-8000-000000000001",
        "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z",
        "name": "Poison \"Ivy\"", "is_family": false, "malware_types": ["remote-access-trojan"],
    }))
    .unwrap();
    assert_eq!(of_object(&object), "access ivy poison remote trojan");
}

#[test]
fn a_question_without_words_asks_for_nothing() {
    assert!(of_question(" -- … \" ").is_empty());
}

//! Every language says everything, and nothing is said that no page asks for.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kizuna_web::language::Language;

/// Keys that are put together from a prefix and a word of a closed list.
const FAMILIES: &[&str] = &[
    "collection-",
    "failure-",
    "field-",
    "handling-",
    "credibility-",
    "judged-",
    "kind-",
    "language-",
    "observable-",
    "outcome-",
    "receipt-",
    "request-ask-",
    "requirement-priority-",
    "urgency-",
    "peer-",
    "personal-kind-",
    "reliability-",
    "release-",
    "rule-",
    "tearline-",
    "sector-",
    "theme-",
    "verb-",
];

#[test]
fn every_language_has_the_same_messages() {
    let english = Language::first().keys();
    for language in Language::all() {
        let missing: Vec<&String> = english.difference(language.keys()).collect();
        let further: Vec<&String> = language.keys().difference(english).collect();
        assert!(
            missing.is_empty() && further.is_empty(),
            "{language:?}: missing {missing:?}, further {further:?}"
        );
    }
}

#[test]
fn every_message_can_be_said() {
    for language in Language::all() {
        for key in language.keys() {
            for said in [language.count(key, 1), language.count(key, 1_234), language.with(key, "name", "N")]
            {
                assert!(!said.is_empty() && said != *key, "{language:?}: {key}");
            }
        }
    }
}

#[test]
fn every_language_writes_the_same_arguments() {
    let arguments = |language: Language, key: &str| {
        let source = fs::read_to_string(root().join(format!("locales/{}.ftl", language.tag()))).unwrap();
        let start = source.find(&format!("\n{key} =")).unwrap() + 1;
        let rest = &source[start..];
        let end = rest.find("\n\n").unwrap_or(rest.len());
        let message = rest[..end].lines().enumerate();
        let own = message
            .take_while(|(line, text)| *line == 0 || text.starts_with([' ', '}']))
            .map(|(_, text)| text);
        let text: String = own.collect();
        let names: BTreeSet<&str> =
            ["$name", "$limit"].into_iter().filter(|name| text.contains(name)).collect();
        names.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let english = Language::first();
    for language in Language::all() {
        for key in english.keys() {
            assert_eq!(arguments(english, key), arguments(language, key), "{language:?}: {key}");
        }
    }
}

#[test]
fn no_message_is_unused_and_none_is_missing() {
    let mut text = String::new();
    for file in sources() {
        text.push_str(&fs::read_to_string(file).unwrap());
    }
    let english = Language::first();
    let is_used =
        |key: &String| text.contains(&format!("\"{key}\"")) || FAMILIES.iter().any(|f| key.starts_with(f));
    let unused: Vec<&String> = english.keys().iter().filter(|key| !is_used(key)).collect();
    assert!(unused.is_empty(), "no page asks for {unused:?}");
    for call in [".say(\"", ".count(\"", ".with(\""] {
        for asked in text.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(english.has(asked), "no language says {asked:?}");
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("src"), root().join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_test = path.ends_with("tests.rs");
            if path.is_dir() {
                folders.push(path);
            } else if !is_test {
                found.push(path);
            }
        }
    }
    found
}

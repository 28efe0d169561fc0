//! The pattern language from outside: a corpus, generated patterns, and a second implementation.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use kizuna_stix::pattern::Pattern;
use proptest::prelude::*;

mod differential;
mod generate;
mod shared;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The patterns of a fixture file.
fn corpus(name: &str) -> Vec<String> {
    let file = workspace().join("fixtures/stix/patterns").join(name);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let patterns = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    patterns.map(|line| line.replace('⏎', "\n")).collect()
}

#[test]
fn valid_patterns_print_canonically_and_give_up_their_atoms() {
    let mut golden = String::new();
    for text in corpus("valid.txt") {
        let pattern = Pattern::parse(&text).unwrap_or_else(|error| panic!("{}", error.picture()));
        let canonical = pattern.to_string();
        assert_eq!(Pattern::parse(&canonical).as_ref(), Ok(&pattern), "{canonical}");
        writeln!(golden, "{canonical}").unwrap();
        for atom in pattern.atoms() {
            writeln!(golden, "    {atom}").unwrap();
        }
    }
    insta::assert_snapshot!(golden);
}

#[test]
fn invalid_patterns_are_explained() {
    let mut golden = String::new();
    for text in corpus("invalid.txt") {
        match Pattern::parse(&text) {
            Ok(pattern) => panic!("accepted {text:?} as {pattern}"),
            Err(error) => writeln!(golden, "{}\n", error.picture()).unwrap(),
        }
    }
    insta::assert_snapshot!(golden);
}

proptest! {
    #[test]
    fn printing_and_parsing_are_inverse(root in generate::observation()) {
        let pattern = Pattern::from_root(root);
        let text = pattern.to_string();
        match Pattern::parse(&text) {
            Ok(again) => prop_assert_eq!(again, pattern),
            Err(error) => prop_assert!(false, "{}", error.picture()),
        }
    }

    #[test]
    fn any_text_is_parsed_or_explained(text in any::<String>()) {
        if let Err(error) = Pattern::parse(&text) {
            prop_assert!(!error.picture().is_empty() && text.is_char_boundary(error.offset));
        }
    }

    #[test]
    fn damaged_patterns_are_parsed_or_explained(text in generate::damaged()) {
        if let Err(error) = Pattern::parse(&text) {
            prop_assert!(!error.picture().is_empty() && text.is_char_boundary(error.offset));
        }
    }
}

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};

use super::*;

#[test]
fn a_reason_keeps_its_numbers_and_messages() {
    let said = [
        ("is a link, which is not followed", "リンクのため、たどりません"),
        ("is an SQLite database, which is not read", "SQLiteデータベースのため読み取りません"),
        (
            "is PDF, which is not read; only YARA rules were asked about it",
            "PDFのため読み取りません。YARAルールだけで照合しました",
        ),
        (
            "cannot be read: Permission denied (os error 13)",
            "読み取れません: Permission denied (os error 13)",
        ),
        (
            "is broken: 3 of its records cannot be read, the first: is broken: no",
            "壊れています: レコード3件が読み取れません。最初の理由: is broken: no",
        ),
        (
            "more than 7 matches were to be correlated; 2 were left out",
            "相関の対象が7件を超えたため、2件を除外しました",
        ),
        ("something else", "something else"),
        ("", ""),
    ];
    for (english, japanese) in said {
        assert_eq!(super::japanese(english), japanese);
    }
    for (english, japanese) in JAPANESE {
        let gaps = |form: &str| form.matches("{}").count();
        assert_eq!(gaps(english), gaps(japanese), "{english}");
        assert_eq!(super::japanese(english), *japanese, "another form takes it: {english}");
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

/// Every text that the input gives as a reason has its Japanese: one that is added without would be read in English.
#[test]
fn every_reason_of_the_input_is_said_in_japanese() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/input"), &mut files);
    let mut asked = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for call in text.split("trouble(").skip(1) {
            let Some((_, rest)) = call.split(';').next().and_then(|call| call.split_once('"')) else {
                continue;
            };
            let Some((reason, _)) = rest.split_once('"') else { continue };
            // Every gap as a number.
            let mut plain = String::new();
            for (place, part) in reason.split('{').enumerate() {
                plain.push_str(if place == 0 { part } else { part.split_once('}').unwrap().1 });
                plain.push_str(if reason.split('{').count() > place + 1 { "7" } else { "" });
            }
            asked += 1;
            assert!(japanese(&plain).chars().any(|c| c > '\u{3000}'), "{}: {reason:?}", file.display());
        }
    }
    assert!(asked >= 10, "the test finds the reasons: {asked}");
}

//! Arrows between crates, lengths of files, and words that have no place in the repository.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Which crates of the project each crate may import. A new arrow needs an ADR.
const ARROWS: &[(&str, &[&str])] = &[
    ("stix", &[]),
    ("access", &["stix"]),
    ("taxii", &["stix"]),
    ("hunt", &["stix"]),
    ("attest", &["stix", "access"]),
    ("tlog", &[]),
    ("store", &["stix", "access", "attest", "tlog"]),
    ("federation", &["stix", "access", "attest", "tlog"]),
    ("app", &["stix", "access", "attest", "tlog", "store", "taxii", "federation"]),
    ("http", &["app", "access"]),
    ("api", &["http", "app", "taxii", "stix", "access"]),
    ("web", &["http", "app", "stix", "access"]),
    ("cli", &["api", "web", "app", "hunt"]),
    ("testkit", &["stix"]),
];

/// Lines a source file may have.
const LONGEST_FILE: usize = 700;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf()
}

fn tracked_files() -> Vec<PathBuf> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().unwrap();
    assert!(listed.status.success(), "git ls-files failed");
    let names = String::from_utf8(listed.stdout).unwrap();
    names.split('\0').filter(|name| !name.is_empty()).map(|name| root().join(name)).collect()
}

#[test]
fn crates_import_only_what_the_house_allows() {
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        ARROWS.iter().map(|(from, to)| (*from, to.iter().copied().collect())).collect();
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let from = package.name.trim_start_matches("kizuna-");
        let Some(targets) = allowed.get(from) else {
            wrong.push(format!("{from}: not in the house; add it to ARROWS with a reason"));
            continue;
        };
        for dependency in &package.dependencies {
            let Some(to) = dependency.name.strip_prefix("kizuna-") else { continue };
            if dependency.kind == DependencyKind::Normal && !targets.contains(to) {
                wrong.push(format!("{from} -> {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that the house does not allow:\n{}", wrong.join("\n"));
}

#[test]
fn format_crates_stay_pure() {
    const IMPURE: &[&str] = &["tokio", "rusqlite", "ureq", "axum", "rand"];
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    for package in &metadata.packages {
        if ![
            "kizuna-stix",
            "kizuna-access",
            "kizuna-attest",
            "kizuna-taxii",
            "kizuna-tlog",
            "kizuna-federation",
        ]
        .contains(&package.name.as_str())
        {
            continue;
        }
        for dependency in &package.dependencies {
            let impure =
                dependency.kind == DependencyKind::Normal && IMPURE.contains(&dependency.name.as_str());
            assert!(!impure, "{} imports {}", package.name, dependency.name);
        }
    }
}

#[test]
fn no_file_is_too_long() {
    let mut long = Vec::new();
    for file in tracked_files() {
        let code =
            file.extension().is_some_and(|kind| ["rs", "ts", "css", "html", "js"].iter().any(|k| kind == *k));
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        if code && text.lines().count() > LONGEST_FILE {
            long.push(format!("{} {}", text.lines().count(), file.display()));
        }
    }
    assert!(long.is_empty(), "over {LONGEST_FILE} lines:\n{}", long.join("\n"));
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = ["todo".to_owned() + "!(", "unimplemented".to_owned() + "!(", "FIX".to_owned() + "ME"];
    let mut found = Vec::new();
    for file in tracked_files() {
        if file.extension().is_none_or(|kind| kind != "rs") {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        for mark in &marks {
            if text.contains(mark.as_str()) {
                found.push(format!("{}: {mark}", file.display()));
            }
        }
    }
    assert!(found.is_empty(), "unfinished:\n{}", found.join("\n"));
}

#[test]
fn every_member_of_the_store_is_read_through_a_view() {
    // `dangerous()` is the one named bypass; whoever uses it is listed here, and the list may only shrink.
    const MAY: &[&str] = &[
        "crates/store/",
        "crates/app/src/backup",
        "crates/app/src/check",
        "crates/app/src/explain",
        "crates/app/src/people",
        // Not the store's: that of rustls, for a verifier that judges certificates by their pins.
        "crates/app/src/peers/channel/tls.rs",
        "crates/cli/src/",
    ];
    let mut found = Vec::new();
    for file in tracked_files() {
        let name = file.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let is_rust = Path::new(&name).extension().is_some_and(|extension| extension == "rs");
        if !is_rust || name.contains("/tests") || MAY.iter().any(|path| name.starts_with(path)) {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        if text.contains(".dangerous(") {
            found.push(name);
        }
    }
    assert!(found.is_empty(), "uses dangerous() without being listed:\n{}", found.join("\n"));
}

//! Every stored format there has been opens, migrates, and gives what it gave; what is newer is refused and left alone.
//!
//! `fixtures/formats/` has a store of each format and, in `told.json`, its rows and what the program that wrote it
//! answered; its README says how they were made.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use kizuna_testkit::postgres::{Schema, schema};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::archive::{LINE, QUARANTINED, RIGHTS, ROW, Record, of_kind, records, unpacked};
use crate::kit::{Desk, Server};

fn fixture(format: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/formats").join(format)
}

fn told(format: &str) -> Value {
    serde_json::from_slice(&fs::read(fixture(format).join("told.json")).unwrap()).unwrap()
}

/// A data directory as a program of an older format left it.
fn sqlite(format: &str) -> Desk {
    let desk = Desk::new();
    desk.file("data/kizuna.db", unpacked(&fixture(format).join("kizuna.db.gz")));
    desk.file("data/node.key", fs::read(fixture(format).join("node.key")).unwrap());
    desk
}

/// A front-end of a database as a program of an older format left it.
fn postgres(format: &str) -> Option<(Schema, Desk)> {
    let schema = schema()?;
    schema.run(&String::from_utf8(unpacked(&fixture(format).join("node.sql.gz"))).unwrap());
    let desk = Desk::on(schema.url());
    Some((schema, desk))
}

/// The node has the rows it had, in their numbers and instants, and answers as it did, also to a cursor of that time.
fn assert_goes_on(desk: &Desk, told: &Value) {
    assert!(desk.run(&["check"]).ok().is_empty(), "nothing is lost");
    desk.run(&["backup", "now.backup"]).ok();
    let kept = records(&unpacked(&desk.place.path().join("now.backup")));
    let row = |row: &Record| -> Value {
        ["seq", "at", "tick", "digest", "dead_at"].iter().map(|name| row.json[name].clone()).collect()
    };
    let rows: Vec<Value> = of_kind(&kept, ROW).into_iter().map(row).collect();
    let had = told["rows"].as_array().unwrap();
    assert_eq!(&rows[..had.len()], had.as_slice(), "the same numbers, instants and digests");
    for (kind, name) in [(RIGHTS, "rights"), (QUARANTINED, "quarantine"), (LINE, "audit")] {
        let had = usize::try_from(told[name].as_u64().unwrap()).unwrap();
        assert!(of_kind(&kept, kind).len() >= had, "{name}");
    }
    let server = desk.serve("127.0.0.1:0");
    for viewer in told["viewers"].as_array().unwrap() {
        assert_answers(&server, viewer);
    }
    assert_eq!(server.interrupt(), 0);
}

fn assert_answers(server: &Server, viewer: &Value) {
    let text = |name: &str| viewer[name].as_str().unwrap();
    let caller = server.caller(text("key"));
    let ask = |question: &str| caller.get(&format!("{}{question}", text("path"))).json()["objects"].clone();
    let ids = |objects: Value| -> Value {
        objects.as_array().unwrap().iter().map(|object| object["id"].clone()).collect()
    };
    let who = text("email");
    assert_eq!(ids(ask("objects/?limit=3")), viewer["first"], "{who}");
    let on = ids(ask(&format!("objects/?limit=100&next={}", text("next"))));
    assert_eq!(on, viewer["rest"], "{who}: a cursor of that time goes on");
    assert_eq!(ask("objects/?limit=100&match%5Bversion%5D=all"), viewer["every"], "{who}");
    let manifest = ask("manifest/?limit=100&match%5Bversion%5D=all");
    let arrivals: Value = manifest
        .as_array()
        .unwrap()
        .iter()
        .map(|one| Value::from(vec![one["id"].clone(), one["version"].clone(), one["date_added"].clone()]))
        .collect();
    assert_eq!(arrivals, viewer["manifest"], "{who}: arrived when it arrived");
}

#[test]
fn a_database_of_format_1_from_before_fields_had_labels_goes_on() {
    assert_goes_on(&sqlite("sqlite-1"), &told("sqlite-1"));
}

#[test]
fn a_database_of_format_2_from_before_the_audit_was_a_chain_goes_on() {
    assert_goes_on(&sqlite("sqlite-2"), &told("sqlite-2"));
}

#[test]
fn a_database_of_format_2_with_its_chain_goes_on() {
    assert_goes_on(&sqlite("sqlite-2-chained"), &told("sqlite-2-chained"));
}

#[test]
fn a_postgresql_database_of_format_1_goes_on() {
    let Some((_schema, desk)) = postgres("postgres-1") else { return };
    assert_goes_on(&desk, &told("postgres-1"));
}

#[test]
fn a_backup_of_format_1_is_restored_into_either_engine_and_goes_on() {
    let archive = fixture("backup-1").join("node.backup");
    let archive = archive.to_str().unwrap();
    let here = Desk::new();
    here.run(&["restore", archive]).ok();
    assert_goes_on(&here, &told("backup-1"));
    let Some(schema) = schema() else { return };
    let there = Desk::on(schema.url());
    there.run(&["restore", archive]).ok();
    assert_goes_on(&there, &told("backup-1"));
}

fn assert_refused(desk: &Desk, typed: &[&str], what: &str) {
    let done = desk.run(typed);
    let said = format!("the {what} is of format 9, newer than the ");
    assert_eq!(done.code, 1, "{typed:?}: {}", done.err);
    assert!(done.err.contains(&said) && done.err.contains("use a newer kizuna"), "{typed:?}: {}", done.err);
}

#[test]
fn a_newer_database_is_refused_and_left_as_it_is() {
    /// Where SQLite's file format has `user_version`, in four bytes, the highest first.
    const USER_VERSION: usize = 60;
    let desk = sqlite("sqlite-2-chained");
    let file = desk.data().join("kizuna.db");
    let mut bytes = fs::read(&file).unwrap();
    bytes[USER_VERSION..USER_VERSION + 4].copy_from_slice(&9_u32.to_be_bytes());
    fs::write(&file, &bytes).unwrap();
    for typed in [&["serve", "--listen", "127.0.0.1:0"][..], &["check"], &["member", "list"]] {
        assert_refused(&desk, typed, "database");
    }
    assert!(fs::read(&file).unwrap() == bytes, "not a byte was changed");

    let Some((schema, desk)) = postgres("postgres-1") else { return };
    schema.run("UPDATE head SET format = 9");
    for typed in [&["serve", "--listen", "127.0.0.1:0"][..], &["check"], &["member", "list"]] {
        assert_refused(&desk, typed, "database");
    }
}

#[test]
fn a_newer_backup_is_refused_before_anything_is_written() {
    let archive = unpacked(&fixture("backup-1").join("node.backup"));
    let at = archive.windows(10).position(|window| window == b"\"format\":1").unwrap() + 9;
    let mut newer = archive[..archive.len() - 9 - 4 - 32].to_vec();
    newer[at] = b'9';
    let digest = Sha256::digest(&newer);
    newer.extend_from_slice(&archive[newer.len()..archive.len() - 32]);
    newer.extend_from_slice(&digest);
    let desk = Desk::new();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&newer).unwrap();
    desk.file("newer.backup", packed.finish().unwrap());
    assert_refused(&desk, &["restore", "newer.backup"], "backup");
    let untouched = Desk::peopled();
    let begun = untouched.data().join("kizuna.db");
    fs::rename(begun, desk.data().join("kizuna.db")).unwrap();
    assert!(
        desk.run(&["member", "list"]).ok().contains("Asterin CERT"),
        "the directory is still free to use"
    );
}

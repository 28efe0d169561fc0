//! The witnessed log as people and programs use it: proofs that are checked without a node, witnesses, two histories.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::kit::{Desk, bundle, indicator};

/// Asked again until it is so.
const PATIENCE: Duration = Duration::from_mins(1);

/// A node with one object in its log; its id, and the log's key.
fn logged(desk: &Desk) -> (String, String) {
    let one = indicator(1);
    desk.run_with_input(
        &["import", "-", "--as", "a@xas.example"],
        bundle(std::slice::from_ref(&one)).as_bytes(),
    )
    .ok();
    desk.run(&["log", "seal"]).ok();
    let key = desk.run(&["log", "key"]).ok();
    (one["id"].as_str().unwrap().to_owned(), key.trim().to_owned())
}

#[test]
fn a_proof_is_checked_without_a_node_and_holds_for_nothing_else() {
    let desk = Desk::peopled();
    let (id, key) = logged(&desk);
    desk.run(&["log", "proof", &id, "--as", "a@xas.example", "--to", "a.tlog-proof"]).ok();
    let object = desk.run(&["get", &id, "--as", "a@xas.example"]).ok();
    desk.file("object.json", &object);
    let elsewhere = Desk::new();
    for file in ["a.tlog-proof", "object.json"] {
        elsewhere.file(file, std::fs::read(desk.data().parent().unwrap().join(file)).unwrap());
    }
    let check = |object: &str, key: &str| {
        elsewhere.run(&["verify", "proof", "a.tlog-proof", "--object", object, "--key", key])
    };
    let said = check("object.json", &key).ok();
    assert!(said.starts_with("in the log "), "{said}");
    let mut other: Value = serde_json::from_str(&object).unwrap();
    other["name"] = "another".into();
    elsewhere.file("other.json", other.to_string());
    let refused = check("other.json", &key);
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(refused.err.contains("it does not hold"), "{}", refused.err);
    let other_key = Desk::peopled().run(&["log", "key"]).ok();
    assert_eq!(check("object.json", other_key.trim()).code, 1);
    assert_eq!(check("object.json", "none").code, 2);
    assert!(!elsewhere.data().exists(), "checking opens no data directory");
    desk.run(&["verify", "store"]).ok();
}

#[test]
fn two_checkpoints_are_checked_to_be_of_one_history_without_a_node() {
    let desk = Desk::peopled();
    let (_, key) = logged(&desk);
    let old = desk.run(&["log", "checkpoint"]).ok();
    let more = bundle(&[indicator(2), indicator(3)]);
    desk.run_with_input(&["import", "-", "--as", "a@xas.example"], more.as_bytes()).ok();
    let size = |checkpoint: &str| checkpoint.lines().nth(1).unwrap().to_owned();
    // A second has one leaf.
    let new = until("a second leaf", || {
        desk.run(&["log", "seal"]).ok();
        Some(desk.run(&["log", "checkpoint"]).ok()).filter(|new| size(new) != size(&old))
    });
    let proof = desk.run(&["log", "consistency", &size(&old), &size(&new)]).ok();

    let elsewhere = Desk::new();
    elsewhere.file("old", &old);
    elsewhere.file("new", &new);
    elsewhere.file("proof", &proof);
    let check = |old: &str, new: &str, proof: &str, key: &str| {
        elsewhere.run(&["verify", "checkpoints", old, new, "--proof", proof, "--key", key])
    };
    let said = check("old", "new", "proof", &key).ok();
    assert!(said.starts_with("one history: "), "{said}");
    assert_eq!(check("new", "old", "proof", &key).code, 1, "backwards");
    elsewhere.file("forged", new.replacen(&size(&new), "9999", 1));
    elsewhere.file("empty", "");
    let other_key = Desk::peopled().run(&["log", "key"]).ok();
    for (wrong, done) in [
        ("a changed size", check("old", "forged", "proof", &key)),
        ("no hashes", check("old", "new", "empty", &key)),
        ("another log's key", check("old", "new", "proof", other_key.trim())),
    ] {
        assert_eq!(done.code, 1, "{wrong}");
        assert!(done.err.contains("it does not hold"), "{wrong}: {}", done.err);
    }
    assert!(!elsewhere.data().exists(), "checking opens no data directory");
}

#[test]
fn who_may_not_read_a_version_gets_no_proof_of_it() {
    let desk = Desk::peopled();
    let (id, _) = logged(&desk);
    let hidden = desk.run(&["log", "proof", &id, "--as", "v@xve.example"]);
    let absent = desk.run(&["log", "proof", &id.replace('1', "2"), "--as", "v@xve.example"]);
    assert_eq!((hidden.code, &hidden.err), (1, &absent.err));
}

pub fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

pub fn status(desk: &Desk) -> Value {
    serde_json::from_str(&desk.run(&["--json", "log", "status"]).ok()).unwrap()
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}

#[test]
fn a_partner_cosigns_a_serving_node_and_catches_its_second_history() {
    let (north, partner) = (Desk::peopled(), Desk::peopled());
    let credential = partner.key("a@xas.example");
    let served = partner.serve("127.0.0.1:0");
    let witness_key = partner.run(&["log", "key", "--witness"]).ok();
    let north_key = north.run(&["log", "key"]).ok();
    partner.run(&["log", "follow", "north", "--key", north_key.trim()]).ok();
    let url = format!("http://{}/log", served.address());
    let first = ["log", "witness", "add", "south", "--url", &url, "--key", witness_key.trim()];
    north.run(&[&first[..], &["--credential", &credential]].concat()).ok();
    // The same node twice, from here on.
    let liar = Desk::new();
    copy(&north.data(), &liar.data());

    let serving = north.serve("127.0.0.1:0");
    until("the log grows while the node serves", || (status(&north)["size"].as_u64()? >= 2).then_some(()));
    let cosigned = north.run(&["log", "witness", "ask"]).ok();
    assert_eq!(cosigned.lines().filter(|line| line.starts_with('—')).count(), 2, "{cosigned}");
    until("the co-signature is served", || {
        status(&north)["cosigned"].as_array().filter(|list| !list.is_empty()).map(drop)
    });
    let checkpoint = north.run(&["log", "checkpoint"]).ok();
    assert!(checkpoint.contains(witness_key.split('+').next().unwrap()), "{checkpoint}");
    drop(serving);
    let seen = partner.run(&["--json", "log", "followed"]).ok();
    let seen: Value = serde_json::from_str(seen.trim()).unwrap();
    let size = seen["size"].as_u64().unwrap();

    // The second history grows past what was co-signed, and is shown too.
    let lying = liar.serve("127.0.0.1:0");
    until("the second history grows", || (status(&liar)["size"].as_u64()? > size).then_some(()));
    let asked = liar.run(&["log", "witness", "ask"]);
    assert!(asked.err.contains("did not co-sign") || asked.code == 0, "{}", asked.err);
    drop(lying);
    let split = until("the second history is on record", || {
        let splits = partner.run(&["--json", "log", "splits"]).ok();
        splits.lines().next().map(|line| serde_json::from_str::<Value>(line).unwrap())
    });
    assert_eq!(split["name"], "north");
    let is_named = |line: &str| line.contains("log.two-histories") || line.contains("log.unproven-history");
    let auditor = ["user", "add", "au@xas.example", "--member", "Asterin CERT", "--role", "auditor"];
    let _ = partner.run(&auditor);
    let lines = partner.run(&["--json", "audit", "--action", "log.", "--as", "au@xas.example"]);
    assert!(lines.out.lines().any(is_named), "{} {}", lines.out, lines.err);
}

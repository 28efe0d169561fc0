//! Kills: at random moments, and at every named place of a commit.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use kizuna_testkit::postgres::schema;
use rand::Rng;

use super::child;
use super::node::{DATABASE, Node, batches};

/// How often, unless `KIZUNA_KILLS` says otherwise.
const KILLS: usize = 12;
/// After so many kills a store begins anew: each kill reads all of it again.
const KILLS_PER_STORE: usize = 20;
/// Places in the writer, in the order in which a group passes them.
const PLACES: [&str; 5] = ["in-request", "after-request", "before-commit", "after-commit", "before-answer"];
/// In PostgreSQL's: everything of a group has been sent, and is not committed.
const SENT: &str = "flushed";
/// A leaf of the log is written, and not committed.
const SEALED: &str = "sealed";

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let kills = std::env::var("KIZUNA_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let mut random = super::seeded("kills at random moments");
    let mut total = 0;
    let mut place = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut walked = Vec::new();
    let mut cursor = None;
    for kill in 0..kills {
        if kill % KILLS_PER_STORE == 0 {
            place = tempfile::tempdir().unwrap();
            acknowledged.clear();
            walked.clear();
            cursor = None;
        }
        let mut child = child::begin(place.path(), &format!("k{kill}"), 4, usize::MAX, None);
        let wait = Duration::from_millis(random.random_range(20..400));
        std::thread::sleep(wait);
        child.kill().unwrap();
        let mut output = String::new();
        child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
        child.wait().unwrap();
        let batches_acknowledged = child::acknowledged(&output);
        println!("kill {kill} after {wait:?}: {} acknowledged", batches_acknowledged.len());
        total += batches_acknowledged.len();
        acknowledged.extend(batches_acknowledged);

        let node = Node::open(place.path());
        let (items, reached) = node.read(cursor);
        walked.extend(items);
        cursor = reached;
        let stored = node.assert_sound();
        let lost: Vec<&String> = acknowledged.iter().filter(|batch| !stored.contains_key(*batch)).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        assert_eq!(batches(&walked), stored, "a cursor across kills reads everything once");
    }
    assert!(total > 0 || kills == 0, "no child ever came to acknowledge anything");
    println!("{kills} kills, {total} batches acknowledged, none lost");
}

#[test]
fn what_was_acknowledged_survives_a_stop_at_every_named_place() {
    if !cfg!(feature = "failpoints") {
        println!("skipped: named places need --features failpoints");
        return;
    }
    let mut random = super::seeded("stops at named places");
    for point in PLACES.into_iter().chain([SEALED]) {
        let place = tempfile::tempdir().unwrap();
        survive_stops_at(point, place.path(), &mut random);
        if let Some(schema) = schema() {
            let place = tempfile::tempdir().unwrap();
            std::fs::write(place.path().join(DATABASE), schema.url()).unwrap();
            survive_stops_at(point, place.path(), &mut random);
        }
    }
    let Some(schema) = schema() else { return };
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join(DATABASE), schema.url()).unwrap();
    survive_stops_at(SENT, place.path(), &mut random);
}

fn survive_stops_at(point: &str, place: &Path, random: &mut impl Rng) {
    let mut acknowledged = Vec::new();
    for round in 0..4 {
        // There is one leaf a second.
        let passes = if point == SEALED { 1 } else { random.random_range(1..12) };
        let failpoint = format!("{point}:{passes}");
        let child = child::begin(place, &format!("f{round}"), 3, usize::MAX, Some(&failpoint));
        let output = child.wait_with_output().unwrap();
        assert!(!output.status.success(), "{failpoint} was never reached");
        acknowledged.extend(child::acknowledged(&String::from_utf8_lossy(&output.stdout)));
        let stored = Node::open(place).assert_sound();
        assert!(acknowledged.iter().all(|batch| stored.contains_key(batch)), "{failpoint} lost something");
    }
    println!("{point}: {} acknowledged", acknowledged.len());
}

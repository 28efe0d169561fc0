//! Kills of front-ends and of the PostgreSQL server under them.

use std::collections::BTreeSet;
use std::io::Read;
use std::time::Duration;

use kizuna_testkit::postgres::Instance;
use rand::Rng;

use super::child;
use super::node::{DATABASE, Node, batches};

/// How often, unless `KIZUNA_KILLS` says otherwise.
const KILLS: usize = 9;
/// After so many kills a database begins anew: each kill reads all of it again.
const KILLS_PER_DATABASE: usize = 30;

/// What is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    OneFrontEnd,
    AllFrontEnds,
    Server,
}

#[test]
fn what_was_acknowledged_survives_kills_of_front_ends_and_of_the_server() {
    let kills = std::env::var("KIZUNA_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let mut random = super::seeded("kills of front-ends and of PostgreSQL");
    let mut total = 0;
    for first in (0..kills).step_by(KILLS_PER_DATABASE) {
        let Some(instance) = Instance::start() else { return };
        let some = KILLS_PER_DATABASE.min(kills - first);
        total += survive(instance, first, some, &mut random);
    }
    assert!(total > 0 || kills == 0, "no front-end ever came to acknowledge anything");
    println!("{kills} kills, {total} batches acknowledged, none lost");
}

/// So many kills on one database; how many batches were acknowledged.
fn survive(mut instance: Instance, first: usize, kills: usize, random: &mut impl Rng) -> usize {
    let places: Vec<tempfile::TempDir> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    for place in &places {
        std::fs::write(place.path().join(DATABASE), instance.url()).unwrap();
    }
    // A third front-end lives through all of it.
    let node = Node::open(places[2].path());
    let (mut acknowledged, mut walked, mut cursor) = (BTreeSet::new(), Vec::new(), None);
    for kill in first..first + kills {
        let victim = match kill % 3 {
            0 => Victim::OneFrontEnd,
            1 => Victim::Server,
            _ => Victim::AllFrontEnds,
        };
        let begin = |place: usize| {
            child::begin(places[place].path(), &format!("k{kill}-{place}"), 2, usize::MAX, None)
        };
        let mut children = [begin(0), begin(1)];
        let wait = Duration::from_millis(random.random_range(150..700));
        std::thread::sleep(wait);
        match victim {
            Victim::OneFrontEnd => children[0].kill().unwrap(),
            Victim::AllFrontEnds => {}
            Victim::Server => instance.kill(),
        }
        std::thread::sleep(Duration::from_millis(100));
        let mut here = 0;
        for child in &mut children {
            // It may have ended by itself, without its server.
            let _ = child.kill();
            let mut output = String::new();
            child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
            child.wait().unwrap();
            let batches = child::acknowledged(&output);
            here += batches.len();
            acknowledged.extend(batches);
        }
        if victim == Victim::Server {
            instance.restart();
        }
        println!("kill {kill} of {victim:?} after {wait:?}: {here} acknowledged");

        // The check writes to the audit, and so waits for a commit that was on its way when its front-end was killed.
        let stored = node.assert_sound();
        let (items, reached) = node.read(cursor);
        walked.extend(items);
        cursor = reached;
        let lost: Vec<&String> = acknowledged.iter().filter(|batch| !stored.contains_key(*batch)).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        assert_eq!(batches(&walked), stored, "a cursor across kills reads everything once");
    }
    acknowledged.len()
}

//! A crash may cut the log that is written ahead anywhere behind its last sync, or leave rubbish there.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use rand::{Rng, RngCore};

use super::node::Node;

const DATABASE: &str = "kizuna.db";
const LOG: &str = "kizuna.db-wal";

#[test]
fn a_log_cut_behind_its_last_sync_loses_nothing_acknowledged() {
    let mut random = super::seeded("log cut behind its last sync");
    let place = tempfile::tempdir().unwrap();
    let node = Node::open(place.path());
    let length = || fs::metadata(place.path().join(LOG)).unwrap().len();
    for round in 0..12 {
        // This much is synced, and acknowledged …
        let name = format!("synced{round}");
        node.give(&name, random.random_range(1..30)).unwrap();
        let synced = length();
        let acknowledged = node.batches();
        // … this is still on its way when the machine stops.
        node.give(&format!("unsynced{round}"), random.random_range(1..30)).unwrap();
        let written = length();
        assert!(written > synced, "the log has begun anew: too much is written for this test");
        for _ in 0..4 {
            let cut = random.random_range(synced..=written);
            let rubbish = random.random_bool(0.5).then(|| written - cut);
            let copy = tempfile::tempdir().unwrap();
            crash(place.path(), copy.path(), cut, rubbish, &mut random);
            let stored = Node::open(copy.path()).assert_sound();
            for (batch, found) in &acknowledged {
                assert_eq!(stored.get(batch), Some(found), "cut at {cut} of {synced}..{written}");
            }
        }
    }
}

/// Copies a store as a crash would leave it: the log ends at `cut`, or goes on with so much rubbish.
fn crash(from: &Path, to: &Path, cut: u64, rubbish: Option<u64>, random: &mut impl RngCore) {
    fs::copy(from.join(DATABASE), to.join(DATABASE)).unwrap();
    fs::copy(from.join(LOG), to.join(LOG)).unwrap();
    let mut log = File::options().write(true).open(to.join(LOG)).unwrap();
    log.set_len(cut).unwrap();
    if let Some(length) = rubbish {
        let mut bytes = vec![0; usize::try_from(length).unwrap()];
        random.fill_bytes(&mut bytes);
        log.seek(SeekFrom::End(0)).unwrap();
        log.write_all(&bytes).unwrap();
    }
}

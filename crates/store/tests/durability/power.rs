//! Power cuts: what was written and not synced is gone, and everything acknowledged is there.
//!
//! The store lies on an ext4 in a file. At the cut every process that writes to it is killed and the file is copied: it has
//! what reached the disk, and nothing of what only the page cache had. A file that was written without a sync shows at
//! each cut that this is so.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use kizuna_testkit::postgres::Instance;
use rand::Rng;

use super::child;
use super::disk::Disk;
use super::node::{DATABASE, Node, batches};

/// One for so many kills of the other tests (`KIZUNA_KILLS`).
const KILLS_PER_CUT: usize = 4;
const KILLS: usize = 12;
/// After so many a disk begins anew: each reads all of it again.
const CUTS_PER_DISK: usize = 10;
const UNSYNCED_BYTES: usize = 1 << 20;

fn cuts() -> usize {
    let kills = std::env::var("KIZUNA_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    kills.div_ceil(KILLS_PER_CUT)
}

/// What was acknowledged and read so far.
#[derive(Default)]
struct Story {
    acknowledged: BTreeSet<String>,
    walked: Vec<kizuna_store::query::Item>,
    cursor: Option<kizuna_store::Position>,
    total: usize,
    dropped: usize,
}

impl Story {
    fn begin_disk(&mut self) {
        self.acknowledged.clear();
        self.walked.clear();
        self.cursor = None;
    }

    /// Takes in what a child acknowledged before it was killed.
    fn hear(&mut self, mut child: std::process::Child) {
        let mut output = String::new();
        child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
        child.wait().unwrap();
        let acknowledged = child::acknowledged(&output);
        self.total += acknowledged.len();
        self.acknowledged.extend(acknowledged);
    }

    /// Whether the file that was not synced is not there any more.
    fn look_at_unsynced(&mut self, file: &Path) {
        let is_whole = std::fs::read(file).is_ok_and(|bytes| bytes == vec![7; UNSYNCED_BYTES]);
        self.dropped += usize::from(!is_whole);
    }

    fn verify(&mut self, node: &Node) {
        let (items, reached) = node.read(self.cursor);
        self.walked.extend(items);
        self.cursor = reached;
        let stored = node.assert_sound();
        let lost: Vec<&String> =
            self.acknowledged.iter().filter(|batch| !stored.contains_key(*batch)).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        assert_eq!(batches(&self.walked), stored, "a cursor across cuts reads everything once");
    }

    fn end(&self, cuts: usize) {
        assert!(self.total > 0 || cuts == 0, "nobody ever came to acknowledge anything");
        assert_eq!(self.dropped, cuts, "each cut drops what was not synced");
        println!("{cuts} power cuts, {} batches acknowledged, none lost", self.total);
    }
}

#[test]
fn what_was_acknowledged_survives_a_power_cut() {
    let cuts = cuts();
    let mut random = super::seeded("power cuts");
    let mut story = Story::default();
    let mut disk = None;
    for cut in 0..cuts {
        if cut % CUTS_PER_DISK == 0 {
            drop(disk.take());
            disk = Disk::in_image(256);
            story.begin_disk();
        }
        let Some(disk) = &mut disk else { return };
        let data = disk.path.join("store");
        let mut child = child::begin(&data, &format!("c{cut}"), 4, usize::MAX, None);
        let wait = Duration::from_millis(random.random_range(50..500));
        std::thread::sleep(wait);
        let unsynced = disk.path.join(format!("unsynced{cut}"));
        std::fs::write(&unsynced, vec![7; UNSYNCED_BYTES]).unwrap();
        child.kill().unwrap();
        story.hear(child);
        disk.cut_power();
        story.look_at_unsynced(&unsynced);
        println!("cut {cut} after {wait:?}: {} acknowledged in all", story.total);
        story.verify(&Node::open(&data));
    }
    story.end(cuts);
}

#[test]
fn what_was_acknowledged_survives_a_power_cut_of_the_database() {
    let cuts = cuts();
    let mut random = super::seeded("power cuts of PostgreSQL");
    let mut story = Story::default();
    let mut running: Option<(Instance, Disk)> = None;
    for cut in 0..cuts {
        if cut % CUTS_PER_DISK == 0 {
            drop(running.take());
            let Some(disk) = Disk::in_image(768) else { return };
            let Some(instance) = Instance::start_in(&disk.path.join("pg")) else { return };
            disk.sync();
            running = Some((instance, disk));
            story.begin_disk();
        }
        let Some((instance, disk)) = &mut running else { return };
        let places: Vec<tempfile::TempDir> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
        for place in &places {
            std::fs::write(place.path().join(DATABASE), instance.url()).unwrap();
        }
        let begin = |place: usize| {
            child::begin(places[place].path(), &format!("c{cut}-{place}"), 2, usize::MAX, None)
        };
        let children = [begin(0), begin(1)];
        let wait = Duration::from_millis(random.random_range(300..900));
        std::thread::sleep(wait);
        let unsynced = disk.path.join(format!("unsynced{cut}"));
        std::fs::write(&unsynced, vec![7; UNSYNCED_BYTES]).unwrap();
        instance.kill_all();
        for mut child in children {
            let _ = child.kill();
            story.hear(child);
        }
        disk.cut_power();
        story.look_at_unsynced(&unsynced);
        println!("cut {cut} after {wait:?}: {} acknowledged in all", story.total);
        instance.restart();
        story.verify(&Node::open(places[2].path()));
    }
    story.end(cuts);
}

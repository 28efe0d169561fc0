//! The log: what is committed is in exactly one leaf, proven to its readers, whatever happens to the process.

mod measure;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kizuna_access::label::Handling;
use kizuna_access::{Label, MemberId};
use kizuna_store::writer::{Actor, Erasure};
use kizuna_store::{Clock, Log, Options, Sealed, Store};
use kizuna_tlog::tree::Tiles;
use kizuna_tlog::{Hash, Tile, leaf_hash, proof};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use crate::durability::node::{Node, WHO};

/// A clock that is moved by hand.
#[derive(Clone)]
struct Hand(Arc<Mutex<Timestamp>>);

impl Hand {
    fn new() -> Self {
        Self(Arc::new(Mutex::new("2026-11-02T08:00:00Z".parse().unwrap())))
    }

    fn pass(&self, seconds: u64) {
        *self.0.lock() += Duration::from_secs(seconds);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}

/// A node with its one member, which is made where it is not there.
fn open(directory: &Path, database: Option<&str>, clock: &Hand) -> Node {
    let (directory, database) = (directory.to_owned(), database.map(str::to_owned));
    let options = Options { directory, database, clock: Arc::new(clock.clone()), readers: 2 };
    let node = Node { store: Store::open(options).unwrap() };
    node.begin();
    node
}

fn sealed(store: &Store, clock: &Hand) -> u64 {
    clock.pass(1);
    match store.seal().unwrap() {
        Sealed::Leaf { size, .. } => size,
        Sealed::NotNow => panic!("this second has no leaf yet"),
    }
}

/// Every item that the node's reader reads, proven from its bytes alone; how many.
fn proven(node: &Node) -> usize {
    let view = node.store.view(&node.principal()).unwrap();
    let size = view.log_size().unwrap();
    let head = node.store.log().unwrap().head_at(size).unwrap();
    let items = node.read(None).0;
    let mut count = 0;
    for item in &items {
        let Some(logged) = view.logged(item, size).unwrap() else { continue };
        let bytes: [u8; 32] = Sha256::digest(&item.bytes).into();
        let leaf = logged.opening.leaf(&bytes).unwrap();
        proof::inclusion(&leaf, logged.index, size, &logged.path, &head.root).unwrap();
        let other = logged.opening.leaf(&[0; 32]).unwrap();
        assert!(proof::inclusion(&other, logged.index, size, &logged.path, &head.root).is_err());
        count += 1;
    }
    count
}

fn assert_sound(store: &Store) -> u64 {
    let checked = store.dangerous("test", Actor::Operator).unwrap().check(&|_, _| ()).unwrap();
    assert!(checked.is_sound(), "{checked:?}");
    checked.leaves
}

/// A story on one engine.
fn on_each_engine(story: impl Fn(&Path, Option<&str>)) {
    let directory = tempfile::tempdir().unwrap();
    story(directory.path(), None);
    if let Some(schema) = kizuna_testkit::postgres::schema() {
        let directory = tempfile::tempdir().unwrap();
        story(directory.path(), Some(schema.url()));
    }
}

#[test]
fn what_is_committed_is_proven_once_its_second_has_ended() {
    on_each_engine(|directory, database| {
        let clock = Hand::new();
        let node = open(directory, database, &clock);
        assert_eq!(sealed(&node.store, &clock), 1);
        node.give("a", 3).unwrap();
        assert_eq!(proven(&node), 0, "its second has not ended");
        assert_eq!(sealed(&node.store, &clock), 2);
        assert_eq!(proven(&node), 3);
        assert_eq!(node.store.seal().unwrap(), Sealed::NotNow, "a second has one leaf");
        assert_eq!(sealed(&node.store, &clock), 3, "also one in which nothing happens");
        node.give("b", 700).unwrap();
        sealed(&node.store, &clock);
        assert_eq!(proven(&node), 703);
        assert_eq!(assert_sound(&node.store), 4);
    });
}

#[test]
fn the_log_goes_on_after_the_process_ends() {
    on_each_engine(|directory, database| {
        let clock = Hand::new();
        let node = open(directory, database, &clock);
        node.give("a", 2).unwrap();
        let size = sealed(&node.store, &clock);
        let before = node.store.log().unwrap().head_at(size).unwrap();
        node.give("b", 2).unwrap();
        drop(node);
        let again = open(directory, database, &clock);
        clock.pass(3_600);
        let size = sealed(&again.store, &clock);
        assert_eq!(proven(&again), 4);
        let log = again.store.log().unwrap();
        let path = log.consistency(before.size, size).unwrap();
        let after = log.head_at(size).unwrap();
        proof::consistency(before.size, size, &path, &before.root, &after.root).unwrap();
        assert_sound(&again.store);
    });
}

/// The tiles and leaves that are served make the root that is signed.
struct Served<'a>(&'a Log);

impl Tiles for Served<'_> {
    type Error = ();

    fn hashes(&self, tile: Tile) -> Result<Vec<Hash>, ()> {
        let octets = self.0.tile(tile).unwrap().ok_or(())?;
        Ok(octets.chunks_exact(32).map(|octets| Hash(octets.try_into().unwrap())).collect())
    }
}

#[test]
fn a_log_of_many_seconds_is_served_as_tiles() {
    on_each_engine(|directory, database| {
        let clock = Hand::new();
        let node = open(directory, database, &clock);
        let mut last = 0;
        for second in 0..530 {
            if second % 200 == 7 {
                node.give(&format!("s{second}"), 2).unwrap();
            }
            last = sealed(&node.store, &clock);
        }
        assert_eq!(last, 530);
        let log = node.store.log().unwrap();
        let head = log.head_at(530).unwrap();
        let root = kizuna_tlog::tree::Tree::new(&Served(&log), 530).root().unwrap();
        assert_eq!(root, head.root);
        for (index, width) in [(0, 256), (1, 256), (2, 18), (1, 40)] {
            let tile = Tile { level: 0, index, width };
            let bundle = log.entries(tile).unwrap().expect("leaves that are there");
            let leaves: Vec<u8> =
                bundle.chunks_exact(2 + 41).flat_map(|entry| leaf_hash(&entry[2..]).0).collect();
            assert_eq!(log.tile(tile).unwrap(), Some(leaves));
        }
        assert_eq!(log.tile(Tile { level: 0, index: 2, width: 19 }).unwrap(), None);
        assert_eq!(log.tile(Tile { level: 2, index: 0, width: 1 }).unwrap(), None);
        assert_eq!(proven(&node), 6);
        assert_eq!(assert_sound(&node.store), 530);
    });
}

#[test]
fn a_draft_is_in_no_leaf_and_each_form_is_in_one() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Hand::new();
    let node = open(directory.path(), None, &clock);
    let own = Label::own(MemberId(WHO));
    node.give_under("draft", 1, &own.clone().terms().handling(Handling::Draft).label()).unwrap();
    node.give_under("own", 2, &own).unwrap();
    sealed(&node.store, &clock);
    assert_eq!(node.read(None).0.len(), 3);
    assert_eq!(proven(&node), 2);
    assert_sound(&node.store);
}

#[test]
fn an_erased_version_leaves_an_entry_that_says_nothing() {
    on_each_engine(|directory, database| {
        let clock = Hand::new();
        let node = open(directory, database, &clock);
        node.give("a", 2).unwrap();
        sealed(&node.store, &clock);
        let before = node.store.log().unwrap().head_at(1).unwrap();
        let person = |number| kizuna_access::PersonId(uuid::Uuid::from_u128(number));
        node.store
            .writer()
            .erase(Erasure {
                object: Node::id("a/0/2").parse().unwrap(),
                version: None,
                source: MemberId(WHO),
                requested_by: person(1),
                confirmed_by: person(2),
                reason: "test".into(),
                basis: "test".into(),
            })
            .unwrap();
        sealed(&node.store, &clock);
        assert_eq!(node.store.log().unwrap().head_at(1).unwrap(), before);
        assert_sound(&node.store);
    });
}

#[test]
fn a_store_that_is_not_what_was_logged_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Hand::new();
    let node = open(directory.path(), None, &clock);
    node.give("a", 3).unwrap();
    sealed(&node.store, &clock);
    drop(node);
    let faults_after = |change: &str| {
        let spoilt = tempfile::tempdir().unwrap();
        let file = spoilt.path().join("kizuna.db");
        std::fs::copy(directory.path().join("kizuna.db"), &file).unwrap();
        rusqlite::Connection::open(&file).unwrap().execute_batch(change).unwrap();
        let again = open(spoilt.path(), None, &clock);
        again.store.dangerous("test", Actor::Operator).unwrap().check(&|_, _| ()).unwrap().faults.join("; ")
    };
    for (change, fault) in [
        ("SELECT 1", ""),
        ("UPDATE contribution SET salt = zeroblob(16) WHERE seq = 1", "1 entries of the store"),
        ("UPDATE log_head SET seq = 2", "does not hold all"),
        ("UPDATE log_piece SET octets = zeroblob(length(octets)) WHERE number >= 4 << 59", "not the root"),
        ("UPDATE log_piece SET octets = zeroblob(length(octets)) WHERE number < 2 << 59", "unknown form"),
        ("DELETE FROM log_second", "does not hold all"),
    ] {
        let faults = faults_after(change);
        assert!(faults.contains(fault) && faults.is_empty() == fault.is_empty(), "{change}: {faults}");
    }
}

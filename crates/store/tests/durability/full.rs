//! Disks that are full, or that may not be written: it is said, nothing acknowledged is lost, and it goes on after.

use std::path::Path;

use kizuna_store::StoreError;
use kizuna_testkit::postgres::Instance;

use super::disk::Disk;
use super::node::{DATABASE, Node, try_open};

/// Gives batches until one is refused; what was acknowledged before.
fn give_until_refused(node: &Node, name: &str, size: usize) -> (Vec<String>, StoreError) {
    let mut acknowledged = Vec::new();
    loop {
        let name = format!("{name}{}", acknowledged.len());
        match node.give(&name, size) {
            Ok(_) => acknowledged.push(name),
            Err(error) => return (acknowledged, error),
        }
    }
}

fn assert_all_there(node: &Node, acknowledged: &[String]) {
    let stored = node.batches();
    assert!(acknowledged.iter().all(|batch| stored.contains_key(batch)), "what was acknowledged is there");
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let Some(disk) = Disk::in_memory("6m") else { return };
    let store = disk.path.join("store");
    let node = Node::open(&store);
    let (acknowledged, refused) = give_until_refused(&node, "b", 50);
    assert!(matches!(&refused, StoreError::Disk(_)), "{refused}");
    println!("{} batches, then: {refused}", acknowledged.len());
    assert!(!acknowledged.is_empty());
    assert_all_there(&node, &acknowledged);
    assert!(matches!(node.give("still full", 50), Err(StoreError::Disk(_))));

    assert!(disk.again("size=64m"));
    node.give("room again", 50).unwrap();
    assert!(node.assert_sound().contains_key("room again"));
    drop(node);
    assert_all_there(&Node::open(&store), &acknowledged);
}

#[test]
fn a_read_only_disk_is_said() {
    let Some(disk) = Disk::in_memory("16m") else { return };
    let store = disk.path.join("store");
    drop(Node::open(&store));
    assert!(disk.again("ro"));
    match try_open(&store) {
        Err(error @ StoreError::Disk(_)) => println!("{error}"),
        Err(error) => panic!("not said clearly: {error}"),
        Ok(_) => panic!("a store cannot be owned on a disk that cannot be written"),
    }
    assert!(disk.again("rw"));
    Node::open(&store).give("writable again", 1).unwrap();
}

#[test]
fn a_disk_that_turns_read_only_under_a_running_node_is_said_and_loses_nothing() {
    let Some(mut disk) = Disk::in_image(64) else { return };
    let store = disk.path.join("store");
    let node = Node::open(&store);
    node.give("before", 50).unwrap();
    // As the kernel does when a disk fails.
    if !disk.again("abort") {
        println!("skipped: this kernel does not stop a disk on request");
        return;
    }
    let refused = node.give("after", 50).unwrap_err();
    assert!(matches!(&refused, StoreError::Disk(_)), "{refused}");
    println!("{refused}");
    assert_all_there(&node, &["before".to_owned()]);
    drop(node);
    disk.mount_again();
    let node = Node::open(&store);
    assert_all_there(&node, &["before".to_owned()]);
    node.give("after the repair", 50).unwrap();
    node.assert_sound();
}

/// A front-end in a directory of its own.
fn front_end(url: &str) -> (tempfile::TempDir, Node) {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join(DATABASE), url).unwrap();
    let node = Node::open(place.path());
    (place, node)
}

#[test]
fn a_full_disk_of_the_database_is_said_and_loses_nothing() {
    let Some(disk) = Disk::in_memory("12m") else { return };
    let Some(instance) = Instance::start() else { return };
    let tables = disk.path.join("tables");
    std::fs::create_dir(&tables).unwrap();
    Instance::give_to_server(&tables);
    instance.run(&format!("CREATE TABLESPACE small LOCATION '{}'", tables.display()));
    let url = format!("{}?options=-cdefault_tablespace%3Dsmall", instance.url());
    let (_place, node) = front_end(&url);
    let (acknowledged, refused) = give_until_refused(&node, "b", 200);
    println!("{} batches, then: {refused}", acknowledged.len());
    assert!(matches!(&refused, StoreError::Disk(_)), "{refused}");
    assert!(!acknowledged.is_empty());
    assert_all_there(&node, &acknowledged);
    assert!(matches!(node.give("still full", 200), Err(StoreError::Disk(_))));
    assert!(disk.again("size=128m"));
    node.give("room again", 200).unwrap();
    assert!(node.assert_sound().contains_key("room again"));
    assert_all_there(&node, &acknowledged);
}

#[test]
fn a_database_that_may_not_be_written_is_said() {
    let Some(instance) = Instance::start() else { return };
    let (_place, node) = front_end(&instance.url());
    node.give("before", 5).unwrap();
    instance.run("ALTER SYSTEM SET default_transaction_read_only = on");
    instance.run("SELECT pg_reload_conf()");
    let refused = loop {
        // The server takes a moment to read its settings again.
        if let Err(error) = node.give("while read-only", 5) {
            break error;
        }
    };
    println!("{refused}");
    assert!(matches!(&refused, StoreError::Disk(_)), "{refused}");
    assert_all_there(&node, &["before".to_owned()]);
}

#[test]
fn a_disk_that_turns_read_only_under_the_database_loses_nothing() {
    let Some(mut disk) = Disk::in_image(512) else { return };
    let Some(mut instance) = Instance::start_in(&disk.path.join("pg")) else { return };
    disk.sync();
    let (_place, node) = front_end(&instance.url());
    node.give("before", 50).unwrap();
    if !disk.again("abort") {
        println!("skipped: this kernel does not stop a disk on request");
        return;
    }
    let refused = node.give("after", 50).unwrap_err();
    assert!(matches!(&refused, StoreError::Disk(_) | StoreError::Away(_)), "{refused}");
    println!("{refused}");
    instance.kill_all();
    repair(&mut disk, &mut instance);
    assert_all_there(&node, &["before".to_owned()]);
    node.give("after the repair", 50).unwrap();
    node.assert_sound();
}

fn repair(disk: &mut Disk, instance: &mut Instance) {
    disk.mount_again();
    assert!(Path::new(&instance.base()).exists());
    instance.restart();
}

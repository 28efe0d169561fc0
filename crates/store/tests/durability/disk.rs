//! Full and read-only disks, as small mounts: root ignores file modes.

use std::path::{Path, PathBuf};
use std::process::Command;

use kizuna_store::StoreError;

use super::node::{Node, try_open};

/// A file system in memory, gone when dropped.
struct Mount {
    path: PathBuf,
    _place: tempfile::TempDir,
}

impl Mount {
    fn new(size: &str) -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("disk");
        std::fs::create_dir(&path).unwrap();
        let options = format!("size={size}");
        if mount(&["-t", "tmpfs", "-o", &options, "tmpfs"], &path) {
            return Some(Self { path, _place: place });
        }
        println!("skipped: mounting a small disk needs root");
        None
    }

    fn again(&self, options: &str) -> bool {
        mount(&["-o", &format!("remount,{options}")], &self.path)
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.path).status();
    }
}

fn mount(arguments: &[&str], path: &Path) -> bool {
    let output = Command::new("mount").args(arguments).arg(path).output();
    output.is_ok_and(|output| output.status.success())
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let Some(mount) = Mount::new("6m") else { return };
    let store = mount.path.join("store");
    let node = Node::open(&store);
    let mut acknowledged = Vec::new();
    let refused = loop {
        let name = format!("b{}", acknowledged.len());
        match node.give(&name, 50) {
            Ok(_) => acknowledged.push(name),
            Err(error) => break error,
        }
    };
    assert!(matches!(&refused, StoreError::Disk(_)), "{refused}");
    println!("{} batches, then: {refused}", acknowledged.len());
    assert!(!acknowledged.is_empty());
    let all_there = |node: &Node| {
        let stored = node.batches();
        acknowledged.iter().all(|batch| stored.contains_key(batch))
    };
    assert!(all_there(&node), "what was acknowledged is still read");
    assert!(matches!(node.give("still full", 50), Err(StoreError::Disk(_))));

    assert!(mount.again("size=64m"));
    node.give("room again", 50).unwrap();
    assert!(node.assert_sound().contains_key("room again"));
    drop(node);
    assert!(all_there(&Node::open(&store)), "and after opening again");
}

#[test]
fn a_read_only_disk_is_said() {
    let Some(mount) = Mount::new("16m") else { return };
    let store = mount.path.join("store");
    drop(Node::open(&store));
    assert!(mount.again("ro"));
    match try_open(&store) {
        Err(error @ StoreError::Disk(_)) => println!("{error}"),
        Err(error) => panic!("not said clearly: {error}"),
        Ok(_) => panic!("a store cannot be owned on a disk that cannot be written"),
    }
    assert!(mount.again("rw"));
    Node::open(&store).give("writable again", 1).unwrap();
}

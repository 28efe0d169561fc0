//! Pages that a disk has spoilt, in PostgreSQL: a check finds them and says what is lost. For SQLite see the tests of
//! `kizuna check`.

use std::fs;
use std::path::PathBuf;

use kizuna_store::Checked;
use kizuna_store::writer::Actor;
use kizuna_testkit::postgres::Instance;

use super::node::{DATABASE, Node};

const PAGE: usize = 8192;
/// Batches, and objects in each.
const BATCHES: usize = 6;
const SIZE: usize = 100;

/// A database whose file of bodies can be spoilt while the server is down.
struct Spoilt {
    instance: Instance,
    place: tempfile::TempDir,
    bodies: PathBuf,
}

impl Spoilt {
    fn new() -> Option<Self> {
        let instance = Instance::start()?;
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join(DATABASE), instance.url()).unwrap();
        let node = Node::open(place.path());
        for batch in 0..BATCHES {
            node.give(&format!("b{batch}"), SIZE).unwrap();
        }
        node.assert_sound();
        drop(node);
        // Nothing is left in the log that would write the pages again.
        instance.run("VACUUM");
        instance.run("CHECKPOINT");
        let bodies = instance.base().join("data").join(instance.text("SELECT pg_relation_filepath('body')"));
        Some(Self { instance, place, bodies })
    }

    fn spoil(&mut self, change: impl FnOnce(&mut [u8])) {
        self.instance.kill_all();
        let mut bytes = fs::read(&self.bodies).unwrap();
        change(&mut bytes);
        fs::write(&self.bodies, bytes).unwrap();
        self.instance.restart();
    }

    fn check(&self) -> Checked {
        let node = Node::open(self.place.path());
        node.store.dangerous("test", Actor::Operator).unwrap().check(&|_, _| {}).unwrap()
    }
}

fn place_of(bytes: &[u8], needle: &str) -> usize {
    bytes.windows(needle.len()).position(|window| window == needle.as_bytes()).unwrap()
}

#[test]
fn a_changed_byte_in_the_database_is_found_and_the_object_is_named() {
    let Some(mut spoilt) = Spoilt::new() else { return };
    let needle = format!("\"name\":\"b3/50/{SIZE}\"");
    let id = Node::id(&format!("b3/50/{SIZE}"));
    spoilt.spoil(|bytes| bytes[place_of(bytes, &needle) + 8] ^= 1);
    let checked = spoilt.check();
    assert_eq!(checked.lost.len(), 1, "{checked:?}");
    assert_eq!(checked.lost[0].object.as_deref(), Some(id.as_str()));
    assert!(checked.lost[0].why.contains("does not have its digest"), "{checked:?}");
    assert!(checked.faults.is_empty(), "{checked:?}");
}

#[test]
fn a_page_of_the_database_that_cannot_be_read_costs_what_is_on_it_and_nothing_else() {
    let Some(mut spoilt) = Spoilt::new() else { return };
    let needle = format!("\"name\":\"b3/50/{SIZE}\"");
    let id = Node::id(&format!("b3/50/{SIZE}"));
    spoilt.spoil(|bytes| {
        let page = place_of(bytes, &needle) / PAGE * PAGE;
        bytes[page..page + PAGE].fill(0xAA);
    });
    let checked = spoilt.check();
    println!("{} lost, {:?}", checked.lost.len(), checked.faults);
    assert!(checked.lost.iter().any(|one| one.object.as_deref() == Some(id.as_str())), "{checked:?}");
    assert!(checked.lost.len() < SIZE, "one page holds no more: {}", checked.lost.len());
    let read = usize::try_from(checked.contributions).unwrap();
    assert_eq!(read + checked.lost.len(), BATCHES * SIZE);
}

//! A node is moved from one engine to the other and back: the same bytes, numbers, instants, secrets and cursors.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use kizuna_store::writer::Actor;
use kizuna_store::{Options, Store, StoreError, SystemClock, archive};

use crate::durability::node::Node;

fn options(directory: &Path, database: Option<&str>) -> Options {
    let clock = Arc::new(SystemClock);
    Options { directory: directory.to_owned(), database: database.map(str::to_owned), clock, readers: 2 }
}

fn backup(store: &Store) -> Vec<u8> {
    let mut out = Vec::new();
    let dangerous = store.dangerous("test", Actor::Operator).unwrap();
    dangerous.back_up(&[("beside".to_owned(), vec![9; 32])], &mut out, &mut |_, _| ()).unwrap();
    out
}

fn restore(options: Options, archive: &[u8]) -> Result<(), StoreError> {
    let archive = archive.to_vec();
    let open = move || Ok(Box::new(std::io::Cursor::new(archive.clone())) as Box<dyn Read>);
    let checked = archive::restore(options, &open, &mut |_, _| ())?;
    assert!(checked.is_sound(), "{checked:?}");
    Ok(())
}

/// Every contribution as its engine gives it.
fn dump(store: &Store) -> Vec<String> {
    let all = store.dangerous("test", Actor::Operator).unwrap().all(0, usize::MAX / 4).unwrap();
    all.into_iter().map(|one| format!("{one:?}")).collect()
}

#[test]
fn a_node_moves_to_the_other_engine_and_back_with_nothing_changed() {
    let Some(schema) = kizuna_testkit::postgres::schema() else { return };
    let places: Vec<tempfile::TempDir> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    let here = Node::open(places[0].path());
    for batch in 0..8 {
        here.give(&format!("b{batch}"), 37).unwrap();
    }
    let secret = here.store.secret("cursor").unwrap();
    let (first, reached) = here.read(None);
    here.give("more", 5).unwrap();
    let (rest, _) = here.read(reached);
    let before = dump(&here.store);
    let saved = backup(&here.store);

    restore(options(places[1].path(), Some(schema.url())), &saved).unwrap();
    let store = Store::open(options(places[1].path(), Some(schema.url()))).unwrap();
    assert_eq!(dump(&store), before, "the same rows in PostgreSQL");
    assert_eq!(store.secret("cursor").unwrap(), secret);
    assert_eq!(store.secret("beside").unwrap(), [9; 32]);
    let there = Node { store };
    let (goes_on, _) = there.read(reached);
    assert_eq!(format!("{goes_on:?}"), format!("{rest:?}"), "a cursor goes on where it was");
    assert_eq!(there.read(None).0.len(), first.len() + rest.len());
    there.give("there", 3).unwrap();
    assert!(there.assert_sound().contains_key("there"));

    let moved = dump(&there.store);
    let saved = backup(&there.store);
    drop(there);
    restore(options(places[2].path(), None), &saved).unwrap();
    let back = Node::open(places[2].path());
    assert_eq!(dump(&back.store), moved, "the same rows in SQLite again");
    assert_eq!(back.store.secret("cursor").unwrap(), secret);
    back.give("back", 3).unwrap();
    assert!(back.assert_sound().contains_key("back"));
    drop(back);
    let again = restore(options(places[2].path(), None), &saved);
    assert!(again.is_err_and(|error| error.to_string().contains("there is a node already")));
}

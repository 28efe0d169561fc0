#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::backend::Backend;
use crate::sqlite::Sqlite;

const ENDLESS: &str = "WITH RECURSIVE all_numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM all_numbers) \
                       SELECT max(n) FROM all_numbers";
const SHORT: Duration = Duration::from_millis(50);

#[test]
fn a_statement_that_takes_too_long_is_given_up_and_the_connection_serves_the_next() {
    let place = tempfile::tempdir().unwrap();
    let (backend, _ledger) = Sqlite::open(&place.path().join("store"), 1).unwrap();
    let connection = backend.pool.take().unwrap();
    let snapshot = SqliteSnapshot::begin(connection, Arc::clone(&backend.pool), Some(SHORT)).unwrap();
    let found = snapshot.list(ENDLESS, [], |row| row.get::<_, i64>(0));
    assert!(matches!(found, Err(StoreError::TooLong)));
    assert!(matches!(snapshot.heads(), Err(StoreError::TooLong)), "its time is over for the next one, too");
    drop(snapshot);
    assert_eq!(backend.pool.idle.lock().len(), 1, "the connection was given back");

    let next = backend.snapshot().unwrap();
    std::thread::sleep(SHORT * 2);
    next.heads().unwrap();
}

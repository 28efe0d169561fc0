#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::backend::Backend;
use crate::postgres::Postgres;

const SHORT: Duration = Duration::from_millis(50);

#[test]
fn a_statement_that_takes_too_long_is_given_up_and_the_connection_serves_the_next() {
    let Some(schema) = kizuna_testkit::postgres::schema() else { return };
    let (backend, _ledger) = Postgres::open(schema.url(), 1).unwrap();
    let connection = backend.pool.connector.reader().unwrap();
    let snapshot = PostgresSnapshot::begin(connection, Arc::clone(&backend.pool), Some(SHORT)).unwrap();
    let found = snapshot.query("SELECT pg_sleep(600)", &[]);
    assert!(matches!(found, Err(StoreError::TooLong)));
    assert!(matches!(snapshot.query("SELECT 1", &[]), Err(StoreError::TooLong)));
    drop(snapshot);
    assert_eq!(backend.pool.idle.lock().len(), 1, "the connection was given back");

    let next = backend.snapshot().unwrap();
    std::thread::sleep(SHORT * 2);
    next.rights_after(0).unwrap();
}

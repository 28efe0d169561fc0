//! What the engine alone can do: a bare loop that inserts the same rows into the same tables and indexes, and one that
//! reads the same pages by the same latest-version rule, with no queue, no gate and no checks around them.
//!
//! A node's figures are given as a ratio to these, since machines differ.

pub mod postgres;

use std::path::Path;
use std::time::{Duration, Instant};

use kizuna_stix::{Id, Object, observable};
use rusqlite::{Connection, OpenFlags, params};

use crate::{StoreError, tokens};

/// What the bare loops took.
#[derive(Debug, Clone, Copy)]
pub struct Bare {
    /// Rows inserted.
    pub rows: usize,
    pub ingest: Duration,
    /// Rows read.
    pub read: usize,
    pub pages: Duration,
}

/// One row with everything that is stored for it, worked out before the clock runs.
struct Prepared {
    fixed: Vec<rusqlite::types::Value>,
    seq: i64,
    bytes: Vec<u8>,
    warnings: Option<String>,
    references: Vec<[u8; 16]>,
    observables: Vec<observable::Observable>,
    tokens: String,
}

/// Runs the bare loops over a copy of the rows of a data directory that no process has open, in transactions and pages
/// of `batch` rows. `scratch` is an empty directory on the same disk.
pub fn run(data: &Path, scratch: &Path, batch: usize) -> Result<Bare, StoreError> {
    let source = open(&data.join("kizuna.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let create = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let target = open(&scratch.join("bare.db"), create)?;
    same_tables(&source, &target).map_err(failed)?;
    let mut bare = Bare { rows: 0, ingest: Duration::ZERO, read: 0, pages: Duration::ZERO };
    insert(&source, &target, batch, &mut bare)?;
    pages(&target, batch, &mut bare).map_err(failed)?;
    Ok(bare)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// The schema and the settings of the source, in the target.
fn same_tables(source: &Connection, target: &Connection) -> rusqlite::Result<()> {
    let page_size: i64 = source.pragma_query_value(None, "page_size", |row| row.get(0))?;
    target.pragma_update(None, "page_size", page_size)?;
    target.pragma_update(None, "journal_mode", "WAL")?;
    target.pragma_update(None, "synchronous", "FULL")?;
    target.pragma_update(None, "cache_size", -24 * 1024)?;
    target.pragma_update(None, "wal_autocheckpoint", 8192)?;
    // The tables behind a virtual table make themselves.
    let mut listed = source.prepare(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND type IN ('table', 'index') \
         AND name NOT GLOB 'words_*' AND name NOT GLOB 'sqlite_*'",
    )?;
    let statements = listed.query_map([], |row| row.get::<_, String>(0))?;
    for statement in statements {
        target.execute_batch(&statement?)?;
    }
    Ok(())
}

fn insert(source: &Connection, target: &Connection, batch: usize, bare: &mut Bare) -> Result<(), StoreError> {
    let mut last = 0;
    loop {
        let prepared = read_batch(source, last, batch)?;
        let Some(newest) = prepared.last() else { return Ok(()) };
        last = newest.seq;
        let started = Instant::now();
        write_batch(target, &prepared).map_err(failed)?;
        bare.ingest += started.elapsed();
        bare.rows += prepared.len();
    }
}

fn read_batch(source: &Connection, after: i64, batch: usize) -> Result<Vec<Prepared>, StoreError> {
    let mut statement = source
        .prepare_cached(
            "SELECT c.*, b.bytes, b.warnings FROM contribution c JOIN body b ON b.seq = c.seq \
             WHERE c.seq > ?1 ORDER BY c.seq LIMIT ?2",
        )
        .map_err(failed)?;
    let columns = statement.column_count() - 2;
    let limit = i64::try_from(batch).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![after, limit]).map_err(failed)?;
    let mut prepared = Vec::with_capacity(batch);
    while let Some(row) = rows.next().map_err(failed)? {
        prepared.push(prepare(row, columns)?);
    }
    Ok(prepared)
}

fn prepare(row: &rusqlite::Row<'_>, columns: usize) -> Result<Prepared, StoreError> {
    let fixed: Vec<rusqlite::types::Value> =
        (0..columns).map(|column| row.get(column)).collect::<Result<_, _>>().map_err(failed)?;
    let bytes: Vec<u8> = row.get(columns).map_err(failed)?;
    let value = serde_json::from_slice(&bytes).map_err(|error| StoreError::Engine(error.to_string()))?;
    let object =
        Object::from_value(value).map_err(|_| StoreError::Engine("a stored object is broken".into()))?;
    let mut observables = observable::of_object(&object);
    observables.sort();
    observables.dedup();
    let mut references: Vec<[u8; 16]> = object.references().iter().map(Id::key).collect();
    references.sort_unstable();
    references.dedup();
    Ok(Prepared {
        seq: row.get(0).map_err(failed)?,
        warnings: row.get(columns + 1).map_err(failed)?,
        tokens: tokens::of_object(&object),
        fixed,
        bytes,
        references,
        observables,
    })
}

fn write_batch(target: &Connection, batch: &[Prepared]) -> rusqlite::Result<()> {
    target.execute_batch("BEGIN IMMEDIATE")?;
    let width = batch.first().map_or(0, |row| row.fixed.len());
    let places: Vec<String> = (1..=width).map(|place| format!("?{place}")).collect();
    {
        let mut row =
            target.prepare_cached(&format!("INSERT INTO contribution VALUES ({})", places.join(", ")))?;
        let mut body =
            target.prepare_cached("INSERT INTO body (seq, bytes, warnings) VALUES (?1, ?2, ?3)")?;
        let mut words = target.prepare_cached("INSERT INTO words (rowid, tokens) VALUES (?1, ?2)")?;
        let mut reference = target.prepare_cached("INSERT INTO reference VALUES (?1, ?2)")?;
        let mut value = target.prepare_cached("INSERT INTO observable VALUES (?1, ?2, ?3)")?;
        for new in batch {
            row.execute(rusqlite::params_from_iter(&new.fixed))?;
            body.execute(params![new.seq, new.bytes, new.warnings])?;
            words.execute(params![new.seq, new.tokens])?;
            for target in &new.references {
                reference.execute(params![target, new.seq])?;
            }
            for observable in &new.observables {
                value.execute(params![observable.kind as i64, observable.value, new.seq])?;
            }
        }
    }
    target.execute_batch("COMMIT")
}

/// Every page of the newest version of each object.
fn pages(target: &Connection, batch: usize, bare: &mut Bare) -> rusqlite::Result<()> {
    let mut page = target.prepare(
        "SELECT c.seq, c.at, b.bytes FROM contribution c JOIN body b ON b.seq = c.seq \
         WHERE c.seq > ?1 AND NOT EXISTS ( \
             SELECT 1 FROM contribution n WHERE n.key = c.key AND n.seq <> c.seq AND n.modified > c.modified) \
         ORDER BY c.seq LIMIT ?2",
    )?;
    let limit = i64::try_from(batch).unwrap_or(i64::MAX);
    let mut last = 0;
    loop {
        let started = Instant::now();
        let rows = page.query_map(params![last, limit], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, Vec<u8>>(2)?))
        })?;
        let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        bare.pages += started.elapsed();
        let Some((seq, ..)) = rows.last() else { return Ok(()) };
        last = *seq;
        bare.read += rows.len();
    }
}

#[allow(clippy::needless_pass_by_value, reason = "an error is mapped where it stands")]
fn failed(error: rusqlite::Error) -> StoreError {
    StoreError::Engine(error.to_string())
}

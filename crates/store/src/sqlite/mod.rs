//! The embedded engine: SQLite with a write-ahead log.
//!
//! One connection writes, others read; a reader's transaction sees one consistent state and never waits for the
//! writer.

mod read;
mod schema;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::StoreError;
use crate::backend::{Backend, Commits, Snapshot};

pub(crate) use write::SqliteLedger;

/// Statements kept prepared per connection.
const PREPARED: usize = 64;

/// The database of one data directory.
pub(crate) struct Sqlite {
    pool: Arc<Pool>,
    durability: String,
}

/// Idle reading connections.
struct Pool {
    path: PathBuf,
    keep: usize,
    idle: Mutex<Vec<Connection>>,
}

impl Sqlite {
    /// Opens or creates the database and gives its reading and its writing end.
    pub fn open(path: &Path, readers: usize) -> Result<(Self, SqliteLedger), StoreError> {
        let writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        schema::prepare_writer(&writer)?;
        let durability = describe(&writer)?;
        let pool = Pool { path: path.to_owned(), keep: readers.max(1), idle: Mutex::new(Vec::new()) };
        let backend = Self { pool: Arc::new(pool), durability };
        Ok((backend, SqliteLedger::new(writer)))
    }
}

impl Backend for Sqlite {
    fn snapshot_for(&self, time: Option<Duration>) -> Result<Box<dyn Snapshot>, StoreError> {
        let connection = self.pool.take()?;
        Ok(Box::new(read::SqliteSnapshot::begin(connection, Arc::clone(&self.pool), time)?))
    }

    fn durability(&self) -> Result<String, StoreError> {
        Ok(self.durability.clone())
    }

    fn copy_to(&self, target: &Path) -> Result<(), StoreError> {
        let connection = self.pool.take()?;
        // `VACUUM INTO` reads only the source, which `query_only` would forbid all the same.
        connection.pragma_update(None, "query_only", false).map_err(|e| failed(&e))?;
        connection.execute("VACUUM INTO ?1", [target.to_string_lossy().as_ref()]).map_err(|e| failed(&e))?;
        Ok(())
    }

    fn watch(&self, _: Commits) -> Result<(), StoreError> {
        // Nobody else writes.
        Ok(())
    }
}

impl Pool {
    fn take(&self) -> Result<Connection, StoreError> {
        let idle = self.idle.lock().pop();
        if let Some(connection) = idle {
            return Ok(connection);
        }
        let connection = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::prepare_reader(&connection)?;
        Ok(connection)
    }

    fn give_back(&self, connection: Connection) {
        let mut idle = self.idle.lock();
        if idle.len() < self.keep {
            idle.push(connection);
        }
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|e| failed(&e))?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    connection.busy_timeout(Duration::from_secs(10)).map_err(|e| failed(&e))?;
    // One plan per statement: otherwise SQLite plans again for every value bound to a range, which costs more than
    // most of these statements.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(|e| failed(&e))?;
    Ok(connection)
}

/// The settings that decide about durability, as SQLite reports them.
fn describe(connection: &Connection) -> Result<String, StoreError> {
    let journal: String = schema::pragma(connection, "journal_mode")?;
    let synchronous: i64 = schema::pragma(connection, "synchronous")?;
    let synchronous = match synchronous {
        0 => "OFF",
        1 => "NORMAL",
        2 => "FULL",
        3 => "EXTRA",
        _ => "unknown",
    };
    let format: i64 = schema::pragma(connection, "user_version")?;
    let version = rusqlite::version();
    Ok(format!("sqlite {version}, journal_mode={journal}, synchronous={synchronous}, format {format}"))
}

/// An engine's error as the store's.
fn failed(error: &rusqlite::Error) -> StoreError {
    let disk = |what: &str| StoreError::Disk(what.to_owned());
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => StoreError::TooLong,
        Some(ErrorCode::DiskFull) => disk("is full"),
        Some(ErrorCode::ReadOnly) => disk("may not be written"),
        Some(ErrorCode::CannotOpen) => disk("does not let the database be opened"),
        Some(ErrorCode::SystemIoFailure) => StoreError::Disk(format!("failed ({error})")),
        _ => StoreError::Engine(error.to_string()),
    }
}

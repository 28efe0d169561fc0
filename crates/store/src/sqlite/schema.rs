//! Tables and indexes, and the settings that make a commit durable.

use rusqlite::Connection;

use super::failed;
use crate::StoreError;

/// The format this program writes; kept in `PRAGMA user_version`.
pub(super) const FORMAT: i64 = 3;

/// Page cache per connection, in KiB (negative by SQLite's convention; positive would be pages).
const WRITER_CACHE_KIB: i64 = -24 * 1024;
const READER_CACHE_KIB: i64 = -4 * 1024;
/// Pages in the write-ahead log before it is copied back: 64 MiB.
const CHECKPOINT_PAGES: i64 = 8192;
/// A log that grew beyond this under a long read is cut back to it.
const LOG_BYTES_KEPT: i64 = 128 << 20;

const TABLES: &str = "
CREATE TABLE term (
    id INTEGER PRIMARY KEY,
    space INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (space, text)
) STRICT;

CREATE TABLE stripe (
    id INTEGER PRIMARY KEY,
    label INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    first INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    UNIQUE (label, kind)
) STRICT;

CREATE TABLE contribution (
    seq INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    uuid BLOB NOT NULL,
    stripe INTEGER NOT NULL,
    source INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    person INTEGER,
    modified INTEGER,
    digest BLOB NOT NULL,
    at INTEGER NOT NULL,
    tick INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    reliability TEXT,
    dead_at INTEGER,
    salt BLOB NOT NULL
) STRICT;
CREATE INDEX contribution_by_key ON contribution (key, seq);
CREATE INDEX contribution_by_stripe ON contribution (stripe, seq);

CREATE TABLE body (
    seq INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL,
    warnings TEXT,
    parts TEXT
) STRICT;

CREATE TABLE reference (
    target BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (target, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE observable (
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (kind, value, seq)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE words USING fts5 (
    tokens, content='', detail=none, columnsize=0, tokenize='ascii'
);

CREATE TABLE dangling (
    marking BLOB NOT NULL,
    source INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (marking, source, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    number INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    by TEXT,
    channel TEXT NOT NULL,
    received INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    object TEXT,
    faults TEXT NOT NULL
) STRICT;
CREATE INDEX quarantine_by_source ON quarantine (source, number);

CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    entry TEXT NOT NULL,
    salt BLOB NOT NULL
) STRICT;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

CREATE TABLE rights (
    epoch INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    event TEXT NOT NULL
) STRICT;

CREATE TABLE state (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    expires INTEGER,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX state_by_expiry ON state (expires) WHERE expires IS NOT NULL;
";

/// The log, since format 3.
const LOG: &str = "
CREATE TABLE log_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    second INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    line INTEGER NOT NULL
) STRICT;
INSERT INTO log_head VALUES (1, 0, 0, 0, 0);

CREATE TABLE log_piece (number INTEGER PRIMARY KEY, octets BLOB NOT NULL) STRICT;

CREATE TABLE log_second (
    leaf INTEGER PRIMARY KEY,
    seed BLOB NOT NULL,
    entries INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    line INTEGER NOT NULL
) STRICT;
CREATE INDEX log_second_by_seq ON log_second (seq, leaf);
";

/// From each older format to the next.
const CHANGES: &[(i64, &str)] = &[(1, "ALTER TABLE body ADD COLUMN parts TEXT;"), (2, LOG)];

/// What was added without a new format: an older program of this format passes it over.
const ADDED: &str = "
CREATE TABLE IF NOT EXISTS audit_chain (
    number INTEGER PRIMARY KEY,
    digest BLOB NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS audit_chain_is_kept BEFORE DELETE ON audit_chain
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_chain_is_fixed BEFORE UPDATE ON audit_chain
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE INDEX IF NOT EXISTS audit_by_instant ON audit (at);
CREATE INDEX IF NOT EXISTS contribution_shared ON contribution (stripe, seq) WHERE (flags & 72) <> 0;
";

/// Makes the connection the writer's: durable on commit, and the tables in the format of this program.
pub(super) fn prepare_writer(connection: &Connection) -> Result<(), StoreError> {
    // Before anything is set: what a newer program wrote is left as it is.
    let found: i64 = pragma(connection, "user_version")?;
    if found > FORMAT {
        return Err(StoreError::TooNew { what: "database", found, known: FORMAT });
    }
    let fresh: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(|e| failed(&e))?;
    if fresh == 0 {
        connection.pragma_update(None, "page_size", 8192).map_err(|e| failed(&e))?;
    }
    connection.pragma_update(None, "journal_mode", "WAL").map_err(|e| failed(&e))?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(|e| failed(&e))?;
    connection.pragma_update(None, "cache_size", WRITER_CACHE_KIB).map_err(|e| failed(&e))?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES).map_err(|e| failed(&e))?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT).map_err(|e| failed(&e))?;
    connection.pragma_update(None, "mmap_size", 0).map_err(|e| failed(&e))?;
    connection.pragma_update(None, "temp_store", "MEMORY").map_err(|e| failed(&e))?;

    if found == 0 {
        let create = format!("BEGIN IMMEDIATE; {TABLES} {LOG} PRAGMA user_version = {FORMAT}; COMMIT;");
        connection.execute_batch(&create).map_err(|e| failed(&e))?;
    }
    for (from, change) in CHANGES {
        if found != 0 && found <= *from {
            let next = from + 1;
            let script = format!("BEGIN IMMEDIATE; {change} PRAGMA user_version = {next}; COMMIT;");
            connection.execute_batch(&script).map_err(|e| failed(&e))?;
        }
    }
    connection.execute_batch(&format!("BEGIN IMMEDIATE; {ADDED} COMMIT;")).map_err(|e| failed(&e))?;
    Ok(())
}

/// Makes the connection a reader's.
pub(super) fn prepare_reader(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "query_only", true).map_err(|e| failed(&e))?;
    connection.pragma_update(None, "cache_size", READER_CACHE_KIB).map_err(|e| failed(&e))?;
    connection.pragma_update(None, "mmap_size", 0).map_err(|e| failed(&e))?;
    connection.pragma_update(None, "temp_store", "MEMORY").map_err(|e| failed(&e))?;
    Ok(())
}

/// Reads a setting back.
pub(super) fn pragma<T: rusqlite::types::FromSql>(
    connection: &Connection,
    name: &str,
) -> Result<T, StoreError> {
    connection.pragma_query_value(None, name, |row| row.get(0)).map_err(|e| failed(&e))
}

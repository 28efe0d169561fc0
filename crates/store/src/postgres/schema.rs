//! Tables and indexes, and their format.
//!
//! What others chose as text (channels, identifiers, values of observables) is kept as `BYTEA`: PostgreSQL's `TEXT` has
//! no NUL character, and an index takes no entry of more than about 2,700 bytes. Values and words are found by digest.

use std::time::Duration;

use super::connection::Connection;
use crate::StoreError;

/// The format this program writes; kept in `head`.
pub(super) const FORMAT: i64 = 2;

/// How long a table that another front-end is making is waited for.
const ATTEMPTS: usize = 50;
const PAUSE: Duration = Duration::from_millis(100);

const TABLES: &str = "
CREATE TABLE head (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    format BIGINT NOT NULL,
    commits BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    term BIGINT NOT NULL,
    stripe BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    tick BIGINT NOT NULL,
    at BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    quarantine BIGINT NOT NULL,
    audit BIGINT NOT NULL,
    audit_digest BYTEA
);

CREATE TABLE term (id BIGINT PRIMARY KEY, space BIGINT NOT NULL, content BYTEA NOT NULL);

CREATE TABLE stripe (
    id BIGINT PRIMARY KEY,
    label BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    first BIGINT NOT NULL,
    amount BIGINT NOT NULL
);

CREATE TABLE contribution (
    seq BIGINT PRIMARY KEY,
    key BYTEA NOT NULL,
    uuid BYTEA NOT NULL,
    stripe BIGINT NOT NULL,
    source BIGINT NOT NULL,
    channel BIGINT NOT NULL,
    person BIGINT,
    modified BIGINT,
    digest BYTEA NOT NULL,
    at BIGINT NOT NULL,
    tick BIGINT NOT NULL,
    flags BIGINT NOT NULL,
    reliability TEXT,
    dead_at BIGINT,
    salt BYTEA NOT NULL
);
CREATE INDEX contribution_by_key ON contribution (key, seq);
CREATE INDEX contribution_by_stripe ON contribution (stripe, seq);
CREATE INDEX contribution_shared ON contribution (stripe, seq) WHERE (flags & 72) <> 0;

CREATE TABLE body (seq BIGINT PRIMARY KEY, bytes BYTEA NOT NULL, warnings TEXT, parts TEXT);

CREATE TABLE reference (target BYTEA NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (target, seq));

CREATE TABLE observable (value BYTEA NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (value, seq));

CREATE TABLE posting (
    token BYTEA NOT NULL,
    first BIGINT NOT NULL,
    later BYTEA NOT NULL,
    PRIMARY KEY (token, first)
);

CREATE TABLE dangling (
    marking BYTEA NOT NULL,
    source BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (marking, source, seq)
);
CREATE INDEX dangling_by_seq ON dangling (seq);

CREATE TABLE quarantine (
    number BIGINT PRIMARY KEY,
    source BIGINT NOT NULL,
    person TEXT,
    channel BYTEA NOT NULL,
    received BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    object BYTEA,
    faults TEXT NOT NULL
);
CREATE INDEX quarantine_by_source ON quarantine (source, number);

CREATE TABLE audit (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    entry TEXT NOT NULL,
    salt BYTEA NOT NULL,
    digest BYTEA
);
CREATE INDEX audit_by_instant ON audit (at);

CREATE TABLE rights (epoch BIGINT PRIMARY KEY, at BIGINT NOT NULL, event TEXT NOT NULL);

CREATE TABLE state (
    kind TEXT NOT NULL,
    key BYTEA NOT NULL,
    value BYTEA NOT NULL,
    expires BIGINT,
    PRIMARY KEY (kind, key)
);
CREATE INDEX state_by_expiry ON state (expires);

INSERT INTO head VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL);
";

/// The log, since format 2.
const LOG: &str = "
CREATE TABLE log_head (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    size BIGINT NOT NULL,
    second BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    line BIGINT NOT NULL
);
INSERT INTO log_head VALUES (1, 0, 0, 0, 0);

CREATE TABLE log_piece (number BIGINT PRIMARY KEY, octets BYTEA NOT NULL);

CREATE TABLE log_second (
    leaf BIGINT PRIMARY KEY,
    seed BYTEA NOT NULL,
    entries BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    line BIGINT NOT NULL
);
CREATE INDEX log_second_by_seq ON log_second (seq, leaf);
";

/// From each older format to the next.
const CHANGES: &[(i64, &str)] = &[(1, LOG)];

/// Brings the tables into the format of this program, and makes them in a new database. Front-ends that start at once
/// do it once.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), StoreError> {
    let encoding = connection.setting("server_encoding")?;
    if !encoding.eq_ignore_ascii_case("utf8") {
        return Err(StoreError::Engine(format!("the database's encoding is {encoding}; it must be UTF8")));
    }
    make_schema(connection)?;
    let mut found = format(connection)?;
    if found.is_none() {
        let begin = format!("BEGIN; {TABLES} {LOG} UPDATE head SET format = {FORMAT} WHERE one = 1; COMMIT");
        if let Err(error) = connection.run(&begin) {
            connection.run("ROLLBACK")?;
            found = made_by_another(connection)?;
            if found.is_none() {
                return Err(error);
            }
        } else {
            return Ok(());
        }
    }
    let found = found.unwrap_or_default();
    if found > FORMAT {
        return Err(StoreError::TooNew { what: "database", found, known: FORMAT });
    }
    for (from, change) in CHANGES.iter().filter(|(from, _)| *from >= found) {
        let next = from + 1;
        // Whoever comes second finds the step made: the row is locked by the first.
        let lock = format!("BEGIN; SELECT format FROM head WHERE one = 1 AND format = {from} FOR UPDATE");
        if connection.texts(&lock).is_ok() {
            connection.run(&format!(
                "{change} UPDATE head SET format = {next} WHERE one = 1 AND format = {from}"
            ))?;
        }
        connection.run("COMMIT")?;
    }
    Ok(())
}

/// Makes the schema that the address names by `search_path`, where it is not there yet.
fn make_schema(connection: &mut Connection) -> Result<(), StoreError> {
    let rows = connection.query("SELECT current_schema() IS NULL", &[])?;
    if !rows.first().is_some_and(|row| row.get(0)) {
        return Ok(());
    }
    let path = connection.setting("search_path")?;
    let mut named = path.rsplit(',').map(|name| name.trim().trim_matches('"'));
    let is_plain = |name: &&str| {
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    let Some(name) = named.find(is_plain) else {
        return Err(StoreError::Engine(format!("there is no schema to use in the search_path {path}")));
    };
    connection.run(&format!("CREATE SCHEMA IF NOT EXISTS {name}"))
}

/// Waits until the tables that another front-end is making are there.
fn made_by_another(connection: &mut Connection) -> Result<Option<i64>, StoreError> {
    for _ in 0..ATTEMPTS {
        let found = format(connection)?;
        if found.is_some() {
            return Ok(found);
        }
        std::thread::sleep(PAUSE);
    }
    Ok(None)
}

/// The format of the database; nothing in a new one.
fn format(connection: &mut Connection) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT count(*) FROM information_schema.tables \
               WHERE table_schema = current_schema() AND table_name = 'head'";
    let rows = connection.query(sql, &[])?;
    let tables: i64 = rows.first().map_or(0, |row| row.get(0));
    if tables == 0 {
        return Ok(None);
    }
    let rows = connection.query("SELECT format FROM head WHERE one = 1", &[])?;
    Ok(rows.first().map(|row| row.get(0)))
}

/// The settings that decide about durability, as the database reports them.
pub(super) fn describe(connection: &mut Connection) -> Result<String, StoreError> {
    let version = connection.setting("server_version")?;
    let mut said = format!("postgresql {version}");
    for setting in ["synchronous_commit", "fsync", "full_page_writes"] {
        // Another engine of the same protocol may not have it.
        let value = connection.setting(setting).unwrap_or_else(|_| "unknown".to_owned());
        said = format!("{said}, {setting}={value}");
        if setting != "synchronous_commit" && value == "off" {
            said.push_str(" (NOT DURABLE: a crash of the machine may lose what was acknowledged)");
        }
    }
    Ok(format!("{said}, format {FORMAT}"))
}

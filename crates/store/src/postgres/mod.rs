//! The engine for many front-ends: PostgreSQL, and what speaks its protocol.
//!
//! Whoever writes holds the one row of `head` from the beginning of a transaction until it is committed. So sequence
//! numbers are given in the order of commits across all processes, and a reader that has seen a number has seen every
//! smaller one. A reader's transaction sees one consistent state and waits for nobody.
//!
//! What a transaction writes is gathered in memory ([`journal`]) and sent at its end in few messages, in bulk by
//! `COPY`. No statement needs triggers, advisory locks, sequences or stored procedures; a notification is only a
//! wake-up, sent after the commit.

pub(crate) mod bare;
mod connection;
mod copy;
mod journal;
mod posting;
mod read;
mod schema;
mod watch;
mod write;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::StoreError;
use crate::backend::{Backend, Commits, Snapshot};

use connection::{Connection, Connector};
pub(crate) use write::PostgresLedger;

/// One database, or one schema in it.
pub(crate) struct Postgres {
    pool: Arc<Pool>,
    durability: String,
}

/// Idle reading connections.
struct Pool {
    connector: Connector,
    keep: usize,
    idle: Mutex<Vec<Connection>>,
}

impl Postgres {
    /// Opens the database, makes the tables in a new one, and gives its reading and its writing end.
    ///
    /// # Errors
    /// [`StoreError::Away`] where it cannot be reached, [`StoreError::TooNew`] where a newer program wrote it.
    pub fn open(url: &str, readers: usize) -> Result<(Self, PostgresLedger), StoreError> {
        let connector = Connector::new(url)?;
        let mut writer = connector.writer()?;
        schema::prepare(&mut writer)?;
        let durability = schema::describe(&mut writer)?;
        let pool = Pool { connector: connector.clone(), keep: readers.max(1), idle: Mutex::default() };
        let backend = Self { pool: Arc::new(pool), durability };
        Ok((backend, PostgresLedger::new(connector, writer)))
    }
}

impl Backend for Postgres {
    fn snapshot_for(&self, time: Option<Duration>) -> Result<Box<dyn Snapshot>, StoreError> {
        // A connection that was idle may have been closed from the other side meanwhile: the next one is new.
        loop {
            let idle = self.pool.idle.lock().pop();
            let Some(connection) = idle else { break };
            if let Ok(snapshot) = read::PostgresSnapshot::begin(connection, Arc::clone(&self.pool), time) {
                return Ok(Box::new(snapshot));
            }
        }
        let connection = self.pool.connector.reader()?;
        Ok(Box::new(read::PostgresSnapshot::begin(connection, Arc::clone(&self.pool), time)?))
    }

    fn durability(&self) -> Result<String, StoreError> {
        Ok(self.durability.clone())
    }

    fn copy_to(&self, _: &Path) -> Result<(), StoreError> {
        Err(StoreError::Engine("a PostgreSQL database is no file: use kizuna backup".to_owned()))
    }

    fn watch(&self, commits: Commits) -> Result<(), StoreError> {
        watch::start(self.pool.connector.clone(), commits)
    }
}

impl Pool {
    fn give_back(&self, connection: Connection) {
        let mut idle = self.idle.lock();
        if idle.len() < self.keep {
            idle.push(connection);
        }
    }
}

/// An engine's error as the store's.
pub(crate) fn failed(error: &postgres::Error) -> StoreError {
    const DISK_FULL: &str = "53100";
    const READ_ONLY: &str = "25006";
    /// Its time was up.
    const CANCELED: &str = "57014";
    /// The server's own file system failed.
    const IO: &str = "58030";
    let Some(refused) = error.as_db_error() else {
        let cause = std::error::Error::source(error).map_or_else(String::new, |cause| format!(": {cause}"));
        let text = format!("{error}{cause}");
        let is_about_values = text.contains("serializing") || text.contains("deserializing");
        return if is_about_values { StoreError::Engine(text) } else { StoreError::Away(text) };
    };
    let said = format!("{} ({})", refused.message(), refused.code().code());
    match refused.code().code() {
        CANCELED => StoreError::TooLong,
        DISK_FULL => StoreError::Disk("of the database is full".to_owned()),
        READ_ONLY => StoreError::Disk("of the database may not be written".to_owned()),
        // The server says what its system said, in the class of what it was doing.
        _ if refused.message().ends_with("Read-only file system") => {
            StoreError::Disk("of the database may not be written".to_owned())
        }
        IO => StoreError::Disk(format!("of the database failed ({})", refused.message())),
        // Shutting down, crashed, starting up, no more connections, ended for idling.
        code if code.starts_with("57P") || code.starts_with("08") || code == "53300" || code == "25P03" => {
            StoreError::Away(said)
        }
        _ => StoreError::Engine(said),
    }
}

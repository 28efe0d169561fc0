//! Connections: how they are made, and the statements each keeps prepared.

use std::collections::HashMap;
use std::time::Duration;

use postgres::types::ToSql;
use postgres::{Client, Config, NoTls, Row, Statement};

use super::failed;
use crate::StoreError;

/// How long a database that does not answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// A front-end that stops in the middle of a transaction lets the others go on after this long.
const IDLE_IN_TRANSACTION: &str = "60s";

/// Values of a statement.
pub(crate) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// How to reach the database.
#[derive(Clone)]
pub(super) struct Connector {
    config: Config,
}

/// One connection with its prepared statements.
pub(crate) struct Connection {
    client: Client,
    statements: HashMap<String, Statement>,
}

impl Connector {
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let mut config: Config =
            url.parse().map_err(|e| StoreError::Away(format!("the database's address is not one: {e}")))?;
        config.application_name("kizuna");
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        Ok(Self { config })
    }

    /// A connection that writes: what it commits is on disk.
    pub fn writer(&self) -> Result<Connection, StoreError> {
        let mut connection = self.connect()?;
        let synchronous = connection.setting("synchronous_commit")?;
        if synchronous == "off" || synchronous == "local" {
            connection.run("SET synchronous_commit = on")?;
        }
        connection.prefer("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION);
        Ok(connection)
    }

    /// A connection that reads.
    pub fn reader(&self) -> Result<Connection, StoreError> {
        self.connect()
    }

    fn connect(&self) -> Result<Connection, StoreError> {
        let client = self.config.connect(NoTls).map_err(|e| failed(&e))?;
        let mut connection = Connection { client, statements: HashMap::new() };
        // Every statement has an index that answers it in order. Without statistics, as in a database that has grown
        // within minutes, the planner would now and then rather read all of a table and sort it.
        for setting in ["enable_seqscan", "enable_bitmapscan", "enable_sort", "jit"] {
            connection.prefer(setting, "off");
        }
        connection.prefer("plan_cache_mode", "force_generic_plan");
        Ok(connection)
    }
}

impl Connection {
    pub fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Sets what another engine of the same protocol may not know; that is no error.
    fn prefer(&mut self, setting: &str, value: &str) {
        if let Err(error) = self.client.batch_execute(&format!("SET {setting} = '{value}'")) {
            tracing::debug!(setting, error = %error, "the database does not know a setting");
        }
    }

    /// A setting, read back.
    pub fn setting(&mut self, name: &str) -> Result<String, StoreError> {
        let row = self.client.query_one(&format!("SHOW {name}"), &[]).map_err(|e| failed(&e))?;
        row.try_get(0).map_err(|e| failed(&e))
    }

    /// Runs statements that take no values.
    pub fn run(&mut self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(|e| failed(&e))
    }

    pub fn prepared(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|e| failed(&e))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub fn query(&mut self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepared(sql)?;
        self.client.query(&statement, values).map_err(|e| failed(&e))
    }

    pub fn execute(&mut self, sql: &str, values: Values<'_>) -> Result<u64, StoreError> {
        let statement = self.prepared(sql)?;
        self.client.execute(&statement, values).map_err(|e| failed(&e))
    }

    /// The one row of a statement that takes no values, as texts, in one message: statements before the last are run
    /// and give nothing.
    pub fn texts(&mut self, sql: &str) -> Result<Vec<Option<String>>, StoreError> {
        use postgres::SimpleQueryMessage::Row;
        let answered = self.client.simple_query(sql).map_err(|e| failed(&e))?;
        for message in answered {
            if let Row(row) = message {
                return Ok((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect());
            }
        }
        Err(StoreError::Engine("the database has lost its head row".to_owned()))
    }
}

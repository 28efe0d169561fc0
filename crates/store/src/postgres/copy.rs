//! Rows in the binary form of `COPY`, sent in one message.

use std::io::Write;

use super::connection::Connection;
use crate::StoreError;

/// What the form begins with: its signature, no flags, no further header.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();
const NULL: [u8; 4] = (-1_i32).to_be_bytes();

/// Rows of one table.
pub(super) struct Copy {
    /// The table and its columns.
    into: &'static str,
    columns: i16,
    bytes: Vec<u8>,
}

impl Copy {
    /// Rows of `table (column, …)`.
    pub fn into(into: &'static str) -> Self {
        let columns = into.matches(',').count() + 1;
        Self { into, columns: i16::try_from(columns).unwrap_or(i16::MAX), bytes: HEADER.to_vec() }
    }

    /// Begins a row; its values follow in the order of the columns.
    pub fn row(&mut self) -> &mut Self {
        self.bytes.extend_from_slice(&self.columns.to_be_bytes());
        self
    }

    pub fn number(&mut self, number: i64) -> &mut Self {
        self.bytes(&number.to_be_bytes())
    }

    /// A text or bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(bytes);
        self
    }

    pub fn maybe_number(&mut self, number: Option<i64>) -> &mut Self {
        self.maybe(number.map(i64::to_be_bytes))
    }

    pub fn maybe(&mut self, bytes: Option<impl AsRef<[u8]>>) -> &mut Self {
        if let Some(bytes) = bytes {
            return self.bytes(bytes.as_ref());
        }
        self.bytes.extend_from_slice(&NULL);
        self
    }

    /// Sends the rows, where there are any.
    pub fn send(mut self, connection: &mut Connection) -> Result<(), StoreError> {
        if self.bytes.len() == HEADER.len() {
            return Ok(());
        }
        self.bytes.extend_from_slice(&TRAILER);
        let statement = connection.prepared(&format!("COPY {} FROM STDIN (FORMAT binary)", self.into))?;
        send(connection, &statement, &self.bytes)
    }
}

/// Sends rows in their binary form.
pub(crate) fn send(
    connection: &mut Connection,
    statement: &postgres::Statement,
    bytes: &[u8],
) -> Result<(), StoreError> {
    let refused = |e: &postgres::Error| super::failed(e);
    let mut sink = connection.client().copy_in(statement).map_err(|e| refused(&e))?;
    // The other end's reason comes with the end.
    let written = sink.write_all(bytes);
    sink.finish().map_err(|e| refused(&e))?;
    written.map_err(|e| StoreError::Away(e.to_string()))
}

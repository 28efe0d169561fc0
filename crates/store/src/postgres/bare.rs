//! The tables without a store around them, for what is measured beside it.

use super::connection::Connector;
use super::schema;
use crate::StoreError;

pub(crate) use super::connection::Connection;
pub(crate) use super::copy::send;
pub(crate) use super::failed as refused;

/// A connection to the tables, made where they are not there, that commits as the writer does.
pub(crate) fn open(url: &str) -> Result<Connection, StoreError> {
    let mut connection = Connector::new(url)?.writer()?;
    schema::prepare(&mut connection)?;
    Ok(connection)
}

//! The same on PostgreSQL: a bare `COPY` of the same rows into the same tables and indexes, one transaction a batch,
//! and the same pages by the same rule.

use std::io::Read as _;
use std::time::{Duration, Instant};

use super::Bare;
use crate::StoreError;
use crate::postgres::bare::{Connection, open, refused};

/// Schemas that [`forget`] drops begin with this.
pub const SCRATCH: &str = "kizuna_bench_";

/// The tables of content, and the column by which a batch of them is taken.
const TABLES: [(&str, &str); 5] = [
    ("contribution", "seq"),
    ("body", "seq"),
    ("reference", "seq"),
    ("observable", "seq"),
    ("posting", "first"),
];

/// Runs the bare loops over a copy of the rows of a schema that nobody writes to, in transactions and pages of `batch`
/// rows. `url` ends with the name of the schema; the copy lies beside it under that name and `_bare`.
pub fn run(url: &str, batch: usize) -> Result<Bare, StoreError> {
    let mut source = open(url)?;
    let mut target = open(&format!("{url}_bare"))?;
    let mut bare = Bare { rows: 0, ingest: Duration::ZERO, read: 0, pages: Duration::ZERO };
    insert(&mut source, &mut target, batch, &mut bare)?;
    pages(&mut target, batch, &mut bare)?;
    forget(&format!("{url}_bare"))?;
    Ok(bare)
}

/// Drops the schema of a measurement.
///
/// # Errors
/// Where the schema is not one of a measurement.
pub fn forget(url: &str) -> Result<(), StoreError> {
    let mut connection = open(url)?;
    let found = connection.query("SELECT current_schema()::TEXT", &[])?;
    let name: String = found.first().map_or_else(String::new, |row| row.get(0));
    if !name.starts_with(SCRATCH) {
        return Err(StoreError::Engine(format!("{name} is no schema of a measurement")));
    }
    connection.run(&format!("DROP SCHEMA {name} CASCADE"))
}

fn insert(
    source: &mut Connection,
    target: &mut Connection,
    batch: usize,
    bare: &mut Bare,
) -> Result<(), StoreError> {
    let found = source.query("SELECT max(seq) FROM contribution", &[])?;
    let last: i64 = found.first().and_then(|row| row.get::<_, Option<i64>>(0)).unwrap_or(0);
    let batch = i64::try_from(batch).unwrap_or(i64::MAX);
    let mut first = 1;
    while first <= last {
        let end = (first + batch).min(last + 1);
        let mut rows = Vec::with_capacity(TABLES.len());
        for (table, column) in TABLES {
            rows.push((table, read(source, table, column, first, end)?));
        }
        let started = Instant::now();
        target.run("BEGIN")?;
        for (table, bytes) in &rows {
            let statement = target.prepared(&format!("COPY {table} FROM STDIN (FORMAT binary)"))?;
            crate::postgres::bare::send(target, &statement, bytes)?;
        }
        target.run("COMMIT")?;
        bare.ingest += started.elapsed();
        bare.rows += usize::try_from(end - first).unwrap_or(0);
        first = end;
    }
    Ok(())
}

fn read(
    source: &mut Connection,
    table: &str,
    column: &str,
    first: i64,
    end: i64,
) -> Result<Vec<u8>, StoreError> {
    let sql = format!(
        "COPY (SELECT * FROM {table} WHERE {column} >= {first} AND {column} < {end}) TO STDOUT (FORMAT binary)"
    );
    let mut bytes = Vec::new();
    let mut rows = source.client().copy_out(&sql).map_err(|e| refused(&e))?;
    rows.read_to_end(&mut bytes).map_err(|e| StoreError::Away(e.to_string()))?;
    Ok(bytes)
}

/// Every page of the newest version of each object.
fn pages(target: &mut Connection, batch: usize, bare: &mut Bare) -> Result<(), StoreError> {
    let sql = "SELECT c.seq, c.at, b.bytes FROM contribution c JOIN body b ON b.seq = c.seq \
               WHERE c.seq > $1 AND NOT EXISTS ( \
                   SELECT 1 FROM contribution n WHERE n.key = c.key AND n.seq <> c.seq AND n.modified > c.modified) \
               ORDER BY c.seq LIMIT $2";
    let limit = i64::try_from(batch).unwrap_or(i64::MAX);
    let mut last = 0_i64;
    loop {
        let started = Instant::now();
        let found = target.query(sql, &[&last, &limit])?;
        let rows: Vec<(i64, i64, Vec<u8>)> =
            found.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
        bare.pages += started.elapsed();
        let Some((seq, ..)) = rows.last() else { return Ok(()) };
        last = *seq;
        bare.read += rows.len();
    }
}

//! Reading: every verb of a snapshot as one statement.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use kizuna_access::{MemberId, Recorded};
use kizuna_stix::observable::Observable;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, ToSql, params};

use super::{Pool, failed};
use crate::StoreError;
use crate::backend::{
    AuditAsk, AuditRow, Body, Flags, Heads, Kept, Key, Limit, LogHead, Moment, Order, QuarantineRow, Row,
    SecondOrder, SecondRow, Seq, Snapshot, Space, StateRow, StripeRow, TermRow,
};
use crate::clock::instant;
use crate::contribution::Quarantined;

/// The columns of [`row`], in its order.
pub(super) const COLUMNS: &str = "seq, key, uuid, stripe, source, channel, person, modified, digest, at, tick, \
                                  flags, reliability, dead_at";

/// A read transaction on a connection of the pool.
pub(super) struct SqliteSnapshot {
    connection: Option<Connection>,
    pool: Arc<Pool>,
    limit: Limit,
}

/// Steps of SQLite's machine between two looks at the clock.
const STEPS: i32 = 10_000;

impl SqliteSnapshot {
    pub fn begin(
        mut connection: Connection,
        pool: Arc<Pool>,
        time: Option<Duration>,
    ) -> Result<Self, StoreError> {
        connection.prepare_cached("BEGIN").and_then(|mut s| s.execute([])).map_err(|e| failed(&e))?;
        let limit = Limit::from_now(time);
        if time.is_some() {
            connection.progress_handler(STEPS, Some(move || limit.is_over())).map_err(|e| failed(&e))?;
        }
        Ok(Self { connection: Some(connection), pool, limit })
    }

    fn statement(&self, sql: &str) -> Result<CachedStatement<'_>, StoreError> {
        self.limit.check()?;
        let connection =
            self.connection.as_ref().ok_or_else(|| StoreError::Engine("snapshot ended".into()))?;
        connection.prepare_cached(sql).map_err(|e| failed(&e))
    }

    fn list<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.statement(sql)?;
        let rows = statement.query_map(params, read).map_err(|e| failed(&e))?;
        rows.collect::<rusqlite::Result<Vec<T>>>().map_err(|e| failed(&e))
    }

    /// The numbers of one index: `place` is a table and what its rows must be, with `keys` from `?4` on; `seq` is the
    /// column of the number.
    fn seqs(
        &self,
        place: &str,
        seq: &str,
        keys: &[&dyn ToSql],
        range: Range<Seq>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Seq>, StoreError> {
        let direction = match order {
            Order::Oldest => "ASC",
            Order::Newest => "DESC",
        };
        let sql = format!(
            "SELECT {seq} FROM {place} AND {seq} >= ?1 AND {seq} < ?2 ORDER BY {seq} {direction} LIMIT ?3"
        );
        let limit = count(limit);
        let mut params: Vec<&dyn ToSql> = vec![&range.start, &range.end, &limit];
        params.extend_from_slice(keys);
        self.list(&sql, &params[..], |row| row.get(0))
    }
}

impl Drop for SqliteSnapshot {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if self.limit.time.is_some() && connection.progress_handler(0, None::<fn() -> bool>).is_err() {
            return;
        }
        let ended = connection.prepare_cached("ROLLBACK").and_then(|mut s| s.execute([])).is_ok();
        if ended {
            self.pool.give_back(connection);
        }
    }
}

impl Snapshot for SqliteSnapshot {
    fn heads(&self) -> Result<Heads, StoreError> {
        let mut statement = self.statement(HEADS)?;
        statement.query_row([], heads).map_err(|e| failed(&e))
    }

    fn integrity(&self) -> Result<Vec<String>, StoreError> {
        let found = self.list("PRAGMA integrity_check", [], |row| row.get::<_, String>(0))?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }

    fn tolerate(&self) -> Result<(), StoreError> {
        // A statement that fails ends alone.
        Ok(())
    }

    fn rights_after(&self, epoch: i64) -> Result<Vec<Recorded>, StoreError> {
        let rows = self.list(RIGHTS, [epoch], |row| row.get::<_, String>(0))?;
        rows.iter().map(|event| decode(event)).collect()
    }

    fn terms_after(&self, id: i64) -> Result<Vec<TermRow>, StoreError> {
        self.list(TERMS, [id], term)
    }

    fn stripes_after(&self, id: i64) -> Result<Vec<StripeRow>, StoreError> {
        self.list(STRIPES, [id], stripe)
    }

    fn moment(&self, seq: Seq) -> Result<Option<Moment>, StoreError> {
        let mut statement =
            self.statement("SELECT seq, at, tick FROM contribution WHERE seq >= ?1 ORDER BY seq LIMIT 1")?;
        let read =
            |row: &rusqlite::Row<'_>| Ok(Moment { seq: row.get(0)?, at: row.get(1)?, tick: row.get(2)? });
        statement.query_row([seq], read).optional().map_err(|e| failed(&e))
    }

    fn rows_in(&self, range: Range<Seq>, limit: usize) -> Result<Vec<Row>, StoreError> {
        let sql = select("FROM contribution WHERE seq >= ?1 AND seq < ?2 ORDER BY seq LIMIT ?3");
        self.list(&sql, params![range.start, range.end, count(limit)], row)
    }

    fn rows(&self, seqs: &[Seq]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.statement(&select("FROM contribution WHERE seq = ?1"))?;
        let mut found = Vec::with_capacity(seqs.len());
        for seq in seqs {
            found.extend(statement.query_row([seq], row).optional().map_err(|e| failed(&e))?);
        }
        Ok(found)
    }

    fn rows_of(&self, key: &Key) -> Result<Vec<Row>, StoreError> {
        self.list(&select("FROM contribution WHERE key = ?1 ORDER BY seq"), [key], row)
    }

    fn bodies(&self, seqs: &[Seq]) -> Result<Vec<Body>, StoreError> {
        let mut statement = self.statement(BODY)?;
        let mut found = Vec::with_capacity(seqs.len());
        for seq in seqs {
            let stored = statement.query_row([seq], body).map_err(|e| failed(&e))?;
            found.push(stored.decode()?);
        }
        Ok(found)
    }

    fn stripe_seqs(
        &self,
        stripe: i64,
        range: Range<Seq>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Seq>, StoreError> {
        self.seqs("contribution WHERE stripe = ?4", "seq", &[&stripe], range, order, limit)
    }

    fn stripe_count(&self, stripe: i64, range: Range<Seq>) -> Result<u64, StoreError> {
        let mut statement = self.statement(
            "SELECT count(*) FROM contribution INDEXED BY contribution_by_stripe \
             WHERE stripe = ?1 AND seq >= ?2 AND seq < ?3",
        )?;
        let count: i64 = statement
            .query_row(params![stripe, range.start, range.end], |row| row.get(0))
            .map_err(|e| failed(&e))?;
        Ok(count.unsigned_abs())
    }

    fn shared_seqs(&self, stripe: i64, range: Range<Seq>, limit: usize) -> Result<Vec<Seq>, StoreError> {
        let place = format!("contribution INDEXED BY contribution_shared WHERE stripe = ?4 AND {SHARED}");
        self.seqs(&place, "seq", &[&stripe], range, Order::Oldest, limit)
    }

    fn text_seqs(
        &self,
        tokens: &[String],
        range: Range<Seq>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Seq>, StoreError> {
        let quoted: Vec<String> =
            tokens.iter().map(|token| format!("\"{}\"", token.replace('"', "\"\""))).collect();
        let question = quoted.join(" AND ");
        self.seqs("words WHERE words MATCH ?4", "rowid", &[&question], range, order, limit)
    }

    fn observable_seqs(
        &self,
        values: &[Observable],
        range: Range<Seq>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Seq>, StoreError> {
        let mut found: Vec<Seq> = Vec::new();
        for value in values {
            let kind = value.kind as i64;
            let place = "observable WHERE kind = ?4 AND value = ?5";
            found.extend(self.seqs(place, "seq", &[&kind, &value.value], range.clone(), order, limit)?);
        }
        found.sort_unstable();
        found.dedup();
        if order == Order::Newest {
            found.reverse();
        }
        found.truncate(limit);
        Ok(found)
    }

    fn reference_seqs(
        &self,
        target: &Key,
        range: Range<Seq>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Seq>, StoreError> {
        self.seqs("reference WHERE target = ?4", "seq", &[target], range, order, limit)
    }

    fn waiting(&self, marking: &Key, source: i64) -> Result<Vec<Seq>, StoreError> {
        self.list(
            "SELECT seq FROM dangling WHERE marking = ?1 AND source = ?2 ORDER BY seq",
            params![marking, source],
            |row| row.get(0),
        )
    }

    fn explained(&self) -> Result<Vec<Seq>, StoreError> {
        self.list(
            "SELECT DISTINCT d.seq FROM dangling d \
             JOIN contribution c ON c.key = d.marking AND c.source = d.source AND c.dead_at IS NULL ORDER BY d.seq",
            [],
            |row| row.get(0),
        )
    }

    fn quarantine(
        &self,
        source: Option<i64>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<QuarantineRow>, StoreError> {
        let sql = "SELECT q.number, t.text, q.by, q.channel, q.received, q.bytes, q.object, q.faults \
                   FROM quarantine q JOIN term t ON t.id = q.source \
                   WHERE q.number < ?1 AND (?2 IS NULL OR q.source = ?2) ORDER BY q.number DESC LIMIT ?3";
        let rows = self.list(sql, params![before, source, count(limit)], |row| {
            let stored = StoredQuarantine {
                number: row.get(0)?,
                source: row.get(1)?,
                by: row.get(2)?,
                channel: row.get(3)?,
                received: row.get(4)?,
                bytes: row.get(5)?,
                id: row.get(6)?,
                faults: row.get(7)?,
            };
            Ok(stored)
        })?;
        rows.into_iter().map(StoredQuarantine::decode).collect()
    }

    fn audit(&self, ask: &AuditAsk<'_>, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        let order = match ask.order {
            Order::Oldest => "ASC",
            Order::Newest => "DESC",
        };
        // Few questions hold more than one text: the rest is looked at above.
        let sql = format!(
            "SELECT a.number, a.at, a.entry, a.salt, c.digest, p.digest FROM audit a \
             LEFT JOIN audit_chain c ON c.number = a.number \
             LEFT JOIN audit_chain p ON p.number = a.number - 1 \
             WHERE a.number >= ?1 AND a.number < ?2 AND a.at > ?3 AND a.at < ?4 \
             AND substr(a.action, 1, length(?5)) = ?5 AND (?6 = '' OR instr(a.entry, ?6) > 0) \
             ORDER BY a.number {order} LIMIT ?7"
        );
        let holding = ask.holding.first().map_or("", String::as_str);
        let asked = params![
            ask.numbers.start,
            ask.numbers.end,
            ask.after,
            ask.before,
            ask.prefix,
            holding,
            count(limit)
        ];
        let rows = self.list(&sql, asked, |row| {
            let entry: String = row.get(2)?;
            Ok((row.get(0)?, row.get(1)?, entry, row.get(3)?, row.get(4)?, row.get(5)?))
        })?;
        let read = |(number, at, entry, salt, digest, previous): (_, _, String, _, _, _)| {
            Ok(AuditRow { number, at, salt, entry: decode(&entry)?, digest, previous })
        };
        rows.into_iter().map(read).collect()
    }

    fn audit_bounds(&self, after: i64, before: i64) -> Result<Option<(i64, i64)>, StoreError> {
        let sql = "SELECT min(number), max(number) FROM audit WHERE at > ?1 AND at < ?2";
        let mut statement = self.statement(sql)?;
        let bounds: (Option<i64>, Option<i64>) = statement
            .query_row(params![after, before], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(|e| failed(&e))?;
        Ok(bounds.0.zip(bounds.1))
    }

    fn state(&self, kind: &str, key: &str, now: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self.statement(STATE)?;
        statement.query_row(params![kind, key, now], |row| row.get(0)).optional().map_err(|e| failed(&e))
    }

    fn kept(&self, range: Range<Seq>) -> Result<Vec<Kept>, StoreError> {
        let ends = params![range.start, range.end];
        let waiting =
            self.list("SELECT seq, marking FROM dangling WHERE seq >= ?1 AND seq < ?2", ends, |row| {
                Ok((row.get::<_, Seq>(0)?, row.get::<_, Key>(1)?))
            })?;
        let sql = "SELECT seq, salt FROM contribution WHERE seq >= ?1 AND seq < ?2 ORDER BY seq";
        self.list(sql, ends, |row| {
            let seq: Seq = row.get(0)?;
            let dangling = waiting.iter().filter(|(of, _)| *of == seq).map(|(_, key)| *key).collect();
            Ok(Kept { seq, salt: row.get(1)?, dangling })
        })
    }

    fn all_states(&self) -> Result<Vec<StateRow>, StoreError> {
        self.list("SELECT kind, key, value, expires FROM state ORDER BY kind, key", [], |row| {
            Ok(StateRow { kind: row.get(0)?, key: row.get(1)?, value: row.get(2)?, expires: row.get(3)? })
        })
    }

    fn states(&self, kind: &str, now: i64) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.list(
            "SELECT key, value FROM state WHERE kind = ?1 AND (expires IS NULL OR expires > ?2) ORDER BY key",
            params![kind, now],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    fn log_head(&self) -> Result<LogHead, StoreError> {
        self.statement(LOG_HEAD)?.query_row([], log_head).map_err(|e| failed(&e))
    }

    fn log_pieces(&self, range: Range<i64>, limit: usize) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        self.list(LOG_PIECES, params![range.start, range.end, count(limit)], log_piece)
    }

    fn log_seconds(&self, by: SecondOrder, from: i64, limit: usize) -> Result<Vec<SecondRow>, StoreError> {
        let order = match by {
            SecondOrder::Leaf => "leaf >= ?1 ORDER BY leaf",
            SecondOrder::Seq => "seq >= ?1 ORDER BY seq, leaf",
        };
        let sql = format!("SELECT leaf, seed, entries, seq, line FROM log_second WHERE {order} LIMIT ?2");
        self.list(&sql, params![from, count(limit)], |row| {
            let (leaf, seed, entries) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(SecondRow { leaf, seed, entries, seq: row.get(3)?, line: row.get(4)? })
        })
    }
}

pub(super) const LOG_HEAD: &str = "SELECT size, second, seq, line FROM log_head WHERE one = 1";
pub(super) const LOG_PIECES: &str =
    "SELECT number, octets FROM log_piece WHERE number >= ?1 AND number < ?2 ORDER BY number LIMIT ?3";

pub(super) fn log_head(row: &rusqlite::Row<'_>) -> rusqlite::Result<LogHead> {
    Ok(LogHead { size: row.get(0)?, second: row.get(1)?, seq: row.get(2)?, line: row.get(3)? })
}

pub(super) fn log_piece(row: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, Vec<u8>)> {
    Ok((row.get(0)?, row.get(1)?))
}

/// [`crate::backend::Flags::SHARED`] or erased; as the index over them says it, or it is not used.
pub(super) const SHARED: &str = "(flags & 72) <> 0";
pub(super) const HEADS: &str = "SELECT \
    coalesce((SELECT max(epoch) FROM rights), 0), \
    coalesce((SELECT max(id) FROM term), 0), \
    coalesce((SELECT max(id) FROM stripe), 0), \
    coalesce((SELECT max(seq) FROM contribution), 0), \
    coalesce((SELECT tick FROM contribution ORDER BY seq DESC LIMIT 1), 0), \
    max(coalesce((SELECT at FROM contribution ORDER BY seq DESC LIMIT 1), 0), \
        coalesce((SELECT at FROM rights ORDER BY epoch DESC LIMIT 1), 0))";
pub(super) const TERMS: &str = "SELECT id, space, text FROM term WHERE id > ?1 ORDER BY id";
pub(super) const STRIPES: &str = "SELECT id, label, kind, first, rows FROM stripe WHERE id > ?1 ORDER BY id";
pub(super) const RIGHTS: &str = "SELECT event FROM rights WHERE epoch > ?1 ORDER BY epoch";
pub(super) const STATE: &str =
    "SELECT value FROM state WHERE kind = ?1 AND key = ?2 AND (expires IS NULL OR expires > ?3)";
pub(super) const BODY: &str = "SELECT bytes, warnings, parts FROM body WHERE seq = ?1";

/// A statement over [`COLUMNS`].
pub(super) fn select(rest: &str) -> String {
    format!("SELECT {COLUMNS} {rest}")
}

pub(super) fn heads(row: &rusqlite::Row<'_>) -> rusqlite::Result<Heads> {
    Ok(Heads {
        epoch: row.get(0)?,
        term: row.get(1)?,
        stripe: row.get(2)?,
        seq: row.get(3)?,
        tick: row.get(4)?,
        at: row.get(5)?,
        closed: i64::MAX,
    })
}

pub(super) fn term(row: &rusqlite::Row<'_>) -> rusqlite::Result<TermRow> {
    let number: i64 = row.get(1)?;
    let space = Space::from_number(number).ok_or(rusqlite::Error::IntegralValueOutOfRange(1, number))?;
    Ok(TermRow { id: row.get(0)?, space, text: row.get(2)? })
}

pub(super) fn stripe(row: &rusqlite::Row<'_>) -> rusqlite::Result<StripeRow> {
    Ok(StripeRow {
        id: row.get(0)?,
        label: row.get(1)?,
        kind: row.get(2)?,
        first: row.get(3)?,
        rows: row.get(4)?,
    })
}

pub(super) fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let reliability = row.get_ref(12)?.as_str_or_null()?.and_then(|text| text.chars().next());
    Ok(Row {
        seq: row.get(0)?,
        key: row.get(1)?,
        uuid: row.get(2)?,
        stripe: row.get(3)?,
        source: row.get(4)?,
        channel: row.get(5)?,
        by: row.get(6)?,
        modified: row.get(7)?,
        digest: row.get(8)?,
        at: row.get(9)?,
        tick: row.get(10)?,
        flags: Flags(row.get(11)?),
        reliability,
        dead_at: row.get(13)?,
    })
}

/// A body with what goes beside it still as JSON.
pub(super) struct StoredBody {
    bytes: Bytes,
    warnings: Option<String>,
    parts: Option<String>,
}

impl StoredBody {
    pub fn decode(self) -> Result<Body, StoreError> {
        Ok(Body { bytes: self.bytes, warnings: decode_list(self.warnings)?, parts: decode_list(self.parts)? })
    }
}

pub(super) fn body(row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredBody> {
    let bytes = Bytes::copy_from_slice(row.get_ref(0)?.as_blob()?);
    Ok(StoredBody { bytes, warnings: row.get(1)?, parts: row.get(2)? })
}

fn decode_list<T: serde::de::DeserializeOwned>(list: Option<String>) -> Result<Vec<T>, StoreError> {
    list.map_or(Ok(Vec::new()), |text| decode(&text))
}

/// JSON that this program wrote.
pub(super) fn decode<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Engine(format!("a stored entry cannot be read: {e}")))
}

struct StoredQuarantine {
    number: i64,
    source: String,
    by: Option<String>,
    channel: String,
    received: i64,
    bytes: Vec<u8>,
    id: Option<String>,
    faults: String,
}

impl StoredQuarantine {
    fn decode(self) -> Result<QuarantineRow, StoreError> {
        let uuid = |text: &str| {
            uuid::Uuid::try_parse(text)
                .map_err(|e| StoreError::Engine(format!("a stored identifier cannot be read: {e}")))
        };
        let by = self.by.as_deref().map(uuid).transpose()?.map(kizuna_access::PersonId);
        let received: Timestamp = instant(self.received);
        let input = Quarantined {
            source: MemberId(uuid(&self.source)?),
            by,
            channel: self.channel,
            received,
            bytes: self.bytes,
            id: self.id,
            faults: decode(&self.faults)?,
        };
        Ok(QuarantineRow { number: self.number, input })
    }
}

pub(super) fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;

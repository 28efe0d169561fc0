//! Reading: every verb of a snapshot as one statement.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kizuna_access::{MemberId, PersonId, Recorded};
use kizuna_stix::observable::Observable;
use postgres::Row as Found;
use postgres::types::FromSql;
use uuid::Uuid;

use super::connection::{Connection, Values};
use super::posting::{self, SPAN};
use super::{Pool, failed};
use crate::StoreError;
use crate::backend::{
    AuditAsk, AuditRow, Body, Flags, Heads, Kept, Key, Limit, LogHead, Moment, Order, QuarantineRow, Row,
    SecondOrder, SecondRow, Seq, Snapshot, Space, StateRow, StripeRow, TermRow,
};
use crate::chain::Link;
use crate::clock::instant;
use crate::contribution::Quarantined;
use crate::writer::AuditEntry;

/// The columns of [`row`], in its order.
pub(super) const COLUMNS: &str = "seq, key, uuid, stripe, source, channel, person, modified, digest, at, tick, \
                                  flags, reliability, dead_at";

pub(super) const HEADS: &str = "SELECT epoch, term, stripe, seq, tick, at, closed FROM head WHERE one = 1";
pub(super) const TERMS: &str = "SELECT id, space, content FROM term WHERE id > $1 ORDER BY id";
pub(super) const STRIPES: &str =
    "SELECT id, label, kind, first, amount FROM stripe WHERE id > $1 ORDER BY id";
pub(super) const RIGHTS: &str = "SELECT event FROM rights WHERE epoch > $1 ORDER BY epoch";
pub(super) const ROWS_OF: &str = "FROM contribution WHERE key = ANY($1) ORDER BY key, seq";
pub(super) const BODIES: &str = "SELECT seq, bytes, warnings, parts FROM body WHERE seq = ANY($1)";
pub(super) const STATE: &str =
    "SELECT value FROM state WHERE kind = $1 AND key = $2 AND (expires IS NULL OR expires > $3)";
pub(super) const LOG_HEAD: &str = "SELECT size, second, seq, line FROM log_head WHERE one = 1";
pub(super) const LOG_PIECES: &str =
    "SELECT number, octets FROM log_piece WHERE number >= $1 AND number < $2 ORDER BY number LIMIT $3";

/// Rows of the index `contribution_shared`: [`Flags::SHARED`] or [`Flags::ERASED`].
const SHARED: &str = "(flags & 72) <> 0";

/// Numbers looked at for words at once, and how much more at every further look.
const FIRST_WINDOW: i64 = 4_096;
const WIDER: i64 = 8;

/// A read transaction on a connection of the pool.
pub(super) struct PostgresSnapshot {
    /// `None` once it has ended.
    connection: RefCell<Option<Connection>>,
    heads: Heads,
    /// Whether a statement that fails is taken back alone.
    is_tolerant: Cell<bool>,
    pool: Arc<Pool>,
    limit: Limit,
}

impl PostgresSnapshot {
    pub fn begin(
        mut connection: Connection,
        pool: Arc<Pool>,
        time: Option<Duration>,
    ) -> Result<Self, StoreError> {
        // No statement takes longer; that many together do not either, is seen between them.
        let cap = time.map_or_else(String::new, |time| {
            format!("SET LOCAL statement_timeout = {};", time.as_millis().max(1))
        });
        let begin = format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {cap} {HEADS}");
        let limit = Limit::from_now(time);
        let texts = connection.texts(&begin)?;
        let heads = heads_of_texts(&texts)?;
        let is_tolerant = Cell::new(false);
        Ok(Self { connection: RefCell::new(Some(connection)), heads, is_tolerant, pool, limit })
    }

    fn query(&self, sql: &str, values: Values<'_>) -> Result<Vec<Found>, StoreError> {
        self.limit.check()?;
        let mut connection = self.connection.borrow_mut();
        let connection =
            connection.as_mut().ok_or_else(|| StoreError::Engine("snapshot ended".to_owned()))?;
        let found = connection.query(sql, values);
        if found.is_err() && self.is_tolerant.get() {
            connection.run("ROLLBACK TO SAVEPOINT sound")?;
        }
        found
    }

    fn list<T>(
        &self,
        sql: &str,
        values: Values<'_>,
        read: impl Fn(&Found) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.query(sql, values)?.iter().map(read).collect()
    }

    fn numbers(&self, sql: &str, values: Values<'_>) -> Result<Vec<Seq>, StoreError> {
        self.list(sql, values, |row| get(row, 0))
    }

    /// The numbers of one index, which begins with `column`: only this index gives this order, so that no planner
    /// walks along another.
    fn seqs(
        &self,
        (table, column): (&str, &str),
        key: &(dyn postgres::types::ToSql + Sync),
        range: &Range<Seq>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Seq>, StoreError> {
        let direction = direction(order);
        let sql = format!(
            "SELECT seq FROM {table} WHERE ({column}, seq) >= ($1, $2) AND ({column}, seq) < ($1, $3) \
             ORDER BY {column} {direction}, seq {direction} LIMIT $4"
        );
        self.numbers(&sql, &[key, &range.start, &range.end, &count(limit)])
    }

    /// The numbers of a window that hold every word; ascending.
    fn text_window(&self, tokens: &[[u8; 16]], window: &Range<Seq>) -> Result<Vec<Seq>, StoreError> {
        let asked: Vec<&[u8]> = tokens.iter().map(<[u8; 16]>::as_slice).collect();
        let sql = "SELECT token, first, later FROM posting \
                   WHERE token = ANY($1) AND first > $2 AND first < $3 ORDER BY token, first";
        let from = window.start.saturating_sub(SPAN);
        let found = self.query(sql, &[&asked, &from, &window.end])?;
        let mut of_each: Vec<Vec<Seq>> = vec![Vec::new(); tokens.len()];
        for row in &found {
            let token: &[u8] = get(row, 0)?;
            let seqs = posting::seqs(get(row, 1)?, get(row, 2)?)?;
            if let Some(at) = tokens.iter().position(|asked| asked.as_slice() == token) {
                of_each[at].extend(seqs);
            }
        }
        // Pieces of one transaction never overlap those of another, and come in order.
        of_each.sort_by_key(Vec::len);
        Ok(posting::meet(&of_each, window))
    }
}

impl Drop for PostgresSnapshot {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.borrow_mut().take() else { return };
        if connection.run("ROLLBACK").is_ok() {
            self.pool.give_back(connection);
        }
    }
}

impl Snapshot for PostgresSnapshot {
    fn heads(&self) -> Result<Heads, StoreError> {
        Ok(self.heads)
    }

    fn integrity(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT (SELECT coalesce(max(seq), 0) FROM contribution), (SELECT count(*) FROM body), \
                   (SELECT coalesce(max(id), 0) FROM term), (SELECT coalesce(max(id), 0) FROM stripe), \
                   (SELECT coalesce(max(epoch), 0) FROM rights)";
        let found = self.query(sql, &[])?;
        let Some(row) = found.first() else { return Ok(Vec::new()) };
        let Heads { seq, term, stripe, epoch, .. } = self.heads;
        let said = [
            ("contribution", seq),
            ("bodies", seq),
            ("terms", term),
            ("stripes", stripe),
            ("events of rights", epoch),
        ];
        let mut faults = Vec::new();
        for (at, (what, expected)) in said.into_iter().enumerate() {
            let there: i64 = get(row, at)?;
            if there != expected {
                faults.push(format!("the head says {expected} for {what}, the tables say {there}"));
            }
        }
        Ok(faults)
    }

    fn tolerate(&self) -> Result<(), StoreError> {
        if let Some(connection) = self.connection.borrow_mut().as_mut() {
            connection.run("SAVEPOINT sound")?;
            self.is_tolerant.set(true);
        }
        Ok(())
    }

    fn rights_after(&self, epoch: i64) -> Result<Vec<Recorded>, StoreError> {
        self.list(RIGHTS, &[&epoch], recorded)
    }

    fn terms_after(&self, id: i64) -> Result<Vec<TermRow>, StoreError> {
        self.list(TERMS, &[&id], term)
    }

    fn stripes_after(&self, id: i64) -> Result<Vec<StripeRow>, StoreError> {
        self.list(STRIPES, &[&id], stripe)
    }

    fn moment(&self, seq: Seq) -> Result<Option<Moment>, StoreError> {
        let sql = "SELECT seq, at, tick FROM contribution WHERE seq >= $1 ORDER BY seq LIMIT 1";
        let read = |row: &Found| Ok(Moment { seq: get(row, 0)?, at: get(row, 1)?, tick: get(row, 2)? });
        Ok(self.list(sql, &[&seq], read)?.pop())
    }

    fn rows_in(&self, range: Range<Seq>, limit: usize) -> Result<Vec<Row>, StoreError> {
        let sql = select("FROM contribution WHERE seq >= $1 AND seq < $2 ORDER BY seq LIMIT $3");
        self.list(&sql, &[&range.start, &range.end, &count(limit)], row)
    }

    fn rows(&self, seqs: &[Seq]) -> Result<Vec<Row>, StoreError> {
        if seqs.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.list(&select("FROM contribution WHERE seq = ANY($1)"), &[&seqs], row)?;
        let by_seq: HashMap<Seq, Row> = found.into_iter().map(|row| (row.seq, row)).collect();
        Ok(seqs.iter().filter_map(|seq| by_seq.get(seq).cloned()).collect())
    }

    fn rows_of(&self, key: &Key) -> Result<Vec<Row>, StoreError> {
        self.list(&select(ROWS_OF), &[&vec![key.as_slice()]], row)
    }

    fn bodies(&self, seqs: &[Seq]) -> Result<Vec<Body>, StoreError> {
        if seqs.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.query(BODIES, &[&seqs])?;
        let mut by_seq: HashMap<Seq, Body> = HashMap::with_capacity(found.len());
        for one in &found {
            by_seq.insert(get(one, 0)?, body(one)?);
        }
        let missing = |seq: &Seq| StoreError::Engine(format!("contribution {seq} has no body"));
        seqs.iter().map(|seq| by_seq.get(seq).cloned().ok_or_else(|| missing(seq))).collect()
    }

    fn stripe_seqs(
        &self,
        stripe: i64,
        range: Range<Seq>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Seq>, StoreError> {
        self.seqs(("contribution", "stripe"), &stripe, &range, order, limit)
    }

    fn stripe_count(&self, stripe: i64, range: Range<Seq>) -> Result<u64, StoreError> {
        let sql =
            "SELECT count(*) FROM contribution WHERE (stripe, seq) >= ($1, $2) AND (stripe, seq) < ($1, $3)";
        let counted = self.numbers(sql, &[&stripe, &range.start, &range.end])?;
        Ok(counted.first().map_or(0, |count| count.unsigned_abs()))
    }

    fn shared_seqs(&self, stripe: i64, range: Range<Seq>, limit: usize) -> Result<Vec<Seq>, StoreError> {
        let sql = format!(
            "SELECT seq FROM contribution WHERE (stripe, seq) >= ($1, $2) AND (stripe, seq) < ($1, $3) \
             AND {SHARED} ORDER BY stripe, seq LIMIT $4"
        );
        self.numbers(&sql, &[&stripe, &range.start, &range.end, &count(limit)])
    }

    fn text_seqs(
        &self,
        tokens: &[String],
        range: Range<Seq>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Seq>, StoreError> {
        let mut asked: Vec<[u8; 16]> =
            tokens.iter().map(|token| posting::digest(&[token.as_bytes()])).collect();
        asked.sort_unstable();
        asked.dedup();
        let mut rest = range.start.max(1)..range.end.min(self.heads.seq + 1);
        let mut width = FIRST_WINDOW;
        let mut found = Vec::new();
        while !rest.is_empty() && found.len() < limit && !asked.is_empty() {
            let window = match order {
                Order::Oldest => rest.start..rest.end.min(rest.start.saturating_add(width)),
                Order::Newest => rest.start.max(rest.end.saturating_sub(width))..rest.end,
            };
            let mut seqs = self.text_window(&asked, &window)?;
            match order {
                Order::Oldest => rest.start = window.end,
                Order::Newest => {
                    rest.end = window.start;
                    seqs.reverse();
                }
            }
            found.extend(seqs);
            width = width.saturating_mul(WIDER);
        }
        found.truncate(limit);
        Ok(found)
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
            let key = observable_key(value);
            found.extend(self.seqs(("observable", "value"), &key.as_slice(), &range, order, limit)?);
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
        self.seqs(("reference", "target"), &target.as_slice(), &range, order, limit)
    }

    fn waiting(&self, marking: &Key, source: i64) -> Result<Vec<Seq>, StoreError> {
        let sql = "SELECT seq FROM dangling WHERE marking = $1 AND source = $2 ORDER BY seq";
        self.numbers(sql, &[&marking.as_slice(), &source])
    }

    fn explained(&self) -> Result<Vec<Seq>, StoreError> {
        let sql = "SELECT DISTINCT d.seq FROM dangling d \
                   JOIN contribution c ON c.key = d.marking AND c.source = d.source AND c.dead_at IS NULL \
                   ORDER BY d.seq";
        self.numbers(sql, &[])
    }

    fn quarantine(
        &self,
        source: Option<i64>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<QuarantineRow>, StoreError> {
        let sql = "SELECT q.number, t.content, q.person, q.channel, q.received, q.bytes, q.object, q.faults \
                   FROM quarantine q JOIN term t ON t.id = q.source \
                   WHERE q.number < $1 AND ($2::BIGINT IS NULL OR q.source = $2) ORDER BY q.number DESC LIMIT $3";
        self.list(sql, &[&before, &source, &count(limit)], quarantined)
    }

    fn audit(&self, ask: &AuditAsk<'_>, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        let direction = direction(ask.order);
        // Few questions hold more than one text: the rest is looked at above.
        let sql = format!(
            "SELECT a.number, a.at, a.entry, a.salt, a.digest, p.digest FROM audit a \
             LEFT JOIN audit p ON p.number = a.number - 1 \
             WHERE a.number >= $1 AND a.number < $2 AND a.at > $3 AND a.at < $4 \
             AND left(a.action, length($5::TEXT)) = $5 AND ($6::TEXT = '' OR strpos(a.entry, $6) > 0) \
             ORDER BY a.number {direction} LIMIT $7"
        );
        let holding = ask.holding.first().map_or("", String::as_str);
        let Range { start, end } = &ask.numbers;
        let asked: Values<'_> = &[start, end, &ask.after, &ask.before, &ask.prefix, &holding, &count(limit)];
        self.list(&sql, asked, |row| {
            Ok(AuditRow {
                number: get(row, 0)?,
                at: get(row, 1)?,
                salt: fixed(get(row, 3)?)?,
                entry: decode::<AuditEntry>(get(row, 2)?)?,
                digest: get::<Option<&[u8]>>(row, 4)?.map(fixed::<32>).transpose()?,
                previous: get::<Option<&[u8]>>(row, 5)?.map(fixed::<32>).transpose()?,
            })
        })
    }

    fn audit_bounds(&self, after: i64, before: i64) -> Result<Option<(i64, i64)>, StoreError> {
        let sql = "SELECT min(number), max(number) FROM audit WHERE at > $1 AND at < $2";
        let read = |row: &Found| Ok(get::<Option<i64>>(row, 0)?.zip(get::<Option<i64>>(row, 1)?));
        Ok(self.list(sql, &[&after, &before], read)?.pop().flatten())
    }

    fn state(&self, kind: &str, key: &str, now: i64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.list(STATE, &[&kind, &key.as_bytes(), &now], |row| get(row, 0))?.pop())
    }

    fn kept(&self, range: Range<Seq>) -> Result<Vec<Kept>, StoreError> {
        let sql = "SELECT seq, marking FROM dangling WHERE seq >= $1 AND seq < $2";
        let waiting = self.list(sql, &[&range.start, &range.end], |row| {
            Ok((get::<Seq>(row, 0)?, fixed::<16>(get(row, 1)?)?))
        })?;
        let sql = "SELECT seq, salt FROM contribution WHERE seq >= $1 AND seq < $2 ORDER BY seq";
        self.list(sql, &[&range.start, &range.end], |row| {
            let seq: Seq = get(row, 0)?;
            let dangling = waiting.iter().filter(|(of, _)| *of == seq).map(|(_, key)| *key).collect();
            Ok(Kept { seq, salt: get(row, 1)?, dangling })
        })
    }

    fn all_states(&self) -> Result<Vec<StateRow>, StoreError> {
        self.list("SELECT kind, key, value, expires FROM state ORDER BY kind, key", &[], |row| {
            let (kind, key) = (get(row, 0)?, text(get(row, 1)?)?);
            Ok(StateRow { kind, key, value: get(row, 2)?, expires: get(row, 3)? })
        })
    }

    fn states(&self, kind: &str, now: i64) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let sql = "SELECT key, value FROM state \
                   WHERE kind = $1 AND (expires IS NULL OR expires > $2) ORDER BY key";
        self.list(sql, &[&kind, &now], |row| Ok((text(get(row, 0)?)?, get(row, 1)?)))
    }

    fn log_head(&self) -> Result<LogHead, StoreError> {
        let found = self.query(LOG_HEAD, &[])?;
        found.first().map_or_else(|| Ok(LogHead::default()), log_head)
    }

    fn log_pieces(&self, range: Range<i64>, limit: usize) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        self.list(LOG_PIECES, &[&range.start, &range.end, &count(limit)], log_piece)
    }

    fn log_seconds(&self, by: SecondOrder, from: i64, limit: usize) -> Result<Vec<SecondRow>, StoreError> {
        let order = match by {
            SecondOrder::Leaf => "leaf >= $1 ORDER BY leaf",
            SecondOrder::Seq => "seq >= $1 ORDER BY seq, leaf",
        };
        let sql = format!("SELECT leaf, seed, entries, seq, line FROM log_second WHERE {order} LIMIT $2");
        self.list(&sql, &[&from, &count(limit)], |row| {
            let (leaf, seed, entries) = (get(row, 0)?, fixed(get(row, 1)?)?, get(row, 2)?);
            Ok(SecondRow { leaf, seed, entries, seq: get(row, 3)?, line: get(row, 4)? })
        })
    }
}

pub(super) fn log_head(row: &Found) -> Result<LogHead, StoreError> {
    Ok(LogHead { size: get(row, 0)?, second: get(row, 1)?, seq: get(row, 2)?, line: get(row, 3)? })
}

pub(super) fn log_piece(row: &Found) -> Result<(i64, Vec<u8>), StoreError> {
    Ok((get(row, 0)?, get(row, 1)?))
}

/// A statement over [`COLUMNS`].
pub(super) fn select(rest: &str) -> String {
    format!("SELECT {COLUMNS} {rest}")
}

/// What an observable is found by.
pub(super) fn observable_key(observable: &Observable) -> [u8; 16] {
    let kind = [observable.kind.code()];
    posting::digest(&[&kind, observable.value.as_bytes()])
}

fn direction(order: Order) -> &'static str {
    match order {
        Order::Oldest => "ASC",
        Order::Newest => "DESC",
    }
}

/// One value of a row.
pub(super) fn get<'a, T: FromSql<'a>>(row: &'a Found, at: usize) -> Result<T, StoreError> {
    row.try_get(at).map_err(|e| failed(&e))
}

/// Bytes that have one length.
pub(super) fn fixed<const LENGTH: usize>(bytes: &[u8]) -> Result<[u8; LENGTH], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Engine(format!("a stored value is not of {LENGTH} bytes")))
}

pub(super) fn text(bytes: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(bytes).map_err(|_| StoreError::Engine("a stored text is not UTF-8".to_owned()))
}

/// JSON that this program wrote.
fn decode<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Engine(format!("a stored entry cannot be read: {e}")))
}

fn heads_of_texts(texts: &[Option<String>]) -> Result<Heads, StoreError> {
    let numbers: Vec<i64> = texts.iter().flatten().filter_map(|text| text.parse().ok()).collect();
    let [epoch, term, stripe, seq, tick, at, closed] = numbers[..] else {
        return Err(StoreError::Engine("the database's head row cannot be read".to_owned()));
    };
    Ok(Heads { epoch, term, stripe, seq, tick, at, closed })
}

pub(super) fn recorded(row: &Found) -> Result<Recorded, StoreError> {
    decode(get(row, 0)?)
}

pub(super) fn term(row: &Found) -> Result<TermRow, StoreError> {
    let number: i64 = get(row, 1)?;
    let space = Space::from_number(number)
        .ok_or_else(|| StoreError::Engine(format!("a stored term is of the unknown space {number}")))?;
    Ok(TermRow { id: get(row, 0)?, space, text: text(get(row, 2)?)? })
}

pub(super) fn stripe(row: &Found) -> Result<StripeRow, StoreError> {
    Ok(StripeRow {
        id: get(row, 0)?,
        label: get(row, 1)?,
        kind: get(row, 2)?,
        first: get(row, 3)?,
        rows: get(row, 4)?,
    })
}

pub(super) fn row(row: &Found) -> Result<Row, StoreError> {
    Ok(Row {
        seq: get(row, 0)?,
        key: fixed(get(row, 1)?)?,
        uuid: fixed(get(row, 2)?)?,
        stripe: get(row, 3)?,
        source: get(row, 4)?,
        channel: get(row, 5)?,
        by: get(row, 6)?,
        modified: get(row, 7)?,
        digest: fixed(get(row, 8)?)?,
        at: get(row, 9)?,
        tick: get(row, 10)?,
        flags: Flags(get(row, 11)?),
        reliability: get::<Option<&str>>(row, 12)?.and_then(|text| text.chars().next()),
        dead_at: get(row, 13)?,
    })
}

/// A row of [`BODIES`] without its number.
pub(super) fn body(row: &Found) -> Result<Body, StoreError> {
    fn list<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Result<Vec<T>, StoreError> {
        text.map_or(Ok(Vec::new()), decode)
    }
    let bytes: &[u8] = get(row, 1)?;
    Ok(Body {
        bytes: Bytes::copy_from_slice(bytes),
        warnings: list(get(row, 2)?)?,
        parts: list(get(row, 3)?)?,
    })
}

pub(super) fn link(bytes: Option<&[u8]>) -> Result<Option<Link>, StoreError> {
    bytes.map(fixed).transpose()
}

fn quarantined(row: &Found) -> Result<QuarantineRow, StoreError> {
    let uuid = |text: &str| {
        Uuid::try_parse(text)
            .map_err(|e| StoreError::Engine(format!("a stored identifier cannot be read: {e}")))
    };
    let source = text(get(row, 1)?)?;
    let by = get::<Option<&str>>(row, 2)?.map(uuid).transpose()?.map(PersonId);
    let input = Quarantined {
        source: MemberId(uuid(&source)?),
        by,
        channel: text(get(row, 3)?)?,
        received: instant(get(row, 4)?),
        bytes: get(row, 5)?,
        id: get::<Option<Vec<u8>>>(row, 6)?.map(text).transpose()?,
        faults: decode(get(row, 7)?)?,
    };
    Ok(QuarantineRow { number: get(row, 0)?, input })
}

pub(super) fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;

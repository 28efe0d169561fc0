//! Writing: one connection, one transaction per group of requests.

use std::ops::Range;

use kizuna_access::Recorded;
use rusqlite::{CachedStatement, Connection, Params, params};

use super::failed;
use super::read::{self, decode};
use super::schema;
use crate::StoreError;
use crate::backend::{
    Begun, Body, Flags, Heads, Key, Ledger, LogHead, NewLeaf, NewRow, Row, SecondRow, Seq, StripeRow, TermRow,
};
use crate::chain::Link;
use crate::contribution::Quarantined;
use crate::writer::{AuditEntry, Leaf};

/// Node state: something was erased, and the files are not scrubbed yet.
const SCRUB: &str = "erasure.scrub";
/// Databases up to this size are written anew after an erasure; larger ones when their operator says so.
const SCRUB_BYTES: i64 = 256 << 20;

/// The writing connection.
pub(crate) struct SqliteLedger {
    connection: Connection,
}

impl SqliteLedger {
    pub fn new(connection: Connection) -> Self {
        Self { connection }
    }

    fn statement(&self, sql: &str) -> Result<CachedStatement<'_>, StoreError> {
        self.connection.prepare_cached(sql).map_err(|e| failed(&e))
    }

    fn run(&self, sql: &str, params: impl Params) -> Result<(), StoreError> {
        self.statement(sql)?.execute(params).map_err(|e| failed(&e))?;
        Ok(())
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
}

impl Ledger for SqliteLedger {
    fn begin(&mut self) -> Result<Begun, StoreError> {
        self.run("BEGIN IMMEDIATE", [])?;
        // The lock of the data directory keeps others out.
        Ok(Begun::default())
    }

    fn expect(&mut self, _: &[Key]) -> Result<(), StoreError> {
        // Each is one look into pages that are in memory.
        Ok(())
    }

    fn mark(&mut self) -> Result<(), StoreError> {
        self.run("SAVEPOINT request", [])
    }

    fn undo(&mut self) -> Result<(), StoreError> {
        self.run("ROLLBACK TO request", [])?;
        self.run("RELEASE request", [])
    }

    fn keep(&mut self) -> Result<(), StoreError> {
        self.run("RELEASE request", [])
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.run("COMMIT", [])
    }

    fn rollback(&mut self) {
        // A failed commit may have ended the transaction by itself.
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }

    fn heads(&mut self) -> Result<Heads, StoreError> {
        self.statement(read::HEADS)?.query_row([], read::heads).map_err(|e| failed(&e))
    }

    fn terms_after(&mut self, id: i64) -> Result<Vec<TermRow>, StoreError> {
        self.list(read::TERMS, [id], read::term)
    }

    fn stripes_after(&mut self, id: i64) -> Result<Vec<StripeRow>, StoreError> {
        self.list(read::STRIPES, [id], read::stripe)
    }

    fn rights_after(&mut self, epoch: i64) -> Result<Vec<Recorded>, StoreError> {
        let events = self.list(read::RIGHTS, [epoch], |row| row.get::<_, String>(0))?;
        events.iter().map(|event| decode(event)).collect()
    }

    fn state(&mut self, kind: &str, key: &str, now: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.list(read::STATE, params![kind, key, now], |row| row.get(0))?;
        Ok(found.into_iter().next())
    }

    fn close(&mut self, _: i64) -> Result<(), StoreError> {
        // The clock of this process sees to it.
        Ok(())
    }

    fn rows_of(&mut self, key: &Key) -> Result<Vec<Row>, StoreError> {
        self.list(&read::select("FROM contribution WHERE key = ?1 ORDER BY seq"), [key], read::row)
    }

    fn body(&mut self, seq: Seq) -> Result<Body, StoreError> {
        self.statement(read::BODY)?.query_row([seq], read::body).map_err(|e| failed(&e))?.decode()
    }

    fn add_term(&mut self, term: &TermRow) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO term (id, space, text) VALUES (?1, ?2, ?3)",
            params![term.id, term.space as i64, term.text],
        )
    }

    fn add_stripe(&mut self, stripe: &StripeRow) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO stripe (id, label, kind, first, rows) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![stripe.id, stripe.label, stripe.kind, stripe.first, stripe.rows],
        )
    }

    fn grow_stripe(&mut self, stripe: i64, rows: i64) -> Result<(), StoreError> {
        self.run("UPDATE stripe SET rows = rows + ?2 WHERE id = ?1", params![stripe, rows])
    }

    fn add_row(&mut self, new: &NewRow<'_>) -> Result<(), StoreError> {
        let row = &new.row;
        self.run(
            "INSERT INTO contribution (seq, key, uuid, stripe, source, channel, person, modified, digest, at, tick, \
             flags, reliability, dead_at, salt) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, NULL, ?14)",
            params![
                row.seq,
                row.key,
                row.uuid,
                row.stripe,
                row.source,
                row.channel,
                row.by,
                row.modified,
                row.digest,
                row.at,
                row.tick,
                row.flags.0,
                row.reliability.map(String::from),
                new.salt,
            ],
        )?;
        self.run(
            "INSERT INTO body (seq, bytes, warnings, parts) VALUES (?1, ?2, ?3, ?4)",
            params![row.seq, new.body, new.warnings, new.parts],
        )?;
        for target in new.references {
            self.run("INSERT INTO reference (target, seq) VALUES (?1, ?2)", params![target, row.seq])?;
        }
        for observable in new.observables {
            self.run(
                "INSERT INTO observable (kind, value, seq) VALUES (?1, ?2, ?3)",
                params![observable.kind as i64, observable.value, row.seq],
            )?;
        }
        for marking in new.dangling {
            self.run(
                "INSERT INTO dangling (marking, source, seq) VALUES (?1, ?2, ?3)",
                params![marking, row.source, row.seq],
            )?;
        }
        Ok(())
    }

    fn add_words(&mut self, seq: Seq, tokens: &str) -> Result<(), StoreError> {
        self.run("INSERT INTO words (rowid, tokens) VALUES (?1, ?2)", params![seq, tokens])
    }

    fn set_flags(&mut self, seq: Seq, flags: Flags) -> Result<(), StoreError> {
        self.run("UPDATE contribution SET flags = ?2 WHERE seq = ?1", params![seq, flags.0])
    }

    fn kill(&mut self, seq: Seq, at: i64) -> Result<(), StoreError> {
        self.run("UPDATE contribution SET dead_at = ?2 WHERE seq = ?1", params![seq, at])
    }

    fn settle(&mut self, seq: Seq) -> Result<(), StoreError> {
        self.run("DELETE FROM dangling WHERE seq = ?1", [seq])
    }

    fn add_rights(&mut self, recorded: &Recorded) -> Result<(), StoreError> {
        let epoch = i64::try_from(recorded.epoch).unwrap_or(i64::MAX);
        let at = recorded.at.as_microsecond();
        self.run(
            "INSERT INTO rights (epoch, at, event) VALUES (?1, ?2, ?3)",
            params![epoch, at, encode(recorded)?],
        )
    }

    fn add_quarantined(&mut self, source: i64, at: i64, input: &Quarantined) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO quarantine (source, by, channel, received, bytes, object, faults) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                source,
                input.by.map(|person| person.to_string()),
                input.channel,
                at,
                input.bytes,
                input.id,
                encode(&input.faults)?,
            ],
        )
    }

    fn salt(&mut self, seq: Seq) -> Result<Vec<u8>, StoreError> {
        let mut statement = self.statement("SELECT salt FROM contribution WHERE seq = ?1")?;
        statement.query_row([seq], |row| row.get(0)).map_err(|e| failed(&e))
    }

    fn remove_words(&mut self, seq: Seq, tokens: &str) -> Result<(), StoreError> {
        // Without this the index only marks them as removed, and keeps them until it merges its parts.
        self.run("INSERT INTO words (words, rank) VALUES ('secure-delete', 1)", [])?;
        self.run("INSERT INTO words (words, rowid, tokens) VALUES ('delete', ?1, ?2)", params![seq, tokens])
    }

    fn erase(&mut self, leaf: &Leaf) -> Result<(), StoreError> {
        self.connection.pragma_update(None, "secure_delete", true).map_err(|e| failed(&e))?;
        self.run(
            "UPDATE contribution SET key = ?2, uuid = zeroblob(16), person = NULL, modified = NULL, digest = ?3, \
             flags = ?4, salt = zeroblob(16) WHERE seq = ?1",
            params![leaf.seq, leaf.key, leaf.digest, leaf.flags.0],
        )?;
        let seq = [leaf.seq];
        self.run("UPDATE body SET bytes = x'', warnings = NULL, parts = NULL WHERE seq = ?1", seq)?;
        self.run("DELETE FROM reference WHERE seq = ?1", seq)?;
        self.run("DELETE FROM observable WHERE seq = ?1", seq)?;
        self.run("DELETE FROM dangling WHERE seq = ?1", seq)
    }

    fn erase_quarantined(&mut self, source: i64, id: &kizuna_stix::Id) -> Result<(), StoreError> {
        self.run(
            "UPDATE quarantine SET bytes = x'', object = NULL, faults = '[]' WHERE source = ?1 AND object = ?2",
            params![source, id.as_str()],
        )
    }

    fn begin_scrub(&mut self) -> Result<(), StoreError> {
        self.set_state(SCRUB, "", Some(&[]), None)
    }

    fn scrub(&mut self) -> Result<bool, StoreError> {
        let asked = self.list("SELECT 1 FROM state WHERE kind = ?1", [SCRUB], |row| row.get::<_, i64>(0))?;
        if asked.is_empty() {
            return Ok(true);
        }
        let pages: i64 = schema::pragma(&self.connection, "page_count")?;
        let page: i64 = schema::pragma(&self.connection, "page_size")?;
        if pages.saturating_mul(page) <= SCRUB_BYTES {
            // What was copied when pages were split or merged lies in their free parts: only writing all anew is sure.
            self.connection.execute_batch("VACUUM").map_err(|e| failed(&e))?;
        }
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        let busy: i64 =
            self.connection.query_row(checkpoint, [], |row| row.get(0)).map_err(|e| failed(&e))?;
        if busy != 0 {
            return Ok(false);
        }
        self.set_state(SCRUB, "", None, None)?;
        self.connection.pragma_update(None, "secure_delete", false).map_err(|e| failed(&e))?;
        Ok(true)
    }

    fn audit_head(&mut self) -> Result<(i64, Option<Link>), StoreError> {
        let sql = "SELECT a.number, c.digest FROM audit a LEFT JOIN audit_chain c ON c.number = a.number \
                   ORDER BY a.number DESC LIMIT 1";
        let found = self.list(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.into_iter().next().unwrap_or((0, None)))
    }

    fn add_audit(
        &mut self,
        number: i64,
        at: i64,
        salt: [u8; 16],
        entry: &AuditEntry,
        digest: Option<&Link>,
    ) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO audit (number, at, action, entry, salt) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![number, at, entry.action, encode(entry)?, salt],
        )?;
        let Some(digest) = digest else { return Ok(()) };
        self.run("INSERT INTO audit_chain (number, digest) VALUES (?1, ?2)", params![number, digest])
    }

    fn set_state(
        &mut self,
        kind: &str,
        key: &str,
        value: Option<&[u8]>,
        expires: Option<i64>,
    ) -> Result<(), StoreError> {
        let Some(value) = value else {
            return self.run("DELETE FROM state WHERE kind = ?1 AND key = ?2", params![kind, key]);
        };
        self.run(
            "INSERT INTO state (kind, key, value, expires) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, expires = excluded.expires",
            params![kind, key, value, expires],
        )
    }

    fn sweep_state(&mut self, now: i64) -> Result<(), StoreError> {
        self.run("DELETE FROM state WHERE expires <= ?1", [now])
    }

    fn log_head(&mut self) -> Result<LogHead, StoreError> {
        self.statement(read::LOG_HEAD)?.query_row([], read::log_head).map_err(|e| failed(&e))
    }

    fn log_pieces(&mut self, range: Range<i64>, limit: usize) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        self.list(read::LOG_PIECES, params![range.start, range.end, read::count(limit)], read::log_piece)
    }

    fn grow_log(&mut self, leaf: &NewLeaf) -> Result<(), StoreError> {
        for (number, octets) in &leaf.pieces {
            self.run("INSERT INTO log_piece (number, octets) VALUES (?1, ?2)", params![number, octets])?;
        }
        if let Some(range) = &leaf.removed {
            let range = params![range.start, range.end];
            self.run("DELETE FROM log_piece WHERE number >= ?1 AND number < ?2", range)?;
        }
        if let Some(SecondRow { leaf, seed, entries, seq, line }) = leaf.second {
            self.run(
                "INSERT INTO log_second (leaf, seed, entries, seq, line) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![leaf, seed, entries, seq, line],
            )?;
        }
        let Some(LogHead { size, second, seq, line }) = leaf.head else { return Ok(()) };
        let head = params![size, second, seq, line];
        self.run("UPDATE log_head SET size = ?1, second = ?2, seq = ?3, line = ?4 WHERE one = 1", head)
    }
}

fn encode<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Engine(format!("an entry cannot be written: {e}")))
}

//! Writing: one connection, one transaction per group of requests, written at its end.

use std::ops::Range;

use kizuna_access::Recorded;

use super::connection::{Connection, Connector};
use super::copy::Copy;
use super::journal::{Change, Journal, Line, Refused};
use super::posting::{self, SPAN};
use super::read::{self, get};
use crate::StoreError;
use crate::backend::{
    Begun, Body, Flags, Heads, Key, Ledger, LogHead, NewLeaf, NewRow, Row, SecondRow, Seq, StripeRow, TermRow,
};
use crate::chain::Link;
use crate::contribution::Quarantined;
use crate::writer::{AuditEntry, Leaf};

/// Takes the row that whoever writes holds until it has committed.
const LOCK: &str = "SELECT commits, epoch, term, stripe, seq, tick, at, closed, quarantine, audit, audit_digest \
                    FROM head WHERE one = 1 FOR UPDATE";
/// Wakes whoever listens; a database without it does as well.
const NOTIFY: &str = "NOTIFY kizuna";

/// Node state: something was erased, and the tables are not written anew yet.
const SCRUB: &str = "erasure.scrub";
/// Tables up to this size are written anew after an erasure; larger ones when their operator says so.
const SCRUB_BYTES: i64 = 256 << 20;
/// What holds content or is made of it.
const SCRUBBED: [&str; 6] = ["contribution", "body", "reference", "observable", "posting", "quarantine"];

/// The writing connection.
pub(crate) struct PostgresLedger {
    connector: Connector,
    connection: Connection,
    journal: Journal,
    head: Head,
    /// The number of the last commit that this process has made or taken in.
    seen: Option<i64>,
    is_open: bool,
    notifies: bool,
}

/// The row of `head` as it was when the transaction began.
#[derive(Debug, Clone, Copy, Default)]
struct Head {
    commits: i64,
    heads: Heads,
    quarantine: i64,
    audit: i64,
    audit_digest: Option<Link>,
}

impl PostgresLedger {
    pub(super) fn new(connector: Connector, connection: Connection) -> Self {
        let (journal, head) = (Journal::default(), Head::default());
        Self { connector, connection, journal, head, seen: None, is_open: false, notifies: true }
    }

    /// Everything gathered, sent; the caller commits.
    fn flush(&mut self) -> Result<(), StoreError> {
        let (journal, connection) = (&self.journal, &mut self.connection);
        copy_names(journal, connection)?;
        copy_contributions(journal, connection)?;
        copy_found_by(journal, connection)?;
        copy_records(journal, connection)?;
        grow(journal, connection)?;
        update(journal, connection)?;
        for change in &journal.changes {
            apply(change, connection)?;
        }
        let Heads { epoch, term, stripe, seq, tick, at, closed } = journal.heads(self.head.heads);
        let quarantine = journal.refused.last().map_or(self.head.quarantine, |last| last.number);
        let last_line = journal.audit.last();
        let audit = last_line.map_or(self.head.audit, |line| line.number);
        let digest = last_line.map_or(self.head.audit_digest, |line| line.digest);
        let digest: Option<&[u8]> = digest.as_ref().map(<[u8; 32]>::as_slice);
        let commits = self.head.commits + 1;
        connection.execute(
            "UPDATE head SET commits = $1, epoch = $2, term = $3, stripe = $4, seq = $5, tick = $6, at = $7, \
             closed = $8, quarantine = $9, audit = $10, audit_digest = $11 WHERE one = 1",
            &[&commits, &epoch, &term, &stripe, &seq, &tick, &at, &closed, &quarantine, &audit, &digest],
        )?;
        Ok(())
    }
}

impl Ledger for PostgresLedger {
    fn begin(&mut self) -> Result<Begun, StoreError> {
        self.journal = Journal::default();
        // A server that was started anew has closed the connection; nothing is under way that could be lost.
        if self.connection.is_closed() || self.connection.run("BEGIN").is_err() {
            self.connection = self.connector.writer()?;
            self.connection.run("BEGIN")?;
        }
        self.is_open = true;
        let found = self.connection.query(LOCK, &[])?;
        let row =
            found.first().ok_or_else(|| StoreError::Engine("the database has lost its head row".into()))?;
        self.head = Head {
            commits: get(row, 0)?,
            heads: Heads {
                epoch: get(row, 1)?,
                term: get(row, 2)?,
                stripe: get(row, 3)?,
                seq: get(row, 4)?,
                tick: get(row, 5)?,
                at: get(row, 6)?,
                closed: get(row, 7)?,
            },
            quarantine: get(row, 8)?,
            audit: get(row, 9)?,
            audit_digest: read::link(get(row, 10)?)?,
        };
        let is_behind = self.seen != Some(self.head.commits);
        Ok(Begun { is_behind, after: self.head.heads.at.max(self.head.heads.closed) })
    }

    fn expect(&mut self, keys: &[Key]) -> Result<(), StoreError> {
        let mut keys: Vec<Key> =
            keys.iter().filter(|key| self.journal.rows_of(key).is_none()).copied().collect();
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return Ok(());
        }
        let asked: Vec<&[u8]> = keys.iter().map(<[u8; 16]>::as_slice).collect();
        let found = self.connection.query(&read::select(read::ROWS_OF), &[&asked])?;
        let rows = found.iter().map(read::row).collect::<Result<Vec<Row>, _>>()?;
        self.journal.learn(&keys, rows);
        Ok(())
    }

    fn mark(&mut self) -> Result<(), StoreError> {
        self.journal.mark();
        Ok(())
    }

    fn undo(&mut self) -> Result<(), StoreError> {
        self.journal.undo();
        Ok(())
    }

    fn keep(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.flush()?;
        fail::fail_point!("flushed");
        self.connection.run("COMMIT")?;
        self.is_open = false;
        self.seen = Some(self.head.commits + 1);
        self.journal = Journal::default();
        if self.notifies && self.connection.run(NOTIFY).is_err() {
            self.notifies = false;
        }
        Ok(())
    }

    fn rollback(&mut self) {
        self.journal = Journal::default();
        // Whether the commit happened is not known: the books are read again.
        self.seen = None;
        if self.is_open && !self.connection.is_closed() {
            let _ = self.connection.run("ROLLBACK");
        }
        self.is_open = false;
    }

    fn heads(&mut self) -> Result<Heads, StoreError> {
        if self.is_open {
            return Ok(self.journal.heads(self.head.heads));
        }
        self.begin()?;
        self.rollback();
        Ok(self.head.heads)
    }

    fn terms_after(&mut self, id: i64) -> Result<Vec<TermRow>, StoreError> {
        self.connection.query(read::TERMS, &[&id])?.iter().map(read::term).collect()
    }

    fn stripes_after(&mut self, id: i64) -> Result<Vec<StripeRow>, StoreError> {
        self.connection.query(read::STRIPES, &[&id])?.iter().map(read::stripe).collect()
    }

    fn rights_after(&mut self, epoch: i64) -> Result<Vec<Recorded>, StoreError> {
        self.connection.query(read::RIGHTS, &[&epoch])?.iter().map(read::recorded).collect()
    }

    fn state(&mut self, kind: &str, key: &str, now: i64) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(left) = self.journal.state(kind, key, now) {
            return Ok(left.0);
        }
        let found = self.connection.query(read::STATE, &[&kind, &key.as_bytes(), &now])?;
        found.first().map(|row| get(row, 0)).transpose()
    }

    fn close(&mut self, instant: i64) -> Result<(), StoreError> {
        self.journal.changes.push(Change::Closed(instant));
        Ok(())
    }

    fn rows_of(&mut self, key: &Key) -> Result<Vec<Row>, StoreError> {
        self.expect(&[*key])?;
        Ok(self.journal.rows_of(key).cloned().unwrap_or_default())
    }

    fn body(&mut self, seq: Seq) -> Result<Body, StoreError> {
        if let Some(body) = self.journal.body(seq)? {
            return Ok(body);
        }
        let found = self.connection.query(read::BODIES, &[&vec![seq]])?;
        let row =
            found.first().ok_or_else(|| StoreError::Engine(format!("contribution {seq} has no body")))?;
        read::body(row)
    }

    fn add_term(&mut self, term: &TermRow) -> Result<(), StoreError> {
        self.journal.terms.push(term.clone());
        Ok(())
    }

    fn add_stripe(&mut self, stripe: &StripeRow) -> Result<(), StoreError> {
        self.journal.stripes.push(*stripe);
        Ok(())
    }

    fn grow_stripe(&mut self, stripe: i64, rows: i64) -> Result<(), StoreError> {
        self.journal.grown.push((stripe, rows));
        Ok(())
    }

    fn add_row(&mut self, new: &NewRow<'_>) -> Result<(), StoreError> {
        self.journal.add(new);
        Ok(())
    }

    fn add_words(&mut self, seq: Seq, tokens: &str) -> Result<(), StoreError> {
        self.journal.words.push((seq, tokens.to_owned()));
        Ok(())
    }

    fn set_flags(&mut self, seq: Seq, flags: Flags) -> Result<(), StoreError> {
        self.journal.set_flags(seq, flags);
        Ok(())
    }

    fn kill(&mut self, seq: Seq, at: i64) -> Result<(), StoreError> {
        self.journal.kill(seq, at);
        Ok(())
    }

    fn settle(&mut self, seq: Seq) -> Result<(), StoreError> {
        self.journal.changes.push(Change::Settled(seq));
        Ok(())
    }

    fn add_rights(&mut self, recorded: &Recorded) -> Result<(), StoreError> {
        let epoch = i64::try_from(recorded.epoch).unwrap_or(i64::MAX);
        self.journal.rights.push((epoch, recorded.at.as_microsecond(), encode(recorded)?));
        Ok(())
    }

    fn add_quarantined(&mut self, source: i64, at: i64, input: &Quarantined) -> Result<(), StoreError> {
        let number = self.journal.refused.last().map_or(self.head.quarantine, |last| last.number) + 1;
        self.journal.refused.push(Refused {
            number,
            source,
            person: input.by.map(|person| person.to_string()),
            channel: input.channel.clone(),
            received: at,
            bytes: input.bytes.clone(),
            object: input.id.clone(),
            faults: encode(&input.faults)?,
        });
        Ok(())
    }

    fn salt(&mut self, seq: Seq) -> Result<Vec<u8>, StoreError> {
        if let Some(added) = self.journal.added(seq) {
            return Ok(added.salt.to_vec());
        }
        let found = self.connection.query("SELECT salt FROM contribution WHERE seq = $1", &[&seq])?;
        get(found.first().ok_or(StoreError::NotFound)?, 0)
    }

    fn remove_words(&mut self, seq: Seq, tokens: &str) -> Result<(), StoreError> {
        self.journal.changes.push(Change::WordsRemoved { seq, tokens: tokens.to_owned() });
        Ok(())
    }

    fn erase(&mut self, leaf: &Leaf) -> Result<(), StoreError> {
        let Leaf { seq, key, digest, flags } = *leaf;
        self.journal.changes.push(Change::Erased { seq, key, digest, flags });
        Ok(())
    }

    fn erase_quarantined(&mut self, source: i64, id: &kizuna_stix::Id) -> Result<(), StoreError> {
        let until = self.journal.refused.last().map_or(self.head.quarantine, |last| last.number);
        self.journal.changes.push(Change::QuarantineErased { source, object: id.clone(), until });
        Ok(())
    }

    fn begin_scrub(&mut self) -> Result<(), StoreError> {
        self.set_state(SCRUB, "", Some(&[]), None)
    }

    fn scrub(&mut self) -> Result<bool, StoreError> {
        let connection = &mut self.connection;
        let asked = connection.query("SELECT 1::BIGINT FROM state WHERE kind = $1", &[&SCRUB])?;
        if asked.is_empty() {
            return Ok(true);
        }
        // Readers wait behind whoever waits for a table: not for long.
        connection.run("SET lock_timeout = '2s'")?;
        for table in SCRUBBED {
            let found = connection.query("SELECT pg_total_relation_size($1::TEXT::REGCLASS)", &[&table])?;
            let bytes: i64 = found.first().map_or(Ok(i64::MAX), |row| get(row, 0))?;
            // What was removed lies in the free parts of pages: only writing all anew is sure, and it locks the table.
            let full = if bytes <= SCRUB_BYTES { "FULL" } else { "" };
            connection.run(&format!("VACUUM {full} {table}"))?;
        }
        connection.run("SET lock_timeout = 0")?;
        connection.execute("DELETE FROM state WHERE kind = $1", &[&SCRUB])?;
        Ok(true)
    }

    fn audit_head(&mut self) -> Result<(i64, Option<Link>), StoreError> {
        Ok((self.head.audit, self.head.audit_digest))
    }

    fn add_audit(
        &mut self,
        number: i64,
        at: i64,
        salt: [u8; 16],
        entry: &AuditEntry,
        digest: Option<&Link>,
    ) -> Result<(), StoreError> {
        let (action, entry) = (entry.action.clone(), encode(entry)?);
        self.journal.audit.push(Line { number, at, action, entry, salt, digest: digest.copied() });
        Ok(())
    }

    fn set_state(
        &mut self,
        kind: &str,
        key: &str,
        value: Option<&[u8]>,
        expires: Option<i64>,
    ) -> Result<(), StoreError> {
        let (kind, key, value) = (kind.to_owned(), key.to_owned(), value.map(<[u8]>::to_vec));
        self.journal.changes.push(Change::State { kind, key, value, expires });
        Ok(())
    }

    fn sweep_state(&mut self, now: i64) -> Result<(), StoreError> {
        let is_swept = self.journal.changes.iter().any(|change| matches!(change, Change::Swept(_)));
        if !is_swept {
            self.journal.changes.push(Change::Swept(now));
        }
        Ok(())
    }

    fn log_head(&mut self) -> Result<LogHead, StoreError> {
        if let Some(head) = self.journal.log_head() {
            return Ok(head);
        }
        let found = self.connection.query(read::LOG_HEAD, &[])?;
        found.first().map_or_else(|| Ok(LogHead::default()), read::log_head)
    }

    fn log_pieces(&mut self, range: Range<i64>, limit: usize) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        let found =
            self.connection.query(read::LOG_PIECES, &[&range.start, &range.end, &read::count(limit)])?;
        found.iter().map(read::log_piece).collect()
    }

    fn grow_log(&mut self, leaf: &NewLeaf) -> Result<(), StoreError> {
        self.journal.changes.push(Change::Leaf(leaf.clone()));
        Ok(())
    }
}

fn encode<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Engine(format!("an entry cannot be written: {e}")))
}

fn copy_names(journal: &Journal, connection: &mut Connection) -> Result<(), StoreError> {
    let mut terms = Copy::into("term (id, space, content)");
    for term in &journal.terms {
        terms.row().number(term.id).number(term.space as i64).bytes(term.text.as_bytes());
    }
    terms.send(connection)?;
    let mut stripes = Copy::into("stripe (id, label, kind, first, amount)");
    for StripeRow { id, label, kind, first, rows } in &journal.stripes {
        stripes.row().number(*id).number(*label).number(*kind).number(*first).number(*rows);
    }
    stripes.send(connection)
}

fn copy_contributions(journal: &Journal, connection: &mut Connection) -> Result<(), StoreError> {
    let mut rows = Copy::into(
        "contribution (seq, key, uuid, stripe, source, channel, person, modified, digest, at, tick, flags, \
         reliability, dead_at, salt)",
    );
    let mut bodies = Copy::into("body (seq, bytes, warnings, parts)");
    for added in &journal.added {
        let row = &added.row;
        rows.row().number(row.seq).bytes(&row.key).bytes(&row.uuid).number(row.stripe);
        rows.number(row.source).number(row.channel).maybe_number(row.by).maybe_number(row.modified);
        rows.bytes(&row.digest).number(row.at).number(row.tick).number(row.flags.0);
        rows.maybe(row.reliability.map(String::from)).maybe_number(row.dead_at).bytes(&added.salt);
        bodies.row().number(row.seq).bytes(&added.body);
        bodies.maybe(added.warnings.as_deref()).maybe(added.parts.as_deref());
    }
    rows.send(connection)?;
    bodies.send(connection)
}

/// Indexes in order: pages that are filled one after another are written once.
fn copy_found_by(journal: &Journal, connection: &mut Connection) -> Result<(), StoreError> {
    let mut references = Copy::into("reference (target, seq)");
    let mut sorted = journal.references.clone();
    sorted.sort_unstable();
    for (target, seq) in &sorted {
        references.row().bytes(target).number(*seq);
    }
    references.send(connection)?;
    let mut observables = Copy::into("observable (value, seq)");
    let mut sorted = journal.observables.clone();
    sorted.sort_unstable();
    // A stored value is a digest of kind and text.
    sorted.dedup();
    for (value, seq) in &sorted {
        observables.row().bytes(value).number(*seq);
    }
    observables.send(connection)?;
    let mut postings = Copy::into("posting (token, first, later)");
    for piece in posting::pieces(journal.words.iter().map(|(seq, text)| (*seq, text.as_str()))) {
        postings.row().bytes(&piece.token).number(piece.first).bytes(&piece.later);
    }
    postings.send(connection)?;
    let mut dangling = Copy::into("dangling (marking, source, seq)");
    for (marking, source, seq) in &journal.dangling {
        dangling.row().bytes(marking).number(*source).number(*seq);
    }
    dangling.send(connection)
}

fn copy_records(journal: &Journal, connection: &mut Connection) -> Result<(), StoreError> {
    let mut quarantine =
        Copy::into("quarantine (number, source, person, channel, received, bytes, object, faults)");
    for one in &journal.refused {
        quarantine.row().number(one.number).number(one.source).maybe(one.person.as_deref());
        quarantine.bytes(one.channel.as_bytes()).number(one.received).bytes(&one.bytes);
        quarantine.maybe(one.object.as_deref()).bytes(one.faults.as_bytes());
    }
    quarantine.send(connection)?;
    let mut audit = Copy::into("audit (number, at, action, entry, salt, digest)");
    for line in &journal.audit {
        audit.row().number(line.number).number(line.at).bytes(line.action.as_bytes());
        audit.bytes(line.entry.as_bytes()).bytes(&line.salt).maybe(line.digest);
    }
    audit.send(connection)?;
    let mut rights = Copy::into("rights (epoch, at, event)");
    for (epoch, at, event) in &journal.rights {
        rights.row().number(*epoch).number(*at).bytes(event.as_bytes());
    }
    rights.send(connection)
}

fn grow(journal: &Journal, connection: &mut Connection) -> Result<(), StoreError> {
    let (stripes, rows): (Vec<i64>, Vec<i64>) = journal.grown.iter().copied().unzip();
    if stripes.is_empty() {
        return Ok(());
    }
    connection.execute(
        "UPDATE stripe SET amount = amount + more.n FROM unnest($1::BIGINT[], $2::BIGINT[]) AS more (id, n) \
         WHERE stripe.id = more.id",
        &[&stripes, &rows],
    )?;
    Ok(())
}

/// Flags and deaths of rows that were stored before: those of new rows are written with them.
fn update(journal: &Journal, connection: &mut Connection) -> Result<(), StoreError> {
    let mut flags = std::collections::BTreeMap::new();
    let mut deaths = std::collections::BTreeMap::new();
    for change in &journal.changes {
        match change {
            Change::Flags { seq, after, .. } if !journal.is_added(*seq) => flags.insert(*seq, after.0),
            Change::Death { seq, after, .. } if !journal.is_added(*seq) => deaths.insert(*seq, *after),
            _ => None,
        };
    }
    for (column, values) in [("flags", flags), ("dead_at", deaths)] {
        if values.is_empty() {
            continue;
        }
        let (seqs, values): (Vec<Seq>, Vec<i64>) = values.into_iter().unzip();
        let sql = format!(
            "UPDATE contribution SET {column} = given.n FROM unnest($1::BIGINT[], $2::BIGINT[]) AS given (seq, n) \
             WHERE contribution.seq = given.seq"
        );
        connection.execute(&sql, &[&seqs, &values])?;
    }
    Ok(())
}

/// What is done to stored rows one by one.
fn apply(change: &Change, connection: &mut Connection) -> Result<(), StoreError> {
    match change {
        // Written together.
        Change::Flags { .. } | Change::Death { .. } | Change::Closed(_) => Ok(()),
        Change::Settled(seq) => connection.execute("DELETE FROM dangling WHERE seq = $1", &[seq]).map(drop),
        Change::WordsRemoved { seq, tokens } => tokens
            .split(' ')
            .filter(|token| !token.is_empty())
            .try_for_each(|token| remove_word(connection, *seq, posting::digest(&[token.as_bytes()]))),
        Change::Erased { seq, key, digest, flags } => {
            let none = [0_u8; 16];
            connection.execute(
                "UPDATE contribution SET key = $2, uuid = $5, person = NULL, modified = NULL, digest = $3, \
                 flags = $4, salt = $5 WHERE seq = $1",
                &[seq, &key.as_slice(), &digest.as_slice(), &flags.0, &none.as_slice()],
            )?;
            connection.execute(
                "UPDATE body SET bytes = '', warnings = NULL, parts = NULL WHERE seq = $1",
                &[seq],
            )?;
            for table in ["reference", "observable", "dangling"] {
                connection.execute(&format!("DELETE FROM {table} WHERE seq = $1"), &[seq])?;
            }
            Ok(())
        }
        Change::QuarantineErased { source, object, until } => {
            let sql = "UPDATE quarantine SET bytes = '', object = NULL, faults = '[]' \
                       WHERE source = $1 AND object = $2 AND number <= $3";
            connection.execute(sql, &[source, &object.as_str().as_bytes(), until]).map(drop)
        }
        Change::State { kind, key, value: None, .. } => {
            let sql = "DELETE FROM state WHERE kind = $1 AND key = $2";
            connection.execute(sql, &[kind, &key.as_bytes()]).map(drop)
        }
        Change::State { kind, key, value: Some(value), expires } => {
            let sql = "INSERT INTO state (kind, key, value, expires) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, expires = excluded.expires";
            connection.execute(sql, &[kind, &key.as_bytes(), value, expires]).map(drop)
        }
        Change::Leaf(leaf) => grow_log(leaf, connection),
        Change::Swept(now) => connection.execute("DELETE FROM state WHERE expires <= $1", &[now]).map(drop),
    }
}

fn grow_log(leaf: &NewLeaf, connection: &mut Connection) -> Result<(), StoreError> {
    let mut pieces = Copy::into("log_piece (number, octets)");
    for (number, octets) in &leaf.pieces {
        pieces.row().number(*number).bytes(octets);
    }
    pieces.send(connection)?;
    if let Some(range) = &leaf.removed {
        let sql = "DELETE FROM log_piece WHERE number >= $1 AND number < $2";
        connection.execute(sql, &[&range.start, &range.end])?;
    }
    if let Some(SecondRow { leaf, seed, entries, seq, line }) = leaf.second {
        let mut seconds = Copy::into("log_second (leaf, seed, entries, seq, line)");
        seconds.row().number(leaf).bytes(&seed).number(entries).number(seq).number(line);
        seconds.send(connection)?;
    }
    let Some(LogHead { size, second, seq, line }) = leaf.head else { return Ok(()) };
    let sql = "UPDATE log_head SET size = $1, second = $2, seq = $3, line = $4 WHERE one = 1";
    connection.execute(sql, &[&size, &second, &seq, &line]).map(drop)
}

/// Takes a number out of the piece of a word that holds it.
fn remove_word(connection: &mut Connection, seq: Seq, token: [u8; 16]) -> Result<(), StoreError> {
    let found = connection.query(
        "SELECT first, later FROM posting WHERE token = $1 AND first > $2 AND first <= $3",
        &[&token.as_slice(), &(seq - SPAN), &seq],
    )?;
    for row in &found {
        let first: Seq = get(row, 0)?;
        let mut seqs = posting::seqs(first, get(row, 1)?)?;
        let Ok(at) = seqs.binary_search(&seq) else { continue };
        seqs.remove(at);
        let sql = "DELETE FROM posting WHERE token = $1 AND first = $2";
        connection.execute(sql, &[&token.as_slice(), &first])?;
        for piece in posting::cut(token, &seqs) {
            let sql = "INSERT INTO posting (token, first, later) VALUES ($1, $2, $3)";
            connection.execute(sql, &[&piece.token.as_slice(), &piece.first, &piece.later])?;
        }
    }
    Ok(())
}

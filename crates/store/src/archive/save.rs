//! Writing a backup from one snapshot.

use std::io::Write;

use super::{FORMAT, Header, Kind, Line, Progress, Refused, Row, Second, Sink, State, Stripe, Term};
use crate::StoreError;
use crate::backend::{
    AuditAsk, Body, Flags, Heads, Kept, Order, Row as StoredRow, SecondOrder, SecondRow, Snapshot, StateRow,
};
use crate::catalog::Catalog;
use crate::store::stored_object;

/// Contributions, and lines of the audit, read at once.
const CHUNK: usize = 1_000;
/// State that is of running processes alone.
const PASSING: [&str; 2] = ["lease", super::load::MARKER];

/// Writes everything that a snapshot holds, and further secrets that lie beside it.
pub(crate) fn save(
    snapshot: &dyn Snapshot,
    catalog: &Catalog,
    now: i64,
    secrets: &[(String, Vec<u8>)],
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Header, StoreError> {
    let Heads { seq, epoch, .. } = snapshot.heads()?;
    let header = Header { format: FORMAT, seq, epoch, now };
    let mut sink = Sink::begin(out)?;
    sink.put(Kind::Header, &header, &[])?;
    names(snapshot, &mut sink)?;
    contributions(snapshot, catalog, seq, &mut sink, progress)?;
    records(snapshot, &mut sink)?;
    for StateRow { kind, key, value, expires } in snapshot.all_states()? {
        if !PASSING.contains(&kind.as_str()) {
            sink.put(Kind::State, &State { kind, key, expires }, &value)?;
        }
    }
    for (key, value) in secrets {
        let state = State { kind: "secret".to_owned(), key: key.clone(), expires: None };
        sink.put(Kind::State, &state, value)?;
    }
    log(snapshot, &mut sink)?;
    sink.end()?;
    Ok(header)
}

fn names(snapshot: &dyn Snapshot, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    for term in snapshot.terms_after(0)? {
        sink.put(Kind::Term, &Term { id: term.id, space: term.space as i64, text: term.text }, &[])?;
    }
    for stripe in snapshot.stripes_after(0)? {
        let crate::backend::StripeRow { id, label, kind, first, rows } = stripe;
        sink.put(Kind::Stripe, &Stripe { id, label, kind, first, rows }, &[])?;
    }
    for recorded in snapshot.rights_after(0)? {
        sink.put(Kind::Rights, &recorded, &[])?;
    }
    Ok(())
}

fn contributions(
    snapshot: &dyn Snapshot,
    catalog: &Catalog,
    head: i64,
    sink: &mut Sink<'_>,
    progress: Progress<'_>,
) -> Result<(), StoreError> {
    let mut next = 1;
    while next <= head {
        let rows = snapshot.rows_in(next..head + 1, CHUNK)?;
        let Some(last) = rows.last().map(|row| row.seq) else { break };
        let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
        let bodies = snapshot.bodies(&seqs)?;
        let kept = snapshot.kept(next..last + 1)?;
        for ((row, body), kept) in rows.into_iter().zip(bodies).zip(kept) {
            if kept.seq != row.seq {
                return Err(StoreError::Engine(format!("contribution {} has no salt", row.seq)));
            }
            let found = is_found(snapshot, catalog, &row, &body)?;
            let bytes = body.bytes.clone();
            sink.put(Kind::Row, &one(&row, body, kept, found), &bytes)?;
        }
        next = last + 1;
        progress(last.unsigned_abs(), head.unsigned_abs());
    }
    Ok(())
}

/// Whether a contribution is in the indexes. Only of recalls it is not sure; each of them refers to something.
fn is_found(
    snapshot: &dyn Snapshot,
    catalog: &Catalog,
    row: &StoredRow,
    body: &Body,
) -> Result<bool, StoreError> {
    if row.flags.has(Flags::ERASED) {
        return Ok(false);
    }
    if catalog.kind_of(row)? != kizuna_access::travel::RECALL_KIND {
        return Ok(true);
    }
    let references = stored_object(&body.bytes)?.references();
    let Some(target) = references.first() else { return Ok(true) };
    let only = row.seq..row.seq + 1;
    Ok(!snapshot.reference_seqs(&target.key(), only, Order::Oldest, 1)?.is_empty())
}

fn one(row: &StoredRow, body: Body, kept: Kept, found: bool) -> Row {
    Row {
        seq: row.seq,
        key: hex::encode(row.key),
        uuid: hex::encode(row.uuid),
        stripe: row.stripe,
        source: row.source,
        channel: row.channel,
        by: row.by,
        modified: row.modified,
        digest: hex::encode(row.digest),
        at: row.at,
        tick: row.tick,
        flags: row.flags.0,
        reliability: row.reliability,
        dead_at: row.dead_at,
        salt: hex::encode(kept.salt),
        warnings: body.warnings,
        parts: body.parts,
        dangling: kept.dangling.iter().map(hex::encode).collect(),
        found,
    }
}

fn log(snapshot: &dyn Snapshot, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let mut next = 0;
    while let Some((last, pieces)) = chunk(snapshot.log_pieces(next..i64::MAX, CHUNK)?, |piece| piece.0) {
        for (number, octets) in pieces {
            sink.put(Kind::Piece, &number, &octets)?;
        }
        next = last + 1;
    }
    let mut next = 0;
    while let Some((last, seconds)) =
        chunk(snapshot.log_seconds(SecondOrder::Leaf, next, CHUNK)?, |second| second.leaf)
    {
        for SecondRow { leaf, seed, entries, seq, line } in seconds {
            sink.put(Kind::Second, &Second { leaf, entries, seq, line }, &seed)?;
        }
        next = last + 1;
    }
    sink.put(Kind::LogHead, &snapshot.log_head()?, &[])
}

/// What was read and the number of its last; nothing at the end.
fn chunk<T>(rows: Vec<T>, number: impl Fn(&T) -> i64) -> Option<(i64, Vec<T>)> {
    rows.last().map(number).map(|last| (last, rows))
}

fn records(snapshot: &dyn Snapshot, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let last = snapshot.quarantine(None, i64::MAX, 1)?.first().map_or(0, |row| row.number);
    for number in 1..=last {
        // One at a time: an input may be large.
        for row in snapshot.quarantine(None, number + 1, 1)? {
            let input = row.input;
            let record = Refused {
                source: input.source,
                by: input.by,
                channel: input.channel,
                received: input.received.as_microsecond(),
                id: input.id,
                faults: input.faults,
            };
            sink.put(Kind::Quarantined, &record, &input.bytes)?;
        }
    }
    let mut next = 1;
    loop {
        let ask = AuditAsk {
            numbers: next..i64::MAX,
            after: i64::MIN,
            before: i64::MAX,
            prefix: "",
            holding: &[],
            order: Order::Oldest,
        };
        let lines = snapshot.audit(&ask, CHUNK)?;
        let Some(last) = lines.last() else { return Ok(()) };
        next = last.number + 1;
        for line in lines {
            let record = Line {
                number: line.number,
                at: line.at,
                salt: hex::encode(line.salt),
                entry: line.entry,
                digest: line.digest.map(hex::encode),
            };
            sink.put(Kind::Line, &record, &[])?;
        }
    }
}

//! Writing a backup into a new store.

use std::io::Read;

use kizuna_access::{Label, Recorded};
use sha2::{Digest, Sha256};

use super::{
    Header, Kind, Line, Progress, Refused, Row, Second, Source, State, Stripe, Term, broken, bytes, decode,
    verify,
};
use crate::StoreError;
use crate::backend::{
    Flags, Heads, Ledger, LogHead, NewLeaf, NewRow, Row as StoredRow, SecondRow, Snapshot, Space, StripeRow,
    TermRow,
};
use crate::catalog::{Catalog, Meaning};
use crate::clock::instant;
use crate::contribution::Quarantined;
use crate::store::{self, Checked, Options, Store, stored_object};
use crate::writer::{Actor, Found, found};

/// Node state: a restore is under way, or did not come to its end.
pub(crate) const MARKER: &str = "restore.unfinished";
/// Contributions, or other records, in one transaction.
const GROUP: usize = 5_000;

/// Restores a backup into a store that holds nothing yet, and checks all of it. `open` opens the backup from its
/// beginning: it is read once to verify its digest before anything is written, and once to be written.
///
/// # Errors
/// Where the store holds something, or the backup is broken. A store whose restore was interrupted opens no more.
pub fn restore(
    options: Options,
    open: &dyn Fn() -> std::io::Result<Box<dyn Read>>,
    progress: Progress<'_>,
) -> Result<Checked, StoreError> {
    let opened = || open().map_err(|e| broken(&e.to_string()));
    let header = verify(opened()?.as_mut())?;
    {
        let (_lock, backend, mut ledger) = store::engine_alone(&options)?;
        let found = ledger.heads()?;
        let is_new = found == Heads { closed: found.closed, ..Heads::default() };
        if !is_new {
            return Err(StoreError::Engine(
                "there is a node already: a backup is restored into a new one".into(),
            ));
        }
        let mut input = opened()?;
        let mut loading = Loading { ledger: ledger.as_mut(), catalog: Catalog::default(), waiting: 0 };
        loading.all(&header, input.as_mut(), &|| backend.snapshot(), progress)?;
    }
    let restored = Store::open(options)?;
    let now = restored.now()?;
    let checked =
        restored.dangerous(&format!("a backup was restored at {now}"), Actor::Operator)?.check(&|_, _| ())?;
    if checked.contributions != header.seq.unsigned_abs() {
        return Err(broken("contributions are missing in what was restored"));
    }
    Ok(checked)
}

struct Loading<'a> {
    ledger: &'a mut dyn Ledger,
    /// Complete once the names are stored.
    catalog: Catalog,
    /// Records in the open transaction.
    waiting: usize,
}

impl Loading<'_> {
    fn all(
        &mut self,
        header: &Header,
        input: &mut dyn Read,
        snapshot: &dyn Fn() -> Result<Box<dyn Snapshot>, StoreError>,
        progress: Progress<'_>,
    ) -> Result<(), StoreError> {
        let mut source = Source::begin(input)?;
        self.ledger.begin()?;
        self.ledger.set_state(MARKER, "", Some(&[]), None)?;
        let mut are_names = true;
        while let Some((kind, record, raw)) = source.next()? {
            let is_name = matches!(kind, Kind::Header | Kind::Term | Kind::Stripe | Kind::Rights);
            if are_names && !is_name {
                are_names = false;
                self.commit()?;
                let snapshot = snapshot()?;
                let heads = snapshot.heads()?;
                self.catalog.extend(snapshot.as_ref(), &heads)?;
            }
            if kind == Kind::Row {
                let row: Row = decode(&record)?;
                let seq = row.seq.unsigned_abs();
                self.row(&row, &raw)?;
                if seq.is_multiple_of(1_000) || seq == header.seq.unsigned_abs() {
                    progress(seq, header.seq.unsigned_abs());
                }
            } else {
                self.record(kind, &record, &raw)?;
            }
            self.waiting += 1;
            if self.waiting >= GROUP && !are_names {
                self.commit()?;
            }
        }
        self.ledger.close(header.now)?;
        self.ledger.set_state(MARKER, "", None, None)?;
        self.ledger.commit()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.ledger.commit()?;
        self.ledger.begin()?;
        self.waiting = 0;
        Ok(())
    }

    fn record(&mut self, kind: Kind, record: &[u8], raw: &[u8]) -> Result<(), StoreError> {
        match kind {
            Kind::Header | Kind::End | Kind::Row => Ok(()),
            Kind::Term => {
                let Term { id, space, text } = decode(record)?;
                let space = Space::from_number(space).ok_or_else(|| broken("it has an unknown term"))?;
                self.ledger.add_term(&TermRow { id, space, text })
            }
            Kind::Stripe => {
                let Stripe { id, label, kind, first, rows } = decode(record)?;
                self.ledger.add_stripe(&StripeRow { id, label, kind, first, rows })
            }
            Kind::Rights => self.ledger.add_rights(&decode::<Recorded>(record)?),
            Kind::Quarantined => {
                let refused: Refused = decode(record)?;
                let source = self.catalog.member_number(refused.source);
                let source = source.ok_or_else(|| broken("a quarantined input has no source"))?;
                let input = Quarantined {
                    source: refused.source,
                    by: refused.by,
                    channel: refused.channel,
                    received: instant(refused.received),
                    bytes: raw.to_vec(),
                    id: refused.id,
                    faults: refused.faults,
                };
                self.ledger.add_quarantined(source, refused.received, &input)
            }
            Kind::Line => {
                let line: Line = decode(record)?;
                let digest = line.digest.as_deref().map(bytes::<32>).transpose()?;
                self.ledger.add_audit(line.number, line.at, bytes(&line.salt)?, &line.entry, digest.as_ref())
            }
            Kind::Piece => {
                let number = decode(record)?;
                self.ledger.grow_log(&NewLeaf { pieces: vec![(number, raw.to_vec())], ..NewLeaf::default() })
            }
            Kind::Second => {
                let Second { leaf, entries, seq, line } = decode(record)?;
                let seed = raw.try_into().map_err(|_| broken("a second of its log has no secret"))?;
                let second = Some(SecondRow { leaf, seed, entries, seq, line });
                self.ledger.grow_log(&NewLeaf { second, ..NewLeaf::default() })
            }
            Kind::LogHead => {
                let head = Some(decode::<LogHead>(record)?);
                self.ledger.grow_log(&NewLeaf { head, ..NewLeaf::default() })
            }
            Kind::State => {
                let State { kind, key, expires } = decode(record)?;
                self.ledger.set_state(&kind, &key, Some(raw), expires)
            }
        }
    }

    fn row(&mut self, row: &Row, body: &[u8]) -> Result<(), StoreError> {
        let flags = Flags(row.flags);
        let digest = bytes::<32>(&row.digest)?;
        if !flags.has(Flags::ERASED) && <[u8; 32]>::from(Sha256::digest(body)) != digest {
            return Err(broken(&format!("contribution {} does not have its digest", row.seq)));
        }
        let stored = StoredRow {
            seq: row.seq,
            key: bytes(&row.key)?,
            uuid: bytes(&row.uuid)?,
            stripe: row.stripe,
            source: row.source,
            channel: row.channel,
            by: row.by,
            modified: row.modified,
            digest,
            at: row.at,
            tick: row.tick,
            flags,
            reliability: row.reliability,
            dead_at: None,
        };
        let indexed = if row.found { Some(self.indexed(&stored, &row.parts, body)?) } else { None };
        let warnings = json_of(&row.warnings)?;
        let parts = json_of(&row.parts)?;
        let dangling = row.dangling.iter().map(|key| bytes(key)).collect::<Result<Vec<_>, _>>()?;
        let (references, observables, tokens) = indexed.unwrap_or_default();
        self.ledger.add_row(&NewRow {
            row: stored,
            salt: bytes(&row.salt)?,
            body,
            warnings: warnings.as_deref(),
            parts: parts.as_deref(),
            references: &references,
            observables: &observables,
            dangling: &dangling,
        })?;
        self.ledger.add_words(row.seq, &tokens)?;
        match row.dead_at {
            Some(at) => self.ledger.kill(row.seq, at),
            None => Ok(()),
        }
    }

    /// What a contribution is found by, as when it was written.
    fn indexed(&self, row: &StoredRow, selectors: &[Vec<String>], body: &[u8]) -> Result<Found, StoreError> {
        let Meaning { label, parts } = self.catalog.meaning_of(row)?;
        let parts: Vec<_> = parts
            .iter()
            .zip(selectors)
            .map(|(label, selectors)| kizuna_access::redact::Part {
                label: Label::clone(label),
                selectors: selectors.clone(),
            })
            .collect();
        found(&stored_object(body)?, label, &parts)
    }
}

/// A list as it is stored; nothing where it is empty.
fn json_of<T: serde::Serialize>(list: &[T]) -> Result<Option<String>, StoreError> {
    if list.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(list);
    text.map(Some).map_err(|e| StoreError::Engine(format!("an entry cannot be written: {e}")))
}

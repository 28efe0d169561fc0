//! What a transaction will write, gathered in memory: taking back what one request did costs the database nothing, and
//! whatever is asked of the transaction before its end is answered as if it were written.

use std::collections::HashMap;

use bytes::Bytes;
use kizuna_stix::Id;

use super::read::observable_key;
use crate::StoreError;
use crate::backend::{Body, Flags, Heads, Key, LogHead, NewLeaf, NewRow, Row, Seq, StripeRow, TermRow};
use crate::chain::Link;

/// A contribution that is written.
pub(super) struct Added {
    /// As it will be: flags and death of this transaction included.
    pub row: Row,
    pub salt: [u8; 16],
    pub body: Bytes,
    pub warnings: Option<String>,
    pub parts: Option<String>,
}

/// A quarantined input that is written.
pub(super) struct Refused {
    pub number: i64,
    pub source: i64,
    pub person: Option<String>,
    pub channel: String,
    pub received: i64,
    pub bytes: Vec<u8>,
    pub object: Option<String>,
    pub faults: String,
}

/// A line of the audit that is written.
pub(super) struct Line {
    pub number: i64,
    pub at: i64,
    pub action: String,
    pub entry: String,
    pub salt: [u8; 16],
    pub digest: Option<Link>,
}

/// A change of what is stored; those after a mark are taken back from the last on.
pub(super) enum Change {
    Flags {
        seq: Seq,
        before: Option<Flags>,
        after: Flags,
    },
    Death {
        seq: Seq,
        before: Option<i64>,
        after: i64,
    },
    Settled(Seq),
    WordsRemoved {
        seq: Seq,
        tokens: String,
    },
    Erased {
        seq: Seq,
        key: Key,
        digest: [u8; 32],
        flags: Flags,
    },
    /// Of inputs up to a number.
    QuarantineErased {
        source: i64,
        object: Id,
        until: i64,
    },
    State {
        kind: String,
        key: String,
        value: Option<Vec<u8>>,
        expires: Option<i64>,
    },
    /// State that expired at or before an instant is gone.
    Swept(i64),
    Closed(i64),
    /// A leaf of the log.
    Leaf(NewLeaf),
}

/// What a transaction leaves of a piece of state; nothing where it removed it.
pub(super) struct Left(pub Option<Vec<u8>>);

/// What a transaction will write.
#[derive(Default)]
pub(super) struct Journal {
    pub terms: Vec<TermRow>,
    pub stripes: Vec<StripeRow>,
    pub grown: Vec<(i64, i64)>,
    pub added: Vec<Added>,
    pub references: Vec<(Key, Seq)>,
    pub observables: Vec<([u8; 16], Seq)>,
    pub dangling: Vec<(Key, i64, Seq)>,
    pub words: Vec<(Seq, String)>,
    /// Epoch, instant, event.
    pub rights: Vec<(i64, i64, String)>,
    pub refused: Vec<Refused>,
    pub audit: Vec<Line>,
    pub changes: Vec<Change>,
    /// Every row of the objects that were asked for, as this transaction sees them.
    known: HashMap<Key, Vec<Row>>,
    keys: HashMap<Seq, Key>,
    mark: Mark,
}

/// How much there was when a request began.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    terms: usize,
    stripes: usize,
    grown: usize,
    added: usize,
    references: usize,
    observables: usize,
    dangling: usize,
    words: usize,
    rights: usize,
    refused: usize,
    audit: usize,
    changes: usize,
}

impl Journal {
    pub fn mark(&mut self) {
        self.mark = Mark {
            terms: self.terms.len(),
            stripes: self.stripes.len(),
            grown: self.grown.len(),
            added: self.added.len(),
            references: self.references.len(),
            observables: self.observables.len(),
            dangling: self.dangling.len(),
            words: self.words.len(),
            rights: self.rights.len(),
            refused: self.refused.len(),
            audit: self.audit.len(),
            changes: self.changes.len(),
        };
    }

    /// Takes back everything since the mark.
    pub fn undo(&mut self) {
        let mark = self.mark;
        for change in self.changes.split_off(mark.changes).into_iter().rev() {
            match change {
                Change::Flags { seq, before: Some(before), .. } => {
                    self.with_row(seq, |row| row.flags = before);
                }
                Change::Death { seq, before, .. } => self.with_row(seq, |row| row.dead_at = before),
                _ => {}
            }
        }
        for added in self.added.split_off(mark.added) {
            let seq = added.row.seq;
            self.keys.remove(&seq);
            if let Some(rows) = self.known.get_mut(&added.row.key) {
                rows.retain(|row| row.seq != seq);
            }
        }
        self.terms.truncate(mark.terms);
        self.stripes.truncate(mark.stripes);
        self.grown.truncate(mark.grown);
        self.references.truncate(mark.references);
        self.observables.truncate(mark.observables);
        self.dangling.truncate(mark.dangling);
        self.words.truncate(mark.words);
        self.rights.truncate(mark.rights);
        self.refused.truncate(mark.refused);
        self.audit.truncate(mark.audit);
    }

    /// Keeps in mind what is stored of objects; `keys` without rows have none.
    pub fn learn(&mut self, keys: &[Key], rows: Vec<Row>) {
        for key in keys {
            self.known.entry(*key).or_default();
        }
        for row in rows {
            self.keys.insert(row.seq, row.key);
            self.known.entry(row.key).or_default().push(row);
        }
    }

    /// Every contribution to an object, oldest first, where it was asked for before.
    pub fn rows_of(&self, key: &Key) -> Option<&Vec<Row>> {
        self.known.get(key)
    }

    pub fn add(&mut self, new: &NewRow<'_>) {
        let row = new.row.clone();
        let (seq, source) = (row.seq, row.source);
        self.references.extend(new.references.iter().map(|target| (*target, seq)));
        self.observables.extend(new.observables.iter().map(|value| (observable_key(value), seq)));
        self.dangling.extend(new.dangling.iter().map(|marking| (*marking, source, seq)));
        if let Some(rows) = self.known.get_mut(&row.key) {
            self.keys.insert(seq, row.key);
            rows.push(row.clone());
        }
        self.added.push(Added {
            row,
            salt: new.salt,
            body: Bytes::copy_from_slice(new.body),
            warnings: new.warnings.map(str::to_owned),
            parts: new.parts.map(str::to_owned),
        });
    }

    pub fn set_flags(&mut self, seq: Seq, after: Flags) {
        let before = self.row(seq).map(|row| row.flags);
        self.with_row(seq, |row| row.flags = after);
        self.changes.push(Change::Flags { seq, before, after });
    }

    pub fn kill(&mut self, seq: Seq, after: i64) {
        let before = self.row(seq).and_then(|row| row.dead_at);
        self.with_row(seq, |row| row.dead_at = Some(after));
        self.changes.push(Change::Death { seq, before, after });
    }

    /// A contribution that this transaction adds.
    pub fn added(&self, seq: Seq) -> Option<&Added> {
        let first = self.added.first()?.row.seq;
        self.added.get(usize::try_from(seq - first).ok()?)
    }

    pub fn is_added(&self, seq: Seq) -> bool {
        self.added.first().is_some_and(|first| seq >= first.row.seq)
    }

    /// What an added contribution's row leaves out.
    pub fn body(&self, seq: Seq) -> Result<Option<Body>, StoreError> {
        let Some(added) = self.added(seq) else { return Ok(None) };
        let unreadable =
            |e: serde_json::Error| StoreError::Engine(format!("a new entry cannot be read: {e}"));
        let parts = added.parts.as_deref().map(serde_json::from_str).transpose().map_err(unreadable)?;
        let warnings = added.warnings.as_deref().map(serde_json::from_str).transpose().map_err(unreadable)?;
        Ok(Some(Body {
            bytes: added.body.clone(),
            warnings: warnings.unwrap_or_default(),
            parts: parts.unwrap_or_default(),
        }))
    }

    /// A piece of state that this transaction has set or removed, as what is left of it.
    pub fn state(&self, kind: &str, key: &str, now: i64) -> Option<Left> {
        self.changes.iter().rev().find_map(|change| match change {
            Change::State { kind: of, key: name, value, expires } if of == kind && name == key => {
                let stands = expires.is_none_or(|expires| expires > now);
                Some(Left(value.clone().filter(|_| stands)))
            }
            _ => None,
        })
    }

    /// Where the log will end, if this changes it.
    pub fn log_head(&self) -> Option<LogHead> {
        self.changes.iter().rev().find_map(|change| match change {
            Change::Leaf(leaf) => leaf.head,
            _ => None,
        })
    }

    /// The ends of the tables once this is written.
    pub fn heads(&self, before: Heads) -> Heads {
        let mut heads = before;
        if let Some(term) = self.terms.last() {
            heads.term = term.id;
        }
        if let Some(stripe) = self.stripes.last() {
            heads.stripe = stripe.id;
        }
        if let Some(added) = self.added.last() {
            (heads.seq, heads.tick) = (added.row.seq, added.row.tick);
            heads.at = heads.at.max(added.row.at);
        }
        if let Some((epoch, at, _)) = self.rights.last() {
            heads.epoch = *epoch;
            heads.at = heads.at.max(*at);
        }
        for change in &self.changes {
            if let Change::Closed(instant) = change {
                heads.closed = heads.closed.max(*instant);
            }
        }
        heads
    }

    fn row(&self, seq: Seq) -> Option<&Row> {
        if let Some(added) = self.added(seq) {
            return Some(&added.row);
        }
        self.known.get(self.keys.get(&seq)?)?.iter().find(|row| row.seq == seq)
    }

    fn with_row(&mut self, seq: Seq, change: impl Fn(&mut Row)) {
        // A row that is added is kept twice: as it is written, and among those of its object.
        let first = self.added.first().map_or(Seq::MAX, |first| first.row.seq);
        let at = usize::try_from(seq.saturating_sub(first)).unwrap_or(usize::MAX);
        if let Some(added) = self.added.get_mut(at) {
            change(&mut added.row);
        }
        let rows = self.keys.get(&seq).and_then(|key| self.known.get_mut(key));
        if let Some(row) = rows.and_then(|rows| rows.iter_mut().find(|row| row.seq == seq)) {
            change(row);
        }
    }
}

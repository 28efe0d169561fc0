//! Checks a store from end to end, and says what is lost where a part of it cannot be read.

mod log;

use kizuna_access::MemberId;
use sha2::{Digest, Sha256};

use super::{Dangerous, Standpoint};
use crate::StoreError;
use crate::backend::{AuditAsk, Body, Flags, Order, Row, Seq, Snapshot};
use crate::catalog::Catalog;
use crate::chain;

/// Contributions, or lines of the audit, that are read at once.
const CHUNK: i64 = 1000;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Checked {
    /// Those that could be read.
    pub contributions: u64,
    /// Lines of the audit that could be read.
    pub audited: u64,
    /// Leaves of the log whose hashes are what they must be, and what is under them is what is stored.
    pub leaves: u64,
    /// Contributions that cannot be read, or are not what was stored.
    pub lost: Vec<Lost>,
    /// What else is wrong, in words.
    pub faults: Vec<String>,
}

/// A contribution that is lost, as far as it can still be told which.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Lost {
    pub seq: u64,
    pub object: Option<String>,
    pub source: Option<MemberId>,
    pub why: String,
}

impl Checked {
    /// Whether everything is as it was stored.
    pub fn is_sound(&self) -> bool {
        self.lost.is_empty() && self.faults.is_empty()
    }
}

impl Dangerous {
    /// Checks the engine's own structures, that numbers and instants rise without a gap, every digest, the audit's
    /// chain, and the log: that every hash follows from its leaves, and every leaf from what is stored. What cannot be read is named and left out. `done` is told how many of how many contributions are done.
    ///
    /// # Errors
    /// Where not even the ends of the tables can be read.
    pub fn check(&self, done: &dyn Fn(u64, u64)) -> Result<Checked, StoreError> {
        let Standpoint { snapshot, heads, .. } = self.store.standpoint()?;
        let catalog = self.store.catalog(snapshot.as_ref(), &heads)?;
        snapshot.tolerate()?;
        let faults = snapshot.integrity().unwrap_or_else(|error| vec![error.to_string()]);
        let checked = Checked { faults, ..Checked::default() };
        let mut check = Check { snapshot: snapshot.as_ref(), catalog: &catalog, checked, last_at: i64::MIN };
        let mut next = 1;
        while next <= heads.seq {
            let end = next.saturating_add(CHUNK).min(heads.seq + 1);
            check.contributions(next, end);
            done(end.unsigned_abs() - 1, heads.seq.unsigned_abs());
            next = end;
        }
        check.audit()?;
        check.log();
        Ok(check.checked)
    }
}

struct Check<'a> {
    snapshot: &'a dyn Snapshot,
    catalog: &'a Catalog,
    checked: Checked,
    last_at: i64,
}

impl Check<'_> {
    /// Checks a range of numbers; where it cannot be read, its halves.
    fn contributions(&mut self, from: Seq, end: Seq) {
        let width = end - from;
        let rows = match self.snapshot.rows_in(from..end, usize::try_from(width).unwrap_or(usize::MAX)) {
            Ok(rows) => rows,
            Err(error) if width <= 1 => return self.lose(from, None, error.to_string()),
            Err(_) => {
                let middle = from + width / 2;
                self.contributions(from, middle);
                return self.contributions(middle, end);
            }
        };
        let seqs: Vec<Seq> = rows.iter().map(|row| row.seq).collect();
        let mut bodies = self.snapshot.bodies(&seqs).ok().map(Vec::into_iter);
        let mut next = from;
        for row in rows {
            for missing in next..row.seq {
                self.lose(missing, None, "it is missing".to_owned());
            }
            next = row.seq + 1;
            let body = match &mut bodies {
                Some(bodies) => {
                    bodies.next().ok_or_else(|| StoreError::Engine("its content is missing".into()))
                }
                None => self.body(row.seq),
            };
            match body {
                Ok(body) => self.contribution(&row, &body),
                Err(error) => self.lose(row.seq, Some(&row), error.to_string()),
            }
        }
        for missing in next..end {
            self.lose(missing, None, "it is missing".to_owned());
        }
    }

    fn body(&self, seq: Seq) -> Result<Body, StoreError> {
        let found = self.snapshot.bodies(&[seq])?.pop();
        found.ok_or_else(|| StoreError::Engine("its content is missing".into()))
    }

    fn contribution(&mut self, row: &Row, body: &Body) {
        if row.at <= self.last_at {
            let fault = format!("contribution {} is not later than the one before", row.seq);
            self.checked.faults.push(fault);
        }
        self.last_at = row.at;
        let is_erased = row.flags.has(Flags::ERASED);
        if !is_erased && <[u8; 32]>::from(Sha256::digest(&body.bytes)) != row.digest {
            return self.lose(row.seq, Some(row), "its content does not have its digest".to_owned());
        }
        self.checked.contributions += 1;
    }

    fn lose(&mut self, seq: Seq, row: Option<&Row>, why: String) {
        let object = row.and_then(|row| self.catalog.id_of(row).ok()).map(|id| id.to_string());
        let source = row.and_then(|row| self.catalog.member(row.source).ok());
        self.checked.lost.push(Lost { seq: seq.unsigned_abs(), object, source, why });
    }

    /// Checks that no line of the audit is missing or other than when it was written.
    fn audit(&mut self) -> Result<(), StoreError> {
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
            let rows = match self.snapshot.audit(&ask, usize::try_from(CHUNK).unwrap_or(usize::MAX)) {
                Ok(rows) => rows,
                Err(error) => {
                    let fault = format!("the audit cannot be read from line {next} on: {error}");
                    self.checked.faults.push(fault);
                    return Ok(());
                }
            };
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                if row.number != next {
                    let fault = format!("lines {next} to {} of the audit are missing", row.number - 1);
                    self.checked.faults.push(fault);
                }
                next = row.number + 1;
                self.checked.audited += 1;
                let Some(digest) = row.digest else { continue };
                let previous = row.previous.unwrap_or_default();
                let line = chain::sealed(&previous, row.number, row.at, &row.salt, &row.entry)?;
                if chain::digest(&line) != digest {
                    let fault = format!("line {} of the audit does not have its digest", row.number);
                    self.checked.faults.push(fault);
                }
            }
        }
    }
}

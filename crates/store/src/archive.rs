//! Backups: everything a store holds, in a form that no engine owns.
//!
//! A stream of records in the order in which they are written again: names, rights, contributions with their bytes,
//! quarantine, audit, state; at its end a SHA-256 over all before it. It is read from one snapshot, while others write.
//! Indexes are not in it: they follow from the bytes. What is restored has the same bytes, numbers, instants and secrets,
//! so that cursors, keys and sessions go on; it can be restored into the other engine.

mod load;
mod save;

use std::io::{Read, Write};

use kizuna_access::MemberId;
use kizuna_stix::Fault;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::StoreError;
use crate::writer::AuditEntry;

pub(crate) use load::MARKER;
pub use load::restore;
pub(crate) use save::save;

/// How a backup begins.
const MAGIC: &[u8] = b"kizuna backup\n";
/// The form this program writes.
const FORMAT: u32 = 2;
/// The longest record: a contribution of the largest object there can be, with room.
const LONGEST: u32 = 1 << 30;

/// How far a backup or a restore has come: contributions done, and in all.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// What a record is; its number is in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Header = 1,
    Term = 2,
    Stripe = 3,
    Rights = 4,
    Row = 5,
    Quarantined = 6,
    Line = 7,
    State = 8,
    End = 9,
    /// A piece of the log; its octets follow as they are.
    Piece = 10,
    /// A second of the log; its secret follows as it is.
    Second = 11,
    LogHead = 12,
}

impl Kind {
    fn of(number: u8) -> Option<Self> {
        use Kind::{
            End, Header, Line, LogHead, Piece, Quarantined, Rights, Row, Second, State, Stripe, Term,
        };
        [Header, Term, Stripe, Rights, Row, Quarantined, Line, State, End, Piece, Second, LogHead]
            .into_iter()
            .find(|kind| *kind as u8 == number)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Header {
    pub format: u32,
    /// The newest contribution.
    pub seq: i64,
    pub epoch: i64,
    /// Microseconds: readers have judged by instants up to this one.
    pub now: i64,
}

#[derive(Serialize, Deserialize)]
struct Term {
    id: i64,
    space: i64,
    text: String,
}

#[derive(Serialize, Deserialize)]
struct Stripe {
    id: i64,
    label: i64,
    kind: i64,
    first: i64,
    rows: i64,
}

/// A contribution; its bytes follow as they are.
#[derive(Serialize, Deserialize)]
struct Row {
    seq: i64,
    key: String,
    uuid: String,
    stripe: i64,
    source: i64,
    channel: i64,
    by: Option<i64>,
    modified: Option<i64>,
    digest: String,
    at: i64,
    tick: i64,
    flags: i64,
    reliability: Option<char>,
    dead_at: Option<i64>,
    salt: String,
    warnings: Vec<Fault>,
    parts: Vec<Vec<String>>,
    dangling: Vec<String>,
    /// Whether it is found by its words, values and references: recalls that were written here are not.
    found: bool,
}

/// A quarantined input; its bytes follow as they are.
#[derive(Serialize, Deserialize)]
struct Refused {
    source: MemberId,
    by: Option<kizuna_access::PersonId>,
    channel: String,
    received: i64,
    id: Option<String>,
    faults: Vec<Fault>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    number: i64,
    at: i64,
    salt: String,
    entry: AuditEntry,
    digest: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Second {
    leaf: i64,
    entries: i64,
    seq: i64,
    line: i64,
}

/// A piece of state; its value follows as it is.
#[derive(Serialize, Deserialize)]
struct State {
    kind: String,
    key: String,
    expires: Option<i64>,
}

/// Writes records.
struct Sink<'a> {
    out: &'a mut dyn Write,
    hash: Sha256,
}

impl<'a> Sink<'a> {
    fn begin(out: &'a mut dyn Write) -> Result<Self, StoreError> {
        let mut sink = Self { out, hash: Sha256::new() };
        sink.write(MAGIC)?;
        Ok(sink)
    }

    fn put(&mut self, kind: Kind, record: &impl Serialize, raw: &[u8]) -> Result<(), StoreError> {
        let record = serde_json::to_vec(record)
            .map_err(|e| StoreError::Engine(format!("a record cannot be written: {e}")))?;
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
        self.write(&[kind as u8])?;
        self.write(&length(&record))?;
        self.write(&length(raw))?;
        self.write(&record)?;
        self.write(raw)
    }

    fn end(mut self) -> Result<(), StoreError> {
        let digest = self.hash.clone().finalize();
        self.put(Kind::End, &(), &digest)?;
        self.out.flush().map_err(|e| unwritten(&e))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.hash.update(bytes);
        self.out.write_all(bytes).map_err(|e| unwritten(&e))
    }
}

/// A record's kind, its JSON and the bytes that go with it.
type Record = (Kind, Vec<u8>, Vec<u8>);

/// Reads records.
struct Source<'a> {
    input: &'a mut dyn Read,
    hash: Sha256,
}

impl<'a> Source<'a> {
    fn begin(input: &'a mut dyn Read) -> Result<Self, StoreError> {
        let mut source = Self { input, hash: Sha256::new() };
        let mut magic = [0; MAGIC.len()];
        source.read(&mut magic)?;
        if magic != *MAGIC {
            return Err(broken("it is no backup of kizuna"));
        }
        Ok(source)
    }

    /// The next record; nothing at a sound end.
    fn next(&mut self) -> Result<Option<Record>, StoreError> {
        let digest = self.hash.clone().finalize();
        let mut head = [0; 9];
        self.read(&mut head)?;
        let kind = Kind::of(head[0]).ok_or_else(|| broken("it has a record of an unknown kind"))?;
        let length = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let record = self.take(length(1))?;
        let raw = self.take(length(5))?;
        if kind != Kind::End {
            return Ok(Some((kind, record, raw)));
        }
        let is_plain = record == b"null" && self.input.read(&mut [0]).is_ok_and(|more| more == 0);
        if !is_plain || raw != digest.as_slice() {
            return Err(broken("its digest is not that of its content"));
        }
        Ok(None)
    }

    fn take(&mut self, length: u32) -> Result<Vec<u8>, StoreError> {
        if length > LONGEST {
            return Err(broken("it has a record that is too long"));
        }
        let mut bytes = vec![0; length as usize];
        self.read(&mut bytes)?;
        Ok(bytes)
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), StoreError> {
        self.input.read_exact(bytes).map_err(|e| broken(&format!("it ends too early ({e})")))?;
        self.hash.update(&*bytes);
        Ok(())
    }
}

/// Reads all of a backup and checks its digest; what it says of itself.
pub(crate) fn verify(input: &mut dyn Read) -> Result<Header, StoreError> {
    let mut source = Source::begin(input)?;
    let header = match source.next()? {
        Some((Kind::Header, record, _)) => decode::<Header>(&record)?,
        _ => return Err(broken("it does not begin with its header")),
    };
    if header.format > FORMAT {
        let (found, known) = (i64::from(header.format), i64::from(FORMAT));
        return Err(StoreError::TooNew { what: "backup", found, known });
    }
    while source.next()?.is_some() {}
    Ok(header)
}

fn decode<T: serde::de::DeserializeOwned>(record: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(record).map_err(|e| broken(&format!("it has a record that cannot be read ({e})")))
}

fn bytes<const LENGTH: usize>(text: &str) -> Result<[u8; LENGTH], StoreError> {
    let mut bytes = [0; LENGTH];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| broken("it has a value of a wrong length"))?;
    Ok(bytes)
}

fn broken(what: &str) -> StoreError {
    StoreError::Engine(format!("the backup cannot be used: {what}"))
}

fn unwritten(error: &std::io::Error) -> StoreError {
    StoreError::Disk(format!("does not take the backup ({error})"))
}

#[cfg(test)]
mod tests;

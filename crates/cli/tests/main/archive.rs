//! Reads a backup, to see what a node holds without asking it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value;

/// What a record is, as the backup's form numbers it.
pub const RIGHTS: u8 = 4;
pub const ROW: u8 = 5;
pub const QUARANTINED: u8 = 6;
pub const LINE: u8 = 7;
pub const STATE: u8 = 8;
/// The header and the end, which say when and with which digest.
pub const FRAME: [u8; 2] = [1, 9];

/// One record: what it is, its JSON, and the bytes that go with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub kind: u8,
    pub json: Value,
    pub raw: Vec<u8>,
}

pub fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

/// All records of an unpacked backup.
pub fn records(archive: &[u8]) -> Vec<Record> {
    let mut rest = archive.strip_prefix(b"kizuna backup\n").unwrap();
    let mut records = Vec::new();
    while !rest.is_empty() {
        let length = |at: usize| u32::from_be_bytes(rest[at..at + 4].try_into().unwrap()) as usize;
        let (json, raw) = (length(1), length(5));
        let (json, raw) = (&rest[9..9 + json], &rest[9 + json..9 + json + raw]);
        records.push(Record {
            kind: rest[0],
            json: serde_json::from_slice(json).unwrap(),
            raw: raw.to_vec(),
        });
        rest = &rest[9 + json.len() + raw.len()..];
    }
    records
}

/// The records of one kind.
pub fn of_kind(records: &[Record], kind: u8) -> Vec<&Record> {
    records.iter().filter(|record| record.kind == kind).collect()
}

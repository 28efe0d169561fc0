//! Windows event logs: each record is a line of JSON, and its number in the file is the number of that line.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use evtx::{EvtxParser, ParserSettings};

use super::Contents;

/// Records of which the text is given out together, in bytes.
const PIECE: usize = 1 << 20;
/// Bytes before the first chunk, and of a chunk.
const HEAD: u64 = 4 << 10;
pub(crate) const CHUNK: u64 = 64 << 10;
/// Where in a chunk the number of its first record stands, and of its last.
const NUMBERS: u64 = 24;

/// The chunks of an event log, which any thread may read. A log that is full is written over from its beginning, so that
/// the oldest chunk may be anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Log {
    pub chunks: u64,
    oldest: u64,
}

impl Log {
    /// The log in a file.
    pub fn of(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let chunks = file.metadata()?.len().saturating_sub(HEAD) / CHUNK;
        let mut oldest = (u64::MAX, 0);
        for chunk in 0..chunks {
            let mut numbers = [0; 16];
            file.seek(SeekFrom::Start(HEAD + chunk * CHUNK + NUMBERS))?;
            file.read_exact(&mut numbers)?;
            let (first, last) = numbers.split_at(8);
            let number = |bytes: &[u8]| bytes.first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
            let (first, last) = (number(first), number(last));
            if first > 0 && first <= last && first < oldest.0 {
                oldest = (first, chunk);
            }
        }
        Ok(Self { chunks, oldest: oldest.1 })
    }
}

/// Some chunks of a log, in the order of their records, as a log of its own.
struct Part<S> {
    source: S,
    log: Log,
    chunks: Range<u64>,
    at: u64,
}

impl<S: Read + Seek> Read for Part<S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let (from, left) = match self.at.checked_sub(HEAD) {
            None => (self.at, HEAD - self.at),
            Some(behind) => {
                let chunk = self.chunks.start + behind / CHUNK;
                if chunk >= self.chunks.end {
                    return Ok(0);
                }
                let place = (self.log.oldest + chunk) % self.log.chunks;
                (HEAD + place * CHUNK + behind % CHUNK, CHUNK - behind % CHUNK)
            }
        };
        let length = out.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        self.source.seek(SeekFrom::Start(from))?;
        let read = self.source.read(&mut out[..length])?;
        self.at += read as u64;
        Ok(read)
    }
}

impl<S> Seek for Part<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let length = HEAD + (self.chunks.end - self.chunks.start) * CHUNK;
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => length.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// The records of some chunks of a log, counted from the oldest.
pub(super) fn of_part<S: Read + Seek>(
    contents: &mut Contents<'_>,
    source: S,
    log: Log,
    chunks: Range<u64>,
    name: &str,
) {
    read(contents, Part { source, log, chunks, at: 0 }, name);
}

pub(super) fn of_bytes(contents: &mut Contents<'_>, bytes: Vec<u8>, name: &str) {
    let length = bytes.len() as u64;
    of_whole(contents, Cursor::new(bytes), length, name);
}

/// All records of a log of so many bytes.
pub(super) fn of_whole<S: Read + Seek>(contents: &mut Contents<'_>, source: S, length: u64, name: &str) {
    read(contents, source, name);
    tell_of_cut(contents, length, name);
}

/// A log ends with a whole chunk.
pub(super) fn tell_of_cut(contents: &mut Contents<'_>, length: u64, name: &str) {
    if !length.saturating_sub(HEAD).is_multiple_of(CHUNK) {
        contents.broken(name, &"it ends in the middle");
    }
}

fn read<S: Read + Seek>(contents: &mut Contents<'_>, source: S, name: &str) {
    let parser = match EvtxParser::from_read_seek(source) {
        Ok(parser) => parser,
        Err(error) => {
            contents.broken(name, &error);
            return;
        }
    };
    let settings = ParserSettings::default().num_threads(1).indent(false).separate_json_attributes(true);
    let mut parser = parser.with_configuration(settings);
    let mut piece = std::mem::take(&mut contents.buffer);
    piece.clear();
    let mut broken = 0_u64;
    let mut first = None;
    for record in parser.records_json_bytes() {
        match record {
            Ok(record) => {
                let line = piece.len();
                piece.extend_from_slice(&record.data);
                let mut from = line;
                while let Some(feed) = memchr::memchr(b'\n', &piece[from..]) {
                    piece[from + feed] = b' ';
                    from += feed + 1;
                }
                piece.push(b'\n');
            }
            Err(error) => {
                broken += 1;
                first.get_or_insert_with(|| error.to_string());
            }
        }
        if piece.len() >= PIECE {
            contents.bytes += piece.len() as u64;
            contents.sink.text(name, &piece);
            piece.clear();
        }
    }
    contents.sink.text(name, &piece);
    contents.buffer = piece;
    contents.sink.end(name);
    if let Some(error) = first {
        contents.broken(name, &format!("{broken} of its records cannot be read, the first: {error}"));
    }
}

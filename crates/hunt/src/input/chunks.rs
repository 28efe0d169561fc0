//! A stream of bytes in pieces of whole lines.

use std::io::{self, Read};

/// Bytes that are read at once.
const CHUNK: usize = 1 << 20;
/// Bytes of a line after which it is cut: memory stays bounded however long a line is.
const LONGEST_LINE: usize = 16 << 20;
/// How far back a cut looks for a place that is in the middle of no value.
const SEARCH: usize = 64 << 10;

/// Cuts a stream into pieces of about a megabyte that end where a line ends.
#[derive(Debug)]
pub struct Chunks<R> {
    source: R,
    buffer: Vec<u8>,
    /// Where in the buffer bytes lie that were not given out yet.
    start: usize,
    end: usize,
    /// Bytes that the stream may still give before the line that is then open is the last.
    left: u64,
    ended: bool,
}

impl<R: Read> Chunks<R> {
    pub fn new(source: R) -> Self {
        Self::first(source, u64::MAX)
    }

    /// Only the lines that begin in the first `bytes` bytes.
    pub fn first(source: R, bytes: u64) -> Self {
        Self { source, buffer: Vec::new(), start: 0, end: 0, left: bytes, ended: false }
    }

    /// With memory that was used before: to make it anew for every file costs more than to read a small one.
    #[must_use]
    pub fn reusing(mut self, buffer: Vec<u8>) -> Self {
        self.buffer = buffer;
        self
    }

    /// The memory, for the next file.
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    /// The next piece; `None` at the end.
    #[allow(clippy::should_implement_trait, reason = "each piece lends the buffer, which an iterator cannot")]
    pub fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        loop {
            // The last line begins before the limit and ends behind it.
            if let Ok(limit) = usize::try_from(self.left)
                && self.end >= limit
                && !self.ended
            {
                let from = limit.saturating_sub(1);
                if limit == 0 {
                    self.ended = true;
                    self.end = 0;
                } else if let Some(feed) = memchr::memchr(b'\n', &self.buffer[from..self.end]) {
                    self.ended = true;
                    self.end = from + feed + 1;
                }
            }
            if self.ended {
                return Ok(self.give(self.end));
            }
            if self.end >= CHUNK {
                let searched = &self.buffer[..self.end];
                if let Some(feed) = memchr::memrchr(b'\n', searched) {
                    return Ok(self.give(feed + 1));
                }
                if self.end >= LONGEST_LINE {
                    let cut = cut(searched);
                    return Ok(self.give(cut));
                }
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.buffer.len() < self.end + CHUNK {
            self.buffer.resize(self.end + CHUNK, 0);
        }
        let room = &mut self.buffer[self.end..self.end + CHUNK];
        match self.source.read(room) {
            Ok(0) => self.ended = true,
            Ok(read) => self.end += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn give(&mut self, cut: usize) -> Option<&[u8]> {
        if cut == 0 {
            return None;
        }
        self.left = self.left.saturating_sub(cut as u64);
        self.start = cut;
        Some(&self.buffer[..cut])
    }

    /// What was read and not given out when the stream failed.
    pub fn rest(&mut self) -> &[u8] {
        let rest = self.start..self.end;
        self.start = self.end;
        &self.buffer[rest]
    }
}

/// Where a line that is too long is cut: behind a comma, space or quote.
fn cut(line: &[u8]) -> usize {
    let from = line.len().saturating_sub(SEARCH);
    let place =
        line[from..].iter().rposition(|byte| matches!(byte, b',' | b' ' | b'"' | b'\t' | b'&' | b';'));
    place.map_or(line.len(), |at| from + at + 1)
}

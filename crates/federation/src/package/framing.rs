//! Lines and lengths, and what is wrong with them.

use std::io::{BufRead, ErrorKind, Read};

/// The octets are no package, or not the one that its manifest states.
#[derive(Debug, thiserror::Error)]
pub enum BadPackage {
    /// The disk or the pipe failed: says nothing of the package.
    #[error("it cannot be read: {0}")]
    Io(std::io::Error),
    /// The encryption says that the octets are not those that were written.
    #[error("its sealed octets are changed or cut off: {0}")]
    Broken(String),
    #[error("{place}: {why}")]
    Malformed { place: String, why: String },
    #[error("{what} is over the limit of {limit}")]
    TooLarge { what: String, limit: u64 },
    /// A part is dropped, cut off, or stands in the place of another.
    #[error("part {wanted} is not where it should be: there is {found}")]
    Misplaced { wanted: String, found: String },
    #[error("part {part} is not the one that the manifest states: its SHA-256 is another")]
    Altered { part: String },
}

impl BadPackage {
    pub(super) fn malformed(place: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Malformed { place: place.into(), why: why.into() }
    }

    /// A failure to read, by whether it is the encryption's or the disk's.
    pub(crate) fn of(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Self::Broken(error.to_string()),
            _ => Self::Io(error),
        }
    }
}

/// Characters of a line of the frame at most.
const LONGEST_LINE: u64 = 256;

/// One line of the frame, without its end; nothing at the end of the octets.
pub(super) fn line(input: &mut impl BufRead) -> Result<Option<String>, BadPackage> {
    let mut octets = Vec::new();
    input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut octets).map_err(BadPackage::of)?;
    let Some((end, line)) = octets.split_last() else { return Ok(None) };
    let line = if *end == b'\n' { line } else { return Err(no_line()) };
    let is_plain = line.iter().all(|octet| (0x20..0x7f).contains(octet));
    let text = std::str::from_utf8(line).ok().filter(|_| is_plain).ok_or_else(no_line)?;
    Ok(Some(text.to_owned()))
}

fn no_line() -> BadPackage {
    BadPackage::malformed("frame", "expected a short line of plain text")
}

/// So many octets and the end of the line.
pub(super) fn octets(input: &mut impl BufRead, count: u64, name: &str) -> Result<Vec<u8>, BadPackage> {
    let mut found = Vec::new();
    input.by_ref().take(count.saturating_add(1)).read_to_end(&mut found).map_err(BadPackage::of)?;
    let is_whole = found.len() as u64 == count.saturating_add(1);
    if !is_whole {
        return Err(BadPackage::Misplaced { wanted: name.to_owned(), found: "the end".to_owned() });
    }
    if found.pop() == Some(b'\n') {
        return Ok(found);
    }
    Err(BadPackage::malformed(name, "it does not end where its length says"))
}

/// A number as it is written here: decimal, without leading zeros.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

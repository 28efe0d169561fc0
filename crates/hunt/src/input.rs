//! From files to text: what a file holds is seen by its content, and unpacked until lines are left.
//!
//! Owns archives in archives (with caps), encodings and Windows event logs. Refuses silence: what cannot be read is told
//! of as [`Trouble`], and the rest is read.
//!
//! Start at [`walk()`] and [`Contents`].

mod archive;
mod chunks;
mod contents;
mod form;
mod records;
#[cfg(test)]
mod tests;
mod walk;

pub use chunks::Chunks;
pub use contents::{Contents, Sink};
pub use form::{Form, form_of};
pub(crate) use records::{CHUNK, Log};
pub use walk::{Found, walk};

/// Bytes by which the form of a file is seen.
pub const HEAD: usize = 4096;

/// Caps on what one file may unpack to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Archives within archives.
    pub depth: usize,
    /// Files in one archive, and in those within it.
    pub files: u64,
    /// Bytes that one file on disk may unpack to.
    pub bytes: u64,
    /// Bytes of an archive or event log that lies within another and has to be held in memory.
    pub held: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 6, files: 1_000_000, bytes: 1 << 40, held: 1 << 30 }
    }
}

/// Input that was not read, or not to its end.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Trouble {
    /// The file, and the way within it: `logs.zip!2026/dns.log.gz`.
    pub path: String,
    pub reason: String,
}

//! Files mapped into memory.

use std::fs::File;
use std::io;
use std::ops::Deref;

/// A file's bytes, read by the system when they are touched.
#[derive(Debug)]
pub struct Mapped(memmap2::Mmap);

impl Mapped {
    /// Maps the whole file for reading.
    ///
    /// Only for files that this program wrote and replaces whole, by renaming: somebody who truncates the file while
    /// it is mapped ends the process. Logs are read, never mapped.
    pub fn open(file: &File) -> io::Result<Self> {
        // SAFETY: the bytes are only read, as plain integers of which every pattern is valid, and every offset found in
        // them is checked against the length; see above for truncation.
        let map = unsafe { memmap2::Mmap::map(file)? };
        Ok(Self(map))
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

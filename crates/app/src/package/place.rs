//! Where packages lie: in the data directory, its user's alone.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::node::create_private;
use crate::{AppError, Node};

/// Octets of a sealed package that is taken in at most.
const LARGEST: u64 = 64 << 30;
/// Packages of a channel that are kept to be given again.
const KEPT: u64 = 16;

/// A file of this node's own while it is worked on; gone when dropped.
pub struct Draft {
    path: PathBuf,
}

impl Drop for Draft {
    fn drop(&mut self) {
        // It may have been moved to where it belongs.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Draft {
    pub fn writer(&self) -> Result<BufWriter<File>, AppError> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&self.path);
        file.map(|file| BufWriter::with_capacity(1 << 16, file)).map_err(|error| failed(&self.path, &error))
    }

    pub fn reader(&self) -> Result<BufReader<File>, AppError> {
        reader(&self.path)
    }

    pub fn failed(&self, error: &io::Error) -> AppError {
        failed(&self.path, error)
    }

    /// Keeps it under another name, on disk when this returns.
    fn becomes(&self, path: &Path) -> Result<(), AppError> {
        let moved = || {
            File::open(&self.path)?.sync_all()?;
            std::fs::rename(&self.path, path)?;
            path.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
        };
        moved().map_err(|error| failed(path, &error))
    }
}

pub fn reader(path: &Path) -> Result<BufReader<File>, AppError> {
    let file = File::open(path).map_err(|error| failed(path, &error))?;
    Ok(BufReader::with_capacity(1 << 16, file))
}

pub fn failed(path: &Path, error: &io::Error) -> AppError {
    AppError::Unavailable(format!("{}: {error}", path.display()))
}

impl Node {
    fn packages(&self, part: &str) -> Result<PathBuf, AppError> {
        let place = self.data().join("packages").join(part);
        create_private(&place)?;
        Ok(place)
    }

    pub(super) fn draft(&self) -> Result<Draft, AppError> {
        Ok(Draft { path: self.packages("work")?.join(Uuid::new_v4().to_string()) })
    }

    /// Where the sent package of this number is kept.
    pub(super) fn kept_package(&self, channel: &str, sequence: u64) -> Result<PathBuf, AppError> {
        Ok(self.packages("sent")?.join(format!("{channel}.{sequence}.age")))
    }

    /// Keeps a package that is about to leave, and lets go of the one that is too old.
    pub(super) fn keep_package(
        &self,
        draft: &Draft,
        channel: &str,
        sequence: u64,
    ) -> Result<PathBuf, AppError> {
        let path = self.kept_package(channel, sequence)?;
        draft.becomes(&path)?;
        if let Some(old) = sequence.checked_sub(KEPT) {
            let old = self.kept_package(channel, old)?;
            // It may never have been kept.
            let _ = std::fs::remove_file(old);
        }
        Ok(path)
    }

    /// Keeps a package that was refused, on its own side; where it lies, from the data directory.
    pub(super) fn keep_refused(&self, draft: &Draft, digest: &str) -> Result<String, AppError> {
        let path = self.packages("refused")?.join(format!("{digest}.age"));
        draft.becomes(&path)?;
        Ok(format!("packages/refused/{digest}.age"))
    }

    /// Copies a package as it came into a file of this node's own; its octets, and their SHA-256.
    pub(super) fn take_over(&self, mut from: impl Read) -> Result<(Draft, u64, String), AppError> {
        let draft = self.draft()?;
        let mut out = draft.writer()?;
        let (mut digest, mut octets) = (Sha256::new(), 0_u64);
        let mut step = vec![0; 1 << 16];
        loop {
            let count = from
                .read(&mut step)
                .map_err(|error| AppError::Unavailable(format!("the package cannot be read: {error}")))?;
            if count == 0 {
                break;
            }
            octets += count as u64;
            if octets > LARGEST {
                let limit = usize::try_from(LARGEST).unwrap_or(usize::MAX);
                return Err(AppError::TooLarge { what: "the package in octets", limit });
            }
            digest.update(&step[..count]);
            out.write_all(&step[..count]).map_err(|error| draft.failed(&error))?;
        }
        out.flush().map_err(|error| draft.failed(&error))?;
        Ok((draft, octets, hex::encode(digest.finalize())))
    }
}

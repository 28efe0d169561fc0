//! Checkpoints (C2SP `tlog-checkpoint`): the size and the root of a log, as the text of a note.

use crate::hash::Hash;

/// Octets of an origin, and lines beyond the first three, at most.
const LONGEST_ORIGIN: usize = 255;
const MOST_EXTENSIONS: usize = 16;

/// How many leaves a log has, and the root over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub size: u64,
    pub root: Hash,
}

/// What a log says of itself at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log it is.
    pub origin: String,
    pub head: Head,
    /// Further lines, whose meaning is not known here.
    pub extensions: Vec<String>,
}

/// The text of a note is no checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCheckpoint {
    #[error("a checkpoint is three lines or more, none of them empty")]
    Lines,
    #[error("its first line is no origin")]
    Origin,
    #[error("its second line is no size: decimal, without leading zeros")]
    Size,
    #[error("its third line is no root: 32 octets in base64")]
    Root,
}

impl Checkpoint {
    pub fn new(origin: &str, head: Head) -> Self {
        Self { origin: origin.to_owned(), head, extensions: Vec::new() }
    }

    /// Reads the text of a note.
    pub fn read(text: &str) -> Result<Self, BadCheckpoint> {
        let lines = text.strip_suffix('\n').ok_or(BadCheckpoint::Lines)?;
        let mut lines = lines.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(BadCheckpoint::Lines);
        };
        if origin.is_empty() || origin.len() > LONGEST_ORIGIN {
            return Err(BadCheckpoint::Origin);
        }
        let size = decimal(size).ok_or(BadCheckpoint::Size)?;
        let root = root.parse().map_err(|_| BadCheckpoint::Root)?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.len() > MOST_EXTENSIONS || extensions.iter().any(String::is_empty) {
            return Err(BadCheckpoint::Lines);
        }
        Ok(Self { origin: origin.to_owned(), head: Head { size, root }, extensions })
    }

    /// The text of a note.
    pub fn text(&self) -> String {
        let Head { size, root } = self.head;
        let mut text = format!("{}\n{size}\n{root}\n", self.origin);
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }
}

/// An ASCII decimal without leading zeros.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    let is_padded = text.len() > 1 && text.starts_with('0');
    if is_number && !is_padded { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;

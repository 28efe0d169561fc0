//! The image as a file: saved once, mapped when it is used again.

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{About, Facts, Index, Section};
use crate::machine::Mapped;

const MAGIC: &[u8; 8] = b"KZNHUNT\x01";
/// Every section begins at a multiple of this.
const ALIGN: usize = 64;
/// Bytes of the head, which is JSON after the magic and its own length.
const MAX_HEAD: usize = 1 << 30;

/// Why a file is no index.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("is no compiled index of this version")]
    Foreign,
    #[error("is damaged: {0}")]
    Damaged(&'static str),
}

#[derive(Serialize, Deserialize)]
struct Head {
    facts: Facts,
    /// Start (from the end of the head, aligned) and length of each section.
    sections: Vec<(u64, u64)>,
    about: Vec<About>,
    /// Bytes after the head.
    body: u64,
}

fn aligned(at: usize) -> usize {
    at.next_multiple_of(ALIGN)
}

impl Index {
    /// Whether a file begins like a compiled index.
    pub fn is_image(head: &[u8]) -> bool {
        head.starts_with(MAGIC)
    }

    /// Writes the compiled index; a file that is there is replaced whole.
    pub fn save(&self, path: &Path) -> Result<(), ImageError> {
        let mut sections = Vec::new();
        let mut at = 0;
        for section in self.sections() {
            let length = section.bytes().len();
            sections.push((at as u64, length as u64));
            at = aligned(at + length);
        }
        let head = Head { facts: self.facts, sections, about: self.about.clone(), body: at as u64 };
        let head = serde_json::to_vec(&head).map_err(io::Error::from)?;
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".unfinished");
        let mut file = io::BufWriter::new(File::create(&unfinished)?);
        file.write_all(MAGIC)?;
        file.write_all(&(head.len() as u64).to_le_bytes())?;
        file.write_all(&head)?;
        let begun = 16 + head.len();
        file.write_all(&vec![0; aligned(begun) - begun])?;
        for section in self.sections() {
            let bytes = section.bytes();
            file.write_all(bytes)?;
            file.write_all(&vec![0; aligned(bytes.len()) - bytes.len()])?;
        }
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&unfinished, path)?;
        Ok(())
    }

    /// Maps a compiled index.
    pub fn open(path: &Path) -> Result<Self, ImageError> {
        let map = Arc::new(Mapped::open(&File::open(path)?)?);
        let length = map.get(8..16).and_then(|bytes| bytes.first_chunk()).ok_or(ImageError::Foreign)?;
        if !Self::is_image(&map) {
            return Err(ImageError::Foreign);
        }
        let length = u64::from_le_bytes(*length) as usize;
        if length > MAX_HEAD {
            return Err(ImageError::Damaged("its head is too long"));
        }
        let head = map.get(16..16 + length).ok_or(ImageError::Damaged("it ends in its head"))?;
        let head: Head =
            serde_json::from_slice(head).map_err(|_| ImageError::Damaged("its head is not its own"))?;
        let body = aligned(16 + length);
        if map.len() as u64 != body as u64 + head.body {
            return Err(ImageError::Damaged("it is not as long as it says"));
        }
        let section = |number: usize| -> Result<Section, ImageError> {
            let (start, length) =
                head.sections.get(number).ok_or(ImageError::Damaged("a part is missing"))?;
            let start =
                body.checked_add(*start as usize).ok_or(ImageError::Damaged("a part is elsewhere"))?;
            let end =
                start.checked_add(*length as usize).ok_or(ImageError::Damaged("a part is elsewhere"))?;
            let range = Range { start, end };
            if map.get(range.clone()).is_none() {
                return Err(ImageError::Damaged("a part lies outside"));
            }
            Ok(Section::Mapped(Arc::clone(&map), range))
        };
        let index = Self {
            entries: section(0)?,
            slots: section(1)?,
            filter: section(2)?,
            endings: section(3)?,
            blocks: section(4)?,
            networks4: section(5)?,
            networks6: section(6)?,
            words: section(7)?,
            arena: section(8)?,
            about: head.about.clone(),
            facts: head.facts,
        };
        if index.facts.slots != index.slots.bytes().len() as u64 / 8 || index.facts.slots == 0 {
            return Err(ImageError::Damaged("its table is not as long as it says"));
        }
        Ok(index)
    }
}

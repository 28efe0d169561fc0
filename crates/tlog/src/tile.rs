//! Tiles: 256 consecutive hashes of one level in eight, and their paths (C2SP `tlog-tiles`).

use std::fmt;
use std::str::FromStr;

use crate::hash::{Hash, root_of_full};

/// Hashes of a full tile.
pub const TILE: u64 = 256;
/// Levels of the Merkle tree that a tile spans.
pub(crate) const HEIGHT: u32 = 8;
/// The highest level of tiles that a path may name.
const HIGHEST: u8 = 63;
/// The highest level at which a log of 64-bit size has a tile.
const HIGHEST_USED: u8 = 7;

/// The place of a tile, and how many hashes it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    pub level: u8,
    pub index: u64,
    /// 256 where it is full, else 1 to 255.
    pub width: u16,
}

/// The path names no tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile")]
pub struct BadTile;

impl Tile {
    pub fn is_full(self) -> bool {
        u64::from(self.width) == TILE
    }

    /// The tile of this place in a tree of a size; nothing where the tree has none there.
    pub fn within(level: u8, index: u64, size: u64) -> Option<Self> {
        if level > HIGHEST_USED {
            return None;
        }
        let hashes = size >> (HEIGHT * u32::from(level));
        let width = hashes.checked_sub(index.checked_mul(TILE)?)?.min(TILE);
        let width = u16::try_from(width).ok().filter(|width| *width > 0)?;
        Some(Self { level, index, width })
    }

    /// Whether a tree of this size has every hash of the tile.
    pub fn is_within(self, size: u64) -> bool {
        Self::within(self.level, self.index, size).is_some_and(|known| known.width >= self.width)
    }

    /// The leaves that a full tile of this place spans; nothing beyond 2^64.
    pub fn leaves(self) -> Option<std::ops::Range<u64>> {
        if self.level >= HIGHEST_USED {
            return None;
        }
        let span = 1_u64 << (HEIGHT * (u32::from(self.level) + 1));
        let start = self.index.checked_mul(span)?;
        Some(start..start.checked_add(span)?)
    }

    /// `tile/<L>/<N>[.p/<W>]`.
    pub fn path(self) -> String {
        format!("tile/{self}")
    }

    /// `tile/entries/<N>[.p/<W>]`: the entries of a tile of level 0.
    pub fn entries_path(self) -> String {
        format!("tile/entries/{}", place(self.index, self.width))
    }

    /// Reads `<N>[.p/<W>]`, of a level that is known.
    pub fn at_level(level: u8, text: &str) -> Result<Self, BadTile> {
        let (index, width) = match text.split_once(".p/") {
            None => (text, 256),
            Some((index, width)) => (index, number(width, 3)?),
        };
        let is_partial = text.contains('.');
        let width = u16::try_from(width).map_err(|_| BadTile)?;
        if is_partial && !(1..=255).contains(&width) {
            return Err(BadTile);
        }
        Ok(Self { level, index: index_of(index)?, width })
    }

    /// The hash over a full tile: what stands for it one level of tiles higher. Nothing where it is not full.
    pub fn root(hashes: &[Hash]) -> Option<Hash> {
        (hashes.len() as u64 == TILE).then(|| root_of_full(hashes))
    }
}

/// `<L>/<N>[.p/<W>]`.
impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.level, place(self.index, self.width))
    }
}

impl FromStr for Tile {
    type Err = BadTile;

    fn from_str(text: &str) -> Result<Self, BadTile> {
        let (level, rest) = text.split_once('/').ok_or(BadTile)?;
        let level = number(level, 2)?;
        let level = u8::try_from(level).ok().filter(|level| *level <= HIGHEST).ok_or(BadTile)?;
        Self::at_level(level, rest)
    }
}

fn place(index: u64, width: u16) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    if u64::from(width) == TILE { path } else { format!("{path}.p/{width}") }
}

fn index_of(text: &str) -> Result<u64, BadTile> {
    let elements: Vec<&str> = text.split('/').collect();
    let (last, before) = elements.split_last().ok_or(BadTile)?;
    let mut index: u64 = 0;
    for (at, element) in before.iter().chain([last]).enumerate() {
        let is_last = at == before.len();
        let digits = if is_last { element } else { &element.strip_prefix('x').ok_or(BadTile)? };
        if digits.len() != 3 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(BadTile);
        }
        let value: u64 = digits.parse().map_err(|_| BadTile)?;
        if at == 0 && !is_last && value == 0 {
            return Err(BadTile);
        }
        index = index.checked_mul(1000).and_then(|index| index.checked_add(value)).ok_or(BadTile)?;
    }
    Ok(index)
}

/// A decimal number without leading zeros and with no more digits than this.
fn number(text: &str, digits: usize) -> Result<u64, BadTile> {
    let is_number = text.bytes().all(|digit| digit.is_ascii_digit());
    let is_padded = text.len() > 1 && text.starts_with('0');
    if text.is_empty() || text.len() > digits || !is_number || is_padded {
        return Err(BadTile);
    }
    text.parse().map_err(|_| BadTile)
}

#[cfg(test)]
mod tests;

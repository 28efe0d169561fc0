//! Roots and proofs (RFC 6962 §2.1.1, §2.1.2), made from tiles.
//!
//! Whoever keeps the log gives tiles ([`Tiles`]); a proof reads each of them once: for an inclusion in a log of ten
//! million leaves three.

use std::collections::HashMap;

use crate::hash::{Hash, node_hash};
use crate::tile::{HEIGHT, TILE, Tile};

/// Where hashes are kept.
pub trait Tiles {
    type Error;

    /// The first `tile.width` hashes of a tile.
    ///
    /// # Errors
    /// Its own: also where it has fewer.
    fn hashes(&self, tile: Tile) -> Result<Vec<Hash>, Self::Error>;
}

/// What a proof cannot be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unprovable<E> {
    #[error("there is no leaf {index} in a tree of {size}")]
    NoLeaf { index: u64, size: u64 },
    #[error("a tree of {old} leaves is no beginning of one of {size}")]
    NoBeginning { old: u64, size: u64 },
    #[error("a tile has too few hashes")]
    Short,
    #[error(transparent)]
    Tiles(E),
}

/// The tree of a log at one size.
pub struct Tree<'a, T: Tiles> {
    tiles: &'a T,
    size: u64,
    read: HashMap<(u8, u64), Vec<Hash>>,
}

impl<'a, T: Tiles> Tree<'a, T> {
    pub fn new(tiles: &'a T, size: u64) -> Self {
        Self { tiles, size, read: HashMap::new() }
    }

    /// The root.
    pub fn root(&mut self) -> Result<Hash, Unprovable<T::Error>> {
        if self.size == 0 { Ok(Hash::of_nothing()) } else { self.range(0, self.size) }
    }

    /// The proof that the leaf of this index is in the tree: siblings from the leaf up.
    pub fn inclusion(&mut self, index: u64) -> Result<Vec<Hash>, Unprovable<T::Error>> {
        if index >= self.size {
            return Err(Unprovable::NoLeaf { index, size: self.size });
        }
        let (mut start, mut end) = (0, self.size);
        let mut siblings = Vec::new();
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                siblings.push((middle, end));
                end = middle;
            } else {
                siblings.push((start, middle));
                start = middle;
            }
        }
        siblings.iter().rev().map(|(start, end)| self.range(*start, *end)).collect()
    }

    /// The proof that the tree of `old` leaves is the beginning of this one. Empty where `old` is none or all.
    pub fn consistency(&mut self, old: u64) -> Result<Vec<Hash>, Unprovable<T::Error>> {
        if old > self.size {
            return Err(Unprovable::NoBeginning { old, size: self.size });
        }
        if old == 0 || old == self.size {
            return Ok(Vec::new());
        }
        let (mut start, mut end) = (0, self.size);
        let mut parts = Vec::new();
        while old != end {
            let middle = start + split(end - start);
            if old <= middle {
                parts.push((middle, end));
                end = middle;
            } else {
                parts.push((start, middle));
                start = middle;
            }
        }
        // Whoever checks knows the root of the old tree, but not that of its last part.
        if start > 0 {
            parts.push((start, end));
        }
        parts.iter().rev().map(|(start, end)| self.range(*start, *end)).collect()
    }

    /// The hash over the leaves from `start` up to `end`, as it stands in the tree.
    fn range(&mut self, start: u64, end: u64) -> Result<Hash, Unprovable<T::Error>> {
        let width = end - start;
        if width.is_power_of_two() {
            return self.node(width.trailing_zeros(), start >> width.trailing_zeros());
        }
        let middle = start + split(width);
        let left = self.range(start, middle)?;
        let right = self.range(middle, end)?;
        Ok(node_hash(&left, &right))
    }

    /// The node of this index over 2^`height` leaves.
    fn node(&mut self, height: u32, index: u64) -> Result<Hash, Unprovable<T::Error>> {
        let level = u8::try_from(height / HEIGHT).unwrap_or(u8::MAX);
        let hashes = 1_u64 << (height % HEIGHT);
        let first = index * hashes;
        let (tile, within) = (first / TILE, first % TILE);
        let read = self.tile(level, tile)?;
        let first = usize::try_from(within).unwrap_or(usize::MAX);
        let count = usize::try_from(hashes).unwrap_or(usize::MAX);
        let under = read.get(first..first.saturating_add(count)).ok_or(Unprovable::Short)?;
        Ok(crate::hash::root_of_full(under))
    }

    fn tile(&mut self, level: u8, index: u64) -> Result<&[Hash], Unprovable<T::Error>> {
        if !self.read.contains_key(&(level, index)) {
            let tile = Tile::within(level, index, self.size).ok_or(Unprovable::Short)?;
            let hashes = self.tiles.hashes(tile).map_err(Unprovable::Tiles)?;
            self.read.insert((level, index), hashes);
        }
        self.read.get(&(level, index)).map(Vec::as_slice).ok_or(Unprovable::Short)
    }
}

/// The largest power of two below a number of leaves, which is more than one.
fn split(leaves: u64) -> u64 {
    1 << (u64::BITS - 1 - (leaves - 1).leading_zeros())
}

#[cfg(test)]
pub(crate) mod tests;

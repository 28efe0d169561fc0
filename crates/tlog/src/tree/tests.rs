#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::hash::leaf_hash;

/// Leaves `0`, `1`, …, and their tiles.
pub(crate) struct Naive(pub Vec<Hash>);

impl Naive {
    pub fn of(size: u64) -> Self {
        Self((0..size).map(|number| leaf_hash(&number.to_be_bytes())).collect())
    }

    /// RFC 6962 §2.1, word for word.
    pub fn root(&self, start: u64, end: u64) -> Hash {
        match end - start {
            0 => Hash::of_nothing(),
            1 => self.0[usize::try_from(start).unwrap()],
            width => {
                let mut half = 1;
                while half * 2 < width {
                    half *= 2;
                }
                node_hash(&self.root(start, start + half), &self.root(start + half, end))
            }
        }
    }
}

impl Tiles for Naive {
    type Error = ();

    fn hashes(&self, tile: Tile) -> Result<Vec<Hash>, ()> {
        let span = 1 << (HEIGHT * u32::from(tile.level));
        let first = tile.index * TILE;
        let hash = |at| self.root(at * span, (at + 1) * span);
        Ok((first..first + u64::from(tile.width)).map(hash).collect())
    }
}

#[test]
fn the_split_is_the_largest_power_of_two_below() {
    assert_eq!([2, 3, 4, 5, 8, 9, 256, 257].map(split), [1, 2, 2, 4, 4, 8, 128, 256]);
    assert_eq!(split(u64::MAX), 1 << 63);
}

#[test]
fn roots_are_those_of_a_naive_tree() {
    let leaves = Naive::of(600);
    for size in 0..=600 {
        assert_eq!(Tree::new(&leaves, size).root().unwrap(), leaves.root(0, size), "size {size}");
    }
}

#[test]
fn there_is_no_proof_of_what_is_not_there() {
    let leaves = Naive::of(5);
    assert_eq!(Tree::new(&leaves, 5).inclusion(5), Err(Unprovable::NoLeaf { index: 5, size: 5 }));
    assert_eq!(Tree::new(&leaves, 5).consistency(6), Err(Unprovable::NoBeginning { old: 6, size: 5 }));
}

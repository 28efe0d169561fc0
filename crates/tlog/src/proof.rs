//! Checking proofs (RFC 9162 §2.1.3.2 and §2.1.4.2, over the tree of RFC 6962).

use crate::hash::{Hash, node_hash};

/// A proof has at most this many hashes: a tree of 64-bit size has no more levels.
pub const LONGEST: usize = 64;

/// The proof does not show what it is to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadProof {
    #[error("there is no leaf {index} in a tree of {size}")]
    NoLeaf { index: u64, size: u64 },
    #[error("a tree of {old} leaves is no beginning of one of {size}")]
    NoBeginning { old: u64, size: u64 },
    #[error("it has {found} hashes where it must have {needed}")]
    Length { found: usize, needed: usize },
    #[error("it leads to another root")]
    OtherRoot,
    #[error("it starts from another tree than the old one")]
    OtherBeginning,
}

/// Checks that a leaf hash is the one of an index in the tree of this size and root.
pub fn inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> Result<(), BadProof> {
    if root_by_inclusion(leaf, index, size, path)? == *root { Ok(()) } else { Err(BadProof::OtherRoot) }
}

/// The root that a path leads to from a leaf.
pub fn root_by_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash]) -> Result<Hash, BadProof> {
    if index >= size {
        return Err(BadProof::NoLeaf { index, size });
    }
    // Up to the level where the leaf's branch and the last leaf's meet, there is a sibling on each level; above it,
    // there is one only where the branch is a right one.
    let inner = u64::BITS - (index ^ (size - 1)).leading_zeros();
    let border = (index.checked_shr(inner).unwrap_or(0)).count_ones();
    let needed = (inner + border) as usize;
    if path.len() != needed {
        return Err(BadProof::Length { found: path.len(), needed });
    }
    let (below, above) = path.split_at(inner as usize);
    let mut hash = *leaf;
    for (level, sibling) in below.iter().enumerate() {
        let is_left = index >> level & 1 == 0;
        hash = if is_left { node_hash(&hash, sibling) } else { node_hash(sibling, &hash) };
    }
    for sibling in above {
        hash = node_hash(sibling, &hash);
    }
    Ok(hash)
}

/// Checks that the tree of `old` leaves is the beginning of the one of `size` leaves.
///
/// # Errors
/// [`BadProof::OtherBeginning`] where the path does lead to `root`, from another tree of `old` leaves than the one of
/// `old_root`: who signed both roots has two histories. (Where `old` is a power of two that cannot be told apart from
/// a path that leads nowhere.)
pub fn consistency(old: u64, size: u64, path: &[Hash], old_root: &Hash, root: &Hash) -> Result<(), BadProof> {
    if old > size {
        return Err(BadProof::NoBeginning { old, size });
    }
    if old == 0 || old == size {
        if !path.is_empty() {
            return Err(BadProof::Length { found: path.len(), needed: 0 });
        }
        let expected = if old == 0 { Hash::of_nothing() } else { *root };
        return if *old_root == expected { Ok(()) } else { Err(BadProof::OtherBeginning) };
    }
    let needed = consistency_length(old, size);
    if path.len() != needed {
        return Err(BadProof::Length { found: path.len(), needed });
    }
    // The last leaf of the old tree leads up to both roots, from the largest full part that ends with it.
    let full = old.trailing_zeros();
    let (mut at, mut last) = ((old - 1) >> full, (size - 1) >> full);
    let mut rest = path.iter();
    let first = if old.is_power_of_two() { *old_root } else { next(&mut rest)? };
    let (mut was, mut is) = (first, first);
    for sibling in rest {
        if last == 0 {
            return Err(BadProof::OtherRoot);
        }
        if at & 1 == 1 || at == last {
            was = node_hash(sibling, &was);
            is = node_hash(sibling, &is);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            is = node_hash(&is, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    if is != *root || last != 0 {
        return Err(BadProof::OtherRoot);
    }
    if was == *old_root { Ok(()) } else { Err(BadProof::OtherBeginning) }
}

fn next(rest: &mut std::slice::Iter<'_, Hash>) -> Result<Hash, BadProof> {
    rest.next().copied().ok_or(BadProof::Length { found: 0, needed: 1 })
}

/// How many hashes a proof of consistency has, where neither tree is empty and they differ.
fn consistency_length(old: u64, size: u64) -> usize {
    let full = old.trailing_zeros();
    let (index, size) = ((old - 1) >> full, ((size - 1) >> full) + 1);
    let inner = u64::BITS - (index ^ (size - 1)).leading_zeros();
    let border = index.checked_shr(inner).unwrap_or(0).count_ones();
    (inner + border) as usize + usize::from(!old.is_power_of_two())
}

#[cfg(test)]
mod tests;

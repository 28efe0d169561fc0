#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::tree::Tree;
use crate::tree::tests::Naive;

#[test]
fn every_leaf_of_every_tree_is_proven_and_nothing_else() {
    let leaves = Naive::of(600);
    for size in 1..=600_u64 {
        let root = leaves.root(0, size);
        let mut tree = Tree::new(&leaves, size);
        // All leaves of small trees, and those at the edges of large ones.
        let edges = |index: &u64| size <= 64 || *index < 3 || *index + 3 > size || index.is_multiple_of(61);
        for index in (0..size).filter(edges) {
            let path = tree.inclusion(index).unwrap();
            let leaf = leaves.0[usize::try_from(index).unwrap()];
            assert_eq!(inclusion(&leaf, index, size, &path, &root), Ok(()), "{index} of {size}");
            let other = leaves.0[usize::try_from((index + 1) % 600).unwrap()];
            assert_eq!(inclusion(&other, index, size, &path, &root), Err(BadProof::OtherRoot));
            if size > 1 {
                let elsewhere = (index + 1) % size;
                assert!(inclusion(&leaf, elsewhere, size, &path, &root).is_err(), "{index} of {size}");
                let short = &path[1..];
                assert!(matches!(inclusion(&leaf, index, size, short, &root), Err(BadProof::Length { .. })));
            }
            let long = [path.clone(), vec![leaf]].concat();
            assert!(matches!(inclusion(&leaf, index, size, &long, &root), Err(BadProof::Length { .. })));
        }
    }
}

#[test]
fn every_tree_is_proven_to_begin_every_later_one() {
    let leaves = Naive::of(600);
    let roots: Vec<Hash> = (0..=600).map(|size| leaves.root(0, size)).collect();
    let root = |size: u64| roots[usize::try_from(size).unwrap()];
    for size in 0..=600_u64 {
        let mut tree = Tree::new(&leaves, size);
        let edges = |old: &u64| size <= 64 || *old < 3 || *old + 3 > size || old.is_multiple_of(61);
        for old in (0..=size).filter(edges) {
            let path = tree.consistency(old).unwrap();
            let check = consistency(old, size, &path, &root(old), &root(size));
            assert_eq!(check, Ok(()), "{old} in {size}");
            if old > 0 && old < size {
                let forged = Hash([1; 32]);
                assert!(consistency(old, size, &path, &forged, &root(size)).is_err(), "{old} in {size}");
                assert!(consistency(old, size, &path, &root(old), &forged).is_err(), "{old} in {size}");
                let mut bent = path.clone();
                bent[0].0[0] ^= 1;
                assert!(consistency(old, size, &bent, &root(old), &root(size)).is_err());
                assert!(consistency(old, size, &path[1..], &root(old), &root(size)).is_err());
            }
        }
    }
}

#[test]
fn numbers_at_the_ends_of_their_range_are_refused_without_a_panic() {
    let hash = Hash::of_nothing();
    assert!(inclusion(&hash, u64::MAX, u64::MAX, &[], &hash).is_err());
    assert!(inclusion(&hash, u64::MAX - 1, u64::MAX, &[hash; 64], &hash).is_err());
    assert!(inclusion(&hash, 0, u64::MAX, &[hash; 64], &hash).is_err());
    assert!(consistency(1, u64::MAX, &[hash; 64], &hash, &hash).is_err());
    assert!(consistency(u64::MAX - 1, u64::MAX, &[hash; 3], &hash, &hash).is_err());
    assert!(consistency(1 << 63, u64::MAX, &[hash; 63], &hash, &hash).is_err());
}

/// The tree over the eight inputs that implementations of RFC 6962 test with, worked out here by the definition alone.
#[test]
fn the_tree_of_eight_inputs_has_its_known_roots() {
    let inputs: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let leaves = Naive(inputs.iter().map(|input| crate::leaf_hash(input)).collect());
    let hex = |hash: Hash| format!("{hash:?}");
    assert_eq!(hex(leaves.0[0]), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    assert_eq!(hex(leaves.root(0, 2)), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    assert_eq!(hex(leaves.root(0, 8)), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

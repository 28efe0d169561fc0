//! Which of several contributions to an object is served.
//!
//! Over what the viewer may read, and nothing else: whoever reads less computes over less.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::backend::{Flags, Row};

/// One readable contribution to an object.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub row: Row,
    /// Its place in the viewer's order.
    pub order: (usize, i64),
    /// Whether it passes the filter of the question; the winner is found without regard to it.
    pub admitted: bool,
    /// Whether it speaks as the object's author: its source owns the identity that it names, and the first claim
    /// named that identity too. Who gives somebody else's object anew in his own name takes nothing over.
    pub speaks: bool,
    /// Whether its bytes are those of another claim of the same source and version, without some fields that the
    /// viewer reads there.
    pub redacted: bool,
}

/// One version of an object as it stands for the viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    pub modified: Option<i64>,
    pub digest: [u8; 32],
    /// The contribution served for it: the first arrival of the winning bytes that passes the filter.
    pub served: Option<usize>,
    pub revoked: bool,
    /// Another source gave different bytes for it.
    pub disputed: bool,
}

/// Of several contributions to one version the greatest of these wins: the author's, then full over redacted, then
/// the lowest digest.
type Rank = (bool, bool, Reverse<[u8; 32]>);

fn rank(claim: &Claim) -> Rank {
    let row = &claim.row;
    let full = !row.flags.has(Flags::REDACTED) && !claim.redacted;
    (row.flags.has(Flags::AUTHORED), full, Reverse(row.digest))
}

/// The versions of an object as the viewer's chosen source gave it, oldest first.
///
/// `claims` are in the order in which they were stored. `followed` is the source that the viewer's member chose for
/// an author who is no party here; `own` is the viewer's member.
pub(crate) fn versions(claims: &[Claim], followed: Option<i64>, own: Option<i64>) -> Vec<Version> {
    let Some(source) = chosen_source(claims, followed, own) else { return Vec::new() };
    let mut groups: BTreeMap<Group, Vec<usize>> = BTreeMap::new();
    for (index, claim) in claims.iter().enumerate() {
        if claim.row.source == source {
            groups.entry(Group::of(claim)).or_default().push(index);
        }
    }
    let mut versions: Vec<(Age, Version)> =
        groups.into_values().filter_map(|group| version(claims, source, &group)).collect();
    versions.sort_by_key(|(age, _)| *age);
    versions.into_iter().map(|(_, version)| version).collect()
}

/// The author; else whom the member follows; else the member itself; else the first to contribute.
fn chosen_source(claims: &[Claim], followed: Option<i64>, own: Option<i64>) -> Option<i64> {
    let author = claims.iter().find(|claim| claim.speaks);
    if let Some(author) = author {
        return Some(author.row.source);
    }
    let gave = |source: &i64| claims.iter().any(|claim| claim.row.source == *source);
    if let Some(source) = followed.filter(gave).or(own.filter(gave)) {
        return Some(source);
    }
    claims.iter().min_by_key(|claim| claim.order).map(|claim| claim.row.source)
}

/// What makes contributions of one source one version: `modified`, or without it the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Bytes([u8; 32]),
    Modified(i64),
}

impl Group {
    fn of(claim: &Claim) -> Self {
        claim.row.modified.map_or(Self::Bytes(claim.row.digest), Self::Modified)
    }
}

/// By what versions are in order: `modified`, or without it their arrival, which come first.
type Age = (Option<i64>, (usize, i64));

fn version(claims: &[Claim], source: i64, group: &[usize]) -> Option<(Age, Version)> {
    let best = group.iter().max_by_key(|index| rank(&claims[**index]))?;
    let digest = claims[*best].row.digest;
    let winning: Vec<usize> =
        group.iter().copied().filter(|index| claims[*index].row.digest == digest).collect();
    let first = winning.iter().copied().min_by_key(|index| claims[*index].order)?;
    let served = winning
        .iter()
        .copied()
        .filter(|index| claims[*index].admitted)
        .min_by_key(|index| claims[*index].order);
    let winner = &claims[first].row;
    let disputed = claims.iter().any(|other| {
        let row = &other.row;
        row.source != source && row.modified == winner.modified && row.digest != winner.digest
    });
    let version = Version {
        modified: winner.modified,
        digest: winner.digest,
        served,
        revoked: winner.flags.has(Flags::REVOKED),
        disputed,
    };
    Some(((winner.modified, claims[first].order), version))
}

#[cfg(test)]
mod tests;

//! Whether a package is the next one of its channel.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_tlog::Hash;
use serde::{Deserialize, Serialize};

use super::finding::{Finding, Kind, Refused};
use crate::package::{Digest, Holds, Manifest};

/// The package that passed last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    pub sequence: u64,
    pub digest: Digest,
    pub made: Timestamp,
    /// What checks its log.
    pub log: String,
    pub log_size: u64,
    /// The root of that size.
    pub log_root: Digest,
}

impl Last {
    pub(super) fn log_root(&self) -> Hash {
        Hash(self.log_root.0)
    }
}

/// How a channel stands on the receiving side.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stand {
    pub last: Option<Last>,
    /// The digests of the last packages that passed, by number: what is replayed is told from what is forked.
    #[serde(default)]
    pub passed: Vec<(u64, Digest)>,
    /// Numbers that a complete package went over.
    #[serde(default)]
    pub skipped: BTreeSet<u64>,
}

/// Packages whose digests are remembered.
const REMEMBERED: usize = 1_000;
/// Missing numbers that are remembered one by one.
const MOST_SKIPPED: u64 = 1_000;

impl Stand {
    /// How it stands after a package.
    pub(super) fn after(mut self, last: Last, skipped: &[u64]) -> Self {
        self.skipped.extend(skipped);
        self.passed.push((last.sequence, last.digest));
        let surplus = self.passed.len().saturating_sub(REMEMBERED);
        self.passed.drain(..surplus);
        self.last = Some(last);
        self
    }

    /// The number of the package that comes next.
    pub fn expects(&self) -> u64 {
        self.last.as_ref().map_or(1, |last| last.sequence.saturating_add(1))
    }
}

/// The numbers that a package leaves behind, where it is the next or may go over what is missing.
pub(super) fn next(manifest: &Manifest, digest: Digest, stand: &Stand) -> Result<Vec<u64>, Refused> {
    let refused = |kind, says: String| Err(Finding::new(kind, "manifest", says).into());
    let (number, expected) = (manifest.sequence, stand.expects());
    if number < expected {
        let known = stand.passed.iter().find(|(known, _)| *known == number);
        return match known {
            Some((_, passed)) if *passed == digest => {
                refused(Kind::Replayed, format!("package {number} passed before"))
            }
            Some(_) => {
                refused(Kind::Forked, format!("another package with the number {number} passed before"))
            }
            None if stand.skipped.contains(&number) => refused(
                Kind::Reordered,
                format!("package {number} comes after a complete one that went over it"),
            ),
            None => refused(Kind::Replayed, format!("package {number} is older than what is remembered")),
        };
    }
    if number > expected && manifest.holds != Holds::All {
        let missing = if number - 1 == expected {
            format!("package {expected} is missing")
        } else {
            format!("packages {expected} to {} are missing", number - 1)
        };
        return refused(Kind::Gap, missing);
    }
    let Some(last) = &stand.last else { return Ok(skipped(1, number)) };
    if manifest.made < last.made {
        let says = format!("it is dated {}, before the package before it", manifest.made);
        return refused(Kind::Clock, says);
    }
    if number == expected && manifest.previous != Some(last.digest) {
        let says = format!("what it says came before is not the package {} that passed", last.sequence);
        return refused(Kind::Forked, says);
    }
    Ok(skipped(expected, number))
}

fn skipped(expected: u64, number: u64) -> Vec<u64> {
    (expected..number).rev().take(usize::try_from(MOST_SKIPPED).unwrap_or_default()).collect()
}

//! What became of a package that came.

use jiff::Timestamp;
use kizuna_federation::guard::{Finding, Kind};
use serde::{Deserialize, Serialize};

/// Reports that a channel keeps.
pub(super) const KEPT: usize = 200;

/// Whether a package was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Passed,
    Refused,
}

/// What the guard said of one package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageReport {
    pub at: Timestamp,
    pub outcome: Outcome,
    /// Of the octets as they came.
    pub sha256: String,
    pub octets: u64,
    /// What it says of itself, where that could be read.
    pub sequence: Option<u64>,
    /// Of its manifest.
    pub digest: Option<String>,
    pub made: Option<Timestamp>,
    pub findings: Vec<Finding>,
    /// Numbers before it that it went over.
    #[serde(default)]
    pub skipped: Vec<u64>,
    pub objects: u64,
    pub stored: u64,
    pub known: u64,
    /// Objects that passed the guard and that ingest refused.
    pub quarantined: u64,
    /// Where a refused package lies, from the data directory; nothing where only its digest was kept.
    pub kept: Option<String>,
}

impl PackageReport {
    pub fn names(&self, kind: Kind) -> bool {
        self.findings.iter().any(|finding| finding.kind == kind)
    }
}

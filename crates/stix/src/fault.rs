//! What is wrong with an input, and where.

use std::fmt;

/// How much a fault weighs.
///
/// The design binds the line between the two: broken JSON or I-JSON, a bad id, type or timestamp and a
/// missing required property are quarantined; every other fault is stored with the object as a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The object is kept; the fault travels beside it.
    Warning,
    /// The object cannot be accepted.
    Error,
}

/// One fault of one object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Fault {
    pub severity: Severity,
    /// Where, as a JSONPath from the object's root, such as `$.kill_chain_phases[0].phase_name`.
    pub path: String,
    /// Which rule, with its section, such as `STIX 2.1 §3.1: type must match ^[a-z][a-z0-9-]{2,249}$`.
    pub rule: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.rule)
    }
}

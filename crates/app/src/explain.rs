//! Why an object can or cannot be read, rule by rule.

use kizuna_access::Principal;
use kizuna_stix::Id;

use crate::{AppError, Node};

/// One rule, as it was applied.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Rule {
    /// Such as `audience`, `classification EXERCISE`, `tlp`, `handling`.
    pub rule: String,
    /// What the content asks for, in words.
    pub asks: String,
    /// What the viewer holds, in words.
    pub holds: String,
    pub met: bool,
}

/// Why one contribution can or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Because {
    pub source: String,
    pub version: Option<jiff::Timestamp>,
    /// The label in words.
    pub label: String,
    pub readable: bool,
    pub rules: Vec<Rule>,
}

/// Why an object can or cannot be read by one viewer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Explanation {
    pub id: Id,
    pub readable: bool,
    /// Per contribution; for the viewer itself only those it may read.
    pub contributions: Vec<Because>,
}

impl Node {
    /// Why the viewer may read what it reads of this object. What it may not read is not there: hidden and absent
    /// give the same answer.
    pub fn explain(&self, _who: &Principal, _id: &Id) -> Result<Explanation, AppError> {
        Err(AppError::NotFound)
    }

    /// The operator's explanation at the machine: sees past the gate, says so, and is audited.
    pub fn explain_past_the_gate(&self, _viewer: &Principal, _id: &Id) -> Result<Explanation, AppError> {
        Err(AppError::NotFound)
    }
}

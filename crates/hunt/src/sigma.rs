//! Sigma rules: detections over events, correlations of their matches, and filters.
//!
//! Owns the meaning of rules: modifiers, conditions, which events a rule is about, the names of fields. The text of rules
//! is read by `rsigma-parser`. Refuses silence: a rule that cannot be looked for is named with its reason.
//!
//! Start at [`Loader`], which makes [`Rules`]; a [`Matcher`] of each thread asks them about events; [`Correlator`] is told
//! of the matches.

mod build;
mod check;
mod correlate;
mod detection;
mod expression;
mod field;
mod literal;
mod load;
mod matcher;
mod memory;
mod route;
#[cfg(test)]
mod tests;
mod text;

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use correlate::{Correlated, Correlator, MAX_MATCHES};
pub use load::{Loader, Refused, is_rules};
pub use matcher::{Found, Matcher};

use crate::index::Said;
use build::Tests;
use correlate::Correlation;
use expression::Expression;
use literal::Literals;
use route::Route;

/// What `%name%` stands for, by name.
pub type Variables = HashMap<String, Vec<String>>;

/// How grave a rule takes what it finds to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    pub const ALL: [Self; 5] = [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical];

    pub fn name(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// What a rule says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The rule's `id`, else its `name`, else its title.
    pub id: String,
    pub title: String,
    pub level: Option<Level>,
    /// `stable`, `test`, `experimental`, `deprecated`, `unsupported`; empty where the rule does not say.
    pub status: String,
    /// As they are: `attack.t1059.001`.
    pub tags: Vec<String>,
    /// The file it was read from.
    pub source: String,
    /// The text of that file.
    pub text: Arc<str>,
    /// Whether a match is told of; rules that only feed correlations are silent.
    pub told: bool,
    /// The indicator that the rule came as.
    pub said: Option<Said>,
}

impl Head {
    /// Ids of ATT&CK techniques among the tags: `T1059.001`.
    pub fn techniques(&self) -> Vec<String> {
        let technique = |tag: &String| {
            let id = tag.strip_prefix("attack.")?;
            let digits = id.strip_prefix(['t', 'T'])?;
            digits.starts_with(|c: char| c.is_ascii_digit()).then(|| format!("T{digits}"))
        };
        let own: Vec<String> = self.tags.iter().filter_map(technique).collect();
        match &self.said {
            Some(said) => said.with(own, Vec::new(), None).techniques,
            None => own,
        }
    }
}

/// Rules that are looked for. The number of a rule is its place: detections first, then correlations.
#[derive(Debug, Default)]
pub struct Rules {
    heads: Vec<Head>,
    detections: Vec<Detection>,
    correlations: Vec<Correlation>,
    routes: Vec<Route>,
    /// Numbers of fields by name; the first is that of keywords.
    fields: HashMap<String, u32>,
    tests: Tests,
    /// By field.
    literals: Vec<Literals>,
    /// Detections that a test which holds makes worth asking, by test.
    wakes: Vec<Vec<u32>>,
    /// Detections that the presence of a field makes worth asking, by field.
    wakes_field: Vec<Vec<u32>>,
    /// Detections that no value alone makes worth asking, by route.
    always: Vec<Vec<u32>>,
    /// Whether a route has rules with keywords.
    keywords: Vec<bool>,
    fingerprint: Uuid,
}

/// A rule over single events.
#[derive(Debug)]
struct Detection {
    route: u32,
    expression: Expression,
    /// Fields whose values correlations need of each match.
    needed: Vec<u32>,
    /// Whether a correlation is told of matches.
    feeds: bool,
}

impl Rules {
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    pub fn head(&self, rule: u32) -> &Head {
        &self.heads[rule as usize]
    }

    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// Changes with the rules and with what was asked of them.
    pub fn fingerprint(&self) -> Uuid {
        self.fingerprint
    }
}

/// A match of a rule that a correlation is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    pub rule: u32,
    pub path: String,
    pub line: u64,
    pub time: jiff::Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// Values of the fields that the correlations need, in their order.
    pub values: Vec<Option<String>>,
}

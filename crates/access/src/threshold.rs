//! From which label on reads of content are recorded.

use std::collections::BTreeMap;

use crate::Label;
use crate::directory::Directory;
use crate::label::Tlp;

/// From which label on reads of content are recorded in the audit: a level of a policy, a TLP, or both. What reaches
/// one of them is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Threshold {
    /// Policy → the lowest level of which reads are recorded.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tlp: Option<Tlp>,
}

impl Threshold {
    /// Whether nothing is recorded.
    pub fn is_none(&self) -> bool {
        self.levels.is_empty() && self.tlp.is_none()
    }
}

impl Directory {
    /// From which label on reads of content are recorded.
    pub fn reads_above(&self) -> &Threshold {
        &self.reads_above
    }

    /// Whether reads of what carries this label are recorded. A level that its policy does not know counts as above.
    pub fn is_read_on_record(&self, label: &Label) -> bool {
        let threshold = &self.reads_above;
        if threshold.is_none() {
            return false;
        }
        if threshold.tlp.is_some_and(|from| label.tlp().is_some_and(|tlp| tlp >= from)) {
            return true;
        }
        threshold.levels.iter().any(|(policy, from)| {
            let Some(asked) = label.classification().get(policy) else { return false };
            let rank = |level: &str| self.policy(policy).and_then(|known| known.rank(level));
            asked.levels().any(|level| rank(level).is_none_or(|rank_of| Some(rank_of) >= rank(from)))
        })
    }
}

#[cfg(test)]
mod tests;

//! References to what not all new readers may read.

use kizuna_stix::{Id, Object};

use super::leaves::Leaf;
use super::{Check, Finding, Rule};
use crate::AppError;

impl Check<'_> {
    pub(super) fn references(&self, object: &Object, leaves: &[Leaf]) -> Result<Vec<Finding>, AppError> {
        let mut findings = Vec::new();
        for leaf in leaves.iter().filter(|leaf| leaf.is_reference()) {
            let Some(id) = leaf.text().and_then(|text| text.parse::<Id>().ok()) else { continue };
            if self.is_harmless(&id) {
                continue;
            }
            let is_derived = id.tells_its_value();
            let betrayed = match self.object_is_open(&id)? {
                Some(false) => Some(&id),
                // What is not held betrays its value all the same, where the id can be enumerated.
                None if is_derived => None,
                Some(true) | None => continue,
            };
            let rule = if is_derived { Rule::DeterministicId } else { Rule::Reference };
            findings.push(Finding::new(object.id(), &leaf.place, rule, betrayed, id.as_str()));
        }
        Ok(findings)
    }

    /// What is released together; markings, which say nothing but what label there is; members, whose names are no
    /// secret among those who exchange.
    fn is_harmless(&self, id: &Id) -> bool {
        self.released.contains(id)
            || matches!(id.kind(), "marking-definition" | "extension-definition")
            || self.reading.directory().member_of_identity(id).is_some()
    }
}

//! Identifiers that content has elsewhere (case numbers, links) and that only content with a narrower label gives.

use std::collections::BTreeSet;

use kizuna_stix::{Id, Object};
use serde_json::Map;
use serde_json::Value;

use super::leaves::{self, Leaf};
use super::names::normal;
use super::{Check, Finding, Rule, properties};
use crate::{AppError, Search};

/// Contributions looked at for one identifier.
const HOLDERS: usize = 200;
/// Shorter words are no identifiers, in characters.
const SHORTEST: usize = 6;

impl Check<'_> {
    pub(super) fn external(
        &self,
        object: &Object,
        leaves: &[Leaf],
        budget: &mut usize,
    ) -> Result<Vec<Finding>, AppError> {
        let mut findings = Vec::new();
        let mut seen: BTreeSet<(&str, String)> = BTreeSet::new();
        for leaf in
            leaves.iter().filter(|leaf| !leaf.is_reference() && !leaf.is_vocabulary() && !leaf.is_instant())
        {
            let Some(text) = leaf.text() else { continue };
            let candidates = if leaf.is_external() { vec![normal(text)] } else { identifiers(text) };
            for candidate in candidates {
                if !seen.insert((&leaf.place, candidate.clone())) {
                    continue;
                }
                let Some(left) = budget.checked_sub(1) else {
                    let rule = Rule::Unchecked;
                    findings.push(Finding::new(object.id(), &leaf.place, rule, None, "too much to check"));
                    return Ok(findings);
                };
                *budget = left;
                if let Some(betrayed) = self.narrower_case(&candidate)? {
                    let rule = Rule::ExternalReference;
                    findings.push(Finding::new(object.id(), &leaf.place, rule, Some(&betrayed), &candidate));
                }
            }
        }
        Ok(findings)
    }

    /// An object with this identifier elsewhere, where none that has it is open to all who would read the draft.
    fn narrower_case(&self, identifier: &str) -> Result<Option<Id>, AppError> {
        let search = Search { text: Some(identifier.to_owned()), ..Search::default() };
        let mut narrower = None;
        for holder in self.reading.search(&search, None, HOLDERS)?.items {
            if self.released.contains(&holder.id) || !has(&properties(&holder.bytes), identifier) {
                continue;
            }
            if self.open_part(&holder).is_some_and(|open| has(&open, identifier)) {
                return Ok(None);
            }
            narrower.get_or_insert(holder.id);
        }
        Ok(narrower)
    }
}

fn has(object: &Map<String, Value>, identifier: &str) -> bool {
    let leaves = leaves::of_properties(object);
    let mut elsewhere = leaves.iter().filter(|leaf| leaf.is_external() && !leaf.is_vocabulary());
    elsewhere.any(|leaf| leaf.text().is_some_and(|text| normal(text) == identifier))
}

/// Words with the shape of a case number or a link: digits among letters or signs.
fn identifiers(text: &str) -> Vec<String> {
    let text = normal(text);
    let words =
        text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '"' | '、' | '。'));
    let words = words.map(|word| word.trim_matches(['.', ':', '!', '?', '\'']));
    let has_shape = |word: &&str| {
        let mixed = word.chars().any(|c| !c.is_ascii_digit());
        word.chars().count() >= SHORTEST && mixed && word.chars().any(|c| c.is_ascii_digit())
    };
    words.filter(has_shape).map(str::to_owned).collect()
}

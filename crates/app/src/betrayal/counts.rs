//! Numbers counted over content that not all new readers may read.

use std::collections::HashMap;

use kizuna_stix::Object;

use super::leaves::{Leaf, Says};
use super::{Check, Finding, Rule, Source};

/// Properties that count something (STIX 2.1 §4.14, §5.2).
const COUNTING: [&str; 2] = ["count", "number_observed"];
/// Smaller numbers are the same by chance.
const LEAST: i64 = 3;

impl Check<'_> {
    #[expect(clippy::unused_self, reason = "a check like its siblings")]
    pub(super) fn counts(
        &self,
        object: &Object,
        leaves: &[Leaf],
        (sources, counted): (&[Source], &Counted),
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for leaf in leaves {
            for number in numbers(leaf) {
                let Some(source) = counted.get(&number) else { continue };
                let betrayed = sources.get(*source).map(|source| &source.id);
                let found = number.to_string();
                findings.push(Finding::new(object.id(), &leaf.place, Rule::Count, betrayed, &found));
            }
        }
        findings
    }
}

/// Number → the place of the first source that it is counted over.
pub(super) type Counted = HashMap<i64, usize>;

/// What the sources count, each for itself and together, and how many they are.
pub(super) fn counted(sources: &[Source]) -> Counted {
    let mut counted = Counted::new();
    let mut sum: i64 = 0;
    for (place, source) in sources.iter().enumerate() {
        for count in source.leaves.iter().filter(|leaf| is_count(leaf)).flat_map(numbers) {
            sum = sum.saturating_add(count);
            counted.entry(count).or_insert(place);
        }
    }
    if !sources.is_empty() {
        counted.entry(sum).or_insert(0);
        counted.entry(i64::try_from(sources.len()).unwrap_or(i64::MAX)).or_insert(0);
    }
    counted.retain(|count, _| *count >= LEAST);
    counted
}

fn is_count(leaf: &Leaf) -> bool {
    COUNTING.contains(&leaf.key.as_str())
}

/// The numbers that a leaf states: a count's own, those written in a text.
fn numbers(leaf: &Leaf) -> Vec<i64> {
    match &leaf.says {
        Says::Number(number) if is_count(leaf) => vec![*number],
        Says::Text(text)
            if matches!(
                leaf.key.as_str(),
                "description" | "name" | "content" | "abstract" | "explanation"
            ) =>
        {
            let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | ':' | '-' | '/');
            let words = text.split(|c: char| !is_part(c)).map(|word| word.trim_matches(['.', ':', '-', '/']));
            words.filter_map(|word| word.parse().ok()).collect()
        }
        Says::Number(_) | Says::Text(_) => Vec::new(),
    }
}

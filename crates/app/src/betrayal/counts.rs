//! Numbers counted over content that not all new readers may read.

use kizuna_stix::Object;

use super::leaves::{Leaf, Says};
use super::{Check, Finding, Rule, Source};

/// Properties that count something (STIX 2.1 §4.14, §5.2).
const COUNTING: [&str; 2] = ["count", "number_observed"];
/// Smaller numbers are the same by chance.
const LEAST: i64 = 3;

impl Check<'_> {
    #[expect(clippy::unused_self, reason = "a check like its siblings")]
    pub(super) fn counts(&self, object: &Object, leaves: &[Leaf], sources: &[Source]) -> Vec<Finding> {
        let counted = counted(sources);
        let mut findings = Vec::new();
        for leaf in leaves {
            for number in numbers(leaf) {
                let Some((_, source)) = counted.iter().find(|(count, _)| *count == number) else { continue };
                let betrayed = Some(&source.id);
                findings.push(Finding::new(
                    object.id(),
                    &leaf.place,
                    Rule::Count,
                    betrayed,
                    &number.to_string(),
                ));
            }
        }
        findings
    }
}

/// What the sources count, each for itself and together, and how many they are.
fn counted(sources: &[Source]) -> Vec<(i64, &Source)> {
    let mut counted: Vec<(i64, &Source)> = Vec::new();
    for source in sources {
        let counts = source.leaves.iter().filter(|leaf| is_count(leaf)).flat_map(numbers);
        counted.extend(counts.map(|count| (count, source)));
    }
    if let Some(first) = sources.first() {
        counted.push((counted.iter().fold(0, |sum: i64, (count, _)| sum.saturating_add(*count)), first));
        counted.push((i64::try_from(sources.len()).unwrap_or(i64::MAX), first));
    }
    counted.retain(|(count, _)| *count >= LEAST);
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

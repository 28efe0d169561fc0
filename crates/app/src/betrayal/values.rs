//! Values that only content with a narrower label states: in observables, patterns, file names, external references
//! and free text.

use std::collections::BTreeSet;

use kizuna_stix::Object;
use kizuna_stix::observable::{self, Kind, Observable};
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization as _;

use super::leaves::Leaf;
use super::{Check, Finding, Rule};
use crate::{AppError, Search};

/// Values looked up for one draft; what is beyond is said to be unchecked.
pub(super) const LOOKUPS: usize = 5_000;
/// Contributions looked at for one value.
const HOLDERS: usize = 200;

impl Check<'_> {
    pub(super) fn values(
        &self,
        object: &Object,
        leaves: &[Leaf],
        budget: &mut usize,
    ) -> Result<Vec<Finding>, AppError> {
        let mut findings = Vec::new();
        let mut seen: BTreeSet<(String, Observable)> = BTreeSet::new();
        let stated = observable::of_object(object);
        let stated = stated.into_iter().map(|value| (place_of(object, leaves, &value), value));
        let written = leaves.iter().filter(|leaf| is_written(leaf)).flat_map(|leaf| {
            let values = leaf.text().map(in_text).unwrap_or_default();
            values.into_iter().map(|value| (leaf.place.clone(), value))
        });
        for (place, value) in stated.chain(written) {
            if !seen.insert((place.clone(), value.clone())) {
                continue;
            }
            let Some(left) = budget.checked_sub(1) else {
                findings.push(Finding::new(
                    object.id(),
                    &place,
                    Rule::Unchecked,
                    None,
                    "too many values to check",
                ));
                return Ok(findings);
            };
            *budget = left;
            if let Some(betrayed) = self.narrower_holder(&value)? {
                let rule = rule_for(&place, value.kind);
                findings.push(Finding::new(object.id(), &place, rule, Some(&betrayed), &value.value));
            }
        }
        Ok(findings)
    }

    /// An object that states a value, where none that does is open to all who would read the draft.
    fn narrower_holder(&self, value: &Observable) -> Result<Option<kizuna_stix::Id>, AppError> {
        let search = Search { observables: vec![value.clone()], ..Search::default() };
        let mut cursor = None;
        let mut narrower = None;
        loop {
            let found = self.reading.search(&search, cursor.as_deref(), HOLDERS)?;
            for holder in found.items.iter().filter(|holder| !self.released.contains(&holder.id)) {
                if self.open_part(holder).is_some_and(|open| states(open, value)) {
                    return Ok(None);
                }
                narrower.get_or_insert_with(|| holder.id.clone());
            }
            if !found.more {
                return Ok(narrower);
            }
            cursor = found.next;
        }
    }
}

/// Whether what all may read of an object states a value.
fn states(open: Map<String, Value>, value: &Observable) -> bool {
    Object::from_value(Value::Object(open)).is_ok_and(|open| observable::of_object(&open).contains(value))
}

fn rule_for(place: &str, kind: Kind) -> Rule {
    match kind {
        _ if place == "$.pattern" => Rule::Pattern,
        _ if place.starts_with("$.external_references") => Rule::ExternalReference,
        Kind::FileName => Rule::FileName,
        _ => Rule::Value,
    }
}

/// Where an object states a value: the leaf that has it, else the object as a whole.
fn place_of(object: &Object, leaves: &[Leaf], value: &Observable) -> String {
    if object.kind() == "indicator" {
        return "$.pattern".to_owned();
    }
    let states = |leaf: &&Leaf| {
        let normal = leaf.text().and_then(|text| observable::normal(value.kind, text));
        normal.as_deref() == Some(&value.value)
    };
    leaves.iter().find(states).map_or_else(|| "$".to_owned(), |leaf| leaf.place.clone())
}

fn is_written(leaf: &Leaf) -> bool {
    !leaf.is_reference() && !leaf.is_vocabulary() && leaf.key != "pattern" && !leaf.is_instant()
}

/// The values that a text names, defanged or not. Only what has a shape of its own counts: any word can be a name.
fn in_text(text: &str) -> Vec<Observable> {
    let plain: String = text.nfkc().collect();
    let mut found = Vec::new();
    for word in plain.split(is_between_words) {
        let word = word.trim_matches(|c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '?'));
        if word.len() < SHORTEST {
            continue;
        }
        let values = observable::guess(word).into_iter().filter(|value| has_a_shape(value, word));
        found.extend(values);
    }
    found.sort();
    found.dedup();
    found
}

/// Nothing shorter is a value by its shape: `a.jp` has four characters.
const SHORTEST: usize = 4;

fn is_between_words(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '"' | '\'' | '`' | '“' | '”' | '「' | '」' | '『' | '』' | '、' | '。' | '<' | '>' | '|'
        )
}

fn has_a_shape(value: &Observable, word: &str) -> bool {
    match value.kind {
        Kind::Domain => value.value.contains('.'),
        Kind::FileName => {
            let extension = word.rsplit_once('.').map(|(_, extension)| extension);
            extension.is_some_and(|end| {
                (2..=5).contains(&end.len()) && end.chars().all(|c| c.is_ascii_alphanumeric())
            })
        }
        Kind::Asn => word.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("as")),
        Kind::Account | Kind::Mutex | Kind::UserAgent | Kind::Certificate | Kind::Ja3 => false,
        _ => true,
    }
}

//! Granular markings: from what they say to parts, and what is left of them when a part is gone.

use kizuna_stix::{Id, Object};
use serde_json::{Map, Value};

use super::selector::Place;
use super::{Part, fold};
use crate::label::{Label, Terms};
use crate::party::MemberId;

const GRANULAR: &str = "granular_markings";

/// What one marking asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Terms(Terms),
    /// It is missing or not understood: the source's member only.
    Unclear,
}

/// A label under which several markings ask at once. What one of them leaves unclear, or a demand that names nobody,
/// is the source's member's only.
fn narrowed<'a>(label: &Label, asked: impl Iterator<Item = &'a Asked>, source: MemberId) -> Label {
    let mut terms = Terms::default();
    let mut is_unclear = false;
    for asked in asked {
        match asked {
            Asked::Terms(further) => terms = terms.and(further),
            Asked::Unclear => is_unclear = !crate::leak::is(6),
        }
    }
    let label = label.narrowed(&terms);
    if is_unclear { label.only_own(source) } else { label.or_own(source) }
}

/// One entry that marks: what it refers to, and what it selects as far as that is text.
struct Entry<'a> {
    marking: Option<Id>,
    selectors: Vec<Option<&'a str>>,
}

/// The marking entries of an object. An entry that only names a language marks nothing.
fn entries(object: &Object) -> Vec<Entry<'_>> {
    let Some(Value::Array(entries)) = object.get(GRANULAR) else { return Vec::new() };
    let marks = |entry: &&Value| entry.get("marking_ref").is_some() || entry.get("lang").is_none();
    let read = |entry: &'_ Value| -> Option<Id> { entry.get("marking_ref")?.as_str()?.parse().ok() };
    entries
        .iter()
        .filter(marks)
        .map(|entry| {
            let selectors = match entry.get("selectors") {
                Some(Value::Array(selectors)) if !selectors.is_empty() => {
                    selectors.iter().map(Value::as_str).collect()
                }
                _ => vec![None],
            };
            Entry { marking: read(entry), selectors }
        })
        .collect()
}

/// The markings that the granular markings of an object refer to, each once, in order.
pub fn granular_refs(object: &Object) -> Vec<Id> {
    let mut refs: Vec<Id> = Vec::new();
    for marking in entries(object).into_iter().filter_map(|entry| entry.marking) {
        if !refs.contains(&marking) {
            refs.push(marking);
        }
    }
    refs
}

/// The label and the parts of an object under `label` from `source`, folded. `asks` says what a marking asks for.
///
/// An entry that refers to no marking is not understood. What selects nothing, or is malformed, narrows the whole.
pub fn compile(
    object: &Object,
    label: &Label,
    source: MemberId,
    asks: impl Fn(&Id) -> Asked,
) -> (Label, Vec<Part>) {
    let mut whole = label.clone();
    let mut placed: Vec<(Place, Asked)> = Vec::new();
    for entry in entries(object) {
        let asked = entry.marking.as_ref().map_or(Asked::Unclear, &asks);
        for selector in &entry.selectors {
            match selector.and_then(|selector| Place::of(selector, object.value())) {
                Some(place) => placed.push((place, asked.clone())),
                None => whole = narrowed(&whole, std::iter::once(&asked), source),
            }
        }
    }
    let part = |(place, _): &(Place, Asked)| {
        let around = placed.iter().filter(|(other, _)| other.covers(place)).map(|(_, asked)| asked);
        Part { label: narrowed(&whole, around, source), selectors: vec![place.to_string()] }
    };
    let parts: Vec<Part> = placed.iter().map(part).collect();
    fold(object, &whole, &parts)
}

/// Takes from the granular markings of `left` what names something that is gone from `before`; the others go on naming
/// what they named.
pub(super) fn forget(left: &mut Map<String, Value>, before: &Map<String, Value>, gone: &[Place]) {
    if gone.is_empty() || crate::leak::is(42) {
        return;
    }
    let Some(Value::Array(entries)) = left.get_mut(GRANULAR) else { return };
    entries.retain_mut(|entry| {
        let Some(Value::Array(selectors)) = entry.get_mut("selectors") else { return true };
        let had_any = !selectors.is_empty();
        selectors.retain_mut(|selector| {
            // What never selected anything narrows the whole object, and says nothing of a part.
            let Some(place) = selector.as_str().and_then(|text| Place::of(text, before)) else { return true };
            match place.after(gone) {
                Some(moved) => {
                    *selector = Value::String(moved.to_string());
                    true
                }
                None => false,
            }
        });
        !selectors.is_empty() || !had_any
    });
    if entries.is_empty() {
        left.shift_remove(GRANULAR);
    }
}

//! Folding: a part that cannot be taken out narrows the whole object.
//!
//! What is left must be valid STIX, must be the same object, and must not give away by its id what was taken out.

use std::collections::{BTreeMap, BTreeSet};

use kizuna_stix::{Fault, Object, id};
use serde_json::{Map, Value};

use super::selector::Place;
use super::{MOST_FORMS, Part, form, subsets};
use crate::label::Label;

/// What says which object it is, whose, and how it is marked, is never taken out of it.
const KEPT: [&str; 9] = [
    "created",
    "created_by_ref",
    "granular_markings",
    "id",
    "modified",
    "object_marking_refs",
    "revoked",
    "spec_version",
    "type",
];

/// The label and the parts of an object, so that everything that is left of it without some of the parts is sound.
///
/// Into the label goes the label of a part that selects nothing; that takes away what the object needs (a required
/// property, one of [`KEPT`], what its deterministic id is made of, the declaration of an extension that it needs); and
/// of all parts, where without all of them it is no valid STIX. Selectors with the same label are one part, and a field
/// within a field asks for what the outer one asks. Where more than [`MOST_FORMS`] forms would be read, all parts become
/// one that asks for what all of them ask. Idempotent.
pub fn fold(object: &Object, label: &Label, parts: &[Part]) -> (Label, Vec<Part>) {
    let mut label = label.clone();
    let mut placed: Vec<(Label, Place)> = Vec::new();
    for part in parts {
        for selector in &part.selectors {
            match Place::of(selector, object.value()) {
                Some(place) if !KEPT.contains(&place.property()) => placed.push((part.label.clone(), place)),
                _ => label = label.and(&part.label),
            }
        }
    }
    // Each round folds or joins a part for good.
    for _ in 0..=2 * placed.len() {
        let parts = joined(&label, &placed);
        let folding = to_fold(object, &parts);
        for number in &folding {
            label = label.and(&parts[*number].label);
        }
        if !folding.is_empty() {
            continue;
        }
        // n labels make at least n + 1 forms.
        if parts.len() < MOST_FORMS && subsets(&parts).len() <= MOST_FORMS {
            return (label, parts);
        }
        placed = together(&label, &placed, &parts);
    }
    let all = placed.iter().fold(label, |all, (of, _)| all.and(of));
    (all, Vec::new())
}

/// The places under an object's label as parts: the same label, the same part.
fn joined(label: &Label, placed: &[(Label, Place)]) -> Vec<Part> {
    let mut by_label: BTreeMap<Label, BTreeSet<&Place>> = BTreeMap::new();
    for (_, place) in placed {
        let asked = asked(label, placed, place);
        if asked != *label {
            by_label.entry(asked).or_default().insert(place);
        }
    }
    let part = |(label, places): (Label, BTreeSet<&Place>)| {
        let is_outer = |place: &&&Place| !places.iter().any(|other| other != *place && other.covers(place));
        Part { label, selectors: places.iter().filter(is_outer).map(ToString::to_string).collect() }
    };
    by_label.into_iter().map(part).collect()
}

/// All that is asked of a reader of one place.
fn asked(label: &Label, placed: &[(Label, Place)], place: &Place) -> Label {
    let around = placed.iter().filter(|(_, other)| other.covers(place));
    around.fold(label.clone(), |asked, (of, _)| asked.and(of))
}

/// The same places, all those that ask for more than the object under what they ask for together. Whoever reads them
/// reads all, and who does not reads none: that there are many tells nobody anything of one that he does not read.
fn together(label: &Label, placed: &[(Label, Place)], parts: &[Part]) -> Vec<(Label, Place)> {
    let all = parts.iter().fold(label.clone(), |all, part| all.and(&part.label));
    let asks_more = |place: &Place| asked(label, placed, place) != *label;
    let relabelled = |(of, place): &(Label, Place)| {
        (if asks_more(place) { all.clone() } else { of.clone() }, place.clone())
    };
    placed.iter().map(relabelled).collect()
}

/// The parts that narrow the whole object instead, by number.
fn to_fold(object: &Object, parts: &[Part]) -> Vec<usize> {
    let selectors: Vec<Vec<String>> = parts.iter().map(|part| part.selectors.clone()).collect();
    let without = |hidden: &dyn Fn(usize) -> bool| {
        is_sound(object, form(object.value(), &selectors, |number| !hidden(number)).object)
    };
    let needed: Vec<usize> = (0..parts.len()).filter(|number| !without(&|other| other == *number)).collect();
    if !needed.is_empty() && !crate::leak::is(49) {
        // What only another part needs (STIX: a decryption key its algorithm) would tell, by narrowing the whole, of
        // that part those who do not read it: then nobody reads less than all.
        let is_optional = |number: usize| !needed.contains(&number);
        let is_needed_anyway = |number: &usize| !without(&|other| other == *number || is_optional(other));
        let alone = without(&is_optional) && needed.iter().all(is_needed_anyway);
        return if alone { needed } else { (0..parts.len()).collect() };
    }
    // Too many are asked for together first.
    let all_sound = parts.len() >= MOST_FORMS || {
        subsets(parts).iter().all(|readable| without(&|number| !readable.contains(&number)))
    };
    if all_sound || crate::leak::is(49) { Vec::new() } else { (0..parts.len()).collect() }
}

/// Whether what is left of an object can stand for it.
fn is_sound(object: &Object, left: Map<String, Value>) -> bool {
    let Ok(left) = Object::from_value(Value::Object(left)) else { return false };
    let complained: BTreeSet<&str> = object.warnings().iter().map(|fault| fault.rule.as_str()).collect();
    let is_new = |fault: &Fault| !complained.contains(fault.rule.as_str());
    let same_id = !object.id().is_name_based()
        || id::deterministic(object.kind(), object.value()) == id::deterministic(left.kind(), left.value());
    left.id() == object.id()
        && same_id
        && !left.warnings().iter().any(is_new)
        && declares_as_before(object, &left)
}

/// Whether every extension that is left, and every one that the object cannot do without, is declared as before.
fn declares_as_before(object: &Object, left: &Object) -> bool {
    let Some(Value::Object(before)) = object.get("extensions") else { return true };
    let after = left.get("extensions");
    before.iter().all(|(id, extension)| {
        let declared = extension.get("extension_type");
        match after.and_then(|after| after.get(id)) {
            Some(kept) => kept.get("extension_type") == declared,
            None => declared.is_none_or(|kind| kind == "property-extension"),
        }
    })
}

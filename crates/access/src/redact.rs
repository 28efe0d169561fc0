//! Redaction by granular marking: which fields of an object have a label of their own, and what of it a reader gets
//! who may not read all of them.
//!
//! A granular marking only narrows (design, semantic 1): the fields that it selects ask for what the object asks for
//! and for what the marking asks for. Such a field is a [`Part`]. What is left of an object without some of its parts
//! is a *form* of it: canonical STIX again, without a trace of what is missing. Pure; who may read which part is
//! decided elsewhere.
//!
//! Start at [`compile`] (markings to parts), [`fold`] (what cannot be taken out narrows the whole) and [`form`].

mod cut;
mod folding;
mod granular;
mod selector;

use std::collections::BTreeSet;

use kizuna_stix::{Fault, Object};
use serde_json::{Map, Value};

use crate::label::Label;

pub use folding::fold;
pub use granular::{Asked, compile, granular_refs};
use selector::Place;

/// At most so many forms of a version are read.
pub const MOST_FORMS: usize = 4;

/// Fields of an object under a label narrower than the object's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Part {
    /// All that is asked of a reader of these fields, the object's own label included.
    pub label: Label,
    /// As granular markings write them (STIX 2.1 §7.2.3.1), such as `external_references.[0].url`.
    pub selectors: Vec<String>,
}

/// An object as it is read by who may read some of its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    pub object: Map<String, Value>,
    /// The parts that are in it, by number, with their selectors in the terms of this form: what followed a removed
    /// item of a list has moved up.
    pub parts: Vec<(usize, Vec<String>)>,
}

/// A form of an object together with who may read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    /// All that is asked of a reader of exactly this form: the object's label and those of the parts in it.
    pub label: Label,
    pub object: Object,
    pub parts: Vec<Part>,
}

/// Whether a selector, such as `external_references.[0].url`, names a place that an object has.
pub fn selects(selector: &str, object: &Map<String, Value>) -> bool {
    selector::Place::of(selector, object).is_some()
}

/// The form of an object for who may read those of its parts (given by their selectors) that `readable` says.
///
/// Granular markings that name what is gone are gone with it, and the others keep naming what they named.
pub fn form(object: &Map<String, Value>, parts: &[Vec<String>], readable: impl Fn(usize) -> bool) -> Form {
    let places = |selectors: &[String]| -> Vec<Place> {
        selectors.iter().filter_map(|selector| Place::of(selector, object)).collect()
    };
    let hidden: Vec<Place> = parts
        .iter()
        .enumerate()
        .filter(|(number, _)| !readable(*number))
        .flat_map(|(_, selectors)| places(selectors))
        .collect();
    let mut left = object.clone();
    let gone = cut::cut(&mut left, &hidden);
    granular::forget(&mut left, object, &gone);
    let mut shown = Vec::new();
    for (number, selectors) in parts.iter().enumerate().filter(|(number, _)| readable(*number)) {
        let moved: Vec<String> = places(selectors)
            .iter()
            .filter_map(|place| place.after(&gone))
            .map(|place| place.to_string())
            .collect();
        if !moved.is_empty() {
            shown.push((number, moved));
        }
    }
    Form { object: left, parts: shown }
}

/// Every form of an object with folded parts that somebody can be shown, the whole one first. Nobody reads a part
/// without those whose labels ask for less.
///
/// # Errors
/// The faults of a form that is no STIX object, which folded parts do not have.
pub fn forms(object: &Object, label: &Label, parts: &[Part]) -> Result<Vec<Labelled>, Vec<Fault>> {
    let selectors: Vec<Vec<String>> = parts.iter().map(|part| part.selectors.clone()).collect();
    let mut forms = Vec::new();
    for readable in subsets(parts) {
        let Form { object: left, parts: shown } =
            form(object.value(), &selectors, |number| readable.contains(&number));
        let object = if readable.len() == parts.len() {
            object.clone()
        } else {
            Object::from_value(Value::Object(left))?
        };
        let asked = readable.iter().fold(label.clone(), |asked, number| asked.and(&parts[*number].label));
        let parts = shown
            .into_iter()
            .map(|(number, selectors)| Part { label: parts[number].label.clone(), selectors })
            .collect();
        forms.push(Labelled { label: asked, object, parts });
    }
    Ok(forms)
}

/// The sets of parts that somebody can read together, by number, the whole one first.
pub fn subsets(parts: &[Part]) -> Vec<BTreeSet<usize>> {
    let count = parts.len().min(usize::BITS as usize - 1);
    let asks_for = |one: &Part, other: &Part| one.label.and(&other.label) == one.label;
    let is_whole = |set: &BTreeSet<usize>| {
        let has_all = |number: &usize| {
            (0..count).all(|other| set.contains(&other) || !asks_for(&parts[*number], &parts[other]))
        };
        set.iter().all(has_all)
    };
    (0..1_usize << count)
        .rev()
        .map(|bits| (0..count).filter(|number| bits & (1 << number) != 0).collect())
        .filter(is_whole)
        .collect()
}

#[cfg(test)]
mod tests;

//! STIX patterns (STIX 2.1 §9), evaluated in full.
//!
//! A pattern is compiled into *tests* (its comparison expressions, each one once over all patterns) and a *plan* of how
//! they follow each other. An observation is asked for the tests that it satisfies ([`Patterns::tests`]); tests are
//! found by the types of its objects and by the exact values in them, so that most are never looked at. A pattern that
//! is one test is decided at once; the others are decided by [`Track`] from all that satisfied a part of them.
//!
//! Owns the meaning of patterns; the language itself is `kizuna_stix::pattern`. Refuses I/O.
//!
//! Start at [`Patterns::compile`].

mod binding;
pub mod bundle;
mod comparison;
mod compile;
mod fields;
mod like;
mod network;
mod objects;
mod path;
#[cfg(test)]
mod tests;
mod track;
mod value;
mod watch;

use std::collections::HashMap;

use kizuna_stix::observable::Observable;
use serde_json::Value;

pub use binding::Span;
use binding::{Filter, Plan};
use comparison::Comparison;
pub use comparison::is_found_by_scan;
pub use compile::Refusal;
pub use objects::Objects;
use path::Path;
pub use path::{Observation, Origin, Pool};
pub use track::{Match, Part, Place, Track};
pub use watch::{Lookout, Watch};

/// Patterns, ready to be asked for.
#[derive(Debug, Default)]
pub struct Patterns {
    /// Types of objects, by number.
    kinds: Vec<String>,
    numbers: HashMap<String, u16>,
    /// What is asked of each type.
    asked: Vec<AskedOfKind>,
    paths: Vec<Path>,
    tests: Vec<Test>,
    plans: Vec<Compound>,
}

/// How the tests of one type of object are found.
#[derive(Debug, Default)]
struct AskedOfKind {
    /// Paths at which exact values are asked for, and by value the tests that ask.
    exact: Vec<(u32, Exact)>,
    /// Tests that have to be tried on every object of the type.
    open: Vec<u32>,
}

#[derive(Debug, Default)]
struct Exact {
    texts: HashMap<String, Vec<u32>>,
    normals: HashMap<Observable, Vec<u32>>,
    /// By the bits of the number as a float.
    numbers: HashMap<u64, Vec<u32>>,
}

/// One comparison expression, and who needs it.
#[derive(Debug)]
struct Test {
    comparison: Comparison,
    /// Patterns that match where it does, within the time they name.
    alone: Vec<(u32, Filter)>,
    /// Whether a plan needs it.
    part: bool,
}

/// A pattern that needs several observations.
#[derive(Debug)]
struct Compound {
    pattern: u32,
    plan: Plan,
}

/// What is kept from one observation to the next, so that asking allocates nothing.
#[derive(Debug, Default)]
pub struct Scratch {
    candidates: Vec<u32>,
    /// How often an expression was given up because it went back and forth too long.
    pub given_up: u64,
}

impl Patterns {
    /// Whether anything asks for objects of this type.
    pub fn asks_for(&self, kind: &str) -> bool {
        self.numbers.contains_key(kind)
    }

    pub fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    /// Appends the tests that the observation satisfies, each once, sorted.
    pub fn tests(&self, observation: &Observation<'_>, scratch: &mut Scratch, satisfied: &mut Vec<u32>) {
        let begun = satisfied.len();
        for object in observation.objects {
            let Some(kind) = object.get("type").and_then(Value::as_str) else { continue };
            let Some(number) = self.numbers.get(kind) else { continue };
            let asked = &self.asked[usize::from(*number)];
            scratch.candidates.clear();
            self.candidates(kind, asked, object, observation, &mut scratch.candidates);
            scratch.candidates.sort_unstable();
            scratch.candidates.dedup();
            for test in scratch.candidates.iter().chain(&asked.open) {
                let comparison = &self.tests[*test as usize].comparison;
                if satisfied[begun..].contains(test) {
                    continue;
                }
                let root = (*number, *object);
                if comparison.holds(&self.paths, &self.kinds, root, observation, &mut scratch.given_up) {
                    satisfied.push(*test);
                }
            }
        }
        satisfied[begun..].sort_unstable();
    }

    /// Tests that ask for a value which the object has.
    fn candidates(
        &self,
        kind: &str,
        asked: &AskedOfKind,
        object: &Value,
        observation: &Observation<'_>,
        out: &mut Vec<u32>,
    ) {
        for (number, exact) in &asked.exact {
            let path = &self.paths[*number as usize];
            path.any(object, observation.pool, &mut |found| {
                match found {
                    value::Found::Json(Value::String(text)) => {
                        out.extend(exact.texts.get(text.as_str()).into_iter().flatten());
                        if observation.origin == Origin::Log && !exact.normals.is_empty() {
                            let normal = comparison::stated(kind, &path.keys, text);
                            out.extend(
                                normal.and_then(|normal| exact.normals.get(&normal)).into_iter().flatten(),
                            );
                        }
                    }
                    value::Found::Json(Value::Number(value)) => {
                        let bits = value.as_f64().map(compile::bits);
                        out.extend(bits.and_then(|bits| exact.numbers.get(&bits)).into_iter().flatten());
                    }
                    _ => {}
                }
                // Every value counts, not only the first.
                false
            });
        }
    }

    /// The patterns that these tests decide alone, given when the observation was.
    pub fn alone(&self, tests: &[u32], span: Span) -> Vec<u32> {
        let mut found: Vec<u32> = tests
            .iter()
            .filter_map(|test| self.tests.get(*test as usize))
            .flat_map(|test| &test.alone)
            .filter(|(_, filter)| filter.admits(span))
            .map(|(pattern, _)| *pattern)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Those of these tests that are a part of a pattern over several observations.
    pub fn parts(&self, tests: &[u32]) -> Vec<u32> {
        let is_part = |test: &&u32| self.tests.get(**test as usize).is_some_and(|test| test.part);
        tests.iter().filter(is_part).copied().collect()
    }
}

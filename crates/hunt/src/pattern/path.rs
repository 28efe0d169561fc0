//! Object paths (STIX 2.1 §9.7), and the observation in which they are walked.

use std::collections::HashMap;

use kizuna_stix::pattern::{ObjectPath, Step};
use serde_json::Value;

use super::value::{Encoded, Found};

/// Objects by id, for following references.
pub type Pool<'a> = HashMap<&'a str, &'a Value>;

/// Where values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody wrote objects: they are compared as they stand, as §9 says.
    Objects,
    /// A line of a log was made into objects: values are compared in their normal forms too, since logs write the
    /// same address, name or hash in many ways.
    Log,
}

/// Objects that were observed together.
#[derive(Debug, Clone, Copy)]
pub struct Observation<'a> {
    /// The objects that a comparison may begin at.
    pub objects: &'a [&'a Value],
    /// Where references lead.
    pub pool: &'a Pool<'a>,
    pub origin: Origin,
}

/// A path, ready to be walked.
#[derive(Debug)]
pub(super) struct Path {
    steps: Vec<Step>,
    encoded: Encoded,
    /// The keys alone, as tables of observables name properties.
    pub keys: Vec<String>,
}

/// References that one walk may follow: objects that refer to each other in lists would else be walked in every order.
const HOPS: usize = 4096;

impl Path {
    pub fn new(path: &ObjectPath) -> Self {
        let keys: Vec<String> = path
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Key(key) => Some(key.clone()),
                Step::Index(_) | Step::Any => None,
            })
            .collect();
        let encoded = match path.steps.last() {
            Some(Step::Key(key)) => Encoded::of(key),
            _ => Encoded::No,
        };
        Self { steps: path.steps.clone(), encoded, keys }
    }

    /// Whether text at the end of this path is text, not bytes.
    pub fn is_text(&self) -> bool {
        self.encoded == Encoded::No
    }

    /// Gives every value that the path leads to, until one is accepted; whether one was.
    pub fn any<'a>(
        &'a self,
        object: &'a Value,
        pool: &Pool<'a>,
        accept: &mut dyn FnMut(&Found<'_>) -> bool,
    ) -> bool {
        self.walk(object, &self.steps, "", pool, &mut { HOPS }, accept)
    }

    fn walk<'a>(
        &self,
        mut value: &'a Value,
        steps: &'a [Step],
        mut before: &'a str,
        pool: &Pool<'a>,
        hops: &mut usize,
        accept: &mut dyn FnMut(&Found<'_>) -> bool,
    ) -> bool {
        let mut rest = steps;
        while let Some((step, tail)) = rest.split_first() {
            value = match step {
                Step::Key(key) => {
                    if let Value::String(id) = value
                        && (before.ends_with("_ref") || before.ends_with("_refs"))
                    {
                        let Some(there) = pool.get(id.as_str()) else { return false };
                        let Some(left) = hops.checked_sub(1) else { return false };
                        *hops = left;
                        value = there;
                    }
                    before = key;
                    let Some(inner) = value.get(key) else { return false };
                    inner
                }
                Step::Index(position) => {
                    let place = usize::try_from(*position).unwrap_or(usize::MAX);
                    let Some(inner) = value.as_array().and_then(|list| list.get(place)) else { return false };
                    inner
                }
                Step::Any => {
                    let Value::Array(list) = value else { return false };
                    return list.iter().any(|inner| self.walk(inner, tail, before, pool, hops, accept));
                }
            };
            rest = tail;
        }
        accept(&self.encoded.read(value))
    }
}

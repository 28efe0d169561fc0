//! Observed data given as evidence: a STIX bundle, a TAXII envelope, or an array of objects.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::path::{Observation, Origin, Pool};
use super::track::Part;
use super::{Patterns, Scratch, Span};

/// Whether a text that begins so may be a bundle, so that it has to be read as a whole.
pub fn begins(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let Some(first) = head.iter().position(|byte| !byte.is_ascii_whitespace()) else { return false };
    let has = |needle: &[u8]| memchr::memmem::find(head, needle).is_some();
    match head[first] {
        b'{' => has(b"\"bundle\"") || has(b"\"objects\"") || has(b"\"observed-data\""),
        b'[' => has(b"\"type\"") && has(b"\"id\""),
        _ => false,
    }
}

/// What a bundle's observations satisfy.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Patterns that one observation decides, with the line at which that begins (from zero).
    pub alone: Vec<(u32, Part)>,
    /// Parts of patterns over several.
    pub parts: Vec<Part>,
    /// Observations in the bundle.
    pub observations: u64,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    objects: Vec<&'a RawValue>,
}

/// One object and the line at which it begins.
struct Placed {
    value: Value,
    line: u64,
}

/// Evaluates the patterns over what a bundle tells of; `None` where the text is no bundle.
///
/// Each `observed-data` is an observation. An object of no observation is one by itself, without a time: who hands over
/// bare objects says that they were seen.
pub fn evaluate(patterns: &Patterns, text: &[u8], scratch: &mut Scratch) -> Option<Outcome> {
    let text = std::str::from_utf8(text).ok()?.trim_start_matches('\u{feff}');
    let raw: Vec<&RawValue> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).ok()?
    } else {
        let envelope: Envelope<'_> = serde_json::from_str(text).ok()?;
        envelope.objects
    };
    let mut objects = Vec::with_capacity(raw.len());
    let (mut at, mut line) = (0, 0);
    for raw in raw {
        // Objects are slices of the text, in its order.
        let begins = (raw.get().as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        line += memchr::memchr_iter(b'\n', text.as_bytes().get(at..begins)?).count() as u64;
        at = begins;
        let value: Value = serde_json::from_str(raw.get()).ok()?;
        objects.push(Placed { value, line });
    }
    Some(of_objects(patterns, &objects, scratch))
}

/// Evaluates the patterns over one object that a line holds, if it is observed data with its objects inside (STIX 2.0).
pub fn evaluate_inline(patterns: &Patterns, value: &Value, scratch: &mut Scratch) -> Option<Outcome> {
    let is_observed = value.get("type").and_then(Value::as_str) == Some("observed-data");
    if !is_observed || !value.get("objects").is_some_and(Value::is_object) {
        return None;
    }
    let mut outcome = Outcome::default();
    observed(patterns, value, 0, &Pool::new(), scratch, &mut outcome);
    Some(outcome)
}

fn of_objects(patterns: &Patterns, objects: &[Placed], scratch: &mut Scratch) -> Outcome {
    let mut outcome = Outcome::default();
    let mut pool = Pool::new();
    let mut named = HashSet::new();
    for Placed { value, .. } in objects {
        if let Some(id) = value.get("id").and_then(Value::as_str) {
            pool.insert(id, value);
        }
        if value.get("type").and_then(Value::as_str) == Some("observed-data") {
            let refs = value.get("object_refs").and_then(Value::as_array);
            named.extend(refs.into_iter().flatten().filter_map(Value::as_str));
        }
    }
    for Placed { value, line } in objects {
        let Some(kind) = value.get("type").and_then(Value::as_str) else { continue };
        if kind == "observed-data" {
            observed(patterns, value, *line, &pool, scratch, &mut outcome);
            continue;
        }
        let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
        if patterns.asks_for(kind) && !named.contains(id) {
            let observation = Observation { objects: &[value], pool: &pool, origin: Origin::Objects };
            let part =
                Part { tests: Vec::new(), line: *line, first: None, last: None, count: 1, asset: None };
            settle(patterns, &observation, part, scratch, &mut outcome);
        }
    }
    outcome
}

fn observed(
    patterns: &Patterns,
    value: &Value,
    line: u64,
    pool: &Pool<'_>,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
) {
    let time = |key: &str| {
        let text = value.get(key).and_then(Value::as_str);
        text.and_then(|text| kizuna_stix::time::parse(text).ok())
    };
    let first = time("first_observed");
    let part = Part {
        tests: Vec::new(),
        line,
        first: first.or(time("last_observed")),
        last: time("last_observed").or(first),
        count: value.get("number_observed").and_then(Value::as_u64).unwrap_or(1),
        asset: None,
    };
    if let Some(Value::Object(inline)) = value.get("objects") {
        let pool: Pool<'_> = inline.iter().map(|(key, object)| (key.as_str(), object)).collect();
        let objects: Vec<&Value> = inline.values().collect();
        let observation = Observation { objects: &objects, pool: &pool, origin: Origin::Objects };
        settle(patterns, &observation, part, scratch, outcome);
        return;
    }
    let refs = value.get("object_refs").and_then(Value::as_array);
    let mut ids: Vec<&str> = refs.into_iter().flatten().filter_map(Value::as_str).collect();
    ids.sort_unstable();
    ids.dedup();
    let objects: Vec<&Value> = ids.iter().filter_map(|id| pool.get(id).copied()).collect();
    let observation = Observation { objects: &objects, pool, origin: Origin::Objects };
    settle(patterns, &observation, part, scratch, outcome);
}

fn settle(
    patterns: &Patterns,
    observation: &Observation<'_>,
    mut part: Part,
    scratch: &mut Scratch,
    outcome: &mut Outcome,
) {
    outcome.observations += 1;
    let mut tests = Vec::new();
    patterns.tests(observation, scratch, &mut tests);
    let span: Span = part.span();
    for pattern in patterns.alone(&tests, span) {
        outcome.alone.push((pattern, part.clone()));
    }
    part.tests = patterns.parts(&tests);
    if !part.tests.is_empty() {
        outcome.parts.push(part);
    }
}

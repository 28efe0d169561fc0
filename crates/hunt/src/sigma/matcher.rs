//! Events against rules, on one thread.

use std::fmt::Write as _;
use std::ops::Range;

use super::Rules;
use ahash::HashMap;

use super::check::{Check, Given};
use super::expression::Ask;
use super::field;
use super::memory::Memory;
use super::route::Origin;
use crate::event::{Event, Value};

/// Names and origins that are remembered; then all are forgotten, so that logs cannot fill the memory.
const REMEMBERED: usize = 1 << 16;
const ORIGINS: usize = 1 << 10;

/// A rule that matches an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub rule: u32,
    /// Whether correlations are to be told, and of which values.
    pub values: Option<Vec<Option<String>>>,
}

/// Asks all rules about one event after the other.
#[derive(Debug)]
pub struct Matcher<'r> {
    rules: &'r Rules,
    /// The number of the event: what is stamped with it holds for this event.
    now: u32,
    holds: Vec<u32>,
    fails: Vec<u32>,
    /// By detection: whether it is a candidate already.
    woken: Vec<u32>,
    /// By field: the stamp, and the last of its values.
    heads: Vec<(u32, u32)>,
    /// By field: the stamp of its name, with or without a value.
    named: Vec<u32>,
    values: Vec<Held>,
    raw: String,
    lower: String,
    candidates: Vec<u32>,
    /// What is known of origins, and their numbers by their keys.
    known: Vec<Known>,
    origins: HashMap<Box<str>, u32>,
    /// Paths in all of it.
    paths: usize,
    memory: Memory,
    scratch: Vec<u32>,
    path: String,
    key: String,
}

/// What is known of events from one origin.
#[derive(Debug, Default)]
struct Known {
    origin: Origin,
    /// By detection: whether it is about such events.
    admits: Vec<bool>,
    /// Detections about such events that no value alone makes worth asking.
    always: Vec<u32>,
    /// Whether any rule is about such events, and whether one of these has keywords.
    any: bool,
    keywords: bool,
    /// What fields may be called that stand at a path, by the place of the path in `fields`.
    paths: HashMap<Box<str>, u32>,
    fields: Vec<Box<[u32]>>,
}

/// A value of a field.
#[derive(Debug)]
struct Held {
    raw: Range<usize>,
    lower: Range<usize>,
    /// The value of the same field before it.
    before: u32,
}

/// No value is before this one.
const NONE: u32 = u32::MAX;

impl<'r> Matcher<'r> {
    pub fn new(rules: &'r Rules) -> Self {
        Self {
            rules,
            now: 0,
            holds: vec![0; rules.tests.len()],
            fails: vec![0; rules.tests.len()],
            woken: vec![0; rules.detections.len()],
            heads: vec![(0, NONE); rules.literals.len()],
            named: vec![0; rules.literals.len()],
            values: Vec::new(),
            raw: String::new(),
            lower: String::new(),
            candidates: Vec::new(),
            known: Vec::new(),
            origins: HashMap::default(),
            paths: 0,
            memory: Memory::default(),
            scratch: Vec::new(),
            path: String::new(),
            key: String::new(),
        }
    }

    /// Adds the rules that match an event, in the order of their numbers. `path` is where its line stands.
    pub fn test(&mut self, event: &Event<'_>, path: &str, found: &mut Vec<Found>) {
        if self.rules.detections.is_empty() {
            return;
        }
        self.begin();
        let number = self.origin(event, path) as usize;
        if !self.known[number].any {
            return;
        }
        let mut known = std::mem::take(&mut self.known[number]);
        self.take(event, &mut known);
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.extend_from_slice(&known.always);
        let before = found.len();
        for rule in &candidates {
            let detection = &self.rules.detections[*rule as usize];
            if detection.expression.holds(self) {
                let values = detection.feeds.then(|| self.values_of(&detection.needed));
                found.push(Found { rule: *rule, values });
            }
        }
        found[before..].sort_unstable_by_key(|found| found.rule);
        self.candidates = candidates;
        self.known[number] = known;
    }

    fn begin(&mut self) {
        self.candidates.clear();
        self.values.clear();
        self.raw.clear();
        self.lower.clear();
        if self.now == u32::MAX {
            self.now = 0;
            for stamps in [&mut self.holds, &mut self.fails, &mut self.woken, &mut self.named] {
                stamps.fill(0);
            }
            self.heads.fill((0, NONE));
        }
        self.now += 1;
    }

    /// The number of what is known of the origin of an event.
    fn origin(&mut self, event: &Event<'_>, path: &str) -> u32 {
        self.key.clear();
        field::origin_key(event, path, &mut self.key);
        if let Some(number) = self.origins.get(self.key.as_str()) {
            return *number;
        }
        if self.known.len() >= ORIGINS {
            self.origins.clear();
            self.known.clear();
            self.paths = 0;
        }
        let number = self.known.len() as u32;
        self.known.push(Known::of(field::origin(event, path), self.rules));
        self.origins.insert(self.key.as_str().into(), number);
        number
    }

    /// Takes the values of all fields that rules know, and searches them.
    fn take(&mut self, event: &Event<'_>, known: &mut Known) {
        let nodes = event.nodes();
        let mut path = std::mem::take(&mut self.path);
        path.clear();
        // The objects that are open: where they end, and how long the path was before them.
        let mut open: Vec<(u32, usize)> = Vec::new();
        for (place, node) in nodes.iter().enumerate().skip(1) {
            while let Some((end, length)) = open.last().copied()
                && end as usize <= place
            {
                path.truncate(length);
                open.pop();
            }
            let length = path.len();
            if !node.name.is_empty() {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(&node.name);
            }
            if !node.value.is_leaf() {
                open.push((node.after, length));
                continue;
            }
            self.leaf(known, &path, &node.value);
            path.truncate(length);
        }
        self.path = path;
        field::derived(&known.origin, event, &mut |name, value| {
            if let Some(field) = self.rules.fields.get(name) {
                self.hold(known, *field, value);
            }
        });
    }

    fn leaf(&mut self, known: &mut Known, path: &str, value: &Value<'_>) {
        let place = match known.paths.get(path) {
            Some(place) => *place,
            None => self.learn(known, path),
        };
        let fields = &known.fields[place as usize];
        if !fields.is_empty() || known.keywords {
            for field in fields {
                self.named[*field as usize] = self.now;
            }
            self.give(known, fields, value);
        }
    }

    /// Notes a path; gives its place.
    fn learn(&mut self, known: &mut Known, path: &str) -> u32 {
        self.paths += 1;
        if self.paths > REMEMBERED {
            self.known.iter_mut().for_each(Known::forget);
            known.forget();
            self.paths = 1;
        }
        known.learn(path, self.rules)
    }

    fn give(&mut self, known: &Known, fields: &[u32], value: &Value<'_>) {
        let begin = self.raw.len();
        match value {
            Value::Null | Value::Object | Value::Array => return,
            Value::Bool(value) => self.raw.push_str(if *value { "true" } else { "false" }),
            Value::Integer(value) => drop(write!(self.raw, "{value}")),
            Value::Large(value) => drop(write!(self.raw, "{value}")),
            Value::Float(value) => drop(write!(self.raw, "{value}")),
            Value::Text(text) => self.raw.push_str(text),
        }
        let raw = begin..self.raw.len();
        let lower = self.lowered(raw.clone());
        for field in fields {
            let name = self.rules.tests.name_of(*field);
            if name == "IntegrityLevel"
                && let Some(other) = field::reworded(&known.origin, name, &self.raw[raw.clone()])
            {
                self.hold(known, *field, &other);
                continue;
            }
            self.keep(known, *field, raw.clone(), lower.clone());
        }
        if known.keywords {
            self.keep(known, 0, raw, lower);
        }
    }

    /// The value in small letters.
    fn lowered(&mut self, raw: Range<usize>) -> Range<usize> {
        let begin = self.lower.len();
        let text = &self.raw[raw];
        if text.is_ascii() {
            self.lower.push_str(text);
            self.lower[begin..].make_ascii_lowercase();
        } else {
            self.lower.extend(text.chars().flat_map(char::to_lowercase));
        }
        begin..self.lower.len()
    }

    /// A value that does not stand in the event as it is.
    fn hold(&mut self, known: &Known, field: u32, value: &str) {
        let begin = self.raw.len();
        self.raw.push_str(value);
        let raw = begin..self.raw.len();
        let lower = self.lowered(raw.clone());
        self.named[field as usize] = self.now;
        self.keep(known, field, raw, lower);
    }

    /// Keeps a value for a field, and searches it for the field's literals.
    fn keep(&mut self, known: &Known, field: u32, raw: Range<usize>, lower: Range<usize>) {
        let Self {
            rules, now, holds, heads, values, candidates, lower: text, woken, memory, scratch, ..
        } = self;
        let mut wake = |rules: &[u32]| {
            for rule in rules {
                let at = *rule as usize;
                if known.admits[at] && woken[at] != *now {
                    woken[at] = *now;
                    candidates.push(*rule);
                }
            }
        };
        let (stamp, last) = &mut heads[field as usize];
        let before = if *stamp == *now { *last } else { NONE };
        if before == NONE {
            wake(&rules.wakes_field[field as usize]);
        }
        *stamp = *now;
        *last = values.len() as u32;
        let literals = &rules.literals[field as usize];
        let value = &text[lower.clone()];
        let tests = if literals.has_parts() {
            memory.tests(field, value, scratch, |found| literals.search(value, found))
        } else {
            scratch.clear();
            literals.search(value, scratch);
            scratch
        };
        for test in tests {
            let stamp = &mut holds[*test as usize];
            if *stamp != *now {
                *stamp = *now;
                wake(&rules.wakes[*test as usize]);
            }
        }
        values.push(Held { raw, lower, before });
    }

    fn each(&self, field: u32) -> impl Iterator<Item = Given<'_>> {
        let (stamp, last) = self.heads[field as usize];
        let mut next = if stamp == self.now { last } else { NONE };
        std::iter::from_fn(move || {
            let held = self.values.get(next as usize)?;
            next = held.before;
            Some(Given { raw: &self.raw[held.raw.clone()], lower: &self.lower[held.lower.clone()] })
        })
    }

    /// The first value of each field.
    fn values_of(&self, fields: &[u32]) -> Vec<Option<String>> {
        fields.iter().map(|field| self.each(*field).last().map(|value| value.raw.to_owned())).collect()
    }
}

impl Ask for Matcher<'_> {
    /// Whether a test holds for some value of its field; asked once for an event.
    fn test(&mut self, number: u32) -> bool {
        let at = number as usize;
        if self.holds[at] == self.now {
            return true;
        }
        let test = self.rules.tests.get(number);
        if matches!(test.check, Check::Literal(..)) || self.fails[at] == self.now {
            return false;
        }
        let holds = match &test.check {
            Check::Named => self.named[test.field as usize] == self.now,
            Check::Field { other, .. } => {
                let mut values = self.each(test.field);
                values.any(|value| test.check.holds(value, self.each(*other)))
            }
            check => {
                let mut values = self.each(test.field);
                values.any(|value| check.holds(value, std::iter::empty()))
            }
        };
        let stamps = if holds { &mut self.holds } else { &mut self.fails };
        stamps[at] = self.now;
        holds
    }

    fn is_missing(&self, field: u32) -> bool {
        self.heads[field as usize].0 != self.now
    }
}

impl Known {
    fn of(origin: Origin, rules: &Rules) -> Self {
        let routes: Vec<bool> = rules.routes.iter().map(|route| route.admits(&origin)).collect();
        let admitted = |route: usize| routes[route];
        let always =
            (0..routes.len()).filter(|route| admitted(*route)).flat_map(|route| &rules.always[route]);
        Self {
            admits: rules.detections.iter().map(|detection| admitted(detection.route as usize)).collect(),
            always: always.copied().collect(),
            any: routes.contains(&true),
            keywords: (0..routes.len()).any(|route| admitted(route) && rules.keywords[route]),
            paths: HashMap::default(),
            fields: Vec::new(),
            origin,
        }
    }

    fn forget(&mut self) {
        self.paths.clear();
        self.fields.clear();
    }

    /// Notes the numbers of the fields that a path may be called; gives the place of the path.
    fn learn(&mut self, path: &str, rules: &Rules) -> u32 {
        let names = field::names(&self.origin, path);
        let fields = names.iter().filter_map(|name| rules.fields.get(name.as_str()).copied());
        self.fields.push(fields.filter(|field| *field != 0).collect());
        let place = self.fields.len() as u32 - 1;
        self.paths.insert(path.into(), place);
        place
    }
}

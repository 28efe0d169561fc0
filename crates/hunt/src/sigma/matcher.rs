//! Events against rules, on one thread.

use std::fmt::Write as _;
use std::ops::Range;

use super::Rules;
use ahash::HashMap;

use super::check::{Check, Given};
use super::expression::Ask;
use super::field;
use super::route::Origin;
use crate::event::{Event, Value};

/// Names and origins that are remembered; then all are forgotten, so that logs cannot fill the memory.
const REMEMBERED: usize = 1 << 16;
const ORIGINS: usize = 1 << 12;

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
    asked: Vec<u32>,
    /// By field: the stamp, and the last of its values.
    heads: Vec<(u32, u32)>,
    /// By field: the stamp of its name, with or without a value.
    named: Vec<u32>,
    values: Vec<Held>,
    raw: String,
    lower: String,
    candidates: Vec<u32>,
    /// Numbers of fields by path, for each origin.
    known: Vec<HashMap<String, Vec<u32>>>,
    /// Paths in it.
    paths: usize,
    /// Origins with what they admit, by route.
    origins: HashMap<Origin, (u32, Vec<bool>, bool)>,
    path: String,
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
            asked: vec![0; rules.detections.len()],
            heads: vec![(0, NONE); rules.literals.len()],
            named: vec![0; rules.literals.len()],
            values: Vec::new(),
            raw: String::new(),
            lower: String::new(),
            candidates: Vec::new(),
            known: Vec::new(),
            paths: 0,
            origins: HashMap::default(),
            path: String::new(),
        }
    }

    /// Adds the rules that match an event, in the order of their numbers. `path` is where its line stands.
    pub fn test(&mut self, event: &Event<'_>, path: &str, found: &mut Vec<Found>) {
        if self.rules.detections.is_empty() {
            return;
        }
        self.begin();
        let origin = field::origin(event, path);
        let (number, admitted, keywords) = self.admitted(&origin);
        if !admitted.contains(&true) {
            self.origins.insert(origin, (number, admitted, keywords));
            return;
        }
        self.take(event, &origin, number, keywords);
        for (route, is_admitted) in admitted.iter().enumerate() {
            if *is_admitted {
                self.candidates.extend_from_slice(&self.rules.always[route]);
            }
        }
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.sort_unstable();
        candidates.dedup();
        for rule in &candidates {
            let detection = &self.rules.detections[*rule as usize];
            if admitted[detection.route as usize] && detection.expression.holds(self) {
                let values = detection.feeds.then(|| self.values_of(&detection.needed));
                found.push(Found { rule: *rule, values });
            }
        }
        self.candidates = candidates;
        self.origins.insert(origin, (number, admitted, keywords));
    }

    fn begin(&mut self) {
        self.candidates.clear();
        self.values.clear();
        self.raw.clear();
        self.lower.clear();
        if self.now == u32::MAX {
            self.now = 0;
            for stamps in [&mut self.holds, &mut self.fails, &mut self.asked, &mut self.named] {
                stamps.fill(0);
            }
            self.heads.fill((0, NONE));
        }
        self.now += 1;
    }

    /// The number of an origin, which routes admit it, and whether any of these has keywords. Taken out, to be put back.
    fn admitted(&mut self, origin: &Origin) -> (u32, Vec<bool>, bool) {
        if let Some(known) = self.origins.get_mut(origin) {
            return (known.0, std::mem::take(&mut known.1), known.2);
        }
        if self.origins.len() >= ORIGINS {
            self.origins.clear();
            self.known.clear();
            self.paths = 0;
        }
        let admitted: Vec<bool> = self.rules.routes.iter().map(|route| route.admits(origin)).collect();
        let keywords = admitted.iter().zip(&self.rules.keywords).any(|(admitted, has)| *admitted && *has);
        (self.origins.len() as u32, admitted, keywords)
    }

    /// Takes the values of all fields that rules know, and searches them.
    fn take(&mut self, event: &Event<'_>, origin: &Origin, number: u32, keywords: bool) {
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
            self.leaf(origin, number, &path, &node.value, keywords);
            path.truncate(length);
        }
        self.path = path;
        field::derived(origin, event, &mut |name, value| {
            if let Some(field) = self.rules.fields.get(name) {
                self.hold(*field, value);
            }
        });
    }

    fn leaf(&mut self, origin: &Origin, number: u32, path: &str, value: &Value<'_>, keywords: bool) {
        let at = number as usize;
        if self.known.len() <= at {
            self.known.resize_with(at + 1, HashMap::default);
        }
        let fields = match self.known[at].get_mut(path) {
            Some(fields) => std::mem::take(fields),
            None => self.learn(origin, at, path),
        };
        if !fields.is_empty() || keywords {
            for field in &fields {
                self.named[*field as usize] = self.now;
            }
            self.give(origin, &fields, value, keywords);
        }
        if let Some(known) = self.known[at].get_mut(path) {
            *known = fields;
        }
    }

    /// The numbers of the fields that a path may be called.
    fn learn(&mut self, origin: &Origin, at: usize, path: &str) -> Vec<u32> {
        self.paths += 1;
        if self.paths > REMEMBERED {
            self.known.iter_mut().for_each(HashMap::clear);
            self.paths = 1;
        }
        let names = field::names(origin, path);
        let fields = names.iter().filter_map(|name| self.rules.fields.get(name.as_str()).copied());
        self.known[at].insert(path.to_owned(), Vec::new());
        fields.filter(|field| *field != 0).collect()
    }

    fn give(&mut self, origin: &Origin, fields: &[u32], value: &Value<'_>, keywords: bool) {
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
                && let Some(other) = field::reworded(origin, name, &self.raw[raw.clone()])
            {
                self.hold(*field, &other);
                continue;
            }
            self.keep(*field, raw.clone(), lower.clone());
        }
        if keywords {
            self.keep(0, raw, lower);
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
    fn hold(&mut self, field: u32, value: &str) {
        let begin = self.raw.len();
        self.raw.push_str(value);
        let raw = begin..self.raw.len();
        let lower = self.lowered(raw.clone());
        self.named[field as usize] = self.now;
        self.keep(field, raw, lower);
    }

    /// Keeps a value for a field, and searches it for the field's literals.
    fn keep(&mut self, field: u32, raw: Range<usize>, lower: Range<usize>) {
        let Self { rules, now, holds, heads, values, candidates, lower: text, .. } = self;
        let (stamp, last) = &mut heads[field as usize];
        let before = if *stamp == *now { *last } else { NONE };
        if before == NONE {
            candidates.extend_from_slice(&rules.wakes_field[field as usize]);
        }
        *stamp = *now;
        *last = values.len() as u32;
        rules.literals[field as usize].search(&text[lower.clone()], &mut |test| {
            let stamp = &mut holds[test as usize];
            if *stamp != *now {
                *stamp = *now;
                candidates.extend_from_slice(&rules.wakes[test as usize]);
            }
        });
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

//! Patterns asked of what is swept: of the lines of logs, each an observation, and of observed data in bundles.
//!
//! A line is read as an event only where it holds a value of a pattern, or where a pattern asks for something that is no
//! such value. What the scan said of a pattern's single values gives way to what the pattern says, wherever the line told
//! of an object of a type that the pattern asks for; elsewhere it stays, as a hint.

use std::collections::HashMap;

use jiff::Timestamp;
use kizuna_stix::pattern::{Comparison, Observation as Expression, Pattern};
use serde_json::Value;

use super::{Objects, Observation, Origin, Part, Patterns, Scratch, Span, bundle};
use crate::event::{Layout, text_of};
use crate::index::Index;
use crate::input::Trouble;
use crate::sweep::{Hit, asset_of, moment_of};

/// Bytes of a bundle of observed data.
const MAX_BUNDLE: usize = 512 << 20;
/// Bytes by which the layout of a text is seen.
const HEAD: usize = 16 << 10;

/// The patterns of an index, ready to be asked.
#[derive(Debug, Default)]
pub struct Lookout {
    patterns: Patterns,
    /// The types that a pattern asks for, by what joins its entries.
    types: HashMap<u32, Vec<String>>,
    /// Whether every line has to be looked at.
    open: bool,
}

impl Lookout {
    pub fn of(index: &Index) -> Self {
        let mut parsed = Vec::new();
        let mut lookout = Self::default();
        for entry in index.patterns() {
            let text = std::str::from_utf8(index.normal(&index.entry(entry))).unwrap_or_default();
            let Ok(pattern) = Pattern::parse(text) else { continue };
            let mut types = Vec::new();
            in_expression(pattern.root(), &mut types);
            types.sort_unstable();
            types.dedup();
            lookout.types.insert(index.source(entry), types);
            lookout.open |= !index.entry(entry).is_anchored();
            parsed.push((entry, pattern));
        }
        lookout.patterns = Patterns::compile(parsed.iter().map(|(entry, pattern)| (*entry, pattern))).0;
        lookout
    }

    pub fn patterns(&self) -> &Patterns {
        &self.patterns
    }

    pub fn is_idle(&self) -> bool {
        self.patterns.is_empty()
    }
}

fn in_expression(expression: &Expression, types: &mut Vec<String>) {
    match expression {
        Expression::Test(test) => in_test(test, types),
        Expression::And(all) | Expression::Or(all) | Expression::FollowedBy(all) => {
            for inner in all {
                in_expression(inner, types);
            }
        }
        Expression::Qualified(inner, _) => in_expression(inner, types),
    }
}

fn in_test(test: &Comparison, types: &mut Vec<String>) {
    match test {
        Comparison::And(all) | Comparison::Or(all) => {
            for inner in all {
                in_test(inner, types);
            }
        }
        Comparison::Proposition(proposition) => types.push(proposition.path.kind.clone()),
    }
}

/// Asks the patterns about what one thread reads.
pub struct Watch<'a> {
    lookout: &'a Lookout,
    index: &'a Index,
    /// Whether a line or observation of this time is looked at.
    admits: &'a (dyn Fn(Option<Timestamp>) -> bool + Sync),
    layout: Layout,
    begun: bool,
    /// A text that is read as a whole, and how many lines had been before it.
    whole: Option<Vec<u8>>,
    scratch: Scratch,
    tests: Vec<u32>,
}

impl<'a> Watch<'a> {
    pub fn new(
        lookout: &'a Lookout,
        index: &'a Index,
        admits: &'a (dyn Fn(Option<Timestamp>) -> bool + Sync),
    ) -> Self {
        Self {
            lookout,
            index,
            admits,
            layout: Layout::default(),
            begun: false,
            whole: None,
            scratch: Scratch::default(),
            tests: Vec::new(),
        }
    }

    pub fn is_idle(&self) -> bool {
        self.lookout.is_idle()
    }

    /// A part of a text follows that begins so.
    pub fn begin(&mut self, head: &[u8]) {
        self.layout = Layout::of_head(&text_of(&head[..head.len().min(HEAD)]));
        self.begun = true;
    }

    /// Asks about whole lines, of which the first has the number `first` (from zero). `hits` are those that the scan made
    /// in them; what the patterns decide otherwise is taken out, and what they find is put in.
    pub fn piece(&mut self, piece: &[u8], first: u64, hits: &mut Vec<Hit>, parts: &mut Vec<Part>) {
        if self.is_idle() {
            return;
        }
        if !self.begun {
            self.begin(piece);
            if bundle::begins(&piece[..piece.len().min(crate::input::HEAD)]) {
                self.whole = Some(Vec::new());
            }
        }
        match &mut self.whole {
            Some(whole) if whole.len() <= MAX_BUNDLE => whole.extend_from_slice(piece),
            Some(_) => {}
            None => self.lines(piece, first, hits, parts),
        }
    }

    /// The text ends. `hits` are all that the scan made in it.
    pub fn end(
        &mut self,
        path: &str,
        hits: &mut Vec<Hit>,
        parts: &mut Vec<Part>,
        troubles: &mut Vec<Trouble>,
    ) {
        self.begun = false;
        if let Some(whole) = self.whole.take() {
            if whole.len() > MAX_BUNDLE {
                let reason = format!(
                    "has more than {MAX_BUNDLE} bytes, so that patterns were not asked of its observations"
                );
                troubles.push(Trouble { path: path.to_owned(), reason });
            } else if let Some(outcome) = bundle::evaluate(&self.lookout.patterns, &whole, &mut self.scratch)
            {
                hits.retain(|hit| !self.lookout.types.contains_key(&self.index.source(hit.entry)));
                self.take(outcome, 0, hits, parts);
                hits.sort_by_key(|hit| hit.line);
            } else {
                self.lines(&whole, 0, hits, parts);
            }
        }
        let given_up = std::mem::take(&mut self.scratch.given_up);
        if given_up > 0 {
            let reason = format!(
                "holds {given_up} values that regular expressions of patterns could not decide in time"
            );
            troubles.push(Trouble { path: path.to_owned(), reason });
        }
    }

    /// What a bundle's observations came to.
    fn take(&self, outcome: bundle::Outcome, line: u64, hits: &mut Vec<Hit>, parts: &mut Vec<Part>) {
        for (entry, part) in outcome.alone {
            if (self.admits)(part.first) {
                hits.push(Hit {
                    path: String::new(),
                    line: line + part.line,
                    time: part.first,
                    asset: None,
                    entry,
                    also: Vec::new(),
                    strings: Vec::new(),
                });
            }
        }
        let admitted = outcome.parts.into_iter().filter(|part| (self.admits)(part.first));
        parts.extend(admitted.map(|part| Part { line: line + part.line, ..part }));
    }

    fn lines(&mut self, piece: &[u8], first: u64, hits: &mut Vec<Hit>, parts: &mut Vec<Part>) {
        let lookout = self.lookout;
        let index = self.index;
        let is_lead = |hit: &Hit| lookout.types.contains_key(&index.source(hit.entry));
        if !lookout.open && !hits.iter().any(is_lead) {
            return;
        }
        let mut found = std::mem::take(hits).into_iter().peekable();
        let mut here = Vec::new();
        for (number, line) in (first..).zip(piece.split(|byte| *byte == b'\n')) {
            here.clear();
            while let Some(hit) = found.next_if(|hit| hit.line <= number) {
                here.push(hit);
            }
            if line.is_empty() || !(lookout.open || here.iter().any(is_lead)) {
                hits.append(&mut here);
                continue;
            }
            self.line(line, number, &mut here, parts);
            hits.append(&mut here);
        }
        hits.extend(found);
    }

    fn line(&mut self, line: &[u8], number: u64, hits: &mut Vec<Hit>, parts: &mut Vec<Part>) {
        let text = text_of(line);
        if bundle::begins(line.get(..crate::input::HEAD).unwrap_or(line))
            && let Some(outcome) = self.observed(&text)
        {
            hits.retain(|hit| !self.lookout.types.contains_key(&self.index.source(hit.entry)));
            self.take(outcome, number, hits, parts);
            return;
        }
        let Some(event) = self.layout.event(&text) else { return };
        let objects = Objects::of(&event, &self.lookout.patterns);
        if objects.is_empty() {
            return;
        }
        let (values, pool) = (objects.values(), objects.pool());
        let told_of = |kind: &String| values.iter().any(|value| value["type"] == kind.as_str());
        hits.retain(|hit| {
            let types = self.lookout.types.get(&self.index.source(hit.entry));
            types.is_none_or(|types| !types.iter().any(told_of))
        });
        self.tests.clear();
        let observation = Observation { objects: &values, pool: &pool, origin: Origin::Log };
        self.lookout.patterns.tests(&observation, &mut self.scratch, &mut self.tests);
        if self.tests.is_empty() {
            return;
        }
        let time = moment_of(line).or_else(|| moment_of_event(&event));
        if !(self.admits)(time) {
            return;
        }
        let asset = asset_of(line);
        for entry in self.lookout.patterns.alone(&self.tests, Span::of(time)) {
            let (path, also, strings) = (String::new(), Vec::new(), Vec::new());
            hits.push(Hit { path, line: number, time, asset: asset.clone(), entry, also, strings });
        }
        let tests = self.lookout.patterns.parts(&self.tests);
        if !tests.is_empty() {
            parts.push(Part { tests, line: number, first: time, last: time, count: 1, asset });
        }
    }

    /// A line that is a bundle, or observed data with its objects inside.
    fn observed(&mut self, text: &str) -> Option<bundle::Outcome> {
        let value: Value = serde_json::from_str(text).ok()?;
        match value.get("type").and_then(Value::as_str) {
            Some("bundle") => bundle::evaluate(&self.lookout.patterns, text.as_bytes(), &mut self.scratch),
            Some("observed-data") => {
                bundle::evaluate_inline(&self.lookout.patterns, &value, &mut self.scratch)
            }
            _ => None,
        }
    }
}

/// The time of a row of a table, whose columns have names.
fn moment_of_event(event: &crate::event::Event<'_>) -> Option<Timestamp> {
    let names = ["ts", "@timestamp", "timestamp", "time", "UtcTime", "datetime", "TimeCreated", "date"];
    let text = names.iter().find_map(|name| event.get(name)?.text())?;
    moment_of(text.as_bytes())
}

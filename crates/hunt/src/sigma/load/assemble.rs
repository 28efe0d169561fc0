//! From what was read to rules that are ready: filters applied, correlations tied to what they count, tables made by which
//! events find rules.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use rsigma_parser::{FilterRuleTarget, LogSource, SigmaRule, Status};
use uuid::Uuid;

use super::super::build::Tests;
use super::super::check::{Anchor, Check};
use super::super::correlate::Correlation;
use super::super::detection::Maker;
use super::super::expression::{Expression, Wake};
use super::super::literal::Literals;
use super::super::{Detection, Head, Level, Route, Rules};
use super::names::{Names, names_of};
use super::{Loader, Refused, Source};

/// Threads that make automata, at most.
const THREADS: usize = 16;

/// A rule that can be looked for.
type Made = (Source, SigmaRule, Route, Expression);

impl Loader {
    fn is_asked(&self, level: Option<rsigma_parser::Level>, status: Option<Status>) -> bool {
        let level = level.map(level_of);
        let grave = self.levels.is_none_or(|least| level.is_some_and(|level| level >= least));
        let mature = self.statuses.is_empty() || self.statuses.contains(status_of(status));
        grave && mature
    }

    /// Makes the rules ready. Each is either among them or among the refused; the number is of those that were not asked
    /// for.
    pub fn finish(mut self) -> (Rules, Vec<Refused>, u64) {
        let mut tests = Tests::new();
        let mut made: Vec<Made> = Vec::new();
        let counted = self.named_by_correlations();
        let names = Names::of(&self);
        for (source, rule) in std::mem::take(&mut self.rules) {
            let feeds = names_of(rule.id.as_deref(), rule.name.as_deref(), &rule.title)
                .iter()
                .any(|name| counted.contains(name));
            if !feeds && !self.is_asked(rule.level, rule.status) {
                self.unasked += 1;
                continue;
            }
            match self.detection(&rule, &mut tests) {
                Ok((route, expression)) => made.push((source, rule, route, expression)),
                Err(reason) => self.refuse(&source.0, &rule.title, reason),
            }
        }
        self.filter(&mut made, &mut tests);
        self.assemble(made, tests, names)
    }

    /// What correlations call the rules that they count.
    fn named_by_correlations(&self) -> HashSet<String> {
        self.correlations.iter().flat_map(|(_, rule)| rule.rules.iter().cloned()).collect()
    }

    fn detection(&self, rule: &SigmaRule, tests: &mut Tests) -> Result<(Route, Expression), String> {
        let route = Route::of(&rule.logsource)?;
        let expression = Maker { tests, variables: &self.variables }.rule(&rule.detection)?;
        if expression == Expression::Always {
            return Err("matches every event".to_owned());
        }
        Ok((route, expression))
    }

    /// Applies filters: a rule that a filter names matches only where the filter's condition holds too.
    fn filter(&mut self, made: &mut [Made], tests: &mut Tests) {
        for (source, filter) in std::mem::take(&mut self.filters) {
            let expression = Maker { tests, variables: &self.variables }.rule(&filter.detection);
            let expression = match expression {
                Ok(expression) => expression,
                Err(reason) => {
                    self.refuse(&source.0, &filter.title, format!("filter: {reason}"));
                    continue;
                }
            };
            let mut applied = false;
            for (_, rule, _, of_rule) in made.iter_mut() {
                let is_meant = match &filter.rules {
                    FilterRuleTarget::Any => true,
                    FilterRuleTarget::Specific(names) => {
                        let own = names_of(rule.id.as_deref(), rule.name.as_deref(), &rule.title);
                        names.iter().any(|name| own.contains(name))
                    }
                };
                let is_there = filter.logsource.as_ref().is_none_or(|of| covers(of, &rule.logsource));
                if is_meant && is_there {
                    *of_rule = Expression::all(vec![of_rule.clone(), expression.clone()]);
                    applied = true;
                }
            }
            if !applied {
                self.refuse(
                    &source.0,
                    &filter.title,
                    "filter: none of the rules that it names is looked for",
                );
            }
        }
    }

    /// The source of a text that a bundle carried.
    fn carried<'a>(&self, source: &'a Source) -> Option<&'a str> {
        self.carried.said(&source.0).map(|_| source.0.as_str())
    }

    fn assemble(mut self, made: Vec<Made>, mut tests: Tests, mut names: Names) -> (Rules, Vec<Refused>, u64) {
        let mut statuses: Vec<&str> = self.statuses.iter().map(String::as_str).collect();
        statuses.sort_unstable();
        let asked = format!("{:?} {}", self.levels, statuses.join(","));
        let fingerprint = Uuid::new_v5(&self.fingerprint, asked.as_bytes());
        let mut rules = Rules { fingerprint, ..Rules::default() };
        let mut routes: HashMap<Route, u32> = HashMap::new();
        for (source, rule, route, expression) in made {
            let number = rules.heads.len() as u32;
            for name in names_of(rule.id.as_deref(), rule.name.as_deref(), &rule.title) {
                names.add(self.carried(&source), name, number);
            }
            let route = *routes.entry(route.clone()).or_insert_with(|| {
                rules.routes.push(route);
                rules.routes.len() as u32 - 1
            });
            let told = self.is_asked(rule.level, rule.status);
            rules.heads.push(Head {
                id: rule.id.or(rule.name).unwrap_or_else(|| rule.title.clone()),
                title: rule.title,
                level: rule.level.map(level_of),
                status: status_of(rule.status).to_owned(),
                tags: rule.tags,
                said: self.carried.said(&source.0).cloned(),
                source: source.0,
                text: source.1,
                told,
            });
            rules.detections.push(Detection { route, expression, needed: Vec::new(), feeds: false });
        }
        self.correlate(&mut rules, &mut names, &mut tests);
        if let Err(reason) = index(&mut rules, tests) {
            self.refuse("", "", reason);
        }
        (rules, self.refused, self.unasked)
    }

    /// Adds correlations, those first that others name.
    fn correlate(&mut self, rules: &mut Rules, names: &mut Names, tests: &mut Tests) {
        let mut waiting = std::mem::take(&mut self.correlations);
        waiting.retain(|(_, rule)| {
            let asked = self.is_asked(rule.level, rule.status);
            self.unasked += u64::from(!asked);
            asked
        });
        let mut silent = Vec::new();
        loop {
            let before = waiting.len();
            let mut left = Vec::new();
            for (source, rule) in waiting {
                let Ok(counted) = names.counted(self.carried(&source), &rule) else {
                    left.push((source, rule));
                    continue;
                };
                match Correlation::of(&rule, &counted, rules, tests) {
                    Ok(correlation) => {
                        let number = rules.heads.len() as u32;
                        for name in names_of(rule.id.as_deref(), rule.name.as_deref(), &rule.title) {
                            names.add(self.carried(&source), name, number);
                        }
                        if !rule.generate {
                            silent.extend_from_slice(correlation.rules());
                        }
                        rules.heads.push(Head {
                            id: rule.id.or(rule.name).unwrap_or_else(|| rule.title.clone()),
                            title: rule.title,
                            level: rule.level.map(level_of),
                            status: status_of(rule.status).to_owned(),
                            tags: rule.tags,
                            said: self.carried.said(&source.0).cloned(),
                            source: source.0,
                            text: source.1,
                            told: true,
                        });
                        rules.correlations.push(correlation);
                    }
                    Err(reason) => self.refuse(&source.0, &rule.title, reason),
                }
            }
            waiting = left;
            if waiting.is_empty() || waiting.len() == before {
                break;
            }
        }
        for (source, rule) in waiting {
            let missing = names.counted(self.carried(&source), &rule).err().unwrap_or_default();
            self.refuse(
                &source.0,
                &rule.title,
                format!("counts rules that are not looked for: {}", missing.join(", ")),
            );
        }
        for rule in silent {
            rules.heads[rule as usize].told = false;
        }
    }
}

/// Whether a filter's `logsource` covers that of a rule: it names nothing else.
fn covers(filter: &LogSource, rule: &LogSource) -> bool {
    let same = |of: &Option<String>, rule: &Option<String>| of.is_none() || of == rule;
    same(&filter.category, &rule.category)
        && same(&filter.product, &rule.product)
        && same(&filter.service, &rule.service)
}

/// A literal of a field: where it stands in a value, and the number of its test.
type Literal<'t> = (Anchor, &'t str, u32);

/// What searches for the literals of each field. Some fields have very many: each thread takes the largest that is left.
fn searched(literals: &[Vec<Literal<'_>>]) -> Result<Vec<Literals>, String> {
    let bytes = |of: &[Literal<'_>]| of.iter().map(|(_, text, _)| text.len()).sum::<usize>();
    let mut largest: Vec<(usize, usize)> =
        literals.iter().enumerate().map(|(field, of)| (bytes(of), field)).collect();
    largest.sort_unstable_by(|one, other| other.cmp(one));
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    let next = AtomicUsize::new(0);
    let make = || {
        let mut made = Vec::new();
        while let Some((_, field)) = largest.get(next.fetch_add(1, Ordering::Relaxed)) {
            made.push((*field, Literals::new(literals[*field].iter().copied())));
        }
        made
    };
    let mut all: Vec<Literals> = literals.iter().map(|_| Literals::default()).collect();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(make)).collect();
        for worker in workers {
            let done = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            for (field, of) in done {
                all[field] = of?;
            }
        }
        Ok(all)
    })
}

/// Makes the tables by which events find rules.
fn index(rules: &mut Rules, tests: Tests) -> Result<(), String> {
    let fields = tests.fields().len();
    let mut literals: Vec<Vec<_>> = vec![Vec::new(); fields];
    for (number, test) in tests.iter() {
        if let Check::Literal(anchor, text) = &test.check {
            literals[test.field as usize].push((*anchor, text.as_str(), number));
        }
    }
    rules.literals = searched(&literals)?;
    rules.fields = tests.fields().clone();
    rules.wakes = vec![Vec::new(); tests.len()];
    rules.wakes_field = vec![Vec::new(); fields];
    rules.always = vec![Vec::new(); rules.routes.len()];
    rules.keywords = vec![false; rules.routes.len()];
    for (number, detection) in (0..).zip(&rules.detections) {
        let route = detection.route as usize;
        detection.expression.each(&mut |test| rules.keywords[route] |= tests.get(test).field == 0);
        match detection.expression.wakes(&tests) {
            None => rules.always[route].push(number),
            Some((wakes, _)) => {
                for wake in wakes {
                    let of = match wake {
                        Wake::Test(test) => &mut rules.wakes[test as usize],
                        Wake::Field(field) => &mut rules.wakes_field[field as usize],
                    };
                    if of.last() != Some(&number) {
                        of.push(number);
                    }
                }
            }
        }
    }
    rules.tests = tests;
    Ok(())
}

fn level_of(level: rsigma_parser::Level) -> Level {
    match level {
        rsigma_parser::Level::Informational => Level::Informational,
        rsigma_parser::Level::Low => Level::Low,
        rsigma_parser::Level::Medium => Level::Medium,
        rsigma_parser::Level::High => Level::High,
        rsigma_parser::Level::Critical => Level::Critical,
    }
}

fn status_of(status: Option<Status>) -> &'static str {
    match status {
        None => "",
        Some(Status::Stable) => "stable",
        Some(Status::Test) => "test",
        Some(Status::Experimental) => "experimental",
        Some(Status::Deprecated) => "deprecated",
        Some(Status::Unsupported) => "unsupported",
    }
}

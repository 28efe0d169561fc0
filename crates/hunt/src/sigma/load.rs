//! From files to rules.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rsigma_parser::{
    CorrelationRule, FilterRule, FilterRuleTarget, LogSource, SigmaCollection, SigmaRule, Status,
};
use serde::Serialize;
use uuid::Uuid;

use super::build::Tests;
use super::check::Check;
use super::correlate::Correlation;
use super::detection::Maker;
use super::expression::{Expression, Wake};
use super::literal::Literals;
use super::{Detection, Head, Level, Route, Rules, Variables};

/// Bytes of one file of rules.
pub const MAX_BYTES: usize = 1 << 20;
/// Levels of nesting that a file of rules may have.
const MAX_NESTING: usize = 48;
/// Anchors (`*name`) in one file: rules need few, and each may stand for a large part.
const MAX_REFERENCES: usize = 64;

/// A rule that is not looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    pub source: String,
    /// The title, where it could be read.
    pub title: String,
    pub reason: String,
}

/// Whether a file is one of Sigma rules, by its text.
pub fn is_rules(head: &str) -> bool {
    let begins =
        |key: &str| head.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')));
    begins("detection")
        || (begins("title") && (begins("logsource") || begins("correlation") || begins("filter")))
        || begins("correlation")
        || begins("action")
        || begins("vars")
}

/// Collects rules from files, and makes them ready when all are there: filters and correlations name rules of other files.
#[derive(Debug, Default)]
pub struct Loader {
    rules: Vec<(Source, SigmaRule)>,
    correlations: Vec<(Source, CorrelationRule)>,
    filters: Vec<(Source, FilterRule)>,
    variables: Variables,
    refused: Vec<Refused>,
    /// Rules left out because their level or status was not asked for.
    unasked: u64,
    levels: Option<Level>,
    statuses: HashSet<String>,
    fingerprint: Uuid,
}

/// The name of a file and its text.
type Source = (String, Arc<str>);
/// A rule that can be looked for.
type Made = (Source, SigmaRule, Route, Expression);

impl Loader {
    pub fn new() -> Self {
        Self::default()
    }

    /// Only rules of this level or graver; those without a level are of none.
    pub fn at_least(&mut self, level: Level) {
        self.levels = Some(level);
    }

    /// Only rules of this status, or of another one named so.
    pub fn of_status(&mut self, status: &str) {
        self.statuses.insert(status.to_owned());
    }

    /// Reads a file. What in it is no rule is refused with its reason.
    pub fn read(&mut self, source: &str, text: &str) {
        self.fingerprint = Uuid::new_v5(&self.fingerprint, text.as_bytes());
        if let Err(reason) = self.try_read(source, text) {
            self.refuse(source, "", reason);
        }
    }

    /// Reads many files, each with its name, on several threads.
    pub fn read_all(&mut self, files: &[(String, String)], threads: usize) {
        let share = files.len().div_ceil(threads.max(1)).max(1);
        let read = |files: &[(String, String)]| {
            let mut part = Self::new();
            for (source, text) in files {
                part.read(source, text);
            }
            part
        };
        std::thread::scope(|scope| {
            let parts: Vec<_> = files.chunks(share).map(|files| scope.spawn(move || read(files))).collect();
            for part in parts {
                match part.join() {
                    Ok(part) => self.join(part),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
    }

    /// Takes over what another read.
    fn join(&mut self, other: Self) {
        self.rules.extend(other.rules);
        self.correlations.extend(other.correlations);
        self.filters.extend(other.filters);
        self.refused.extend(other.refused);
        for (name, values) in other.variables {
            self.variables.entry(name).or_default().extend(values);
        }
        self.fingerprint = Uuid::new_v5(&self.fingerprint, other.fingerprint.as_bytes());
    }

    fn try_read(&mut self, source: &str, text: &str) -> Result<(), String> {
        if text.len() > MAX_BYTES {
            return Err(format!("has more than {MAX_BYTES} bytes"));
        }
        shallow(text)?;
        if self.variables(text)? {
            return Ok(());
        }
        // A mark between documents with nothing behind it is no document.
        let documents = text.trim_end().trim_end_matches("---");
        let collection =
            rsigma_parser::parse_sigma_yaml(documents).map_err(|error| one_line(&error.to_string()))?;
        let SigmaCollection { rules, correlations, filters, errors } = collection;
        let nothing = rules.is_empty() && correlations.is_empty() && filters.is_empty() && errors.is_empty();
        for error in &errors {
            // What a rule says of its status or kin in words of its own keeps nobody from looking for it.
            if !error.starts_with("invalid ") && !error.contains("related") {
                self.refuse(source, "", one_line(error));
            }
        }
        let source: Source = (source.to_owned(), text.into());
        self.rules.extend(rules.into_iter().map(|rule| (source.clone(), rule)));
        self.correlations.extend(correlations.into_iter().map(|rule| (source.clone(), rule)));
        self.filters.extend(filters.into_iter().map(|rule| (source.clone(), rule)));
        if nothing { Err("holds no rule".to_owned()) } else { Ok(()) }
    }

    /// Takes what placeholders stand for from a document with `vars:`, as processing pipelines have them.
    fn variables(&mut self, text: &str) -> Result<bool, String> {
        if !text.lines().any(|line| line.starts_with("vars:")) {
            return Ok(false);
        }
        let mut name: Option<String> = None;
        let mut inside = false;
        for line in text.lines() {
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            if !line.starts_with([' ', '\t', '-']) {
                inside = line.trim_end() == "vars:";
                continue;
            }
            if !inside {
                continue;
            }
            if let Some(value) = trimmed.strip_prefix("- ") {
                let name = name.as_ref().ok_or("`vars:` has a value without a name")?;
                self.variables.entry(name.clone()).or_default().push(unquoted(value));
                continue;
            }
            let (key, value) = trimmed.split_once(':').ok_or("`vars:` holds names with values")?;
            let key = unquoted(key);
            let value = value.trim();
            let values = self.variables.entry(key.clone()).or_default();
            if let Some(list) = value.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
                values.extend(list.split(',').map(|value| unquoted(value.trim())));
            } else if !value.is_empty() {
                values.push(unquoted(value));
            }
            name = Some(key);
        }
        Ok(true)
    }

    fn refuse(&mut self, source: &str, title: &str, reason: impl Into<String>) {
        self.refused.push(Refused {
            source: source.to_owned(),
            title: title.to_owned(),
            reason: reason.into(),
        });
    }

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
        let named = self.named_by_correlations();
        for (source, rule) in std::mem::take(&mut self.rules) {
            let feeds = names_of(rule.id.as_deref(), rule.name.as_deref(), &rule.title)
                .iter()
                .any(|name| named.contains(*name));
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
        self.assemble(made, tests)
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
                        names.iter().any(|name| own.contains(&name.as_str()))
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

    fn assemble(mut self, made: Vec<Made>, mut tests: Tests) -> (Rules, Vec<Refused>, u64) {
        let mut statuses: Vec<&str> = self.statuses.iter().map(String::as_str).collect();
        statuses.sort_unstable();
        let asked = format!("{:?} {}", self.levels, statuses.join(","));
        let fingerprint = Uuid::new_v5(&self.fingerprint, asked.as_bytes());
        let mut rules = Rules { fingerprint, ..Rules::default() };
        let mut routes: HashMap<Route, u32> = HashMap::new();
        let mut by_name: HashMap<String, u32> = HashMap::new();
        for (source, rule, route, expression) in made {
            let number = rules.heads.len() as u32;
            for name in names_of(rule.id.as_deref(), rule.name.as_deref(), &rule.title) {
                by_name.entry(name.to_owned()).or_insert(number);
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
                source: source.0,
                text: source.1,
                told,
            });
            rules.detections.push(Detection { route, expression, needed: Vec::new(), feeds: false });
        }
        self.correlate(&mut rules, &mut by_name, &mut tests);
        if let Err(reason) = index(&mut rules, tests) {
            self.refuse("", "", reason);
        }
        (rules, self.refused, self.unasked)
    }

    /// Adds correlations, those first that others name.
    fn correlate(&mut self, rules: &mut Rules, by_name: &mut HashMap<String, u32>, tests: &mut Tests) {
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
                if rule.rules.iter().any(|name| !by_name.contains_key(name)) {
                    left.push((source, rule));
                    continue;
                }
                match Correlation::of(&rule, by_name, rules, tests) {
                    Ok(correlation) => {
                        let number = rules.heads.len() as u32;
                        for name in names_of(rule.id.as_deref(), rule.name.as_deref(), &rule.title) {
                            by_name.entry(name.to_owned()).or_insert(number);
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
            let missing: Vec<&str> =
                rule.rules.iter().filter(|name| !by_name.contains_key(*name)).map(String::as_str).collect();
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

/// What a rule may be called by others.
fn names_of<'a>(id: Option<&'a str>, name: Option<&'a str>, title: &'a str) -> Vec<&'a str> {
    [id, name, Some(title)].into_iter().flatten().collect()
}

/// Whether a filter's `logsource` covers that of a rule: it names nothing else.
fn covers(filter: &LogSource, rule: &LogSource) -> bool {
    let same = |of: &Option<String>, rule: &Option<String>| of.is_none() || of == rule;
    same(&filter.category, &rule.category)
        && same(&filter.product, &rule.product)
        && same(&filter.service, &rule.service)
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
    let literals: Result<_, String> = literals.into_iter().map(|of| Literals::new(of.into_iter())).collect();
    rules.literals = literals?;
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

/// Refuses YAML that is nested too deep or refers to itself too often, before a parser sees it.
fn shallow(text: &str) -> Result<(), String> {
    let mut flow = 0_usize;
    let mut references = 0;
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        if indent > MAX_NESTING * 4 {
            return Err("is nested too deep".to_owned());
        }
        let rest = line.trim_start();
        let opens = rest.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count();
        let closes = rest.bytes().filter(|byte| matches!(byte, b']' | b'}')).count();
        // Brackets within texts count too; no rule has as many on one line that nothing closes.
        flow = (flow + opens).saturating_sub(closes);
        if opens > MAX_NESTING * 8 || flow > MAX_NESTING * 8 {
            return Err("is nested too deep".to_owned());
        }
        let value =
            rest.rsplit_once(": ").map_or(rest.trim_start_matches("- "), |(_, value)| value).trim_start();
        references += usize::from(value.starts_with('*') && !value[1..].starts_with([' ', '\'', '"']));
        if references > MAX_REFERENCES {
            return Err(format!("has more than {MAX_REFERENCES} references"));
        }
    }
    Ok(())
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inner = ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    inner.unwrap_or(text).to_owned()
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut line = words.join(" ");
    if let Some((at, _)) = line.char_indices().nth(300) {
        line.truncate(at);
    }
    line
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

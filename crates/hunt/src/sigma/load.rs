//! From files to rules.

mod assemble;
mod names;
mod yaml;

use std::collections::HashSet;
use std::sync::Arc;

use names::names_of;
use rsigma_parser::{CorrelationRule, FilterRule, SigmaCollection, SigmaRule};
use serde::Serialize;
use uuid::Uuid;

use super::{Level, Variables};
use crate::index::{Carried, Texts};

/// Bytes of one file of rules.
pub const MAX_BYTES: usize = 1 << 20;

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
    /// Rules that came as indicators.
    carried: Texts,
}

/// The name of a file and its text.
type Source = (String, Arc<str>);

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

    /// Reads the rules of an indicator in a bundle. Whoever gave it decides about these alone: what would change rules from
    /// elsewhere, or count them, is refused.
    pub fn read_carried(&mut self, file: &str, carried: Carried) {
        if let Some((source, text)) = self.carried.take(file, carried) {
            self.read(&source, &text);
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
        yaml::shallow(text)?;
        let is_carried = self.carried.said(source).is_some();
        if is_carried && yaml::has_variables(text) {
            return Err("holds values of placeholders, which a bundle gives to nobody's rules".to_owned());
        }
        if yaml::variables(text, &mut self.variables)? {
            return Ok(());
        }
        // A mark between documents with nothing behind it is no document.
        let documents = text.trim_end().trim_end_matches("---");
        let collection =
            rsigma_parser::parse_sigma_yaml(documents).map_err(|error| yaml::one_line(&error.to_string()))?;
        let SigmaCollection { rules, mut correlations, mut filters, errors } = collection;
        let nothing = rules.is_empty() && correlations.is_empty() && filters.is_empty() && errors.is_empty();
        for error in &errors {
            // What a rule says of its status or kin in words of its own keeps nobody from looking for it.
            if !error.starts_with("invalid ") && !error.contains("related") {
                self.refuse(source, "", yaml::one_line(error));
            }
        }
        if is_carried {
            self.keep_apart(source, &rules, &mut correlations, &mut filters);
        }
        let source: Source = (source.to_owned(), text.into());
        self.rules.extend(rules.into_iter().map(|rule| (source.clone(), rule)));
        self.correlations.extend(correlations.into_iter().map(|rule| (source.clone(), rule)));
        self.filters.extend(filters.into_iter().map(|rule| (source.clone(), rule)));
        if nothing { Err("holds no rule".to_owned()) } else { Ok(()) }
    }

    /// Refuses what in a carried text is about rules from elsewhere.
    fn keep_apart(
        &mut self,
        source: &str,
        rules: &[SigmaRule],
        correlations: &mut Vec<CorrelationRule>,
        filters: &mut Vec<FilterRule>,
    ) {
        for filter in filters.drain(..) {
            self.refuse(source, &filter.title, "filter: one that a bundle carries narrows nobody's rules");
        }
        let of_rule = |rule: &SigmaRule| names_of(rule.id.as_deref(), rule.name.as_deref(), &rule.title);
        let of_correlation =
            |rule: &CorrelationRule| names_of(rule.id.as_deref(), rule.name.as_deref(), &rule.title);
        let own: HashSet<String> =
            rules.iter().flat_map(of_rule).chain(correlations.iter().flat_map(of_correlation)).collect();
        correlations.retain(|rule| {
            let others: Vec<&str> =
                rule.rules.iter().filter(|name| !own.contains(*name)).map(String::as_str).collect();
            if !others.is_empty() {
                let reason =
                    format!("counts rules that its bundle's indicator does not hold: {}", others.join(", "));
                self.refuse(source, &rule.title, reason);
            }
            others.is_empty()
        });
    }

    fn refuse(&mut self, source: &str, title: &str, reason: impl Into<String>) {
        self.refused.push(Refused {
            source: source.to_owned(),
            title: title.to_owned(),
            reason: reason.into(),
        });
    }
}

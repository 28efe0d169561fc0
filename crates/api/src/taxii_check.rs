//! A conformance suite for TAXII 2.1 servers, this program's or anybody's: it knows only a URL.
//!
//! Reads with the credentials given; writes only where it is told to, and then invented objects of its own. Each check
//! names the section of the standard that it is about. Where the standard leaves a choice, either passes.

mod client;
mod discovery;
mod reading;
mod writing;

use std::fmt::Write as _;
use std::time::Duration;

use client::Client;
use serde_json::Value;

/// Which server, and as whom.
#[derive(Debug, Clone)]
pub struct Target {
    /// The discovery URL, such as `https://host/taxii2/`.
    pub url: String,
    /// For HTTP Basic; without it a key is sent as a bearer token.
    pub user: Option<String>,
    pub key: Option<String>,
    /// Whether objects may be added and deleted.
    pub write: bool,
    pub timeout: Duration,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "outcome", content = "reason", rename_all = "lowercase")]
pub enum Outcome {
    Pass,
    Fail(String),
    /// It could not be judged here.
    Skip(String),
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    /// Of the TAXII 2.1 standard.
    pub section: &'static str,
    pub name: &'static str,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The server could not be asked at all.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error("{url}: not a URL that can be asked")]
    Url { url: String },
    #[error("{url}: no answer: {reason}")]
    Unreachable { url: String, reason: String },
}

/// Runs every check; `progress` sees each as it is done.
///
/// # Errors
/// When the discovery URL gives no HTTP answer at all.
pub fn run(target: &Target, mut progress: impl FnMut(&Check)) -> Result<Vec<Check>, CheckError> {
    let client = Client::new(target)?;
    let mut suite = Suite { checks: Vec::new(), progress: &mut progress };
    let mut roots = discovery::check(&client, &mut suite)?;
    let mut collections = Vec::new();
    for root in &mut roots {
        collections.extend(discovery::check_root(&client, &mut suite, root)?);
    }
    reading::check(&client, &mut suite, &collections)?;
    writing::check(&client, &mut suite, &roots, &collections, target.write)?;
    Ok(suite.checks)
}

/// The checks as a table, with a line that sums them up.
pub fn table(checks: &[Check]) -> String {
    let width = checks.iter().map(|check| check.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for check in checks {
        let (word, reason) = match &check.outcome {
            Outcome::Pass => ("pass", ""),
            Outcome::Fail(reason) => ("FAIL", reason.as_str()),
            Outcome::Skip(reason) => ("skip", reason.as_str()),
        };
        let line = format!("{:<9} {:<width$}  {word}  {reason}", check.section, check.name);
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let count = |is: fn(&Outcome) -> bool| checks.iter().filter(|check| is(&check.outcome)).count();
    let passed = count(|outcome| *outcome == Outcome::Pass);
    let failed = count(|outcome| matches!(outcome, Outcome::Fail(_)));
    let skipped = count(|outcome| matches!(outcome, Outcome::Skip(_)));
    let _ = writeln!(text, "{passed} passed, {failed} failed, {skipped} skipped");
    text
}

/// Whether nothing failed.
pub fn all_passed(checks: &[Check]) -> bool {
    !checks.iter().any(|check| matches!(check.outcome, Outcome::Fail(_)))
}

/// The checks done so far.
struct Suite<'a> {
    checks: Vec<Check>,
    progress: &'a mut dyn FnMut(&Check),
}

impl Suite<'_> {
    /// Passes where nothing is wrong; else says what is.
    fn judge(&mut self, section: &'static str, name: &'static str, wrong: Result<(), String>) {
        let outcome = match wrong {
            Ok(()) => Outcome::Pass,
            Err(reason) => Outcome::Fail(reason),
        };
        self.done(Check { section, name, outcome });
    }

    fn skip(&mut self, section: &'static str, name: &'static str, reason: &str) {
        self.done(Check { section, name, outcome: Outcome::Skip(reason.to_owned()) });
    }

    fn done(&mut self, check: Check) {
        (self.progress)(&check);
        self.checks.push(check);
    }
}

/// An API root that was found.
struct FoundRoot {
    url: String,
    max_content_length: Option<u64>,
}

/// A collection that was found.
struct FoundCollection {
    /// Ends in a slash.
    url: String,
    root: String,
    can_read: bool,
    can_write: bool,
}

fn require(holds: bool, reason: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(reason()) }
}

/// A member that must be a text that is not empty.
fn require_text(value: &Value, member: &str) -> Result<(), String> {
    let text = value[member].as_str().unwrap_or_default();
    require(!text.is_empty(), || format!("`{member}` is no text: {}", value[member]))
}

fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value[member].as_array().map(Vec::as_slice).unwrap_or_default()
}

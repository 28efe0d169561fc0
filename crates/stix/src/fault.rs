//! What is wrong with an input, and where.

use std::fmt;

/// How much a fault weighs.
///
/// The design binds the line between the two: broken JSON or I-JSON, a bad id, type or timestamp and a
/// missing required property are quarantined; every other fault is stored with the object as a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The object is kept; the fault travels beside it.
    Warning,
    /// The object cannot be accepted.
    Error,
}

/// One fault of one object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Fault {
    pub severity: Severity,
    /// Where, as a JSONPath from the object's root, such as `$.kill_chain_phases[0].phase_name`.
    pub path: String,
    /// Which rule, with its section, such as `STIX 2.1 §3.1: type must match ^[a-z][a-z0-9-]{2,249}$`.
    pub rule: String,
}

impl Fault {
    pub(crate) fn error(path: &Path<'_>, rule: impl Into<String>) -> Self {
        Self { severity: Severity::Error, path: path.to_string(), rule: rule.into() }
    }

    pub(crate) fn warning(path: &Path<'_>, rule: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, path: path.to_string(), rule: rule.into() }
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.rule)
    }
}

/// A place in an object while it is walked: a chain on the stack, written out only when there is a fault.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Path<'a> {
    Root,
    Key(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl<'a> Path<'a> {
    pub(crate) fn key(&'a self, name: &'a str) -> Path<'a> {
        Path::Key(self, name)
    }

    pub(crate) fn index(&'a self, index: usize) -> Path<'a> {
        Path::Index(self, index)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => f.write_str("$"),
            Path::Index(parent, index) => write!(f, "{parent}[{index}]"),
            Path::Key(parent, name) if is_plain(name) => write!(f, "{parent}.{name}"),
            Path::Key(parent, name) => {
                write!(f, "{parent}['")?;
                for c in name.chars().take(LONGEST_KEY_SHOWN) {
                    match c {
                        '\'' | '\\' => write!(f, "\\{c}")?,
                        c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
                        c => write!(f, "{c}")?,
                    }
                }
                f.write_str("']")
            }
        }
    }
}

/// Longer keys are cut in a path: a fault is for a person to read.
const LONGEST_KEY_SHOWN: usize = 256;

fn is_plain(name: &str) -> bool {
    let bytes = name.as_bytes();
    !bytes.is_empty()
        && bytes.len() <= LONGEST_KEY_SHOWN
        && !bytes[0].is_ascii_digit()
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-')
}

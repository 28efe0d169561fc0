//! Conditions as trees over tests.

use super::build::Tests;
use super::check::{Anchor, Check};

/// What has to hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Always,
    Never,
    /// The test of this number holds for some value of its field.
    Test(u32),
    /// The field of this number has no value.
    Missing(u32),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    /// At least so many.
    Some(usize, Vec<Expression>),
    Not(Box<Expression>),
}

/// What can make an expression hold at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wake {
    Test(u32),
    Field(u32),
}

/// Who knows what holds for an event.
pub(super) trait Ask {
    fn test(&mut self, number: u32) -> bool;
    fn is_missing(&self, field: u32) -> bool;
}

impl Expression {
    pub fn all(parts: Vec<Self>) -> Self {
        let mut out = Vec::new();
        for part in parts {
            match part {
                Self::Always => {}
                Self::Never => return Self::Never,
                Self::All(inner) => out.extend(inner),
                other => out.push(other),
            }
        }
        match out.len() {
            0 => Self::Always,
            1 => out.remove(0),
            _ => Self::All(out),
        }
    }

    pub fn any(parts: Vec<Self>) -> Self {
        let mut out = Vec::new();
        for part in parts {
            match part {
                Self::Never => {}
                Self::Always => return Self::Always,
                Self::Any(inner) => out.extend(inner),
                other => out.push(other),
            }
        }
        match out.len() {
            0 => Self::Never,
            1 => out.remove(0),
            _ => Self::Any(out),
        }
    }

    pub fn negated(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Whether it holds, by whoever knows the tests.
    pub fn holds(&self, asked: &mut impl Ask) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Test(number) => asked.test(*number),
            Self::Missing(field) => asked.is_missing(*field),
            Self::All(parts) => parts.iter().all(|part| part.holds(asked)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(asked)),
            Self::Some(least, parts) => {
                parts.iter().filter(|part| part.holds(asked)).take(*least).count() >= *least
            }
            Self::Not(part) => !part.holds(asked),
        }
    }

    /// Tests and fields of which at least one holds or is there whenever the expression holds, the rarest such set;
    /// nothing where there is no such set.
    pub fn wakes(&self, tests: &Tests) -> Option<(Vec<Wake>, u64)> {
        match self {
            Self::Always | Self::Missing(_) | Self::Not(_) | Self::Some(0, _) => None,
            Self::Never => Some((Vec::new(), 0)),
            Self::Test(number) => {
                let test = tests.get(*number);
                Some(match &test.check {
                    Check::Literal(anchor, literal) => {
                        (vec![Wake::Test(*number)], how_common(tests.name_of(test.field), *anchor, literal))
                    }
                    // Keywords are asked of every value, so their field is always there.
                    _ if test.field == 0 => return None,
                    // A field may be named and have no value.
                    Check::Named => return None,
                    _ => (vec![Wake::Field(test.field)], 100_000),
                })
            }
            Self::All(parts) => {
                parts.iter().filter_map(|part| part.wakes(tests)).min_by_key(|(_, cost)| *cost)
            }
            Self::Any(parts) => {
                let mut wakes = Vec::new();
                let mut costs = 0;
                for part in parts {
                    let (more, cost) = part.wakes(tests)?;
                    wakes.extend(more);
                    costs += cost;
                }
                Some((wakes, costs))
            }
            Self::Some(_, parts) => Self::Any(parts.clone()).wakes(tests),
        }
    }

    /// Calls `visit` with each test.
    pub fn each(&self, visit: &mut dyn FnMut(u32)) {
        match self {
            Self::Test(number) => visit(*number),
            Self::All(parts) | Self::Any(parts) | Self::Some(_, parts) => {
                for part in parts {
                    part.each(visit);
                }
            }
            Self::Not(part) => part.each(visit),
            Self::Always | Self::Never | Self::Missing(_) => {}
        }
    }
}

/// How often a literal may stand in events, roughly: short ones are common, and so are the programs that everybody runs.
fn how_common(field: &str, anchor: Anchor, text: &str) -> u64 {
    let common = ["powershell.exe", "cmd.exe", "svchost.exe", "rundll32.exe", "pwsh.exe"];
    if matches!(field, "EventID" | "Channel" | "Provider_Name" | "EventType" | "Initiated" | "LogonType") {
        return 20_000;
    }
    if common.iter().any(|name| text.ends_with(name)) {
        return 3_000;
    }
    let anchored = if anchor == Anchor::Anywhere { 1 } else { 2 };
    let length = text.len().clamp(1, 30) as u64 * anchored;
    20_000 / (length * length) + 1
}

//! Correlations: matches counted together. A sweep reads files in any order, so matches are collected and judged at the
//! end, in the order of time.

mod window;

use std::collections::{BTreeMap, HashMap};

use rsigma_parser::{ConditionExpr, CorrelationCondition, CorrelationRule, CorrelationType};

use super::build::Tests;
use super::{Match, Rules};
use window::Window;

/// Matches that are kept; behind that correlations are judged by those that came first, and the sweep says so.
pub const MAX_MATCHES: usize = 2_000_000;
/// Groups that one correlation may have open at a time; the oldest are closed first.
const MAX_GROUPS: usize = 200_000;
/// Seconds that a timespan may have: ten years.
const MAX_SPAN: u64 = 315_576_000;

/// A correlation that was read.
#[derive(Debug)]
pub(super) struct Correlation {
    kind: CorrelationType,
    /// The rules whose matches count.
    rules: Vec<u32>,
    /// What the condition calls them.
    names: Vec<String>,
    /// For each rule, where among its values those of the group are; nothing for a field that it lacks.
    groups: Vec<Vec<usize>>,
    /// For each rule, where the values are that are counted.
    counted: Vec<Vec<usize>>,
    /// The names of the fields of the group, by which a correlation of correlations asks for them.
    by: Vec<String>,
    span: i64,
    condition: CorrelationCondition,
}

impl Correlation {
    pub fn of(
        rule: &CorrelationRule,
        by_name: &HashMap<String, u32>,
        rules: &mut Rules,
        tests: &mut Tests,
    ) -> Result<Self, String> {
        if rule.rules.is_empty() {
            return Err("counts no rules".to_owned());
        }
        if rule.timespan.seconds == 0 || rule.timespan.seconds > MAX_SPAN {
            return Err(format!(
                "the timespan `{}` is none that can be counted over",
                rule.timespan.original
            ));
        }
        let fields = match &rule.condition {
            CorrelationCondition::Threshold { field, .. } => field.clone().unwrap_or_default(),
            CorrelationCondition::Extended(_) => Vec::new(),
        };
        let is_temporal =
            matches!(rule.correlation_type, CorrelationType::Temporal | CorrelationType::TemporalOrdered);
        let is_valued = !is_temporal && rule.correlation_type != CorrelationType::EventCount;
        if is_valued && fields.is_empty() {
            return Err(format!("`{}` needs a field in its condition", rule.correlation_type.as_str()));
        }
        if !is_temporal && matches!(rule.condition, CorrelationCondition::Extended(_)) {
            return Err(format!("`{}` needs a number in its condition", rule.correlation_type.as_str()));
        }
        let mut correlation = Self {
            kind: rule.correlation_type,
            rules: Vec::new(),
            names: rule.rules.clone(),
            groups: Vec::new(),
            counted: Vec::new(),
            by: rule.group_by.clone(),
            span: i64::try_from(rule.timespan.seconds).unwrap_or(i64::MAX),
            condition: rule.condition.clone(),
        };
        for name in &rule.rules {
            let number = by_name[name];
            let mut needed = |field: &String| {
                let alias = rule.aliases.iter().find(|alias| alias.alias == *field);
                let own = alias.and_then(|alias| alias.mapping.get(name)).unwrap_or(field);
                rules.need(number, own, tests)
            };
            let groups: Result<_, String> = rule.group_by.iter().map(&mut needed).collect();
            let groups = groups?;
            let counted: Result<_, String> = fields.iter().map(&mut needed).collect();
            let counted = counted?;
            correlation.rules.push(number);
            correlation.groups.push(groups);
            correlation.counted.push(counted);
            rules.feed(number);
        }
        if let CorrelationCondition::Extended(expression) = &correlation.condition {
            known(expression, &correlation.names)?;
        }
        Ok(correlation)
    }

    pub fn rules(&self) -> &[u32] {
        &self.rules
    }
}

/// Whether a condition names only rules that are counted.
fn known(expression: &ConditionExpr, names: &[String]) -> Result<(), String> {
    match expression {
        ConditionExpr::And(parts) | ConditionExpr::Or(parts) => {
            parts.iter().try_for_each(|part| known(part, names))
        }
        ConditionExpr::Not(part) => known(part, names),
        ConditionExpr::Identifier(name) if names.contains(name) => Ok(()),
        ConditionExpr::Identifier(name) => Err(format!("the condition names `{name}`, which is not counted")),
        ConditionExpr::Selector { .. } => Err("a condition over rules names them one by one".to_owned()),
    }
}

impl Rules {
    /// Where among the values of a match that of a field is.
    fn need(&mut self, rule: u32, field: &str, tests: &mut Tests) -> Result<usize, String> {
        let Some(detection) = self.detections.get_mut(rule as usize) else {
            let correlation = &self.correlations[rule as usize - self.detections.len()];
            let place = correlation.by.iter().position(|known| known == field);
            return place
                .ok_or_else(|| format!("the correlation that it counts is not grouped by `{field}`"));
        };
        let number = tests.field(field);
        if let Some(place) = detection.needed.iter().position(|known| *known == number) {
            return Ok(place);
        }
        detection.needed.push(number);
        Ok(detection.needed.len() - 1)
    }

    fn feed(&mut self, rule: u32) {
        if let Some(detection) = self.detections.get_mut(rule as usize) {
            detection.feeds = true;
        }
    }
}

/// A correlation that came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correlated {
    /// The number of the correlation among the rules.
    pub rule: u32,
    /// The match that made it come about.
    pub last: Match,
}

/// Collects matches, and says in the end what they amount to.
#[derive(Debug, Default)]
pub struct Correlator {
    matches: Vec<Match>,
    /// Matches that were not kept.
    left: u64,
}

impl Correlator {
    pub fn add(&mut self, found: Match) {
        if self.matches.len() < MAX_MATCHES {
            self.matches.push(found);
        } else {
            self.left += 1;
        }
    }

    /// Matches that were too many to be kept.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Judges the correlations, in the order of their numbers and of time.
    pub fn finish(mut self, rules: &Rules) -> Vec<Correlated> {
        self.matches.sort_by(|one, other| {
            (one.time, &one.path, one.line).cmp(&(other.time, &other.path, other.line))
        });
        let mut found: Vec<Correlated> = Vec::new();
        for (number, correlation) in (rules.detections.len() as u32..).zip(&rules.correlations) {
            // Matches of detections, and of correlations judged before.
            let counts = |rule: u32| correlation.rules.contains(&rule);
            let earlier: Vec<Match> = found
                .iter()
                .filter(|earlier| counts(earlier.rule))
                .map(|earlier| Match { rule: earlier.rule, ..earlier.last.clone() })
                .collect();
            let mut all: Vec<&Match> =
                self.matches.iter().filter(|found| counts(found.rule)).chain(&earlier).collect();
            all.sort_by_key(|found| found.time);
            let mut groups = Groups::default();
            for one in all {
                if let Some(group) = groups.add(correlation, one) {
                    found.push(Correlated { rule: number, last: Match { values: group, ..one.clone() } });
                }
            }
        }
        found
    }
}

#[derive(Debug, Default)]
struct Groups {
    open: HashMap<Vec<String>, Window>,
    /// Groups by when they were last seen, so that the oldest can be closed.
    order: BTreeMap<(i64, u64), Vec<String>>,
    seen: HashMap<Vec<String>, (i64, u64)>,
    count: u64,
}

impl Groups {
    /// Adds a match in the order of time. Gives the values of its group where the condition holds with it; then the window
    /// begins anew, so that one happening is told of once.
    fn add(&mut self, correlation: &Correlation, found: &Match) -> Option<Vec<Option<String>>> {
        let rule = correlation.rules.iter().position(|rule| *rule == found.rule)?;
        let value = |place: &usize| found.values.get(*place).cloned().flatten();
        let key: Vec<String> = correlation.groups[rule].iter().map(value).collect::<Option<_>>()?;
        let counted: Vec<String> = correlation.counted[rule].iter().map(value).collect::<Option<_>>()?;
        let time = found.time.as_second();
        self.touch(&key, time);
        let window = self.open.entry(key.clone()).or_default();
        window.add(correlation, time, rule, &counted.join("\u{1f}"));
        if !window.holds(correlation, time) {
            return None;
        }
        *window = Window::default();
        Some(key.into_iter().map(Some).collect())
    }

    fn touch(&mut self, key: &[String], time: i64) {
        self.count += 1;
        let stamp = (time, self.count);
        if let Some(old) = self.seen.insert(key.to_vec(), stamp) {
            self.order.remove(&old);
        }
        self.order.insert(stamp, key.to_vec());
        if self.order.len() > MAX_GROUPS
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.open.remove(&oldest);
            self.seen.remove(&oldest);
        }
    }
}

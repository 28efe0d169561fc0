//! What happened in one group within the timespan.

use std::collections::{HashMap, VecDeque};

use rsigma_parser::{ConditionExpr, ConditionOperator, CorrelationCondition, CorrelationType};

use super::Correlation;

/// Values of which a percentile is taken, at most: the latest.
const MAX_VALUES: usize = 10_000;

/// Matches of one group. Only what the kind of the correlation asks for is kept.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// Seconds since 1970, and the value that is counted.
    entries: VecDeque<(i64, String)>,
    /// How often each value is among the entries.
    distinct: HashMap<String, u32>,
    sum: f64,
    /// Entries whose value is a number.
    numbers: u32,
    /// For each rule, when it matched last; for rules in order, when the latest chain up to it began.
    latest: Vec<Option<i64>>,
}

impl Window {
    /// Adds a match of the rule at a place.
    pub fn add(&mut self, correlation: &Correlation, time: i64, rule: usize, value: &str) {
        if matches!(correlation.kind, CorrelationType::Temporal | CorrelationType::TemporalOrdered) {
            self.latest.resize(correlation.rules.len(), None);
            let ordered = correlation.kind == CorrelationType::TemporalOrdered;
            self.latest[rule] = match rule.checked_sub(1) {
                Some(before) if ordered => self.latest[before],
                _ => Some(time),
            };
            return;
        }
        while self.entries.front().is_some_and(|(first, _)| first.saturating_add(correlation.span) < time) {
            self.forget();
        }
        let is_ranked =
            matches!(correlation.kind, CorrelationType::ValuePercentile | CorrelationType::ValueMedian);
        if is_ranked && self.entries.len() >= MAX_VALUES {
            self.forget();
        }
        if correlation.kind == CorrelationType::ValueCount {
            *self.distinct.entry(value.to_owned()).or_default() += 1;
        }
        if let Ok(number) = value.trim().parse::<f64>()
            && correlation.kind != CorrelationType::EventCount
        {
            self.sum += number;
            self.numbers += 1;
        }
        let value =
            if correlation.kind == CorrelationType::EventCount { String::new() } else { value.to_owned() };
        self.entries.push_back((time, value));
    }

    fn forget(&mut self) {
        let Some((_, value)) = self.entries.pop_front() else { return };
        if let Ok(number) = value.trim().parse::<f64>() {
            self.sum -= number;
            self.numbers -= 1;
        }
        if let Some(count) = self.distinct.get_mut(&value) {
            *count -= 1;
            if *count == 0 {
                self.distinct.remove(&value);
            }
        }
    }

    /// Whether the condition holds at a time.
    pub fn holds(&self, correlation: &Correlation, time: i64) -> bool {
        let within = |rule: usize| {
            let last = self.latest.get(rule).copied().flatten();
            last.is_some_and(|last| last.saturating_add(correlation.span) >= time)
        };
        match &correlation.condition {
            CorrelationCondition::Extended(expression) => extended(expression, correlation, &within),
            CorrelationCondition::Threshold { predicates, percentile, .. } => match correlation.kind {
                CorrelationType::Temporal => (0..correlation.rules.len()).all(within),
                CorrelationType::TemporalOrdered => within(correlation.rules.len() - 1),
                _ => {
                    let Some(number) = self.number(correlation.kind, *percentile) else { return false };
                    predicates.iter().all(|(operator, bound)| {
                        #[allow(clippy::cast_precision_loss, reason = "bounds are small")]
                        let bound = *bound as f64;
                        compare(*operator, number, bound)
                    })
                }
            },
        }
    }

    /// What is compared with the bounds.
    #[allow(clippy::cast_precision_loss, reason = "windows are far smaller than 2^53")]
    fn number(&self, kind: CorrelationType, percentile: Option<u64>) -> Option<f64> {
        match kind {
            CorrelationType::EventCount => return Some(self.entries.len() as f64),
            CorrelationType::ValueCount => return Some(self.distinct.len() as f64),
            CorrelationType::ValueSum if self.numbers > 0 => return Some(self.sum),
            CorrelationType::ValueAvg if self.numbers > 0 => return Some(self.sum / f64::from(self.numbers)),
            _ => {}
        }
        let numbers = self.entries.iter().filter_map(|(_, value)| value.trim().parse::<f64>().ok());
        let mut numbers: Vec<f64> = numbers.collect();
        if numbers.is_empty() {
            return None;
        }
        numbers.sort_by(f64::total_cmp);
        Some(match kind {
            CorrelationType::ValuePercentile => {
                interpolated(&numbers, percentile.unwrap_or(50).min(100) as f64 / 100.0)
            }
            _ => interpolated(&numbers, 0.5),
        })
    }
}

fn extended(expression: &ConditionExpr, correlation: &Correlation, within: &dyn Fn(usize) -> bool) -> bool {
    match expression {
        ConditionExpr::And(parts) => parts.iter().all(|part| extended(part, correlation, within)),
        ConditionExpr::Or(parts) => parts.iter().any(|part| extended(part, correlation, within)),
        ConditionExpr::Not(part) => !extended(part, correlation, within),
        ConditionExpr::Identifier(name) => {
            correlation.names.iter().position(|known| known == name).is_some_and(within)
        }
        ConditionExpr::Selector { .. } => false,
    }
}

/// The value at a share of the way through sorted numbers.
#[allow(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "a place in a window")]
fn interpolated(numbers: &[f64], share: f64) -> f64 {
    let place = share * (numbers.len() - 1) as f64;
    let low = place.floor() as usize;
    let high = (low + 1).min(numbers.len() - 1);
    numbers[low] + (numbers[high] - numbers[low]) * (place - place.floor())
}

#[allow(clippy::float_cmp, reason = "counts are whole numbers")]
fn compare(operator: ConditionOperator, number: f64, bound: f64) -> bool {
    match operator {
        ConditionOperator::Lt => number < bound,
        ConditionOperator::Lte => number <= bound,
        ConditionOperator::Gt => number > bound,
        ConditionOperator::Gte => number >= bound,
        ConditionOperator::Eq => number == bound,
        ConditionOperator::Neq => number != bound,
    }
}

//! Detections and conditions of rules as expressions.

use ipnet::IpNet;
use regex::RegexBuilder;
use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, Detections, Modifier, Quantifier, SelectorPattern, SigmaString,
    SigmaValue,
};

use super::build::Tests;
use super::check::{Anchor, Check, Compare};
use super::text::{self, Part, Text};
use super::{Expression, Variables};

/// Bytes that one regular expression may take, compiled.
const MAX_REGEX: usize = 4 << 20;

/// What makes rules into expressions.
pub(super) struct Maker<'a> {
    pub tests: &'a mut Tests,
    pub variables: &'a Variables,
}

impl Maker<'_> {
    /// The conditions of a rule: each of them alone suffices.
    pub fn rule(&mut self, detections: &Detections) -> Result<Expression, String> {
        if detections.timeframe.is_some() {
            return Err(
                "`timeframe` belongs to conditions that count, which became correlation rules".to_owned()
            );
        }
        let conditions: Result<Vec<_>, String> =
            detections.conditions.iter().map(|condition| self.condition(condition, detections)).collect();
        let conditions = conditions?;
        if conditions.is_empty() {
            return Err("has no condition".to_owned());
        }
        Ok(Expression::any(conditions))
    }

    fn condition(
        &mut self,
        condition: &ConditionExpr,
        detections: &Detections,
    ) -> Result<Expression, String> {
        match condition {
            ConditionExpr::And(parts) => {
                let parts: Result<_, String> =
                    parts.iter().map(|part| self.condition(part, detections)).collect();
                Ok(Expression::all(parts?))
            }
            ConditionExpr::Or(parts) => {
                let parts: Result<_, String> =
                    parts.iter().map(|part| self.condition(part, detections)).collect();
                Ok(Expression::any(parts?))
            }
            ConditionExpr::Not(part) => Ok(self.condition(part, detections)?.negated()),
            ConditionExpr::Identifier(name) => {
                let detection = detections
                    .named
                    .get(name)
                    .ok_or_else(|| format!("the condition names `{name}`, which is not there"))?;
                self.detection(detection)
            }
            ConditionExpr::Selector { quantifier, pattern } => {
                let mut names: Vec<&String> =
                    detections.named.keys().filter(|name| selects(pattern, name)).collect();
                names.sort_unstable();
                if names.is_empty() {
                    return Err(format!("the condition names `{pattern}`, and no detection is called so"));
                }
                let parts: Result<Vec<_>, String> =
                    names.iter().map(|name| self.detection(&detections.named[*name])).collect();
                let parts = parts?;
                Ok(match quantifier {
                    Quantifier::Any | Quantifier::Count(1) => Expression::any(parts),
                    Quantifier::All => Expression::all(parts),
                    Quantifier::Count(least) => {
                        Expression::Some(usize::try_from(*least).unwrap_or(usize::MAX), parts)
                    }
                })
            }
        }
    }

    fn detection(&mut self, detection: &Detection) -> Result<Expression, String> {
        match detection {
            Detection::AllOf(items) => {
                let items: Result<_, String> = items.iter().map(|item| self.item(item)).collect();
                Ok(Expression::all(items?))
            }
            Detection::AnyOf(parts) => {
                let parts: Result<_, String> = parts.iter().map(|part| self.detection(part)).collect();
                Ok(Expression::any(parts?))
            }
            Detection::Keywords(values) => {
                let words: Result<_, String> = values.iter().map(|value| self.keyword(value, &[])).collect();
                Ok(Expression::any(words?))
            }
        }
    }

    /// A value that may stand anywhere in an event.
    fn keyword(&mut self, value: &SigmaValue, modifiers: &[Modifier]) -> Result<Expression, String> {
        let text = match value {
            SigmaValue::String(string) if modifiers.contains(&Modifier::Re) => {
                let check = Check::Regex(regex(&string.original, modifiers)?);
                return Ok(self.tests.test(0, check));
            }
            SigmaValue::String(string) => Text::from(string),
            SigmaValue::Null => return Err("a keyword has no value".to_owned()),
            other => Text::plain(&other.to_string()),
        };
        let cased = modifiers.contains(&Modifier::Cased);
        let forms = text::modified(text, modifiers, self.variables)?;
        let forms = forms.into_iter().map(|form| self.tests.text(0, form.open(true, true), cased)).collect();
        Ok(Expression::any(forms))
    }

    fn item(&mut self, item: &DetectionItem) -> Result<Expression, String> {
        let modifiers = item.field.modifiers.as_slice();
        let parts: Result<Vec<_>, String> = match &item.field.name {
            None => item.values.iter().map(|value| self.keyword(value, modifiers)).collect(),
            Some(name) => {
                let field = self.tests.field(name);
                item.values.iter().map(|value| self.value(field, name, value, modifiers)).collect()
            }
        };
        let parts = parts.map_err(|reason| match &item.field.name {
            Some(name) => format!("{name}: {reason}"),
            None => reason,
        })?;
        if parts.is_empty() {
            return Err("a field has an empty list of values".to_owned());
        }
        let all = modifiers.contains(&Modifier::All);
        let linked = if all { Expression::all(parts) } else { Expression::any(parts) };
        Ok(if modifiers.contains(&Modifier::Neq) { linked.negated() } else { linked })
    }

    fn value(
        &mut self,
        field: u32,
        name: &str,
        value: &SigmaValue,
        modifiers: &[Modifier],
    ) -> Result<Expression, String> {
        let has = |modifier| modifiers.contains(&modifier);
        let cased = has(Modifier::Cased);
        let compare = modifiers.iter().find_map(|modifier| Compare::of(*modifier));
        let part = modifiers.iter().find(|modifier| is_time_part(**modifier));
        if has(Modifier::Exists) {
            let named = self.tests.test(field, Check::Named);
            return match value {
                SigmaValue::Bool(true) => Ok(named),
                SigmaValue::Bool(false) => Ok(named.negated()),
                _ => Err("`exists` takes true or false".to_owned()),
            };
        }
        if let Some(part) = part {
            let number = number(value)?;
            return Ok(self.tests.test(field, Check::Part(*part, compare.unwrap_or(Compare::Same), number)));
        }
        if let Some(compare) = compare {
            let number = number(value)?;
            return Ok(self.tests.test(field, Check::Number(compare, number)));
        }
        match value {
            SigmaValue::Null => Ok(Expression::Missing(field)),
            SigmaValue::String(string) if has(Modifier::Re) => {
                let forms = if has(Modifier::Expand) {
                    text::modified(Text::plain(&string.original), &[Modifier::Expand], self.variables)?
                } else {
                    vec![Text::plain(&string.original)]
                };
                let mut any = Vec::new();
                for form in forms {
                    let pattern = original(&form);
                    any.push(self.tests.test(field, Check::Regex(regex(&pattern, modifiers)?)));
                }
                Ok(Expression::any(any))
            }
            SigmaValue::String(string) if has(Modifier::Cidr) => {
                let plain = string.original.trim();
                let network: Result<IpNet, _> = plain
                    .parse()
                    .or_else(|_| plain.parse().map(|address: std::net::IpAddr| IpNet::from(address)));
                let network = network.map_err(|_| format!("`{plain}` is no network"))?;
                Ok(self.tests.test(field, Check::Network(network)))
            }
            SigmaValue::String(string) if has(Modifier::FieldRef) => {
                let plain = Text::from(string).as_plain().ok_or("the name of a field has no wildcard")?;
                let other = self.tests.field(&plain);
                let anchor = anchor(modifiers);
                Ok(self.tests.test(field, Check::Field { other, anchor, cased }))
            }
            SigmaValue::String(string) => {
                let forms = text::modified(Text::from(string), modifiers, self.variables)?;
                let forms = forms.into_iter().map(|form| self.tests.text(field, form, cased)).collect();
                Ok(Expression::any(forms))
            }
            other => {
                let _ = name;
                let text = Text::from(&SigmaString::from_raw(&other.to_string()));
                let forms = text::modified(text, modifiers, self.variables)?;
                let forms = forms.into_iter().map(|form| self.tests.text(field, form, cased)).collect();
                Ok(Expression::any(forms))
            }
        }
    }
}

/// The text of a form whose wildcards are a regular expression's own characters.
fn original(form: &Text) -> String {
    let part = |part: &Part| match part {
        Part::Plain(text) => text.clone(),
        Part::Any => "*".to_owned(),
        Part::One => "?".to_owned(),
    };
    form.0.iter().map(part).collect()
}

fn anchor(modifiers: &[Modifier]) -> Anchor {
    let has = |modifier| modifiers.contains(&modifier);
    match () {
        () if has(Modifier::Contains) => Anchor::Anywhere,
        () if has(Modifier::StartsWith) => Anchor::Begin,
        () if has(Modifier::EndsWith) => Anchor::End,
        () => Anchor::Whole,
    }
}

fn is_time_part(modifier: Modifier) -> bool {
    use Modifier::{Day, Hour, Minute, Month, Week, Year};
    matches!(modifier, Minute | Hour | Day | Week | Month | Year)
}

#[allow(clippy::cast_precision_loss, reason = "beyond 2^53 a comparison is as exact as JSON is")]
fn number(value: &SigmaValue) -> Result<f64, String> {
    match value {
        SigmaValue::Integer(number) => Ok(*number as f64),
        SigmaValue::Float(number) => Ok(*number),
        SigmaValue::String(string) => {
            string.original.trim().parse().map_err(|_| format!("`{}` is no number", string.original))
        }
        other => Err(format!("`{other}` is no number")),
    }
}

fn regex(pattern: &str, modifiers: &[Modifier]) -> Result<regex::Regex, String> {
    let has = |modifier| modifiers.contains(&modifier);
    RegexBuilder::new(pattern)
        .case_insensitive(has(Modifier::IgnoreCase))
        .multi_line(has(Modifier::Multiline))
        .dot_matches_new_line(has(Modifier::DotAll))
        .size_limit(MAX_REGEX)
        .dfa_size_limit(MAX_REGEX)
        .build()
        .map_err(|error| {
            let reason = error.to_string();
            format!("regular expression: {}", reason.lines().last().unwrap_or_default().trim())
        })
}

/// Whether a name is one of `them`, or of those with wildcards.
fn selects(pattern: &SelectorPattern, name: &str) -> bool {
    match pattern {
        SelectorPattern::Them => !name.starts_with('_'),
        SelectorPattern::Pattern(pattern) => {
            super::check::matches(&Text::from(&SigmaString::new(pattern)).0, name)
        }
    }
}

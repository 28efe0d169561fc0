//! Selectors of granular markings (STIX 2.1 §7.2.3.1) as places in an object.

use std::fmt;

use serde_json::{Map, Value};

/// One step of a selector.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// A place in an object: never empty, and beginning with a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place(pub(super) Vec<Step>);

impl Place {
    /// The place that a selector names; nothing where it is malformed or selects nothing of the object.
    pub fn of(selector: &str, object: &Map<String, Value>) -> Option<Self> {
        let place = Self::parse(selector)?;
        place.is_in(object).then_some(place)
    }

    fn parse(selector: &str) -> Option<Self> {
        let steps: Vec<Step> = selector.split('.').map(step).collect::<Option<_>>()?;
        matches!(steps.first(), Some(Step::Key(_))).then_some(Self(steps))
    }

    fn is_in(&self, object: &Map<String, Value>) -> bool {
        let Some((Step::Key(first), rest)) = self.0.split_first() else { return false };
        let inner = |value: &mut &Value, step: &Step| {
            let found = match (step, *value) {
                (Step::Key(key), Value::Object(map)) => map.get(key),
                (Step::Index(index), Value::Array(items)) => items.get(*index),
                _ => None,
            };
            found.map(|found| *value = found).is_some()
        };
        let Some(mut value) = object.get(first) else { return false };
        rest.iter().all(|step| inner(&mut value, step))
    }

    /// Whether what is selected here includes what is selected there: the same place, or one further in.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The property of the object that it lies in.
    pub fn property(&self) -> &str {
        match self.0.first() {
            Some(Step::Key(key)) => key,
            _ => "",
        }
    }

    /// Where the same value stands after these places were taken out; nothing where it went with one of them. What
    /// follows a removed item of a list moves up.
    pub fn after(&self, removed: &[Self]) -> Option<Self> {
        if removed.iter().any(|gone| gone.covers(self)) {
            return None;
        }
        let mut moved = self.clone();
        for (depth, step) in self.0.iter().enumerate() {
            let Step::Index(index) = step else { continue };
            let before = |gone: &&Self| {
                let beside = gone.0.len() == depth + 1 && gone.0[..depth] == self.0[..depth];
                beside && matches!(gone.0[depth], Step::Index(other) if other < *index)
            };
            moved.0[depth] = Step::Index(index - removed.iter().filter(before).count());
        }
        Some(moved)
    }
}

fn step(text: &str) -> Option<Step> {
    if let Some(digits) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        return digits.parse().ok().filter(|_| is_number).map(Step::Index);
    }
    let is_name = (1..=250).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    is_name.then(|| Step::Key(text.to_owned()))
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            match step {
                Step::Key(key) => f.write_str(key)?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

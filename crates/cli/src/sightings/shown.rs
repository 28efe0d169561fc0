//! Sightings as a person is shown them before they are sent.

use std::collections::{BTreeMap, BTreeSet};

use kizuna_hunt::marking;
use serde_json::Value;

use super::outbox::Letter;

/// Indicators and machines that are named one by one.
const NAMED: usize = 10;

/// What a letter says, in numbers and names.
#[derive(Debug)]
pub struct Shown<'a> {
    letter: &'a Letter,
    sightings: usize,
    /// Times that something was seen.
    count: u64,
    /// Sightings by indicator.
    indicators: BTreeMap<&'a str, u64>,
    /// Names of the objects that go along, by id.
    names: BTreeMap<&'a str, &'a str>,
    machines: BTreeSet<&'a str>,
    /// Sightings by marking or permissible action.
    markings: BTreeMap<String, u64>,
    first: Option<&'a str>,
    last: Option<&'a str>,
}

impl<'a> Shown<'a> {
    pub fn of(letter: &'a Letter) -> Self {
        let mut shown = Self {
            letter,
            sightings: 0,
            count: 0,
            indicators: BTreeMap::new(),
            names: BTreeMap::new(),
            machines: BTreeSet::new(),
            markings: BTreeMap::new(),
            first: None,
            last: None,
        };
        letter.objects.iter().for_each(|object| shown.add(object));
        shown
    }

    fn add(&mut self, object: &'a Value) {
        let text = |name: &str| object[name].as_str();
        let (id, name) = (text("id").unwrap_or_default(), text("name").unwrap_or_default());
        match text("type") {
            Some("sighting") => {
                self.sightings += 1;
                self.count += object["count"].as_u64().unwrap_or(1);
                *self.indicators.entry(text("sighting_of_ref").unwrap_or_default()).or_default() += 1;
                self.first = [self.first, text("first_seen")].into_iter().flatten().min();
                self.last = [self.last, text("last_seen")].into_iter().flatten().max();
                self.mark(object);
            }
            Some("identity") => drop(self.machines.insert(name)),
            _ => drop(self.names.insert(id, name)),
        }
    }

    fn mark(&mut self, object: &Value) {
        let of = |name: &str| object[name].as_array().into_iter().flatten().filter_map(Value::as_str);
        let mut marks: Vec<String> = of("object_marking_refs")
            .map(|id| marking::level_of(id).unwrap_or_else(|| id.to_owned()))
            .collect();
        if marks.is_empty() {
            marks.push("no marking".to_owned());
        }
        marks.extend(of("labels").map(str::to_owned));
        for mark in marks {
            *self.markings.entry(mark).or_default() += 1;
        }
    }

    /// All of it in one line.
    pub fn first(&self) -> String {
        format!("{} sightings of {} indicators to {}", self.sightings, self.indicators.len(), self.letter.to)
    }

    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.first()];
        let label =
            self.letter.label.as_deref().unwrap_or("none: what says nothing itself stays the own member's");
        lines.push(format!("  label       {label}; markings in it narrow further"));
        let marks: Vec<String> =
            self.markings.iter().map(|(mark, count)| format!("{mark} ({count})")).collect();
        lines.push(format!("  marked      {}", marks.join(", ")));
        let when = match (self.first, self.last) {
            (Some(first), Some(last)) => format!(", from {first} to {last}"),
            _ => String::new(),
        };
        lines.push(format!("  seen        {} times{when}", self.count));
        if self.machines.is_empty() {
            lines.push("  machines    not named".to_owned());
        } else {
            let machines: Vec<&str> = self.machines.iter().take(NAMED).copied().collect();
            lines.push(format!("  machines    {}: {}", self.machines.len(), machines.join(", ")));
        }
        for (id, count) in self.indicators.iter().take(NAMED) {
            let name = self.names.get(id).map(|name| format!("  {name}")).unwrap_or_default();
            lines.push(format!("  {count:>10}  {id}{name}"));
        }
        if self.indicators.len() > NAMED {
            lines.push(format!("              and {} more", self.indicators.len() - NAMED));
        }
        for line in &mut lines {
            *line = line.replace(char::is_control, "\u{fffd}");
        }
        lines
    }
}

//! High against low: what a record says was done to each field, beside what the field was and is. Everything is read
//! through the view of whoever asks; what he does not read of either side is not compared.

use jiff::Timestamp;
use kizuna_access::sanitisation::{KIND, Made, Sanitisation, Treatment};
use kizuna_stix::{Id, Object, validate};
use serde_json::{Map, Value};

use super::{Change, Template, Torn};
use crate::betrayal::step;
use crate::read::Reading;
use crate::{AppError, Item, Search};

/// Reports that are looked at to find the advisory over a tear-line.
const REPORTS: usize = 20;

/// Why a field became what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// The template says so.
    Template,
    /// Whoever made it chose so.
    Chosen,
    /// It names something, and the name of the low side stands in its place, or nothing where that stays.
    Reference,
    /// Times are cut.
    Times,
}

/// An object of the high side beside what was made of it.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The version that it was made from.
    pub high: Item,
    /// Nothing where it was left out.
    pub low: Option<Item>,
    pub torn: Torn,
    /// By which it was made.
    pub template: Option<Template>,
}

/// A tear-line that was made, as its record tells it.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The record.
    pub item: Item,
    pub template: Option<Template>,
    pub at: Timestamp,
    pub compared: Vec<Compared>,
    /// Everything that was made and is readable, the advisory last.
    pub low: Vec<Item>,
}

impl Change {
    /// Why it became what it is, where the record does not say: from the template, and from what it names.
    pub fn because(&self, template: Option<Template>, kind: &str) -> Because {
        let property = self.place.trim_start_matches("$.").split(['.', '[']).next().unwrap_or_default();
        let last = self.place.rsplit('.').next().unwrap_or_default();
        let name = last.split('[').next().unwrap_or_default();
        let names_something = name.ends_with("_ref") || name.ends_with("_refs");
        let default = template.map(|template| template.treats(kind, property, validate::is_observable(kind)));
        if Some(self.rule) == default {
            return Because::Template;
        }
        match self.rule {
            Treatment::Remapped => Because::Reference,
            Treatment::Dropped if names_something => Because::Reference,
            Treatment::Coarsened if is_time(&self.before) => Because::Times,
            _ => Because::Chosen,
        }
    }
}

fn is_time(value: &Value) -> bool {
    value.as_str().is_some_and(|text| kizuna_stix::time::parse(text).is_ok())
}

impl Reading {
    /// How these objects of the low side were made, and what was left out beside them, as the reader's own member's
    /// records tell it; nothing of what the reader does not read.
    pub fn compared(&self, low: &[Id]) -> Result<Vec<Compared>, AppError> {
        let mut seen = Vec::new();
        let mut found = Vec::new();
        for id in low {
            for item in self.records_of(id)? {
                if seen.contains(&item.id) {
                    continue;
                }
                seen.push(item.id.clone());
                let Some(record) = read(&item) else { continue };
                let is_asked = |made: &&Made| made.low_ref.as_ref().is_none_or(|made| low.contains(made));
                for made in record.made.iter().filter(is_asked) {
                    found.extend(self.beside(&record, made)?);
                }
            }
        }
        Ok(found)
    }

    /// The tear-line of this record.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a record that is hidden, absent, or another member's.
    pub fn recorded(&self, id: &Id) -> Result<Recorded, AppError> {
        if id.kind() != KIND {
            return Err(AppError::NotFound);
        }
        let item = self.object(id)?;
        let is_own = item.source == self.reader().principal().member();
        let record = read(&item).filter(|_| is_own).ok_or(AppError::NotFound)?;
        let mut compared = Vec::new();
        for made in &record.made {
            compared.extend(self.beside(&record, made)?);
        }
        let mut low: Vec<Item> = Vec::new();
        for made in record.made.iter().filter_map(|made| made.low_ref.as_ref()) {
            if low.iter().all(|known| known.id != *made) {
                low.extend(self.readable(made)?);
            }
        }
        low.extend(self.advisory_over(&low)?);
        Ok(Recorded { template: Template::from_word(&record.template), at: record.at, compared, low, item })
    }

    /// The report that names everything that was made, and nothing else.
    fn advisory_over(&self, low: &[Item]) -> Result<Option<Item>, AppError> {
        let Some(first) = low.first() else { return Ok(None) };
        let search = Search {
            refers_to: Some(first.id.clone()),
            kinds: vec!["report".to_owned()],
            ..Search::default()
        };
        let names_them = |report: &Item| {
            let object: Map<String, Value> = serde_json::from_slice(&report.bytes).unwrap_or_default();
            let Some(Value::Array(named)) = object.get("object_refs") else { return false };
            named.len() == low.len()
                && low.iter().all(|item| named.iter().any(|id| id.as_str() == Some(item.id.as_str())))
        };
        let found = self.search(&search, None, REPORTS)?.items;
        Ok(found.into_iter().find(|report| report.source == first.source && names_them(report)))
    }

    fn readable(&self, id: &Id) -> Result<Option<Item>, AppError> {
        match self.object(id) {
            Ok(item) => Ok(Some(item)),
            Err(AppError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One object beside what was made of it: the very version that was read, by its digest.
    fn beside(&self, record: &Sanitisation, made: &Made) -> Result<Option<Compared>, AppError> {
        let claims = match self.claims(&made.high_ref) {
            Ok(claims) => claims,
            Err(AppError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(high) = claims.into_iter().find(|claim| claim.digest == made.high_digest) else {
            return Ok(None);
        };
        let low = match &made.low_ref {
            Some(id) => match self.readable(id)? {
                Some(low) => Some(low),
                None => return Ok(None),
            },
            None => None,
        };
        let left_out = low.is_none().then(|| "it was left out".to_owned());
        let changes = low.as_ref().map(|low| changes(made, &high.bytes, &low.bytes)).unwrap_or_default();
        let torn = Torn { high: made.high_ref.clone(), low: made.low_ref.clone(), left_out, changes };
        Ok(Some(Compared { high, low, torn, template: Template::from_word(&record.template) }))
    }
}

fn read(item: &Item) -> Option<Sanitisation> {
    let value = serde_json::from_slice(&item.bytes).ok()?;
    Sanitisation::read(&Object::from_value(value).ok()?).ok()
}

/// Every field that the record names, before and after.
fn changes(made: &Made, high: &[u8], low: &[u8]) -> Vec<Change> {
    let high: Map<String, Value> = serde_json::from_slice(high).unwrap_or_default();
    let low: Map<String, Value> = serde_json::from_slice(low).unwrap_or_default();
    let mut changes = Vec::new();
    for (name, value) in &high {
        follow(made, &step("$", name), value, low.get(name), &mut changes);
    }
    changes
}

fn follow(made: &Made, place: &str, high: &Value, low: Option<&Value>, changes: &mut Vec<Change>) {
    if let Some(field) = made.fields.iter().find(|field| field.place == place) {
        let after = low.filter(|_| field.rule != Treatment::Dropped).cloned();
        changes.push(Change { place: place.to_owned(), rule: field.rule, before: high.clone(), after });
        return;
    }
    match high {
        Value::Array(items) => {
            // What stays of a list moves up.
            let mut kept = 0;
            for (index, item) in items.iter().enumerate() {
                let place = format!("{place}[{index}]");
                let stays = stays(made, &place);
                let after = low.filter(|_| stays).and_then(|low| low.get(kept));
                kept += usize::from(stays);
                follow(made, &place, item, after, changes);
            }
        }
        Value::Object(map) => {
            for (name, item) in map {
                follow(made, &step(place, name), item, low.and_then(|low| low.get(name)), changes);
            }
        }
        _ => {}
    }
}

/// Whether anything at a place or in it was taken over.
fn stays(made: &Made, place: &str) -> bool {
    let is_there = |field: &&kizuna_access::sanitisation::Field| {
        field.place.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    made.fields.iter().filter(is_there).any(|field| field.rule != Treatment::Dropped)
}

#[cfg(test)]
mod tests;

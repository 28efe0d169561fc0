//! Standing requirements: what a member wants to know of whatever comes in. What matches is judged in that member's own
//! view, and told to nobody else (ADR 0024).

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_stix::observable::Observable;
use kizuna_stix::pattern::Pattern;
use kizuna_stix::{Fault, Id, Object, time};
use serde_json::{Map, Value, json};

use crate::alert::{instant, is_text, texts};
use crate::marking::extension;
use crate::party::MemberId;
use crate::travel::{head, stated};

/// The STIX type.
pub const KIND: &str = "kizuna-requirement";

const NAME_CHARS: usize = 200;
const WORDS_CHARS: usize = 500;
const LISTED: usize = 100;

/// What is wanted. All parts that are said must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// STIX types.
    pub kinds: BTreeSet<String>,
    /// Words, every one of which occurs.
    pub words: Option<String>,
    /// Sectors that it names as its target, or addresses.
    pub sectors: BTreeSet<String>,
    /// STIX labels of which it has one.
    pub labels: BTreeSet<String>,
    /// A STIX pattern: what states one of its exact values matches.
    pub pattern: Option<String>,
}

impl Wanted {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The exact values of the pattern; nothing where there is none.
    pub fn values(&self) -> Vec<Observable> {
        let pattern = self.pattern.as_deref().and_then(|text| Pattern::parse(text).ok());
        pattern.map(|pattern| pattern.atoms()).unwrap_or_default()
    }

    /// Whether an object has one of the labels and sectors; words, types and values are what an index finds.
    pub fn admits(&self, object: &Object) -> bool {
        let has = |property: &str, wanted: &dyn Fn(&str) -> bool| {
            let stated = object.get(property).and_then(Value::as_array);
            stated.into_iter().flatten().filter_map(Value::as_str).any(wanted)
        };
        let is_labelled = self.labels.is_empty() || has("labels", &|label| self.labels.contains(label));
        let is_meant =
            |word: &str| self.sectors.iter().any(|wanted| crate::industry::is_within(word, wanted));
        let is_of_sector = self.sectors.is_empty() || has("sectors", &is_meant);
        is_labelled && is_of_sector
    }
}

/// One version of a requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    pub id: Id,
    pub by: MemberId,
    pub created: Timestamp,
    pub modified: Timestamp,
    pub title: String,
    /// From 1, the most important, to 5.
    pub priority: u8,
    pub wanted: Wanted,
}

/// The object is no requirement: which property, and the rule that it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{property}: {rule}")]
pub struct BadRequirement {
    pub property: &'static str,
    pub rule: &'static str,
}

impl Requirement {
    /// The rules of the JSON Schema.
    pub fn check(&self) -> Result<(), BadRequirement> {
        let rule = |holds: bool, property, rule| {
            if holds { Ok(()) } else { Err(BadRequirement { property, rule }) }
        };
        rule(is_text(&self.title, NAME_CHARS), "name", "a title of 1 to 200 characters")?;
        rule((1..=5).contains(&self.priority), "priority", "from 1 to 5")?;
        rule(!self.wanted.is_empty(), "kinds", "it says what is wanted")?;
        let words = self.wanted.words.as_deref();
        rule(words.is_none_or(|words| is_text(words, WORDS_CHARS)), "words", "1 to 500 characters")?;
        let lists = [&self.wanted.kinds, &self.wanted.sectors, &self.wanted.labels];
        rule(lists.iter().all(|list| list.len() <= LISTED), "kinds", "100 entries at most")?;
        let pattern = self.wanted.pattern.as_deref();
        let is_pattern = pattern.is_none_or(|text| Pattern::parse(text).is_ok());
        rule(is_pattern, "pattern", "a STIX pattern")?;
        rule(pattern.is_none() || !self.wanted.values().is_empty(), "pattern", "a pattern with exact values")
    }

    /// The STIX object, without markings.
    ///
    /// # Errors
    /// The faults where a text is not allowed in STIX.
    pub fn object(&self) -> Result<Object, Vec<Fault>> {
        let mut body = Map::new();
        body.insert("name".to_owned(), json!(self.title));
        body.insert("priority".to_owned(), json!(self.priority));
        let Wanted { kinds, words, sectors, labels, pattern } = &self.wanted;
        for (property, list) in [("kinds", kinds), ("sectors", sectors), ("wanted_labels", labels)] {
            if !list.is_empty() {
                body.insert(property.to_owned(), json!(list));
            }
        }
        for (property, text) in [("words", words), ("pattern", pattern)] {
            if let Some(text) = text {
                body.insert(property.to_owned(), json!(text));
            }
        }
        let mut object = stated(KIND, &extension::REQUIREMENT, self.by, self.modified, &[], body);
        object.insert("id".to_owned(), json!(self.id.as_str()));
        object.insert("created".to_owned(), json!(time::format(self.created)));
        Object::from_value(Value::Object(object))
    }

    /// Reads a requirement.
    pub fn read(object: &Object) -> Result<Self, BadRequirement> {
        let bad = |property| BadRequirement { property, rule: "is missing or malformed" };
        let (by, modified) =
            head(object, KIND, &extension::REQUIREMENT).map_err(|error| bad(error.property))?;
        let list = |property| -> Result<BTreeSet<String>, BadRequirement> {
            Ok(texts(object, property).map_err(bad)?.into_iter().collect())
        };
        let priority =
            object.get("priority").and_then(Value::as_u64).and_then(|rank| u8::try_from(rank).ok());
        let requirement = Self {
            id: object.id().clone(),
            by,
            created: instant(object, "created").map_err(bad)?.unwrap_or(modified),
            modified,
            title: object.text("name").ok_or_else(|| bad("name"))?.to_owned(),
            priority: priority.ok_or_else(|| bad("priority"))?,
            wanted: Wanted {
                kinds: list("kinds")?,
                words: object.text("words").map(str::to_owned),
                sectors: list("sectors")?,
                labels: list("wanted_labels")?,
                pattern: object.text("pattern").map(str::to_owned),
            },
        };
        requirement.check()?;
        Ok(requirement)
    }
}

#[cfg(test)]
mod tests;

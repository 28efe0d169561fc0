//! Alerts: advisories that ask their addressees to do something, as objects like any other (ADR 0024).

use jiff::Timestamp;
use kizuna_stix::{Fault, Id, Object, time};
use serde_json::{Map, Value, json};

use crate::address::Addressees;
use crate::marking::extension;
use crate::party::MemberId;
use crate::travel::{head, stated};

/// The STIX type.
pub const KIND: &str = "kizuna-alert";

const NAME_CHARS: usize = 200;
const TEXT_CHARS: usize = 50_000;
const ACTIONS: usize = 50;
const ACTION_CHARS: usize = 2_000;
const REFERENCES: usize = 2_000;

/// How soon something is to be done; most urgent last.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// To be known.
    Information,
    /// In the ordinary course of work.
    #[default]
    Advisory,
    /// Within the day.
    Urgent,
    /// Now.
    Emergency,
}

impl Urgency {
    pub const ALL: [Self; 4] = [Self::Information, Self::Advisory, Self::Urgent, Self::Emergency];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Advisory => "advisory",
            Self::Urgent => "urgent",
            Self::Emergency => "emergency",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|urgency| urgency.as_str() == word)
    }
}

/// One version of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub id: Id,
    /// The member that warns.
    pub by: MemberId,
    pub created: Timestamp,
    pub modified: Timestamp,
    pub title: String,
    pub text: Option<String>,
    pub urgency: Urgency,
    /// What its addressees are asked to do, one after the other.
    pub actions: Vec<String>,
    /// Until when they are asked to have done it.
    pub respond_by: Option<Timestamp>,
    pub addressees: Addressees,
    /// Indicators, and whatever else it is about.
    pub object_refs: Vec<Id>,
}

/// The object is no alert, or one that nobody may write: which property, and the rule that it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{property}: {rule}")]
pub struct BadAlert {
    pub property: &'static str,
    pub rule: &'static str,
}

impl Alert {
    /// The rules of the JSON Schema.
    pub fn check(&self) -> Result<(), BadAlert> {
        let rule =
            |holds: bool, property, rule| if holds { Ok(()) } else { Err(BadAlert { property, rule }) };
        rule(is_text(&self.title, NAME_CHARS), "name", "a title of 1 to 200 characters")?;
        let text = self.text.as_deref();
        rule(text.is_none_or(|text| is_text(text, TEXT_CHARS)), "description", "1 to 50,000 characters")?;
        rule(self.actions.len() <= ACTIONS, "actions", "50 actions at most")?;
        rule(
            self.actions.iter().all(|action| is_text(action, ACTION_CHARS)),
            "actions",
            "an action has 1 to 2,000 characters",
        )?;
        rule(self.object_refs.len() <= REFERENCES, "object_refs", "2,000 objects at most")?;
        rule(!self.addressees.is_empty(), "addressed_to", "it is addressed to somebody")
    }

    /// The STIX object, without markings: they are written into it when it is stored under its label.
    ///
    /// # Errors
    /// The faults where a text is not allowed in STIX.
    pub fn object(&self) -> Result<Object, Vec<Fault>> {
        let mut body = Map::new();
        body.insert("name".to_owned(), json!(self.title));
        if let Some(text) = &self.text {
            body.insert("description".to_owned(), json!(text));
        }
        body.insert("urgency".to_owned(), json!(self.urgency));
        if !self.actions.is_empty() {
            body.insert("actions".to_owned(), json!(self.actions));
        }
        if let Some(by) = self.respond_by {
            body.insert("respond_by".to_owned(), json!(time::format(by)));
        }
        write_references(&mut body, &self.object_refs);
        self.addressees.write(&mut body);
        let mut object = stated(KIND, &extension::ALERT, self.by, self.modified, &[], body);
        object.insert("id".to_owned(), json!(self.id.as_str()));
        object.insert("created".to_owned(), json!(time::format(self.created)));
        Object::from_value(Value::Object(object))
    }

    /// Reads an alert.
    pub fn read(object: &Object) -> Result<Self, BadAlert> {
        let bad = |property| BadAlert { property, rule: "is missing or malformed" };
        let (by, modified) = head(object, KIND, &extension::ALERT).map_err(|error| bad(error.property))?;
        let alert = Self {
            id: object.id().clone(),
            by,
            created: instant(object, "created").map_err(bad)?.unwrap_or(modified),
            modified,
            title: object.text("name").ok_or_else(|| bad("name"))?.to_owned(),
            text: object.text("description").map(str::to_owned),
            urgency: object.text("urgency").and_then(Urgency::from_word).ok_or_else(|| bad("urgency"))?,
            actions: texts(object, "actions").map_err(bad)?,
            respond_by: instant(object, "respond_by").map_err(bad)?,
            addressees: Addressees::read(object).ok_or_else(|| bad("addressed_to"))?,
            object_refs: references(object).map_err(bad)?,
        };
        alert.check()?;
        Ok(alert)
    }
}

/// Whether a text says something, in so many characters at most.
pub(crate) fn is_text(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most
}

pub(crate) fn write_references(body: &mut Map<String, Value>, references: &[Id]) {
    if references.is_empty() {
        return;
    }
    let references: Vec<&str> = references.iter().map(Id::as_str).collect();
    body.insert("object_refs".to_owned(), json!(references));
}

/// The objects that an object is about; the property's name where they are malformed.
pub(crate) fn references(object: &Object) -> Result<Vec<Id>, &'static str> {
    let texts = texts(object, "object_refs")?;
    texts.iter().map(|text| text.parse().map_err(|_| "object_refs")).collect()
}

pub(crate) fn texts(object: &Object, property: &'static str) -> Result<Vec<String>, &'static str> {
    match object.get(property) {
        Some(value) => serde_json::from_value(value.clone()).map_err(|_| property),
        None => Ok(Vec::new()),
    }
}

pub(crate) fn instant(object: &Object, property: &'static str) -> Result<Option<Timestamp>, &'static str> {
    match object.text(property) {
        Some(text) => time::parse(text).map(Some).map_err(|_| property),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests;

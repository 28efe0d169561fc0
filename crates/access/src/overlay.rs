//! Overlays: what a member adds for itself to anybody's object, as a labelled object of its own, never as a new
//! version of the other's (`docs/adr/0009-overlays.md`).

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_stix::{Fault, Id, Object, time};
use serde_json::{Map, Value, json};

use crate::marking::extension;
use crate::party::{MemberId, PersonId, derived};
use crate::travel::{head, stated};

/// The STIX type of an overlay.
pub const KIND: &str = "kizuna-overlay";
/// States that pages offer; any other word is one too.
pub const STATES: [&str; 4] = ["new", "in-progress", "done", "false-positive"];
/// The scale of a score where none is said.
pub const SCALE: &str = "0-100";
/// Grades of a source's reliability, by the Admiralty scale.
pub const RELIABILITIES: [char; 6] = ['A', 'B', 'C', 'D', 'E', 'F'];

const TAGS: usize = 64;
const TAG_CHARS: usize = 100;
const STATE_CHARS: usize = 40;
const SCALE_CHARS: usize = 60;
const NOTE_CHARS: usize = 10_000;

/// How much, and on which scale.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// 0–100.
    pub value: u8,
    pub scale: String,
}

/// What a member makes of an object. Everything may be left unsaid.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Somebody of the member that judges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
    /// Of the object's source, `A`–`F`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_reliability: Option<char>,
    /// Of what the object says, 1–6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credibility: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What is wrong with a judgement: which property, and the rule it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{property}: {rule}")]
pub struct BadJudgement {
    pub property: &'static str,
    pub rule: &'static str,
}

impl Judgement {
    /// Whether nothing is said.
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it has this tag, in whatever case.
    pub fn has_tag(&self, tag: &str) -> bool {
        let wanted = tag.trim().to_lowercase();
        self.tags.iter().any(|tag| tag.to_lowercase() == wanted)
    }

    /// The rules of the JSON Schema.
    pub fn check(&self) -> Result<(), BadJudgement> {
        let rule =
            |holds: bool, property, rule| if holds { Ok(()) } else { Err(BadJudgement { property, rule }) };
        rule(self.tags.len() <= TAGS, "tags", "64 tags at most")?;
        rule(
            self.tags.iter().all(|tag| is_tag(tag)),
            "tags",
            "a tag has 1 to 100 characters, with a letter or digit",
        )?;
        let state = self.state.as_deref();
        rule(state.is_none_or(is_state), "state", "a word of lower-case letters, digits and hyphens")?;
        let score = self.score.as_ref();
        rule(score.is_none_or(|score| score.value <= 100), "score", "a score is from 0 to 100")?;
        let is_scale = |score: &Score| is_line(&score.scale, SCALE_CHARS);
        rule(score.is_none_or(is_scale), "score", "a scale has a name of 1 to 60 characters")?;
        let reliability = self.source_reliability;
        let is_grade = |grade| RELIABILITIES.contains(&grade);
        rule(reliability.is_none_or(is_grade), "source_reliability", "a grade from A to F")?;
        rule(
            self.credibility.is_none_or(|grade| (1..=6).contains(&grade)),
            "credibility",
            "a grade from 1 to 6",
        )?;
        let is_note = |note: &str| !note.trim().is_empty() && note.chars().count() <= NOTE_CHARS;
        rule(self.note.as_deref().is_none_or(is_note), "note", "a note has 1 to 10,000 characters")
    }
}

fn is_line(text: &str, most: usize) -> bool {
    let is_trimmed = !text.is_empty() && text.trim() == text;
    is_trimmed && text.chars().count() <= most && !text.chars().any(char::is_control)
}

/// A tag is found by its words, so it has one.
fn is_tag(tag: &str) -> bool {
    is_line(tag, TAG_CHARS) && tag.chars().any(char::is_alphanumeric)
}

fn is_state(state: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !state.is_empty() && state.len() <= STATE_CHARS && !state.starts_with('-') && state.bytes().all(is_plain)
}

/// One member's overlay over one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// The member that judges.
    pub by: MemberId,
    pub object_ref: Id,
    pub created: Timestamp,
    pub modified: Timestamp,
    pub judgement: Judgement,
}

/// The object is no overlay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a sound overlay: {0}")]
pub struct BadOverlay(String);

/// The id of a member's overlay over an object: one for both, so that a later judgement is a new version of it.
pub fn id(by: MemberId, object: &Id) -> Id {
    Id::new(KIND, derived("overlay", &format!("{by} {object}")))
}

impl Overlay {
    pub fn id(&self) -> Id {
        id(self.by, &self.object_ref)
    }

    /// The STIX object, without markings: they are written into it when it is stored under its label.
    ///
    /// # Errors
    /// The faults where an id is malformed.
    pub fn object(&self) -> Result<Object, Vec<Fault>> {
        let mut body = match serde_json::to_value(&self.judgement) {
            Ok(Value::Object(said)) => said,
            _ => Map::new(),
        };
        body.insert("object_ref".to_owned(), json!(self.object_ref.as_str()));
        let mut object = stated(KIND, &extension::OVERLAY, self.by, self.modified, &[], body);
        object.insert("id".to_owned(), json!(self.id().as_str()));
        object.insert("created".to_owned(), json!(time::format(self.created)));
        Object::from_value(Value::Object(object))
    }

    /// Reads an overlay. One whose id is not that of its member and object is none.
    pub fn read(object: &Object) -> Result<Self, BadOverlay> {
        let bad = |reason: &dyn std::fmt::Display| BadOverlay(reason.to_string());
        let (by, modified) = head(object, KIND, &extension::OVERLAY).map_err(|error| bad(&error))?;
        let object_ref: Option<Id> = object.text("object_ref").and_then(|id| id.parse().ok());
        let object_ref = object_ref.ok_or_else(|| bad(&"object_ref"))?;
        if *object.id() != id(by, &object_ref) {
            return Err(bad(&"id"));
        }
        let created = object.text("created").and_then(|at| time::parse(at).ok());
        let mut said = Map::new();
        for property in PROPERTIES {
            if let Some(value) = object.get(property) {
                said.insert(property.to_owned(), value.clone());
            }
        }
        let judgement: Judgement =
            serde_json::from_value(Value::Object(said)).map_err(|error| bad(&error))?;
        judgement.check().map_err(|error| bad(&error))?;
        Ok(Self { by, object_ref, created: created.unwrap_or(modified), modified, judgement })
    }
}

/// The properties of a judgement.
const PROPERTIES: [&str; 7] =
    ["tags", "state", "assignee", "score", "source_reliability", "credibility", "note"];

/// Whether a source is the author of this object as far as it is an overlay: each member has its own ids, and nobody
/// else writes under them. Any other object is none of this function's business.
pub fn is_its_own(object: &Object, source: MemberId) -> bool {
    if object.kind() != KIND {
        return true;
    }
    let over = object.text("object_ref").and_then(|id| id.parse::<Id>().ok());
    over.is_some_and(|over| *object.id() == id(source, &over))
}

#[cfg(test)]
mod tests;

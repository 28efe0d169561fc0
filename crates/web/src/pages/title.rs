//! What an object is called.

use std::collections::HashMap;

use kizuna_access::overlay;
use kizuna_access::travel::{LABEL_KIND, RECALL_KIND};
use kizuna_app::attest::{ATTESTATION_KIND, KEY_KIND};
use kizuna_app::{AppError, Reading};
use kizuna_stix::Id;
use serde_json::{Map, Value};

use crate::language::Language;
use crate::view::Run;
use crate::view::row::middle;

/// Characters of a title made from something longer.
const LONGEST: usize = 120;

/// A title: a run of text, or a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Title {
    pub text: Run,
    /// Whether it is a value (monospace).
    pub exact: bool,
}

/// What is in an object's bytes.
pub(crate) fn properties(bytes: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(bytes).unwrap_or_default()
}

/// In which language an object's own texts are: what it says, else what its letters show.
pub(super) fn language_of(object: &Map<String, Value>, text: &str) -> String {
    if let Some(said) = object.get("lang").and_then(Value::as_str) {
        return said.to_owned();
    }
    let is_kana = |c: char| matches!(c, '\u{3041}'..='\u{30ff}');
    let is_hangul = |c: char| matches!(c, '\u{ac00}'..='\u{d7a3}');
    if text.chars().any(is_kana) {
        return "ja".to_owned();
    }
    if text.chars().any(is_hangul) {
        return "ko".to_owned();
    }
    // STIX's default; other scripts are left unsaid rather than called English.
    if text.is_ascii() { "en".to_owned() } else { String::new() }
}

pub(crate) fn run(object: &Map<String, Value>, text: &str) -> Run {
    Run::new(language_of(object, text), text)
}

/// The first object that a label object is about.
fn assigned(object: &Map<String, Value>) -> Option<Id> {
    let first = object.get("assignments")?.as_array()?.first()?;
    first.get("object_ref")?.as_str()?.parse().ok()
}

/// Titles of the objects that a page mentions, each looked up once.
pub(super) struct Titles<'a> {
    t: Language,
    reading: &'a Reading,
    known: HashMap<Id, Option<Title>>,
}

impl<'a> Titles<'a> {
    pub fn new(t: Language, reading: &'a Reading) -> Self {
        Self { t, reading, known: HashMap::new() }
    }

    /// The title of an object; nothing for one that is hidden or absent.
    pub fn find(&mut self, id: &Id) -> Result<Option<Title>, AppError> {
        if let Some(known) = self.known.get(id) {
            return Ok(known.clone());
        }
        // A relationship is named after its ends: it is not followed further, so that a ring ends.
        let title = match self.reading.object(id) {
            Ok(item) => Some(self.plain(&properties(&item.bytes), id)),
            Err(AppError::NotFound) => None,
            Err(error) => return Err(error),
        };
        self.known.insert(id.clone(), title.clone());
        Ok(title)
    }

    /// The title of an object that is at hand.
    pub fn of(&mut self, object: &Map<String, Value>, id: &Id) -> Result<Title, AppError> {
        let reference = |name: &str| object.get(name)?.as_str()?.parse::<Id>().ok();
        let exact = |text: String| Title { text: Run::new("", text), exact: false };
        match id.kind() {
            "relationship" => {
                let verb = object.get("relationship_type").and_then(Value::as_str).unwrap_or_default();
                let from = self.end(reference("source_ref"))?;
                let to = self.end(reference("target_ref"))?;
                Ok(exact(format!("{from} → {} → {to}", self.t.term("verb", verb))))
            }
            "sighting" => {
                let of = self.end(reference("sighting_of_ref"))?;
                Ok(exact(format!("{}: {of}", self.t.say("kind-sighting"))))
            }
            "language-content" => {
                let of = self.end(reference("object_ref"))?;
                Ok(exact(format!("{}: {of}", self.t.say("kind-language-content"))))
            }
            "opinion" => {
                let opinion = object.get("opinion").and_then(Value::as_str).unwrap_or("–");
                let first = object.get("object_refs").and_then(Value::as_array).and_then(|all| all.first());
                let of = self.end(first.and_then(|id| id.as_str()?.parse().ok()))?;
                Ok(exact(format!("{}: {opinion} · {of}", self.t.say("kind-opinion"))))
            }
            ATTESTATION_KIND | KEY_KIND => {
                let of = self.end(reference("created_by_ref"))?;
                Ok(exact(format!("{}: {of}", self.t.term("kind", id.kind()))))
            }
            LABEL_KIND | RECALL_KIND | overlay::KIND => {
                let of = self.end(reference("object_ref").or_else(|| assigned(object)))?;
                Ok(exact(format!("{}: {of}", self.t.term("kind", id.kind()))))
            }
            _ => Ok(self.plain(object, id)),
        }
    }

    fn end(&mut self, id: Option<Id>) -> Result<String, AppError> {
        let Some(id) = id else { return Ok("–".to_owned()) };
        let found = self.find(&id)?;
        Ok(found.map_or_else(|| self.t.term("kind", id.kind()), |title| title.text.text))
    }

    fn plain(&self, object: &Map<String, Value>, id: &Id) -> Title {
        plain(self.t, object, id.as_str())
    }
}

/// What an object calls itself, without looking at others.
pub(crate) fn own_title(t: Language, object: &Map<String, Value>, id: &str) -> Run {
    plain(t, object, id).text
}

fn plain(t: Language, object: &Map<String, Value>, id: &str) -> Title {
    let kind = id.split("--").next().unwrap_or_default();
    let text = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let value = |text: &str| Title { text: Run::new("", middle(text, LONGEST)), exact: true };
    let words = |text: &str| Title { text: run(object, &middle(text, LONGEST)), exact: false };
    if let Some(name) = text("name") {
        return if kind == "file" { value(name) } else { words(name) };
    }
    for property in
        ["value", "key", "path", "serial_number", "command_line", "user_id", "account_login", "url"]
    {
        if let Some(found) = text(property) {
            return value(found);
        }
    }
    if let Some(number) = object.get("number").filter(|_| kind == "autonomous-system") {
        return value(&format!("AS{number}"));
    }
    if let Some(hash) = object.get("hashes").and_then(Value::as_object).and_then(|all| all.values().next()) {
        return value(hash.as_str().unwrap_or_default());
    }
    for property in ["pattern", "subject", "product", "abstract", "statement", "opinion"] {
        if let Some(found) = text(property) {
            return if property == "pattern" { value(found) } else { words(found) };
        }
    }
    if let Some(line) = text("content").or(text("description")).and_then(|text| text.lines().next()) {
        return words(line);
    }
    let verb = text("relationship_type").map(|verb| t.term("verb", verb));
    verb.map_or_else(|| value(id), |verb| words(&verb))
}

//! Requests and their answers: an alert the other way round. A request asks its addressees for information, or its
//! addressee, an originator, to let content that it controls go on to others (ADR 0024).

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_stix::{Fault, Id, Object, time};
use serde_json::{Map, Value, json};

use crate::address::Addressees;
use crate::alert::{instant, is_text, references, write_references};
use crate::label::Label;
use crate::marking::extension;
use crate::party::{MemberId, Party, derived};
use crate::travel::{head, stated};

/// The STIX type of a request.
pub const KIND: &str = "kizuna-request";
/// The STIX type of an answer.
pub const ANSWER_KIND: &str = "kizuna-answer";

const QUESTION_CHARS: usize = 300;
const TEXT_CHARS: usize = 50_000;
const REFERENCES: usize = 2_000;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    Information,
    /// That these parties may be given the objects that the request refers to.
    OnwardRelease {
        to: BTreeSet<Party>,
    },
}

impl Ask {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::OnwardRelease { .. } => "onward-release",
        }
    }
}

/// One version of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub id: Id,
    /// The member that asks.
    pub by: MemberId,
    pub created: Timestamp,
    pub modified: Timestamp,
    pub ask: Ask,
    pub question: String,
    pub text: Option<String>,
    pub deadline: Option<Timestamp>,
    pub addressees: Addressees,
    pub object_refs: Vec<Id>,
}

/// What an addressee says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Here is what it knows.
    Answered,
    /// It has nothing to give, or may not give it, for a reason that it states.
    CannotAnswer,
    /// What was asked for was released.
    Granted,
    /// What was asked for is not released, for a reason that it states.
    Refused,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::CannotAnswer => "cannot-answer",
            Self::Granted => "granted",
            Self::Refused => "refused",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Answered, Self::CannotAnswer, Self::Granted, Self::Refused];
        all.into_iter().find(|outcome| outcome.as_str() == word)
    }

    /// Whether it needs a reason.
    pub fn is_negative(self) -> bool {
        matches!(self, Self::CannotAnswer | Self::Refused)
    }
}

/// One version of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub by: MemberId,
    pub request_ref: Id,
    pub created: Timestamp,
    pub modified: Timestamp,
    pub outcome: Outcome,
    /// The answer; the reason where there is none.
    pub text: Option<String>,
    /// What the answer consists of beside words: a release, where that is what was asked for.
    pub object_refs: Vec<Id>,
}

/// The object is no request or answer: which property, and the rule that it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{property}: {rule}")]
pub struct BadRequest {
    pub property: &'static str,
    pub rule: &'static str,
}

fn rule(holds: bool, property: &'static str, rule: &'static str) -> Result<(), BadRequest> {
    if holds { Ok(()) } else { Err(BadRequest { property, rule }) }
}

fn bad(property: &'static str) -> BadRequest {
    BadRequest { property, rule: "is missing or malformed" }
}

impl Request {
    /// The rules of the JSON Schema.
    pub fn check(&self) -> Result<(), BadRequest> {
        rule(is_text(&self.question, QUESTION_CHARS), "name", "a question of 1 to 300 characters")?;
        let text = self.text.as_deref();
        rule(text.is_none_or(|text| is_text(text, TEXT_CHARS)), "description", "1 to 50,000 characters")?;
        rule(self.object_refs.len() <= REFERENCES, "object_refs", "2,000 objects at most")?;
        rule(!self.addressees.is_empty(), "addressed_to", "it is addressed to somebody")?;
        if let Ask::OnwardRelease { to } = &self.ask {
            rule(!to.is_empty(), "onward_to", "it says to whom")?;
            rule(!self.object_refs.is_empty(), "object_refs", "it says what")?;
        }
        Ok(())
    }

    /// The STIX object, without markings.
    ///
    /// # Errors
    /// The faults where a text is not allowed in STIX.
    pub fn object(&self) -> Result<Object, Vec<Fault>> {
        let mut body = Map::new();
        body.insert("name".to_owned(), json!(self.question));
        body.insert("ask".to_owned(), json!(self.ask.as_str()));
        if let Ask::OnwardRelease { to } = &self.ask {
            body.insert("onward_to".to_owned(), json!(to));
        }
        if let Some(text) = &self.text {
            body.insert("description".to_owned(), json!(text));
        }
        if let Some(deadline) = self.deadline {
            body.insert("deadline".to_owned(), json!(time::format(deadline)));
        }
        write_references(&mut body, &self.object_refs);
        self.addressees.write(&mut body);
        let mut object = stated(KIND, &extension::REQUEST, self.by, self.modified, &[], body);
        object.insert("id".to_owned(), json!(self.id.as_str()));
        object.insert("created".to_owned(), json!(time::format(self.created)));
        Object::from_value(Value::Object(object))
    }

    /// Reads a request.
    pub fn read(object: &Object) -> Result<Self, BadRequest> {
        let (by, modified) = head(object, KIND, &extension::REQUEST).map_err(|error| bad(error.property))?;
        let ask = match object.text("ask") {
            Some("information") => Ask::Information,
            Some("onward-release") => {
                let to = object.get("onward_to").cloned().ok_or_else(|| bad("onward_to"))?;
                Ask::OnwardRelease { to: serde_json::from_value(to).map_err(|_| bad("onward_to"))? }
            }
            _ => return Err(bad("ask")),
        };
        let request = Self {
            id: object.id().clone(),
            by,
            created: instant(object, "created").map_err(bad)?.unwrap_or(modified),
            modified,
            ask,
            question: object.text("name").ok_or_else(|| bad("name"))?.to_owned(),
            text: object.text("description").map(str::to_owned),
            deadline: instant(object, "deadline").map_err(bad)?,
            addressees: Addressees::read(object).ok_or_else(|| bad("addressed_to"))?,
            object_refs: references(object).map_err(bad)?,
        };
        request.check()?;
        Ok(request)
    }
}

/// The id of a member's answer to a request: one for both, so that a later one is a new version of it.
pub fn answer_id(by: MemberId, request: &Id) -> Id {
    Id::new(ANSWER_KIND, derived("answer", &format!("{by} {request}")))
}

/// Under which label an answer is where nothing else is said: for who asked, as far as it reads its own request.
pub fn answer_label(by: MemberId, asked_by: MemberId, request: &Label) -> Label {
    let told = Label::builder().rel([Party::Member(by), Party::Member(asked_by)]);
    request.on_the_way_back().narrowed(&told)
}

impl Answer {
    pub fn id(&self) -> Id {
        answer_id(self.by, &self.request_ref)
    }

    /// The rules of the JSON Schema.
    pub fn check(&self) -> Result<(), BadRequest> {
        let text = self.text.as_deref();
        rule(text.is_none_or(|text| is_text(text, TEXT_CHARS)), "text", "1 to 50,000 characters")?;
        rule(text.is_some() || !self.outcome.is_negative(), "text", "who cannot answer says why")?;
        rule(text.is_some() || !self.object_refs.is_empty(), "text", "an answer says something")?;
        rule(self.object_refs.len() <= REFERENCES, "object_refs", "2,000 objects at most")
    }

    /// The STIX object, without markings.
    ///
    /// # Errors
    /// The faults where a text is not allowed in STIX.
    pub fn object(&self) -> Result<Object, Vec<Fault>> {
        let mut body = Map::new();
        body.insert("request_ref".to_owned(), json!(self.request_ref.as_str()));
        body.insert("outcome".to_owned(), json!(self.outcome));
        if let Some(text) = &self.text {
            body.insert("text".to_owned(), json!(text));
        }
        write_references(&mut body, &self.object_refs);
        let mut object = stated(ANSWER_KIND, &extension::ANSWER, self.by, self.modified, &[], body);
        object.insert("id".to_owned(), json!(self.id().as_str()));
        object.insert("created".to_owned(), json!(time::format(self.created)));
        Object::from_value(Value::Object(object))
    }

    /// Reads an answer. One whose id is not that of its member and request is none.
    pub fn read(object: &Object) -> Result<Self, BadRequest> {
        let (by, modified) =
            head(object, ANSWER_KIND, &extension::ANSWER).map_err(|error| bad(error.property))?;
        let request_ref: Option<Id> = object.text("request_ref").and_then(|id| id.parse().ok());
        let answer = Self {
            by,
            request_ref: request_ref.ok_or_else(|| bad("request_ref"))?,
            created: instant(object, "created").map_err(bad)?.unwrap_or(modified),
            modified,
            outcome: object.text("outcome").and_then(Outcome::from_word).ok_or_else(|| bad("outcome"))?,
            text: object.text("text").map(str::to_owned),
            object_refs: references(object).map_err(bad)?,
        };
        rule(*object.id() == answer.id(), "id", "is not that of its member and request")?;
        answer.check()?;
        Ok(answer)
    }
}

/// Whether a source is the author of this object as far as it is an answer, as with overlays.
pub fn is_its_own(object: &Object, source: MemberId) -> bool {
    if object.kind() != ANSWER_KIND {
        return true;
    }
    let request = object.text("request_ref").and_then(|id| id.parse::<Id>().ok());
    request.is_some_and(|request| *object.id() == answer_id(source, &request))
}

#[cfg(test)]
mod tests;

//! Requests as programs and pages show them.

use jiff::Timestamp;
use kizuna_access::receipt::State;
use kizuna_access::request::Outcome;
use kizuna_access::{Label, MemberId};
use kizuna_stix::Id;

use super::{Answered, Decision, Shown};
use crate::notices::Addressed;
use crate::read::Reading;

/// An answer.
#[derive(Debug, Clone, serde::Serialize)]
pub struct AnswerInfo {
    pub id: Id,
    pub by: MemberId,
    pub from: String,
    pub outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    pub objects: Vec<Id>,
    pub modified: Timestamp,
    /// In words.
    pub label: String,
    #[serde(skip)]
    pub marked: Label,
}

/// How far one addressee is.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Progress {
    pub member: MemberId,
    pub name: String,
    pub state: Option<State>,
    pub answered: bool,
}

/// A request in full.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RequestInfo {
    pub id: Id,
    pub by: MemberId,
    pub from: String,
    /// `information` or `onward-release`.
    pub ask: &'static str,
    pub question: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    pub overdue: bool,
    pub created: Timestamp,
    pub modified: Timestamp,
    /// In words.
    pub label: String,
    pub addressed: Addressed,
    /// To whom the objects would go, in words, of a request for onward release.
    pub onward_to: Vec<String>,
    pub objects: Vec<Id>,
    pub recipients: Vec<Progress>,
    pub answers: Vec<AnswerInfo>,
    /// Releases by which what was asked for came.
    pub decisions: Vec<Decision>,
    #[serde(skip)]
    pub marked: Label,
}

impl Shown {
    pub fn info(&self, reading: &Reading) -> RequestInfo {
        let answer = |answered: &Answered| AnswerInfo {
            id: answered.item.id.clone(),
            by: answered.answer.by,
            from: answered.name.clone(),
            outcome: answered.answer.outcome,
            text: answered.answer.text.clone(),
            objects: answered.answer.object_refs.clone(),
            modified: answered.answer.modified,
            label: reading.label_text(&answered.item.label),
            marked: (*answered.item.label).clone(),
        };
        let progress = |(member, name, state): &(MemberId, String, Option<State>)| Progress {
            member: *member,
            name: name.clone(),
            state: *state,
            answered: self.answer_of(*member).is_some(),
        };
        let request = &self.request;
        RequestInfo {
            id: request.id.clone(),
            by: request.by,
            from: reading.member_name(request.by),
            ask: request.ask.as_str(),
            question: request.question.clone(),
            text: request.text.clone(),
            deadline: request.deadline,
            overdue: self.is_overdue,
            created: request.created,
            modified: request.modified,
            label: reading.label_text(&self.item.label),
            addressed: self.addressed.clone(),
            onward_to: self.onward_to.clone(),
            objects: request.object_refs.clone(),
            recipients: self.states.iter().map(progress).collect(),
            answers: self.answers.iter().map(answer).collect(),
            decisions: self.decisions.clone(),
            marked: (*self.item.label).clone(),
        }
    }
}

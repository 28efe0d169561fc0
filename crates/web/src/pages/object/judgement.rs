//! What members say for themselves of an object, and the form with which the reader's own member does.

use axum::extract::State;
use axum::response::Response;
use kizuna_access::PersonId;
use kizuna_access::overlay::{self, Judgement, RELIABILITIES, SCALE, STATES, Score};
use kizuna_app::overlay::Judged;
use kizuna_app::{AppError, Node, Reading};
use kizuna_http::{Failure, Path, Server};
use kizuna_stix::Id;
use serde::Deserialize;
use serde_json::Map;

use super::super::desk::Desk;
use super::super::sent::{Sent, sent};
use super::super::title::run;
use super::super::{Form, encoded};
use super::id;
use crate::label;
use crate::language::Language;
use crate::moment::Moment;
use crate::preferences::Preferences;
use crate::view::form::Faults;
use crate::view::judgement::{FORM, JudgementForm, JudgementView, Judgements, Tag};
use crate::view::sign_in::Choice;

/// The overlays over an object. An overlay has none of its own.
pub(super) fn judgements(
    preferences: &Preferences,
    reading: &Reading,
    object: &Id,
) -> Result<Judgements, AppError> {
    if object.kind() == overlay::KIND {
        return Ok(Judgements::default());
    }
    let found = reading.overlays(object)?;
    let form = reading.reader().may_write().then(|| {
        let said = found.own.as_ref().map(|own| own.overlay.judgement.clone()).unwrap_or_default();
        form(preferences.language, reading, &said)
    });
    Ok(Judgements {
        own: found.own.as_ref().map(|judged| view(preferences, reading, judged)),
        others: found.others.iter().map(|judged| view(preferences, reading, judged)).collect(),
        form,
    })
}

fn view(preferences: &Preferences, reading: &Reading, judged: &Judged) -> JudgementView {
    let t = preferences.language;
    let said = &judged.overlay.judgement;
    let tag = |tag: &String| Tag {
        text: tag.clone(),
        href: format!("/search?q={}", encoded(&format!("tag:{tag}"))),
    };
    JudgementView {
        href: format!("/objects/{}", judged.item.id),
        by: reading.member_name(judged.overlay.by),
        tags: said.tags.iter().map(tag).collect(),
        state: said.state.as_deref().map(|state| t.term("judged", state)),
        assignee: assignee(reading, judged),
        score: said.score.clone().map(|score| (score.value, score.scale)),
        grade: grade(t, said),
        note: said.note.as_deref().map(|note| run(&Map::new(), note)),
        at: Moment::new(judged.overlay.modified, &preferences.zone),
        label: label::view(t, &judged.item.label, reading.directory()),
    }
}

/// The address of who sees to it, for the people of the same member.
fn assignee(reading: &Reading, judged: &Judged) -> Option<String> {
    let own = reading.reader().principal().member();
    let person = reading.directory().person(judged.overlay.judgement.assignee?)?;
    (person.member == own && judged.overlay.by == own).then(|| person.email.clone())
}

/// Both grades as they are written together, and what each means.
fn grade(t: Language, said: &Judgement) -> Option<(String, String)> {
    let reliability =
        said.source_reliability.map(|grade| (grade.to_string(), t.term("reliability", &grade.to_string())));
    let credibility =
        said.credibility.map(|grade| (grade.to_string(), t.term("credibility", &grade.to_string())));
    let parts: Vec<(String, String)> = reliability.into_iter().chain(credibility).collect();
    let (letters, meanings): (Vec<String>, Vec<String>) = parts.into_iter().unzip();
    (!letters.is_empty()).then(|| (letters.concat(), meanings.join(" · ")))
}

fn form(t: Language, reading: &Reading, said: &Judgement) -> JudgementForm {
    let choice = |family: &str, grade: String, chosen: bool| Choice {
        name: format!("{grade} {}", t.term(family, &grade)),
        value: grade,
        chosen,
    };
    let email = |person| reading.directory().person(person).map(|person| person.email.clone());
    JudgementForm {
        tags: said.tags.iter().cloned().collect::<Vec<_>>().join(", "),
        state: said.state.clone().unwrap_or_default(),
        states: STATES.map(str::to_owned).to_vec(),
        assignee: said.assignee.and_then(email).unwrap_or_default(),
        score: said.score.as_ref().map(|score| score.value.to_string()).unwrap_or_default(),
        scale: said.score.as_ref().map_or_else(|| SCALE.to_owned(), |score| score.scale.clone()),
        reliabilities: RELIABILITIES
            .into_iter()
            .map(|grade| choice("reliability", grade.to_string(), said.source_reliability == Some(grade)))
            .collect(),
        credibilities: (1..=6)
            .map(|grade: u8| choice("credibility", grade.to_string(), said.credibility == Some(grade)))
            .collect(),
        note: said.note.clone().unwrap_or_default(),
        label: String::new(),
        faults: Faults::default(),
    }
}

#[derive(Deserialize)]
pub(in super::super) struct JudgeForm {
    #[serde(default)]
    tags: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    assignee: String,
    #[serde(default)]
    score: String,
    #[serde(default)]
    scale: String,
    #[serde(default)]
    source_reliability: String,
    #[serde(default)]
    credibility: String,
    #[serde(default)]
    note: String,
    /// Who may read it, in words; empty where that stays as it is.
    #[serde(default)]
    label: String,
}

impl JudgeForm {
    /// What the form says, but for the assignee, whom only the directory knows.
    fn judgement(&self) -> Result<Judgement, AppError> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let number = |text: &str, property: &str| {
            let parse =
                |text: String| text.parse::<u8>().map_err(|_| AppError::invalid(property, "a whole number"));
            given(text).map(parse).transpose()
        };
        let scale = given(&self.scale).unwrap_or_else(|| SCALE.to_owned());
        let score = number(&self.score, "$.score")?.map(|value| Score { value, scale });
        Ok(Judgement {
            tags: self.tags.split([',', '、', '，']).filter_map(given).collect(),
            state: given(&self.state).map(|state| state.to_lowercase().replace(' ', "-")),
            assignee: None,
            score,
            source_reliability: given(&self.source_reliability).and_then(|grade| grade.chars().next()),
            credibility: number(&self.credibility, "$.credibility")?,
            note: given(&self.note),
        })
    }

    /// Puts what was typed into the form again, with what is wrong.
    fn fill(&self, form: &mut JudgementForm, faults: Faults) {
        let choose = |choices: &mut Vec<Choice>, chosen: &str| {
            for choice in choices {
                choice.chosen = choice.value == chosen;
            }
        };
        choose(&mut form.reliabilities, &self.source_reliability);
        choose(&mut form.credibilities, &self.credibility);
        form.tags.clone_from(&self.tags);
        form.state.clone_from(&self.state);
        form.assignee.clone_from(&self.assignee);
        form.score.clone_from(&self.score);
        form.scale.clone_from(&self.scale);
        form.note.clone_from(&self.note);
        form.label.clone_from(&self.label);
        form.faults = faults;
    }
}

pub(in super::super) async fn judge(
    State(server): State<Server>,
    desk: Desk,
    Path(text): Path<String>,
    Form(given): Form<JudgeForm>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let id = id(&text)?;
        let attempt = keep(node, &desk, &id, &given);
        if let Err(error @ AppError::Forbidden(_)) = attempt {
            // Who may not judge has no form that could be shown again.
            return Err(error);
        }
        let done = attempt.map(|()| Sent::Done(format!("/objects/{id}#judgement")));
        sent(done, FORM, |faults| {
            let may_choose = node.people(desk.caller()).may_follow()?;
            let mut page = super::assemble(&node.read(desk.who())?, &desk, &id, None, may_choose)?;
            page.page.path = page.self_href();
            if let Some(form) = &mut page.judgements.form {
                given.fill(form, faults);
            }
            Ok(page)
        })
    };
    Ok(server.writing(work).await?.response())
}

fn keep(node: &Node, desk: &Desk, id: &Id, given: &JudgeForm) -> Result<(), AppError> {
    let mut judgement = given.judgement()?;
    let email = given.assignee.trim();
    if !email.is_empty() {
        let directory = node.directory()?;
        let own = |person: &PersonId| {
            directory.person(*person).is_some_and(|known| known.member == desk.who().member())
        };
        let person = directory.person_by_email(email).map(|person| person.id).filter(own);
        let unknown = || AppError::invalid("$.assignee", "nobody of your member has this address");
        judgement.assignee = Some(person.ok_or_else(unknown)?);
    }
    let label = Some(given.label.trim()).filter(|label| !label.is_empty());
    node.judge(desk.who(), id, label, |said| *said = judgement)?;
    Ok(())
}

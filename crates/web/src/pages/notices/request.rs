//! One request with its answers, asking, and answering.

use axum::extract::State as Shared;
use axum::response::Response;
use kizuna_access::receipt::State;
use kizuna_access::request::Outcome;
use kizuna_app::notices::To;
use kizuna_app::requests::{self, NewAnswer, NewRequest};
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Path, Query, Server};
use kizuna_stix::Id;

use super::super::desk::Desk;
use super::super::marking;
use super::super::sent::{Sent, sent};
use super::super::{Form, html, named};
use super::picture::{outcome, state};
use super::writing::{Fields, Looked, about, check, industries, may_write, placed};
use super::{Typed, addressees, moment, referred, tell};
use crate::label;
use crate::view::notices::{
    ANSWER, ActForm, AnswerView, AskedRow, NewRequestPage, RECEIPT, REQUEST, RequestPage, TypedRequest,
};
use crate::view::{Faults, Here};

/// The fields in which properties of a request are typed.
const NAMED: &[(&str, &str)] = &[
    ("name", "question"),
    ("description", "text"),
    ("addressed_to", "to"),
    ("object_refs", "objects"),
    ("to.sectors", "to"),
];

pub(in super::super) async fn request(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let id = text.parse().map_err(|_| AppError::NotFound)?;
        page(node, &desk, &id, &Fields::default(), Faults::default())
    };
    Ok(html(&server.blocking(work).await?))
}

fn page(node: &Node, desk: &Desk, id: &Id, fields: &Fields, faults: Faults) -> Result<RequestPage, AppError> {
    let t = desk.t();
    let reading = node.read(desk.who())?;
    let info = reading.request(id)?.info(&reading);
    let labels = info.answers.iter().map(|answer| &answer.marked).chain([&info.marked]);
    let banner = label::banner(t, labels, &reading);
    let to = addressees(t, &info.addressed.parties, &info.addressed.sectors);
    let me = reading.reader().principal().member();
    let may_answer = info.by != me && reading.reader().may_write();
    let own = info.answers.iter().find(|answer| answer.by == me);
    let text = fields.said("text").or_else(|| own.and_then(|answer| answer.text.clone()));
    let own_objects = own.map(|answer| answer.objects.iter().map(Id::as_str).collect::<Vec<_>>().join("\n"));
    let mut answers = Vec::new();
    for answer in &info.answers {
        answers.push(AnswerView {
            from: answer.from.clone(),
            outcome: outcome(t, answer.outcome),
            text: answer.text.clone().unwrap_or_default(),
            at: moment(desk, answer.modified),
            objects: referred(t, &reading, &answer.objects)?,
            label: label::view(t, &answer.marked, &reading),
        });
    }
    let receipts = reading.receipts(id)?;
    let recipient = |one: &requests::Progress| {
        let told = receipts.of(one.member);
        let noted = told.0.values().filter(|reached| reached.note.is_some());
        let noted = noted.max_by_key(|reached| reached.last);
        AskedRow {
            name: one.name.clone(),
            state: one.state.map(|reached| state(t, reached)),
            note: noted.and_then(|reached| reached.note.clone()).unwrap_or_default(),
            answered: one.answered,
        }
    };
    let acting = receipts.of(me).0.get(&State::Acting).map(|reached| moment(desk, reached.since));
    let may_act = may_answer && own.is_none() && acting.is_none();
    let decision = |one: &requests::Decision| {
        let word = t.term("release-state", one.state.as_str());
        (format!("/releases/{}", one.release), one.release.to_string(), word)
    };
    Ok(RequestPage {
        page: desk.page(Here::Alerts, reading.directory()).under(banner),
        path: format!("/requests/{}", info.id),
        object: format!("/objects/{}", info.id),
        question: info.question.clone(),
        ask: t.term("request-ask", info.ask),
        text: info.text.clone().unwrap_or_default(),
        from: info.from.clone(),
        at: moment(desk, info.modified),
        deadline: info.deadline.map(|at| moment(desk, at)),
        overdue: info.overdue,
        to,
        onward_to: addressees(t, &info.onward_to, &[]),
        objects: referred(t, &reading, &info.objects)?,
        recipients: info.recipients.iter().map(recipient).collect(),
        answers,
        decisions: info.decisions.iter().map(decision).collect(),
        may_propose: may_answer && !info.onward_to.is_empty() && info.addressed.is_me,
        may_answer,
        acting: acting.filter(|_| own.is_none()),
        act: may_act.then(ActForm::default),
        typed: text.unwrap_or_default(),
        typed_objects: fields.said("objects").or(own_objects).unwrap_or_default(),
        marking: fields.marking.form(node, desk, reading.directory())?,
        faults,
    })
}

/// Answers, declines, or proposes the release that is asked for. What names a label or objects is looked at first.
pub(in super::super) async fn answer(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(text): Path<String>,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let id: Id = text.parse().map_err(|_| AppError::NotFound)?;
        // Of a request that is hidden or absent nothing can be said, whatever was typed.
        node.read(desk.who())?.request(&id)?;
        let fields = Fields::of(typed);
        let attempt = answered(node, &desk, &id, &fields);
        let attempt = attempt.map_err(|error| placed(error, &[("object_refs", "objects")]));
        sent(attempt, ANSWER, |faults| page(node, &desk, &id, &fields, faults))
    };
    Ok(server.writing(work).await?.response())
}

/// Says that the reader's member is acting on it.
pub(in super::super) async fn tell_request(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(text): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let id: Id = text.parse().map_err(|_| AppError::NotFound)?;
        // What is told here is told of a request; of one that is hidden or absent nothing can be said.
        node.read(desk.who())?.request(&id)?;
        let attempt = tell(node, &desk, &id, &typed).map(|()| Sent::Done(format!("/requests/{id}")));
        sent(attempt, RECEIPT, |faults| {
            let mut page = page(node, &desk, &id, &Fields::default(), Faults::default())?;
            page.act = Some(ActForm { note: typed.note, faults });
            Ok(page)
        })
    };
    Ok(server.writing(work).await?.response())
}

fn answered(node: &Node, desk: &Desk, id: &Id, fields: &Fields) -> Result<Sent<RequestPage>, AppError> {
    let chosen = fields.text("outcome");
    let step = fields.text("do");
    if step == "edit" {
        return page(node, desk, id, fields, Faults::default()).map(|page| Sent::check(&page));
    }
    if chosen == "propose" {
        let proposed = node.propose_onward(desk.who(), id, None)?;
        return Ok(Sent::Done(format!("/releases/{}", proposed.id)));
    }
    let outcome = Outcome::from_word(&chosen);
    let outcome = outcome.ok_or_else(|| AppError::invalid("outcome", "is no answer"))?;
    let new = NewAnswer { outcome, text: fields.said("text"), objects: fields.objects()? };
    let label = fields.label();
    let is_plain = new.objects.is_empty() && label.is_none();
    if is_plain || step == "send" {
        node.answer(desk.who(), id, &new, label.as_deref())?;
        return Ok(Sent::Done(format!("/requests/{id}#answers")));
    }
    let preview = node.preview_answer(desk.who(), id, &new, label.as_deref())?;
    let reading = node.read(desk.who())?;
    let looked = Looked {
        kind: "kind-kizuna-answer",
        send: "answer-send",
        title: reading.request(id)?.info(&reading).question,
        action: format!("/requests/{id}/answer"),
        may_edit: true,
        fields,
        facts: vec![
            ("requests-answers", desk.t().term("outcome", outcome.as_str())),
            ("field-description", new.text.unwrap_or_default()),
        ],
        objects: &new.objects,
    };
    drop(reading);
    check(node, desk, preview, looked).map(|page| Sent::check(&page))
}

/// The form to ask with, with the objects that the query names.
pub(in super::super) async fn new(
    Shared(server): Shared<Server>,
    desk: Desk,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            may_write(&node.read(desk.who())?)?;
            let objects: Vec<&str> = named(&asked, "object").map(String::as_str).collect();
            let fields = Fields::of(vec![("objects".to_owned(), objects.join("\n"))]);
            form(node, &desk, &fields, Faults::default())
        })
        .await?;
    Ok(html(&page))
}

/// First shows whom it would reach; then asks.
pub(in super::super) async fn ask(
    Shared(server): Shared<Server>,
    desk: Desk,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let fields = Fields::of(typed);
        let attempt = match fields.text("do").as_str() {
            "edit" => form(node, &desk, &fields, Faults::default()).map(|page| Sent::check(&page)),
            "send" => asked(&desk, &fields).and_then(|new| {
                let id = node.ask(desk.who(), &new, fields.label().as_deref())?;
                Ok(Sent::Done(format!("/requests/{id}")))
            }),
            _ => asked(&desk, &fields).and_then(|new| looked(node, &desk, &fields, new)),
        };
        let attempt = attempt.map_err(|error| placed(error, NAMED));
        sent(attempt, REQUEST, |faults| form(node, &desk, &fields, faults))
    };
    Ok(server.writing(work).await?.response())
}

fn looked(
    node: &Node,
    desk: &Desk,
    fields: &Fields,
    new: NewRequest,
) -> Result<Sent<NewRequestPage>, AppError> {
    let preview = node.preview_request(desk.who(), &new, fields.label().as_deref())?;
    let t = desk.t();
    let to = addressees(t, &new.to.parties, &new.to.sectors);
    let looked = Looked {
        kind: "kind-kizuna-request",
        send: "request-send",
        title: new.question,
        action: "/requests".to_owned(),
        may_edit: true,
        fields,
        facts: vec![
            ("writing-to", to.join(", ")),
            ("request-onward", addressees(t, &new.onward_to, &[]).join(", ")),
            ("requests-deadline", fields.text("deadline").replace('T', " ")),
            ("field-description", new.text.unwrap_or_default()),
        ],
        objects: &new.objects,
    };
    check(node, desk, preview, looked).map(|page| Sent::check(&page))
}

fn asked(desk: &Desk, fields: &Fields) -> Result<NewRequest, AppError> {
    Ok(NewRequest {
        question: fields.text("question"),
        text: fields.said("text"),
        deadline: fields.instant("deadline", &desk.preferences.zone)?,
        to: fields.to(),
        objects: fields.objects()?,
        onward_to: fields.all("onward_to"),
    })
}

fn form(node: &Node, desk: &Desk, fields: &Fields, faults: Faults) -> Result<NewRequestPage, AppError> {
    let reading = node.read(desk.who())?;
    let directory = reading.directory();
    let To { parties, sectors } = fields.to();
    Ok(NewRequestPage {
        page: desk.page(Here::Alerts, directory),
        about: about(desk.t(), &reading, fields)?,
        typed: TypedRequest {
            question: fields.text("question"),
            text: fields.text("text"),
            deadline: fields.text("deadline"),
            objects: fields.text("objects"),
        },
        to: marking::parties(node, desk, directory, &parties)?,
        sectors: industries(desk.t(), &sectors),
        onward_to: marking::parties(node, desk, directory, &fields.all("onward_to"))?,
        marking: fields.marking.form(node, desk, directory)?,
        faults,
    })
}

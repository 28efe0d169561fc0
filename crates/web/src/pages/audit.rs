//! The audit, and changes that take two people.

use axum::extract::State;
use axum::response::Response;
use kizuna_access::rights::{self, Holder, Role};
use kizuna_access::spec;
use kizuna_app::audit::AuditQuestion;
use kizuna_app::people::{Proposal, ProposalState, threshold_text};
use kizuna_app::{AppError, AuditObject, Caller, Node};
use kizuna_http::{Failure, Path, Query, Server};
use serde::Deserialize;
use uuid::Uuid;

use super::desk::Desk;
use super::sent::{Sent, sent};
use super::{Form, encoded, html};
use crate::moment::Moment;
use crate::view::audit::{
    AuditAsked, AuditPage, AuditRow, AuditedObject, ERASE, ErasureRow, PROPOSE, ProposalRow, ProposalsPage,
    Proposed, SETTLE, ToErase,
};
use crate::view::{Faults, Here, Value};

const ROWS: usize = 50;

#[derive(Deserialize)]
pub(super) struct AuditQuery {
    #[serde(default)]
    action: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    object: String,
    next: Option<String>,
}

pub(super) async fn audit(
    State(server): State<Server>,
    desk: Desk,
    Query(query): Query<AuditQuery>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let reading = node.read(desk.who())?;
            let above = threshold_text(reading.directory().reads_above());
            let AuditQuery { action, actor, object, next } = query;
            let mut shown = AuditPage {
                page: desk.page(Here::Elsewhere, reading.directory()),
                may_read: reading.reader().has(Role::Auditor),
                asked: AuditAsked { action, actor, object },
                above,
                rows: Vec::new(),
                next: None,
            };
            if !shown.may_read {
                return Ok(shown);
            }
            let asked = AuditQuestion {
                action: Some(shown.asked.action.clone()),
                actor: Some(shown.asked.actor.clone()),
                object: Some(shown.asked.object.clone()),
                ..AuditQuestion::default()
            };
            let found = reading.audit(&asked, next.as_deref(), ROWS)?;
            let again = format!(
                "/audit?action={}&actor={}&object={}",
                encoded(&shown.asked.action),
                encoded(&shown.asked.actor),
                encoded(&shown.asked.object)
            );
            shown.next = found.next.map(|next| format!("{again}&next={next}"));
            let rows = found.items.into_iter().map(|line| AuditRow {
                at: Moment::new(line.at, &desk.preferences.zone),
                actor: line.actor,
                action: line.action,
                object: match line.object {
                    None => AuditedObject::None,
                    Some(AuditObject::Readable(id)) => AuditedObject::Readable {
                        href: format!("/objects/{id}"),
                        id: Value::new(id.to_string()),
                    },
                    Some(AuditObject::Masked(_)) => AuditedObject::Masked,
                },
                detail: if line.detail.is_null() { String::new() } else { line.detail.to_string() },
            });
            shown.rows = rows.collect();
            Ok(shown)
        })
        .await?;
    Ok(html(&page))
}

pub(super) async fn proposals(State(server): State<Server>, desk: Desk) -> Result<Response, Failure> {
    let page = server.blocking(move |node| shown(node, &desk)).await?;
    Ok(html(&page))
}

fn shown(node: &Node, desk: &Desk) -> Result<ProposalsPage, AppError> {
    let directory = node.directory()?;
    let me = directory.person(desk.who().person());
    let may_propose = me.is_some_and(|person| person.roles().contains(&Role::Admin));
    let email = me.map(|person| person.email.clone()).unwrap_or_default();
    let found = node.people(desk.caller()).proposals()?;
    let rows = found.into_iter().map(|one| row(desk, one, may_propose, &email));
    let asked = match node.erasures(desk.who()) {
        Ok(asked) => Some(asked),
        Err(AppError::Forbidden(_)) => None,
        Err(other) => return Err(other),
    };
    let may_erase = asked.is_some();
    let erasures = asked.unwrap_or_default().into_iter().map(|one| ErasureRow {
        action: format!("/erasures/{}", one.id),
        href: format!("/objects/{}", one.object),
        object: Value::new(one.object.to_string()),
        by: directory.person(one.by).map(|person| person.email.clone()).unwrap_or_default(),
        reason: one.reason,
        basis: one.basis,
        made: Moment::new(one.made, &desk.preferences.zone),
        may_confirm: one.by != desk.who().person(),
    });
    Ok(ProposalsPage {
        page: desk.page(Here::Elsewhere, &directory),
        rows: rows.collect(),
        erasures: erasures.collect(),
        may_erase,
        may_propose,
        proposed: Proposed::default(),
        propose_faults: Faults::default(),
        erase: ToErase::default(),
        erase_faults: Faults::default(),
        settle_faults: Faults::default(),
    })
}

fn row(desk: &Desk, one: Proposal, is_admin: bool, email: &str) -> ProposalRow {
    let (state_class, state_icon, state) = match one.state {
        ProposalState::Open => ("note", "clock", "proposals-open"),
        ProposalState::Confirmed => ("ok", "ok", "proposals-confirmed"),
        ProposalState::Dropped => ("warn", "no", "proposals-dropped"),
        ProposalState::Expired => ("warn", "clock", "proposals-expired"),
    };
    ProposalRow {
        action: format!("/proposals/{}", one.id),
        whose: one.whose,
        now: one.now,
        wanted: one.wanted,
        reason: one.reason,
        made: Moment::new(one.made, &desk.preferences.zone),
        state_class,
        state_icon,
        state: desk.t().say(state),
        may_confirm: one.may_confirm,
        may_drop: one.state == ProposalState::Open && (is_admin || one.by == email),
        by: one.by,
    }
}

pub(super) async fn propose(
    State(server): State<Server>,
    desk: Desk,
    Form(typed): Form<Proposed>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let attempt = change(node, desk.caller(), &typed)
            .and_then(|change| node.people(desk.caller()).propose(change, &typed.reason))
            .map(|_| done());
        sent(attempt, PROPOSE, |faults| {
            let page = shown(node, &desk)?;
            Ok(ProposalsPage { proposed: typed, propose_faults: faults, ..page })
        })
    };
    Ok(server.writing(work).await?.response())
}

fn done() -> Sent<ProposalsPage> {
    Sent::Done("/proposals".to_owned())
}

/// What a form asks for. Names are looked up among those that the caller may know of.
fn change(node: &Node, caller: Caller, new: &Proposed) -> Result<rights::Proposed, AppError> {
    let people = node.people(caller);
    let whose = new.whose.trim();
    let unknown = || AppError::invalid("whose", format!("there is no {whose:?}"));
    let holder = if whose == "node" {
        Holder::Node
    } else if whose.contains('@') {
        let users = people.users()?;
        let found = users.into_iter().find(|user| user.email.eq_ignore_ascii_case(whose));
        Holder::Person(found.ok_or_else(unknown)?.id)
    } else {
        let found = people.members()?.into_iter().find(|member| member.name == whose);
        Holder::Member(found.ok_or_else(unknown)?.id)
    };
    let directory = node.directory()?;
    let wrong = |error: spec::SpecError| AppError::invalid("clear", error.to_string());
    let clearance = spec::clearance(new.clear.split_whitespace(), &*directory).map_err(wrong)?;
    Ok(rights::Proposed::Clearance { holder, clearance })
}

#[derive(Deserialize)]
pub(super) struct Settling {
    what: String,
}

pub(super) async fn settle(
    State(server): State<Server>,
    desk: Desk,
    Path(proposal): Path<Uuid>,
    Form(how): Form<Settling>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let people = node.people(desk.caller());
        let attempt = match how.what.as_str() {
            "confirm" => people.confirm(proposal),
            "drop" => people.drop_proposal(proposal),
            _ => Err(AppError::invalid("what", "is `confirm` or `drop`")),
        };
        settled(node, &desk, attempt)
    };
    Ok(server.writing(work).await?.response())
}

fn settled(node: &Node, desk: &Desk, attempt: Result<(), AppError>) -> Result<Sent<ProposalsPage>, AppError> {
    sent(attempt.map(|()| done()), SETTLE, |faults| {
        let page = shown(node, desk)?;
        Ok(ProposalsPage { settle_faults: faults, ..page })
    })
}

pub(super) async fn ask_to_erase(
    State(server): State<Server>,
    desk: Desk,
    Form(typed): Form<ToErase>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        // What is no id, hidden or absent is said in the same way.
        let unknown = || AppError::invalid("object", "names nothing that you may read");
        let object = typed.object.trim().parse().map_err(|_| unknown());
        let asked = object
            .and_then(|object| node.ask_to_erase(desk.who(), &object, None, &typed.reason, &typed.basis))
            .map_err(|error| if matches!(error, AppError::NotFound) { unknown() } else { error });
        sent(asked.map(|_| done()), ERASE, |faults| {
            let page = shown(node, &desk)?;
            Ok(ProposalsPage { erase: typed, erase_faults: faults, ..page })
        })
    };
    Ok(server.writing(work).await?.response())
}

pub(super) async fn settle_erasure(
    State(server): State<Server>,
    desk: Desk,
    Path(request): Path<Uuid>,
    Form(how): Form<Settling>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let attempt = match how.what.as_str() {
            "confirm" => node.confirm_erasure(desk.who(), request).map(drop),
            "drop" => node.drop_erasure(desk.who(), request),
            _ => Err(AppError::invalid("what", "is `confirm` or `drop`")),
        };
        settled(node, &desk, attempt)
    };
    Ok(server.writing(work).await?.response())
}

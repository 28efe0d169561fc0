//! Proposing a release, and changing one that is proposed: the form, then what would leave and whom it would reach,
//! then doing it.

use std::collections::BTreeMap;

use axum::extract::State as Shared;
use axum::response::Response;
use jiff::Timestamp;
use kizuna_app::release::{Preview, Proposal};
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Path, Query, Server};
use kizuna_stix::Id;

use super::super::desk::Desk;
use super::super::sent::{Sent, sent};
use super::super::{Form, encoded, html, named};
use super::{blocking, href, page};
use crate::view::release::{FORM, NewReleasePage, ReleasePage, Typed};
use crate::view::{Faults, Here};

/// Objects that a link to the form of a tear-line names.
const MOST_NAMED: usize = 40;

/// What the form begins with: objects by id, or those of a tear-line.
pub(in super::super) async fn new(
    Shared(server): Shared<Server>,
    desk: Desk,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let mut objects: Vec<String> = named(&asked, "object").cloned().collect();
            for record in named(&asked, "tearline") {
                let id: Id = record.parse().map_err(|_| AppError::NotFound)?;
                let recorded = node.read(desk.who())?.recorded(&id)?;
                objects.extend(recorded.low.iter().map(|item| item.id.to_string()));
            }
            let label = named(&asked, "label").next().cloned().unwrap_or_default();
            let typed = Typed { objects: objects.join("\n"), label, ..Typed::default() };
            form(node, &desk, typed, Faults::default())
        })
        .await?;
    Ok(html(&page))
}

/// A proposal as it stands, to be changed.
pub(in super::super) async fn amend(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let shown = node.show_release(desk.who(), &id)?;
            if !shown.may.amend {
                let rule = "it is changed by who writes for its member, while nothing is decided";
                return Err(AppError::Forbidden(rule.to_owned()));
            }
            let ids: Vec<String> = shown.objects.iter().map(|item| item.object_ref.to_string()).collect();
            let typed = Typed {
                release: Some(href(&id)),
                objects: ids.join("\n"),
                label: shown.label_words.clone(),
                basis: shown.basis.as_ref().map(ToString::to_string).unwrap_or_default(),
                basis_note: shown.basis_note.clone().unwrap_or_default(),
                expires: shown.expires.map(|at| at.to_string()).unwrap_or_default(),
                reason: shown.reason.clone().unwrap_or_default(),
            };
            form(node, &desk, typed, Faults::default())
        })
        .await?;
    Ok(html(&page))
}

/// First shows what would leave and whom it would reach; then proposes it.
pub(in super::super) async fn propose(
    Shared(server): Shared<Server>,
    desk: Desk,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| carry_on(node, &desk, &fields, None);
    Ok(server.writing(work).await?.response())
}

/// First shows what would leave as it is changed; then changes the proposal.
pub(in super::super) async fn amended(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(id): Path<Id>,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        // Of a release that is hidden or absent nothing can be said, whatever was typed.
        node.show_release(desk.who(), &id)?;
        carry_on(node, &desk, &fields, Some(&id))
    };
    Ok(server.writing(work).await?.response())
}

fn carry_on(
    node: &Node,
    desk: &Desk,
    fields: &BTreeMap<String, String>,
    amends: Option<&Id>,
) -> Result<Sent<NewReleasePage>, AppError> {
    let typed = Typed { release: amends.map(href), ..typed(fields) };
    let attempt = match fields.get("do").map(String::as_str) {
        Some("edit") => form(node, desk, typed.clone(), Faults::default()).map(|page| Sent::check(&page)),
        Some("propose") => proposal(&typed).and_then(|proposal| {
            let shown = match amends {
                None => node.propose_release(desk.who(), &proposal)?,
                Some(id) => node.amend_release(desk.who(), id, &proposal)?,
            };
            Ok(Sent::Done(href(&shown.id)))
        }),
        _ => proposal(&typed).and_then(|proposal| {
            let preview = node.preview_release(desk.who(), &proposal)?;
            Ok(Sent::check(&checked(node, desk, &preview, &typed)?))
        }),
    };
    sent(attempt.map_err(unreadable), FORM, |faults| form(node, desk, typed, faults))
}

fn form(node: &Node, desk: &Desk, typed: Typed, faults: Faults) -> Result<NewReleasePage, AppError> {
    let reading = node.read(desk.who())?;
    let in_force = reading.agreements()?.into_iter().filter(|one| one.in_force);
    let agreements = in_force.map(|one| (one.id.to_string(), one.title)).collect();
    Ok(NewReleasePage { page: desk.page(Here::Release, reading.directory()), typed, agreements, faults })
}

/// An object that is hidden or absent is a fault of what was typed.
fn unreadable(error: AppError) -> AppError {
    match error {
        AppError::NotFound => AppError::invalid("$.objects", "names an object that you do not read"),
        other => other,
    }
}

fn checked(node: &Node, desk: &Desk, preview: &Preview, typed: &Typed) -> Result<ReleasePage, AppError> {
    let mut page = page(node, desk, &preview.release)?;
    page.findings = blocking(&preview.findings, true);
    page.warnings = blocking(&preview.findings, false);
    let objects = ids(typed).take(MOST_NAMED).map(|id| format!("object={}", encoded(id)));
    page.tearline = Some(format!("/tearlines/new?{}", objects.collect::<Vec<_>>().join("&")));
    page.preview = Some(typed.clone());
    Ok(page)
}

fn typed(fields: &BTreeMap<String, String>) -> Typed {
    let field = |name: &str| fields.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    Typed {
        release: None,
        objects: field("objects"),
        label: field("label"),
        basis: field("basis"),
        basis_note: field("basis_note"),
        expires: field("expires"),
        reason: field("reason"),
    }
}

fn ids(typed: &Typed) -> impl Iterator<Item = &str> {
    typed.objects.split(|c: char| c.is_whitespace() || c == ',').filter(|text| !text.is_empty())
}

fn proposal(typed: &Typed) -> Result<Proposal, AppError> {
    let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let id = |text: &str| text.parse().map_err(|error| AppError::invalid("$.objects", format!("{error}")));
    let expires = said(&typed.expires).map(|text| text.parse::<Timestamp>());
    let expires = expires.transpose().map_err(|error| AppError::invalid("$.expires", error.to_string()))?;
    // What is typed for a basis is an agreement's id, or words beside.
    let (basis, words) = match said(&typed.basis) {
        Some(words) if words.parse::<Id>().is_err() => (None, Some(words)),
        basis => (basis, None),
    };
    Ok(Proposal {
        objects: ids(typed).map(id).collect::<Result<Vec<Id>, AppError>>()?,
        label: typed.label.clone(),
        basis,
        basis_note: said(&typed.basis_note).or(words),
        expires,
        reason: said(&typed.reason),
        ..Proposal::default()
    })
}

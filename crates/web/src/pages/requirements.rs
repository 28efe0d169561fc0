//! Standing requirements: the list, one with what matched, and the form that states one.

use axum::extract::State as Shared;
use axum::response::Response;
use kizuna_app::requirements::{NewRequirement, Shown};
use kizuna_app::{AppError, Node, Reading};
use kizuna_http::{Failure, Path, Query, Server};
use kizuna_stix::Id;
use serde::Deserialize;

use super::desk::Desk;
use super::notices::{Fields, Looked, check, industries, may_write, placed};
use super::sent::{Sent, sent};
use super::{Form, html, named, row};
use crate::label;
use crate::moment::Moment;
use crate::view::requirements::{
    FORM, NewRequirementPage, RequirementPage, RequirementRow, RequirementsPage, Typed,
};
use crate::view::sign_in::Choice;
use crate::view::{Faults, Here};

/// Hits of a page.
const ROWS: usize = 50;
/// From the most important to the least.
const PRIORITIES: [&str; 5] = ["1", "2", "3", "4", "5"];
const USUAL: &str = "3";

/// The fields in which properties of a requirement are typed.
const NAMED: &[(&str, &str)] = &[("name", "title"), ("wanted_labels", "labels")];

pub(super) async fn list(Shared(server): Shared<Server>, desk: Desk) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let reading = node.read(desk.who())?;
            let found = reading.requirements()?;
            let banner = label::banner(desk.t(), found.iter().map(|shown| &*shown.item.label), &reading);
            Ok(RequirementsPage {
                page: desk.page(Here::Alerts, reading.directory()).under(banner),
                rows: found.iter().map(|shown| view(&desk, &reading, shown)).collect(),
                may_write: reading.reader().may_write(),
            })
        })
        .await?;
    Ok(html(&page))
}

fn view(desk: &Desk, reading: &Reading, shown: &Shown) -> RequirementRow {
    let t = desk.t();
    let info = shown.info(reading);
    let listed = |list: &std::collections::BTreeSet<String>| -> String {
        list.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    let sectors: Vec<String> = info.sectors.iter().cloned().collect();
    let sectors = industries(t, &sectors).into_iter().filter(|sector| sector.chosen);
    let kinds: Vec<String> = info.kinds.iter().map(|kind| t.term("kind", kind)).collect();
    let wanted = [
        ("requirement-words", info.words.unwrap_or_default()),
        ("requirement-kinds", kinds.join(", ")),
        ("writing-sectors", sectors.map(|sector| sector.name).collect::<Vec<_>>().join(", ")),
        ("requirement-labels", listed(&info.labels)),
        ("object-pattern", info.pattern.unwrap_or_default()),
    ];
    let said = wanted.into_iter().filter(|(_, text)| !text.is_empty());
    RequirementRow {
        href: format!("/requirements/{}", info.id),
        title: info.title,
        priority: info.priority,
        from: info.from,
        wanted: said.map(|(key, text)| (t.say(key), text)).collect(),
        since: Moment::new(info.created, &desk.preferences.zone),
        label: label::view(t, &shown.item.label, reading),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    next: Option<String>,
}

/// One requirement, and what matched it since it was stated.
pub(super) async fn one(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(text): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let id: Id = text.parse().map_err(|_| AppError::NotFound)?;
            let reading = node.read(desk.who())?;
            let shown = reading.requirement(&id)?;
            let hits = reading.hits(&id, asked.next.as_deref(), ROWS)?;
            let next = hits.next.filter(|_| hits.more);
            let own = shown.requirement.by == desk.who().member() && reading.reader().may_write();
            let labels: Vec<_> = hits.items.iter().map(kizuna_app::Item::whole).collect();
            let all = labels.iter().chain([&*shown.item.label]);
            Ok(RequirementPage {
                page: desk.page(Here::Alerts, reading.directory()).under(label::banner(
                    desk.t(),
                    all,
                    &reading,
                )),
                object: format!("/objects/{id}"),
                row: view(&desk, &reading, &shown),
                change: own.then(|| format!("/requirements/new?requirement={id}")),
                hits: row::rows(&desk.preferences, &reading, &hits.items)?,
                next: next.map(|next| format!("/requirements/{id}?next={}", super::encoded(&next))),
            })
        })
        .await?;
    Ok(html(&page))
}

/// The form; or the requirement of which a further version is stated.
pub(super) async fn new(
    Shared(server): Shared<Server>,
    desk: Desk,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let reading = node.read(desk.who())?;
            may_write(&reading)?;
            let fields = match named(&asked, "requirement").next() {
                Some(id) => {
                    let id: Id = id.parse().map_err(|_| AppError::NotFound)?;
                    let shown = reading.requirement(&id)?;
                    if shown.requirement.by != desk.who().member() {
                        return Err(AppError::NotFound);
                    }
                    of_requirement(&reading, &shown)
                }
                None => Fields::default(),
            };
            form(node, &desk, &fields, Faults::default())
        })
        .await?;
    Ok(html(&page))
}

/// A requirement as its form would have it.
fn of_requirement(reading: &Reading, shown: &Shown) -> Fields {
    let info = shown.info(reading);
    let joined = |list: std::collections::BTreeSet<String>| list.into_iter().collect::<Vec<_>>().join(", ");
    let mut typed = vec![
        ("id", info.id.to_string()),
        ("title", info.title),
        ("priority", info.priority.to_string()),
        ("kinds", joined(info.kinds)),
        ("words", info.words.unwrap_or_default()),
        ("labels", joined(info.labels)),
        ("pattern", info.pattern.unwrap_or_default()),
    ];
    typed.extend(info.sectors.into_iter().map(|sector| ("sector", sector)));
    Fields::of(typed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// First shows who would read it; then states it.
pub(super) async fn require(
    Shared(server): Shared<Server>,
    desk: Desk,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let fields = Fields::of(typed);
        let attempt = match fields.text("do").as_str() {
            "edit" => form(node, &desk, &fields, Faults::default()).map(|page| Sent::check(&page)),
            "send" => requirement(&fields).and_then(|new| {
                let id = node.require(desk.who(), &new, fields.label().as_deref())?;
                Ok(Sent::Done(format!("/requirements/{id}")))
            }),
            _ => requirement(&fields).and_then(|new| looked(node, &desk, &fields, new)),
        };
        let attempt = attempt.map_err(|error| placed(error, NAMED));
        sent(attempt, FORM, |faults| form(node, &desk, &fields, faults))
    };
    Ok(server.writing(work).await?.response())
}

fn looked(
    node: &Node,
    desk: &Desk,
    fields: &Fields,
    new: NewRequirement,
) -> Result<Sent<NewRequirementPage>, AppError> {
    let preview = node.preview_requirement(desk.who(), &new, fields.label().as_deref())?;
    let looked = Looked {
        kind: "kind-kizuna-requirement",
        send: "requirement-send",
        title: new.title,
        action: "/requirements".to_owned(),
        may_edit: true,
        fields,
        facts: vec![
            ("requirement-priority", new.priority.to_string()),
            ("requirement-words", new.words.unwrap_or_default()),
            ("requirement-kinds", new.kinds.join(", ")),
            ("writing-sectors", new.sectors.join(", ")),
            ("requirement-labels", new.labels.join(", ")),
            ("object-pattern", new.pattern.unwrap_or_default()),
        ],
        objects: &[],
    };
    check(node, desk, preview, looked).map(|page| Sent::check(&page))
}

fn requirement(fields: &Fields) -> Result<NewRequirement, AppError> {
    let id = fields.said("id").map(|id| id.parse().map_err(|_| AppError::NotFound)).transpose()?;
    let priority = fields.said("priority").unwrap_or_else(|| USUAL.to_owned());
    let priority = priority.parse().map_err(|_| AppError::invalid("priority", "is no number"))?;
    Ok(NewRequirement {
        id,
        title: fields.text("title"),
        priority,
        kinds: fields.words("kinds"),
        words: fields.said("words"),
        sectors: fields.all("sector"),
        labels: fields.words("labels"),
        pattern: fields.said("pattern"),
    })
}

fn form(node: &Node, desk: &Desk, fields: &Fields, faults: Faults) -> Result<NewRequirementPage, AppError> {
    let reading = node.read(desk.who())?;
    let chosen = fields.said("priority").unwrap_or_else(|| USUAL.to_owned());
    let priority = |word: &str| Choice {
        value: word.to_owned(),
        name: desk.t().term("requirement-priority", word),
        chosen: word == chosen,
    };
    Ok(NewRequirementPage {
        page: desk.page(Here::Alerts, reading.directory()),
        typed: Typed {
            id: fields.text("id"),
            title: fields.text("title"),
            kinds: fields.text("kinds"),
            words: fields.text("words"),
            labels: fields.text("labels"),
            pattern: fields.text("pattern"),
        },
        priorities: PRIORITIES.into_iter().map(priority).collect(),
        sectors: industries(desk.t(), &fields.all("sector")),
        marking: fields.marking.form(node, desk, reading.directory())?,
        faults,
    })
}

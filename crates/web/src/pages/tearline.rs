//! Tear-lines: choosing, looking at what it would be, making it, and high against low.

mod difference;
mod typed;

use std::collections::BTreeMap;

use axum::extract::State as Shared;
use axum::response::Response;
use kizuna_app::tearline::{Order, Precision, Tearline, Template};
use kizuna_app::{AppError, Node, Reading, betrayal};
use kizuna_http::{Failure, Path, Query, Server};
use kizuna_stix::Id;
use serde::Deserialize;

use super::desk::Desk;
use super::sent::{Sent, sent};
use super::title::{Titles, properties};
use super::{Form, encoded, html, named};
use crate::label;
use crate::language::Language;
use crate::moment::Moment;
use crate::view::sign_in::Choice;
use crate::view::tearline::{FORM, NewTearlinePage, PreviewView, TearlinePage};
use crate::view::{Faults, Here, Run};

pub(super) use difference::of_release;
use difference::{Choosing, side};
use typed::{Typed, read};

/// The ids that a query names, each under `object`, and those of a release.
pub(super) async fn new(
    Shared(server): Shared<Server>,
    desk: Desk,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| -> Result<NewTearlinePage, AppError> {
            let mut objects: Vec<String> = named(&asked, "object").cloned().collect();
            for release in named(&asked, "release") {
                let id: Id = release.parse().map_err(|_| AppError::NotFound)?;
                let shown = node.show_release(desk.who(), &id)?;
                objects.extend(shown.objects.iter().map(|item| item.object_ref.to_string()));
            }
            let mut typed = Typed::default();
            typed.form.objects = objects.join("\n");
            page(node, &desk, &typed, Faults::default())
        })
        .await?;
    Ok(html(&page))
}

/// Shows what a tear-line would be; with `do=make` makes it.
pub(super) async fn make(
    Shared(server): Shared<Server>,
    desk: Desk,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let mut typed = read(&fields);
        let is_make = fields.get("do").is_some_and(|done| done == "make");
        let attempt = typed.order().and_then(|order| {
            if is_make {
                let made = node.make_tearline(desk.who(), &order)?;
                let place = format!("/tearlines/{}?label={}", made.record.id(), encoded(&order.label));
                return Ok(Sent::Done(place));
            }
            let made = node.tearline(desk.who(), &order)?;
            let preview = preview(node, &desk, &typed, &order, &made)?;
            let page = page(node, &desk, &typed, Faults::default())?;
            Ok(Sent::check(&NewTearlinePage { preview: Some(preview), ..page }))
        });
        let attempt = attempt.map_err(|error| typed.placed(unreadable(error)));
        sent(attempt, FORM, |faults| {
            let mut again = page(node, &desk, &typed, faults)?;
            again.preview = without_choices(node, &desk, &typed)?;
            Ok(again)
        })
    };
    Ok(server.writing(work).await?.response())
}

/// Where a choice is wrong, the fields are shown as the template has them, with what was chosen beside them.
fn without_choices(node: &Node, desk: &Desk, typed: &Typed) -> Result<Option<PreviewView>, AppError> {
    if typed.wrong.is_empty() {
        return Ok(None);
    }
    let order = Order { choices: Vec::new(), ..typed.order()? };
    let made = node.tearline(desk.who(), &order)?;
    preview(node, desk, typed, &order, &made).map(Some)
}

/// An object that is hidden or absent is a fault of what was typed.
fn unreadable(error: AppError) -> AppError {
    match error {
        AppError::NotFound => AppError::invalid("$.objects", "names an object that you do not read"),
        other => other,
    }
}

fn page(node: &Node, desk: &Desk, typed: &Typed, faults: Faults) -> Result<NewTearlinePage, AppError> {
    let t = desk.t();
    let reading = node.read(desk.who())?;
    if !reading.reader().may_write() {
        let rule = "making a tear-line takes the role analyst, releaser or admin";
        return Err(AppError::Forbidden(rule.to_owned()));
    }
    let mut titles = Titles::new(t, &reading);
    let (mut chosen, mut labels) = (Vec::new(), Vec::new());
    for id in typed.ids() {
        match reading.object(&id) {
            Ok(item) => {
                chosen.push(side(t, &reading, &mut titles, &item)?);
                labels.push(item.whole());
            }
            Err(AppError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    let choice = |family: &str, value: &str, is_chosen: bool| Choice {
        value: value.to_owned(),
        name: t.term(family, value),
        chosen: is_chosen,
    };
    let template = |one: Template| choice("tearline-template", one.as_str(), one == typed.template);
    let precision = |one: Precision| choice("tearline-times", one.as_str(), one == typed.times);
    let banner = label::banner(t, labels.iter(), &reading);
    Ok(NewTearlinePage {
        page: desk.page(Here::Release, reading.directory()).under(banner),
        typed: typed.form.clone(),
        templates: Template::ALL.map(template).to_vec(),
        times: Precision::ALL.map(precision).to_vec(),
        chosen,
        preview: None,
        faults,
    })
}

fn preview(
    node: &Node,
    desk: &Desk,
    typed: &Typed,
    order: &Order,
    made: &Tearline,
) -> Result<PreviewView, AppError> {
    let t = desk.t();
    let reading = node.read(desk.who())?;
    let reached = node.reached(&reading, &made.label)?;
    let mut choosing = Choosing::new(typed);
    let difference = difference::of_tearline(t, &reading, order, made, &mut choosing)?;
    let is_torn = |id: &Id| made.torn.iter().any(|torn| torn.low.as_ref() == Some(id));
    let added = made.low.iter().filter(|object| !is_torn(object.id()));
    let title = |object: &kizuna_stix::Object| {
        super::own_title(t, &properties(object.canonical()), object.id().as_str())
    };
    Ok(PreviewView {
        difference,
        added: added.map(title).collect::<Vec<Run>>(),
        count: made.low.len() as u64,
        to: label::view(t, &made.label, &reading),
        reach: super::reach::view(t, reached),
        findings: made.findings.iter().map(|finding| (finding.to_string(), ways(t, finding))).collect(),
        cut: choosing.is_cut(),
    })
}

fn ways(t: Language, finding: &betrayal::Finding) -> String {
    let word = |way: &betrayal::WayOut| {
        t.say(match way {
            betrayal::WayOut::DropReference => "tearline-way-reference",
            betrayal::WayOut::MarkField => "tearline-way-mark",
            betrayal::WayOut::TearLine => "tearline-way-choose",
            betrayal::WayOut::ReleaseToo => "tearline-way-release",
            betrayal::WayOut::NameThem => "tearline-way-name",
        })
    };
    finding.ways_out.iter().map(word).collect::<Vec<_>>().join(" · ")
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    label: String,
}

/// A tear-line that was made, for those of its member who read the high side.
pub(super) async fn one(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(id): Path<Id>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let reading = node.read(desk.who())?;
            recorded(&desk, &reading, &id, &asked.label)
        })
        .await?;
    Ok(html(&page))
}

fn recorded(desk: &Desk, reading: &Reading, id: &Id, label: &str) -> Result<TearlinePage, AppError> {
    let t = desk.t();
    let recorded = reading.recorded(id)?;
    let mut titles = Titles::new(t, reading);
    let low: Result<Vec<_>, AppError> =
        recorded.low.iter().map(|item| side(t, reading, &mut titles, item)).collect();
    let labels: Vec<_> = recorded
        .compared
        .iter()
        .map(|one| one.high.whole())
        .chain(recorded.low.iter().map(kizuna_app::Item::whole))
        .chain([recorded.item.whole()])
        .collect();
    let banner = label::banner(t, labels.iter(), reading);
    let template = recorded.template.map(|template| t.term("tearline-template", template.as_str()));
    Ok(TearlinePage {
        page: desk.page(Here::Release, reading.directory()).under(banner),
        template: template.unwrap_or_default(),
        at: Moment::new(recorded.at, &desk.preferences.zone),
        low: low?,
        difference: difference::of_record(t, reading, &recorded.compared)?,
        propose: format!("/releases/new?tearline={id}&label={}", encoded(label)),
    })
}

//! Alerts and requests: the lists, one of each, and the forms that write, tell and answer.

mod new_alert;
mod picture;
mod request;
mod writing;

use axum::extract::State as Shared;
use axum::response::Response;
use jiff::Timestamp;
use kizuna_access::receipt::State;
use kizuna_app::alerts::{AlertInfo, AlertLine, Wanted};
use kizuna_app::receipts::{NewReceipt, Receipts};
use kizuna_app::requests::{self, RequestInfo};
use kizuna_app::{AppError, Node, Reading};
use kizuna_http::{Failure, Path, Query, Server};
use kizuna_stix::Id;
use serde::Deserialize;

use super::desk::Desk;
use super::sent::{Sent, sent};
use super::title::{Titles, properties};
use super::{Form, encoded, html};
use crate::label;
use crate::language::Language;
use crate::moment::Moment;
use crate::preferences::Preferences;
use crate::view::form::Faults;
use crate::view::notices::{
    AlertPage, AlertRow, AlertsPage, RECEIPT, ReceiptForm, ReceiptRow, ReceiptsView, RecipientRow, Referred,
    RequestRow,
};
use crate::view::{Banner, Here, Run};

pub(super) use new_alert::{new as new_alert, send as send_alert};
use picture::{blinded, spans, spreads, state, steps, strip, times, urgency};
pub(super) use request::{answer, ask, new as new_request, request, tell_request};
pub(super) use writing::{Fields, Looked, check, industries, may_write, placed};

const ROWS: usize = 50;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    open: bool,
    next: Option<String>,
}

pub(super) async fn list(
    Shared(server): Shared<Server>,
    desk: Desk,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let reading = node.read(desk.who())?;
            let wanted = Wanted { open: asked.open, ..Wanted::default() };
            let alerts = reading.alerts(&wanted, asked.next.as_deref(), ROWS)?;
            let open = if asked.open { "&open=true" } else { "" };
            let next = alerts.next.filter(|_| alerts.more);
            let next = next.map(|next| format!("/alerts?next={}{open}", encoded(&next)));
            let lines: Vec<AlertLine> = alerts.items.iter().map(|listed| listed.line(&reading)).collect();
            let wanted = requests::Wanted { way: None, open: asked.open };
            let asked_for = reading.requests(&wanted, None, ROWS)?;
            let requests: Vec<RequestInfo> =
                asked_for.items.iter().map(|shown| shown.info(&reading)).collect();
            let labels = lines.iter().map(|line| &line.marked);
            let labels = labels.chain(requests.iter().map(|request| &request.marked));
            let banner = label::banner(desk.t(), labels, &reading);
            Ok(AlertsPage {
                page: desk.page(Here::Alerts, reading.directory()).under(banner),
                alerts: lines.iter().map(|line| alert_row(&desk, &reading, line)).collect(),
                next,
                requests: requests.iter().map(|one| request_row(&desk, &reading, one)).collect(),
                times: times(desk.t(), &reading.protection()?),
                open: asked.open,
                may_write: reading.reader().may_write(),
            })
        })
        .await?;
    Ok(html(&page))
}

fn moment(desk: &Desk, at: Timestamp) -> Moment {
    Moment::new(at, &desk.preferences.zone)
}

fn alert_row(desk: &Desk, reading: &Reading, line: &AlertLine) -> AlertRow {
    let t = desk.t();
    AlertRow {
        href: format!("/alerts/{}", line.id),
        title: line.title.clone(),
        urgency: urgency(t, line.urgency),
        from: line.from.clone(),
        at: moment(desk, line.modified),
        state: line.state.map(|reached| state(t, reached)),
        addressees: line.addressees as u64,
        delivered: line.delivered as u64,
        settled: line.settled as u64,
        strip: strip(line),
        label: label::view(t, &line.marked, reading),
    }
}

fn request_row(desk: &Desk, reading: &Reading, request: &RequestInfo) -> RequestRow {
    RequestRow {
        href: format!("/requests/{}", request.id),
        question: request.question.clone(),
        ask: desk.t().term("request-ask", request.ask),
        from: request.from.clone(),
        deadline: request.deadline.map(|at| moment(desk, at)),
        overdue: request.overdue && request.answers.is_empty(),
        answers: request.answers.len() as u64,
        label: label::view(desk.t(), &request.marked, reading),
    }
}

/// Parties and sectors by their names: in labels a name with white space stands in quotation marks, for people not.
fn addressees(t: Language, parties: &[String], sectors: &[String]) -> Vec<String> {
    let named = parties.iter().map(|party| party.trim_matches('"').to_owned());
    let chosen = industries(t, sectors).into_iter().filter(|sector| sector.chosen);
    named.chain(chosen.map(|sector| sector.name)).collect()
}

/// What something refers to: by its title where the viewer reads it, else by its id.
fn referred(t: Language, reading: &Reading, ids: &[Id]) -> Result<Vec<Referred>, AppError> {
    let mut titles = Titles::new(t, reading);
    let mut all = Vec::new();
    for id in ids {
        let title = match reading.object(id) {
            Ok(item) => titles.of(&properties(&item.bytes), id)?.text,
            Err(AppError::NotFound) => Run::new("", id.to_string()),
            Err(error) => return Err(error),
        };
        let kind_name = t.term("kind", id.kind());
        all.push(Referred { href: format!("/objects/{id}"), kind: id.kind().to_owned(), kind_name, title });
    }
    Ok(all)
}

/// The form that tells what became of an object, for who writes.
fn receipt_form(t: Language, reading: &Reading) -> Option<ReceiptForm> {
    reading.reader().may_write().then(|| {
        let states = State::SAID.map(|state| (state.as_str().to_owned(), t.term("receipt", state.as_str())));
        let member = reading.reader().principal().member();
        let communities = reading.directory().communities_of(member, reading.now());
        let communities = communities.iter().map(|community| community.name.clone()).collect();
        ReceiptForm { states: states.to_vec(), communities, faults: Faults::default() }
    })
}

/// The receipts of any object, for its page.
pub(super) fn receipts(
    preferences: &Preferences,
    reading: &Reading,
    id: &Id,
) -> Result<ReceiptsView, AppError> {
    let t = preferences.language;
    let found: Receipts = reading.receipts(id)?;
    let lines = found.lines.iter().map(|line| ReceiptRow {
        name: line.name.clone(),
        state: state(t, line.state),
        since: Moment::new(line.since, &preferences.zone),
        count: line.count.map(|count| count.to_string()).unwrap_or_default(),
        note: line.note.clone().unwrap_or_default(),
    });
    let is_about = !id.kind().starts_with("kizuna-") && id.kind() != "marking-definition";
    let form = if is_about { receipt_form(t, reading) } else { None };
    Ok(ReceiptsView { lines: lines.collect(), blinded: blinded(t, &found.blinded), form })
}

/// One alert. Asking for it changes nothing: its page then says, by a form of its own, that it was opened.
pub(super) async fn alert(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let id = text.parse().map_err(|_| AppError::NotFound)?;
            let reading = node.read(desk.who())?;
            alert_page(&desk, &reading, &reading.alert(&id)?.info(&reading))
        })
        .await?;
    Ok(html(&page))
}

fn alert_page(desk: &Desk, reading: &Reading, info: &AlertInfo) -> Result<AlertPage, AppError> {
    let t = desk.t();
    let line = &info.line;
    let banner = Banner { label: label::view(t, &line.marked, reading), mixed: false };
    let to = addressees(t, &info.addressed.parties, &info.addressed.sectors);
    let at = |at: Option<Timestamp>| at.map(|at| moment(desk, at));
    let recipients = info.recipients.iter().map(|row| RecipientRow {
        name: row.name.clone(),
        state: row.state.map(|reached| state(t, reached)),
        steps: steps(t, row),
        delivered: at(row.delivered),
        acknowledged: at(row.acknowledged),
        settled: at(row.settled),
        blocked: row.blocked.map(|count| count.to_string()).unwrap_or_default(),
        note: row.note.clone().unwrap_or_default(),
    });
    let protection = &info.protection;
    let me = reading.reader().principal().member();
    Ok(AlertPage {
        page: desk.page(Here::Alerts, reading.directory()).under(Some(banner)),
        path: format!("/alerts/{}", line.id),
        object: format!("/objects/{}", line.id),
        title: line.title.clone(),
        text: info.text.clone().unwrap_or_default(),
        urgency: urgency(t, line.urgency),
        from: line.from.clone(),
        at: moment(desk, line.modified),
        respond_by: at(line.respond_by),
        state: line.state.map(|reached| state(t, reached)),
        actions: info.actions.clone(),
        to,
        objects: referred(t, reading, &info.objects)?,
        recipients: recipients.collect(),
        blinded: blinded(t, &info.anonymous),
        spreads: spreads(t, [protection.delivered, protection.acknowledged, protection.settled]),
        spans: spans(t, protection.published, &info.recipients),
        is_own: line.by == me && reading.reader().may_write(),
        is_unread: is_unread(reading, info),
        form: if line.by == me { None } else { receipt_form(t, reading) },
    })
}

/// Whether the reader's member is addressed, has not said that it read it, and the reader may say so.
fn is_unread(reading: &Reading, info: &AlertInfo) -> bool {
    let me = reading.reader().principal().member();
    let own = info.recipients.iter().find(|row| row.member == me);
    let is_acknowledged = own.is_some_and(|row| row.acknowledged.is_some());
    info.addressed.is_me && info.line.by != me && !is_acknowledged && reading.reader().may_write()
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    state: String,
    count: String,
    note: String,
    anonymous_in: String,
}

impl Typed {
    fn receipt(&self) -> Result<NewReceipt, AppError> {
        let state = State::from_word(self.state.trim());
        let state = state.ok_or_else(|| AppError::invalid("state", "is none of the states"))?;
        let count = match self.count.trim() {
            "" => None,
            text => Some(text.parse().map_err(|_| AppError::invalid("count", "is no number"))?),
        };
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(NewReceipt { state, count, note: said(&self.note), anonymous_in: said(&self.anonymous_in) })
    }
}

fn tell(node: &Node, desk: &Desk, id: &Id, typed: &Typed) -> Result<(), AppError> {
    let new = typed.receipt()?;
    node.give_receipt(desk.who(), id, &new).map(drop)
}

/// Tells what became of an alert.
pub(super) async fn tell_alert(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(text): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let id: Id = text.parse().map_err(|_| AppError::NotFound)?;
        let attempt = tell(node, &desk, &id, &typed).map(|()| Sent::Done(format!("/alerts/{id}")));
        sent(attempt, RECEIPT, |faults| {
            let reading = node.read(desk.who())?;
            let mut page = alert_page(&desk, &reading, &reading.alert(&id)?.info(&reading))?;
            if let Some(form) = &mut page.form {
                form.faults = faults;
            }
            Ok(page)
        })
    };
    Ok(server.writing(work).await?.response())
}

/// Tells what became of any object.
pub(super) async fn tell_object(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(text): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let id: Id = text.parse().map_err(|_| AppError::NotFound)?;
        let attempt = tell(node, &desk, &id, &typed);
        let attempt = attempt.map(|()| Sent::Done(format!("/objects/{id}#receipts")));
        sent(attempt, RECEIPT, |faults| {
            let mut page = super::object::shown(node, &desk, &id)?;
            if let Some(form) = &mut page.receipts.form {
                form.faults = faults;
            }
            Ok(page)
        })
    };
    Ok(server.writing(work).await?.response())
}

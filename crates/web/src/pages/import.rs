//! Taking in a bundle: choose it and its label, see whom it reaches, then do it.

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, header};
use jiff::SignedDuration;
use kizuna_app::{AppError, Delivery, Limits, Node, Report};
use kizuna_http::{Failure, Payload, Server};
use serde::Deserialize;
use uuid::Uuid;

use super::desk::Desk;
use super::marking::Marking;
use super::sent::{Sent, sent};
use super::{Form, html};
use crate::label;
use crate::multipart;
use crate::view::import::{Counts, FORM, ImportCheckPage, ImportDonePage, ImportPage};
use crate::view::{Faults, Here};

/// How long a checked bundle waits to be confirmed.
const WAIT_MINUTES: i64 = 30;
const KEPT: &str = "import";

/// What was chosen on the form.
#[derive(Debug, Default)]
struct Chosen {
    file: String,
    bytes: Bytes,
    marking: Marking,
}

pub(super) async fn form(State(server): State<Server>, desk: Desk) -> Result<Response, Failure> {
    let limit = server.caps().body_bytes;
    let page = server
        .blocking(move |node| {
            if !node.read(desk.who())?.reader().may_write() {
                return Err(AppError::Forbidden("this takes a role that writes, such as analyst".to_owned()));
            }
            let marking = Marking { tlp: "amber".to_owned(), ..Marking::default() };
            form_page(node, &desk, &marking, limit)
        })
        .await?;
    Ok(html(&page))
}

fn form_page(node: &Node, desk: &Desk, marking: &Marking, limit: usize) -> Result<ImportPage, AppError> {
    let directory = node.directory()?;
    Ok(ImportPage {
        page: desk.page(Here::Import, &directory),
        marking: marking.form(node, desk, &directory)?,
        faults: Faults::default(),
        limit: format!("{} MiB", limit >> 20),
    })
}

pub(super) async fn check(
    State(server): State<Server>,
    desk: Desk,
    headers: HeaderMap,
    Payload(body): Payload,
) -> Result<Response, Failure> {
    let limits = server.envelope();
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let chosen = chosen(content_type, &body).ok_or_else(|| Failure::invalid("$", "not the import form"))?;
    let work = move |node: &Node| {
        let attempt = checked(node, &desk, &chosen, limits).map(|page| Sent::check(&page));
        sent(attempt, FORM, |faults| {
            let page = form_page(node, &desk, &chosen.marking, limits.envelope_bytes)?;
            Ok(ImportPage { faults, ..page })
        })
    };
    Ok(server.writing(work).await?.response())
}

fn checked(node: &Node, desk: &Desk, chosen: &Chosen, limits: Limits) -> Result<ImportCheckPage, AppError> {
    let words = chosen.marking.words();
    let reach = node.people(desk.caller()).reach(&words)?;
    let delivery = Delivery { label: Some(&words), limits: Some(limits), ..Delivery::default() };
    let report = node.dry_run(desk.who(), &chosen.bytes, &delivery).map_err(in_file)?;
    let token = Uuid::new_v4().to_string();
    let until = node.now() + SignedDuration::from_mins(WAIT_MINUTES);
    node.keep(desk.who(), KEPT, &token, chosen.bytes.to_vec(), until)?;
    let directory = node.directory()?;
    let reads_it = node.read(desk.who())?.reader().can_read(&reach.label, node.now());
    Ok(ImportCheckPage {
        page: desk.page(Here::Import, &directory),
        token,
        file: chosen.file.clone(),
        label: label::view(desk.t(), &reach.label, &*directory),
        words,
        reach: super::reach::view(desk.t(), reach.reached),
        beyond_reader: !reads_it,
        counts: counts(&report),
        reasons: reasons(report),
    })
}

/// A fault of the bundle as one of the file: it says where in it.
fn in_file(error: AppError) -> AppError {
    let AppError::Invalid { mut faults } = error else { return error };
    for fault in faults.iter_mut().filter(|fault| fault.path.starts_with('$')) {
        fault.rule = format!("{}: {}", fault.path, fault.rule);
        "file".clone_into(&mut fault.path);
    }
    AppError::Invalid { faults }
}

fn chosen(content_type: &str, body: &Bytes) -> Option<Chosen> {
    let mut chosen = Chosen::default();
    for part in multipart::parts(content_type, body)? {
        if part.name == "file" {
            chosen.file = part.file.unwrap_or_default();
            chosen.bytes = body.slice_ref(part.bytes);
            continue;
        }
        let text = std::str::from_utf8(part.bytes).ok()?.to_owned();
        chosen.marking.take(&part.name, text);
    }
    Some(chosen)
}

#[derive(Deserialize)]
pub(super) struct Confirmed {
    token: String,
    label: String,
}

pub(super) async fn confirm(
    State(server): State<Server>,
    desk: Desk,
    Form(confirmed): Form<Confirmed>,
) -> Result<Response, Failure> {
    let limits = server.envelope();
    let work = move |node: &Node| {
        let attempt = carried_out(node, &desk, &confirmed, limits).map(|page| Sent::check(&page));
        sent(attempt, FORM, |faults| {
            let page = form_page(node, &desk, &Marking::default(), limits.envelope_bytes)?;
            Ok(ImportPage { faults, ..page })
        })
    };
    Ok(server.writing(work).await?.response())
}

fn carried_out(
    node: &Node,
    desk: &Desk,
    confirmed: &Confirmed,
    limits: Limits,
) -> Result<ImportDonePage, AppError> {
    let gone = || AppError::invalid("file", desk.t().say("import-expired"));
    let bytes = node.kept(desk.who(), KEPT, &confirmed.token)?.ok_or_else(gone)?;
    let label = Some(confirmed.label.as_str());
    let delivery = Delivery { label, limits: Some(limits), ..Delivery::default() };
    let report = node.ingest(desk.who(), &bytes, &delivery)?;
    // What was confirmed waits no longer.
    node.keep(desk.who(), KEPT, &confirmed.token, Vec::new(), node.now())?;
    Ok(ImportDonePage {
        page: desk.page(Here::Import, &*node.directory()?),
        counts: counts(&report),
        reasons: reasons(report),
    })
}

fn counts(report: &Report) -> Counts {
    Counts {
        total: report.total as u64,
        stored: report.stored as u64,
        duplicates: report.duplicates as u64,
        quarantined: report.quarantined as u64,
        warned: report.warned as u64,
    }
}

fn reasons(report: Report) -> Vec<(String, u64)> {
    report.reasons.into_iter().map(|(reason, number)| (reason, number as u64)).collect()
}

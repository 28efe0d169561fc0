//! Importing a policy from its file: first what it would change and for whom, then doing it. A file that is no policy
//! stands in the form again, with the line and the rule.

use axum::extract::State as Shared;
use axum::response::Response;
use http::{HeaderMap, header};
use jiff::SignedDuration;
use kizuna_app::forecast::Who;
use kizuna_app::people::PolicyImport;
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Payload, Server};
use serde::Deserialize;
use uuid::Uuid;

use super::super::Form;
use super::super::desk::Desk;
use super::super::sent::{Sent, sent};
use super::known;
use crate::multipart;
use crate::view::object::FaultView;
use crate::view::policies::{ChangeView, FORM, PoliciesPage, PolicyCheckPage};
use crate::view::{Faults, Here};

/// How long a checked file waits to be confirmed.
const WAIT_MINUTES: i64 = 30;
const KEPT: &str = "policy";
/// Lines shown before and after one that is wrong.
const AROUND: usize = 2;
/// Characters of a line that is shown.
const LINE: usize = 160;

/// What was sent.
#[derive(Debug, Default)]
struct Given {
    bytes: Vec<u8>,
    /// `file` or `text`: where it was given.
    field: &'static str,
}

fn given(content_type: &str, body: &[u8]) -> Option<Given> {
    let mut given = Given { field: "text", ..Given::default() };
    for part in multipart::parts(content_type, body)? {
        match part.name.as_str() {
            "file" if !part.bytes.is_empty() => {
                given = Given { bytes: part.bytes.to_vec(), field: "file" };
            }
            "text" if given.field == "text" => given.bytes = part.bytes.to_vec(),
            _ => {}
        }
    }
    Some(given)
}

pub(in super::super) async fn check(
    Shared(server): Shared<Server>,
    desk: Desk,
    headers: HeaderMap,
    Payload(body): Payload,
) -> Result<Response, Failure> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let given =
        given(content_type, &body).ok_or_else(|| Failure::invalid("$", "not the form of a policy"))?;
    let work = move |node: &Node| {
        let attempt = tried(node, &desk, &given).map(|page| Sent::check(&page));
        sent(attempt, FORM, |faults| again(node, &desk, &given, &faults))
    };
    Ok(server.writing(work).await?.response())
}

fn tried(node: &Node, desk: &Desk, given: &Given) -> Result<PolicyCheckPage, AppError> {
    if given.bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(AppError::invalid("file", "choose a file, or paste its text below"));
    }
    let told = node.people(desk.caller()).try_policy(&given.bytes)?;
    let token = Uuid::new_v4().to_string();
    let until = node.now() + SignedDuration::from_mins(WAIT_MINUTES);
    node.keep(desk.who(), KEPT, &token, given.bytes.clone(), until)?;
    page(node, desk, told, token)
}

fn page(node: &Node, desk: &Desk, told: PolicyImport, token: String) -> Result<PolicyCheckPage, AppError> {
    let changes = told.changes.into_iter();
    let viewers = told.forecast.map(|forecast| forecast.viewers).unwrap_or_default().into_iter();
    Ok(PolicyCheckPage {
        page: desk.page(Here::Policies, &*node.directory()?),
        token,
        id: told.id,
        version: told.version,
        replaces: told.replaces,
        changes: changes
            .map(|change| ChangeView { part: change.part, before: change.before, after: change.after })
            .collect(),
        losses: told.losses.into_iter().map(|loss| (loss.part, loss.why)).collect(),
        viewers: viewers
            .map(|one| {
                let (Who::Person(name) | Who::Member(name)) = one.who;
                (name, one.gained, one.lost)
            })
            .collect(),
    })
}

/// The form again. A fault of a line stands at the text, with the line and those around it.
fn again(node: &Node, desk: &Desk, given: &Given, faults: &Faults) -> Result<PoliciesPage, AppError> {
    let mut page = known(node, desk)?;
    let Some(form) = page.form.as_mut() else {
        return Err(AppError::Forbidden("only who runs the node imports policies".to_owned()));
    };
    form.text = String::from_utf8_lossy(&given.bytes).into_owned();
    let mut found = Vec::new();
    for fault in faults.found() {
        match fault.path.strip_prefix("line ").and_then(|number| number.parse::<usize>().ok()) {
            Some(number) => {
                form.lines.extend(around(&form.text, number));
                let rule = format!("{}: {}", fault.path, fault.rule);
                found.push(FaultView { path: given.field.to_owned(), rule });
            }
            None => found.push(fault.clone()),
        }
    }
    form.faults = Faults::new(FORM, found);
    Ok(page)
}

/// A line and those around it, with their numbers, and which of them it is.
fn around(text: &str, wrong: usize) -> Vec<(usize, String, bool)> {
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    let near = numbered.filter(|(number, _)| number.abs_diff(wrong) <= AROUND);
    near.map(|(number, line)| (number, line.chars().take(LINE).collect(), number == wrong)).collect()
}

#[derive(Deserialize)]
pub(in super::super) struct Confirmed {
    token: String,
}

pub(in super::super) async fn import(
    Shared(server): Shared<Server>,
    desk: Desk,
    Form(confirmed): Form<Confirmed>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let kept = node.kept(desk.who(), KEPT, &confirmed.token)?.filter(|bytes| !bytes.is_empty());
        let given = Given { bytes: kept.unwrap_or_default(), field: "file" };
        let attempt = imported(node, &desk, &given, &confirmed.token);
        sent(attempt, FORM, |faults| again(node, &desk, &given, &faults))
    };
    Ok(server.writing(work).await?.response())
}

fn imported(node: &Node, desk: &Desk, given: &Given, token: &str) -> Result<Sent<PoliciesPage>, AppError> {
    if given.bytes.is_empty() {
        return Err(AppError::invalid("file", desk.t().say("import-expired")));
    }
    node.people(desk.caller()).import_policy(&given.bytes)?;
    // What was confirmed waits no longer.
    node.keep(desk.who(), KEPT, token, Vec::new(), node.now())?;
    Ok(Sent::Done("/policies".to_owned()))
}

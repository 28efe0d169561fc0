//! Channels across a domain boundary.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, header};
use kizuna_app::package::{Channel, Exported, Outcome, PackageReport, Sent as Left, What};
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Path, Payload, Server};
use serde::Deserialize;

use super::desk::Desk;
use super::sent::{Sent, sent};
use super::{Form, html, see};
use crate::moment::Moment;
use crate::multipart;
use crate::view::channels::{ChannelView, ChannelsPage, FindingView, PackageView, WRITE, WrittenView};
use crate::view::{Faults, Here};

/// Packages that a page shows of a channel.
const SHOWN: usize = 20;

pub(super) async fn list(State(server): State<Server>, desk: Desk) -> Result<Response, Failure> {
    let page = server.blocking(move |node| assemble(node, &desk)).await?;
    Ok(html(&page))
}

fn assemble(node: &Node, desk: &Desk) -> Result<ChannelsPage, AppError> {
    let reading = node.read(desk.who())?;
    let zone = desk.preferences.zone.clone();
    let moment = |at| Moment::new(at, &zone);
    let channels = match node.channels(&desk.caller()) {
        Ok(channels) => Some(channels.into_iter().map(|channel| view(channel, &moment)).collect()),
        Err(AppError::Forbidden(_)) => None,
        Err(error) => return Err(error),
    };
    Ok(ChannelsPage { page: desk.page(Here::Elsewhere, reading.directory()), channels })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct TypedPackage {
    all: Option<String>,
}

/// Writes the next package, and leads to it. It is kept, so that it can be fetched as often as it takes.
pub(super) async fn write(
    State(server): State<Server>,
    desk: Desk,
    Path(name): Path<String>,
    Form(typed): Form<TypedPackage>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        // The page shows channels to who runs the node: nothing is written for whom it cannot lead to the file.
        going_out(&mut assemble(node, &desk)?, &name)?;
        let what = if typed.all.is_some() { What::All } else { What::Since };
        let attempt = node.export_package(desk.who(), &name, &what, &mut std::io::sink());
        let attempt = attempt.and_then(|exported| {
            let mut page = assemble(node, &desk)?;
            going_out(&mut page, &name)?.written = Some(written(exported));
            Ok(Sent::check(&page))
        });
        sent(attempt, WRITE, |faults| {
            let mut page = assemble(node, &desk)?;
            going_out(&mut page, &name)?.faults = faults;
            Ok(page)
        })
    };
    Ok(server.writing(work).await?.response())
}

/// The channel on a page by which packages of this name leave.
fn going_out<'a>(page: &'a mut ChannelsPage, name: &str) -> Result<&'a mut ChannelView, AppError> {
    let not_yours = || AppError::Forbidden("only who runs the node writes packages on this page".to_owned());
    let channels = page.channels.as_mut().ok_or_else(not_yours)?;
    let mut outgoing = channels.iter_mut().filter(|channel| !channel.is_incoming);
    outgoing.find(|channel| channel.name == name).ok_or(AppError::NotFound)
}

fn written(exported: Exported) -> WrittenView {
    let Exported { channel, sequence, objects, left_out, .. } = exported;
    WrittenView {
        number: sequence.to_string(),
        objects,
        href: format!("/api/v1/channels/{channel}/packages/{sequence}"),
        left_out: left_out.into_iter().collect(),
    }
}

/// Takes a package in; the page that it leads to shows what the guard said, at the top of its channel.
pub(super) async fn take(
    State(server): State<Server>,
    desk: Desk,
    Path(name): Path<String>,
    headers: HeaderMap,
    Payload(body): Payload,
) -> Result<Response, Failure> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let parts = multipart::parts(content_type, &body).unwrap_or_default();
    let file = parts.iter().find(|part| part.name == "package");
    let octets = file.map(|file| body.slice_ref(file.bytes));
    let octets = octets.ok_or_else(|| Failure::invalid("package", "choose a file"))?;
    let work = move |node: &Node| {
        node.import_package(&desk.caller(), Some(&name), &octets[..], &|_, _| ()).map(drop)
    };
    server.writing(work).await?;
    Ok(see("/channels"))
}

fn view(channel: Channel, moment: &dyn Fn(jiff::Timestamp) -> Moment) -> ChannelView {
    let missing: Vec<String> = channel.missing.iter().map(u64::to_string).collect();
    let gone = channel.sent.iter().rev().map(|gone| left(gone, moment));
    let came = channel.reports.iter().rev().map(|report| came(report, moment));
    ChannelView {
        is_incoming: channel.direction == "in",
        packages: gone.chain(came).take(SHOWN).collect(),
        name: channel.name,
        member: channel.member_name,
        ceiling: channel.ceiling,
        recipients: channel.recipients,
        sequence: channel.sequence,
        missing: missing.join(", "),
        written: None,
        faults: Faults::default(),
    }
}

fn left(gone: &Left, moment: &dyn Fn(jiff::Timestamp) -> Moment) -> PackageView {
    PackageView {
        number: gone.sequence.to_string(),
        at: moment(gone.made),
        objects: gone.objects,
        outcome: "left",
        findings: Vec::new(),
    }
}

fn came(report: &PackageReport, moment: &dyn Fn(jiff::Timestamp) -> Moment) -> PackageView {
    let finding = |finding: &kizuna_app::package::Finding| FindingView {
        kind: finding.kind.as_str(),
        place: finding.place.clone(),
        says: finding.says.clone(),
    };
    PackageView {
        number: report.sequence.map_or_else(|| "?".to_owned(), |number| number.to_string()),
        at: moment(report.at),
        objects: report.objects,
        outcome: if report.outcome == Outcome::Passed { "passed" } else { "refused" },
        findings: report.findings.iter().take(SHOWN).map(finding).collect(),
    }
}

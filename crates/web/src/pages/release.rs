//! Releases: the queue, one of them, proposing and changing one, and where sharing gets stuck.

mod propose;
mod report;

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State as Shared;
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use kizuna_access::Label;
use kizuna_access::PersonId;
use kizuna_access::release::{Kind, Refusal, Standing};
use kizuna_app::release::{Filter, Finding, Shown};
use kizuna_app::{AppError, Item, Node, Reading};
use kizuna_http::{Failure, Path, Server};
use kizuna_stix::Id;

use super::desk::Desk;
use super::title::Titles;
use super::{Form, html, html_with, reach, see, tearline};
use crate::label;
use crate::language::{Language, grouped};
use crate::moment::Moment;
use crate::view::object::FaultView;
use crate::view::release::{
    BasisView, Buttons, Difference, FindingView, ReleaseCard, ReleasePage, ReleasedObject, ReleasesPage,
    StepView,
};
use crate::view::sign_in::Choice;
use crate::view::{Here, LabelView, Run};

pub(super) use propose::{amend, amended, new, propose};
pub(super) use report::report;

/// Releases on one page of the queue.
const MOST: usize = 200;

pub(super) async fn list(Shared(server): Shared<Server>, desk: Desk) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| -> Result<ReleasesPage, AppError> {
            let who = desk.who();
            let found = node.releases(who, &Filter::default(), MOST)?;
            let reading = node.read(who)?;
            let labels = found.iter().flat_map(|shown| shown.from.iter().chain([&shown.label]));
            let banner = label::banner(desk.t(), labels, reading.directory());
            let (mut open, mut decided) = (Vec::new(), Vec::new());
            let mut titles = Titles::new(desk.t(), &reading);
            let mut sorted: Vec<&Shown> = found.iter().collect();
            sorted.sort_by_key(|shown| !(shown.may.approve || shown.may.propose));
            for shown in sorted {
                let card = card(&desk, &reading, &mut titles, shown, node.now())?;
                if shown.state.is_open() { open.push(card) } else { decided.push(card) }
            }
            let may_propose = reading.reader().may_write();
            let page = desk.page(Here::Release, reading.directory()).under(banner);
            Ok(ReleasesPage { page, open, decided, may_propose })
        })
        .await?;
    Ok(html(&page))
}

pub(super) async fn one(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let page = server.blocking(move |node| assemble(node, &desk, &id)).await?;
    Ok(html(&page))
}

fn assemble(node: &Node, desk: &Desk, id: &Id) -> Result<ReleasePage, AppError> {
    let shown = node.show_release(desk.who(), id)?;
    page(node, desk, &shown)
}

/// One step of a release; a step that is refused says why on its page.
pub(super) async fn step(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path((id, step)): Path<(Id, String)>,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let answer = server
        .writing(move |node| {
            let faults = match take(node, &desk, &id, &step, &fields) {
                Ok(_) => return Ok(Ok(href(&id))),
                Err(AppError::Invalid { faults }) => {
                    faults.into_iter().map(|fault| FaultView { path: fault.path, rule: fault.rule }).collect()
                }
                Err(AppError::Forbidden(rule) | AppError::Conflict(rule)) => {
                    vec![FaultView { path: step, rule }]
                }
                Err(error) => return Err(error),
            };
            let mut page = assemble(node, &desk, &id)?;
            page.faults = faults;
            Ok(Err(Box::new(page)))
        })
        .await?;
    Ok(match answer {
        Ok(path) => see(&path),
        Err(page) => html_with(&*page, StatusCode::CONFLICT),
    })
}

fn take(
    node: &Node,
    desk: &Desk,
    id: &Id,
    step: &str,
    fields: &BTreeMap<String, String>,
) -> Result<Shown, AppError> {
    let who = desk.who();
    match step {
        "propose" => node.propose_draft(who, id),
        "approve" => node.approve_release(who, id),
        "take-back" => node.take_back_approval(who, id),
        "reject" => node.reject_release(who, id, refusal(fields)?),
        "withdraw" => node.withdraw_release(who, id, Some(refusal(fields)?)),
        _ => Err(AppError::NotFound),
    }
}

fn refusal(fields: &BTreeMap<String, String>) -> Result<Refusal, AppError> {
    let kind = fields.get("kind").and_then(|word| Kind::from_word(word));
    let kind = kind.ok_or_else(|| AppError::invalid("$.kind", "is none of the kinds of reasons"))?;
    Ok(Refusal { kind, text: fields.get("text").map(|text| text.trim().to_owned()).unwrap_or_default() })
}

fn page(node: &Node, desk: &Desk, shown: &Shown) -> Result<ReleasePage, AppError> {
    let t = desk.t();
    let zone = &desk.preferences.zone;
    let reading = node.read(desk.who())?;
    let mut titles = Titles::new(t, &reading);
    let card = card(desk, &reading, &mut titles, shown, node.now())?;
    let ids: Vec<Id> = shown.objects.iter().map(|item| item.object_ref.clone()).collect();
    let (torn, highs) = tearline::of_release(t, &reading, &ids)?;
    let mut objects = Vec::new();
    for item in &shown.objects {
        let title = title(&mut titles, &item.object_ref)?;
        let kind_name = t.term("kind", item.object_ref.kind());
        objects.push(ReleasedObject {
            href: format!("/objects/{}", item.object_ref),
            kind: item.object_ref.kind().to_owned(),
            title,
            kind_name,
        });
    }
    let highs: Vec<Label> = highs.iter().map(Item::whole).collect();
    let labels = shown.from.iter().chain([&shown.label]).chain(&highs);
    let banner = label::banner(t, labels, reading.directory());
    let person = |id: PersonId| person(desk, &reading, id);
    let step = |step: &kizuna_access::release::Step| StepView {
        act: step.act.as_str().to_owned(),
        at: Moment::new(step.at, zone),
        by: step.by.map(person),
    };
    let uncounted = shown.standing.iter().flat_map(|standing| &standing.uncounted);
    let kind = |kind: &Kind| Choice {
        value: kind.as_str().to_owned(),
        name: t.term("release-kind", kind.as_str()),
        chosen: false,
    };
    let may = shown.may;
    let is_full = !shown.from.is_empty();
    Ok(ReleasePage {
        objects,
        torn,
        tearline: None,
        differences: if is_full { differences(t, &card) } else { Vec::new() },
        reach: reach::view(t, shown.reached.clone()),
        basis: shown.basis.as_ref().map(|id| BasisView {
            href: format!("/objects/{id}"),
            title: shown.basis_title.clone().unwrap_or_else(|| id.to_string()),
        }),
        basis_note: shown.basis_note.clone(),
        expires: shown.expires.map(|expires| Moment::new(expires, zone)),
        decide_by: shown.decide_by.filter(|_| shown.state.is_open()).map(|by| Moment::new(by, zone)),
        reason: shown.reason.clone(),
        refusal: shown
            .refusal
            .as_ref()
            .map(|refusal| (t.term("release-kind", refusal.kind.as_str()), refusal.text.clone())),
        steps: shown.steps.iter().map(step).collect(),
        uncounted: uncounted.map(|(who, why)| (person(*who), t.term("release-why", why.as_str()))).collect(),
        buttons: Buttons {
            propose: may.propose,
            amend: may.amend,
            approve: may.approve,
            take_back: may.take_back,
            reject: may.reject,
            withdraw: may.withdraw,
        },
        kinds: Kind::ALL.iter().map(kind).collect(),
        findings: blocking(&shown.basis_findings, true),
        warnings: blocking(&shown.basis_findings, false),
        faults: Vec::new(),
        preview: None,
        page: desk.page(Here::Release, reading.directory()).under(banner),
        card,
    })
}

fn card(
    desk: &Desk,
    reading: &Reading,
    titles: &mut Titles<'_>,
    shown: &Shown,
    now: Timestamp,
) -> Result<ReleaseCard, AppError> {
    let t = desk.t();
    let title = match shown.objects.first() {
        Some(item) => title(titles, &item.object_ref)?,
        None => Run::new("", shown.id.to_string()),
    };
    let view = |asked: &Label| label::view(t, asked, reading.directory());
    let waited = shown.state.is_open().then(|| now.duration_since(shown.created).as_secs().max(0));
    Ok(ReleaseCard {
        href: href(&shown.id),
        state: shown.state.as_str().to_owned(),
        title,
        more: shown.objects.len().saturating_sub(1) as u64,
        from: shown.from.iter().map(view).collect(),
        to: view(&shown.label),
        proposer: person(desk, reading, shown.proposer),
        waits: shown.standing.as_ref().map(|standing| waits(t, reading, standing)),
        waiting: waited.map(|seconds| duration(t, seconds)),
        at: Moment::new(shown.modified, &desk.preferences.zone),
    })
}

fn title(titles: &mut Titles<'_>, id: &Id) -> Result<Run, AppError> {
    Ok(titles.find(id)?.map_or_else(|| Run::new("", id.to_string()), |title| title.text))
}

/// The findings that block, or those that are only to be looked at.
fn blocking(findings: &[Finding], block: bool) -> Vec<FindingView> {
    let view = |finding: &Finding| FindingView {
        place: finding.place.clone(),
        rule: finding.rule.clone(),
        way_out: finding.way_out.clone(),
    };
    findings.iter().filter(|finding| finding.blocks == block).map(view).collect()
}

/// A person of the reader's own member by address; anybody else is one of another member.
fn person(desk: &Desk, reading: &Reading, id: PersonId) -> String {
    let known = reading.directory().person(id).filter(|known| known.member == desk.who().member());
    known.map_or_else(|| desk.t().say("release-somebody"), |known| known.email.clone())
}

/// What is still missing, in words.
fn waits(t: Language, reading: &Reading, standing: &Standing) -> String {
    if standing.is_met() {
        return t.say("release-met");
    }
    let missing = usize::from(standing.needs).saturating_sub(standing.counted.len()) as u64;
    let mut parts = Vec::new();
    if missing > 0 {
        parts.push(t.count("release-needs", missing));
    }
    for member in standing.consents.difference(&standing.consented) {
        parts.push(t.with("release-consent", "name", &reading.member_name(*member)));
    }
    parts.join(" · ")
}

/// The labels that the content has, together, against the one given, part by part.
fn differences(t: Language, card: &ReleaseCard) -> Vec<Difference> {
    let together = |parts: fn(&LabelView) -> BTreeSet<String>| -> (BTreeSet<String>, BTreeSet<String>) {
        (card.from.iter().flat_map(parts).collect(), parts(&card.to))
    };
    let audience = |label: &LabelView| label.audience.iter().flatten().cloned().collect();
    let levels = |label: &LabelView| {
        let level = |level: &crate::view::Level| {
            [format!("{} {}", level.policy, level.original.text), level.categories.join(" ")]
                .join(" ")
                .trim()
                .to_owned()
        };
        label.levels.iter().map(level).collect()
    };
    let marks = |label: &LabelView| label.marks.iter().map(|mark| mark.word.clone()).collect();
    let parts: [(&str, Part); 3] =
        [("release-part-audience", audience), ("release-part-level", levels), ("release-part-marks", marks)];
    let difference = |(name, part): (&str, Part)| {
        let (had, given) = together(part);
        Difference {
            name: t.say(name),
            gone: had.difference(&given).cloned().collect(),
            kept: had.intersection(&given).cloned().collect(),
            new: given.difference(&had).cloned().collect(),
        }
    };
    parts.into_iter().map(difference).collect()
}

/// What of a label a line of the difference compares.
type Part = fn(&LabelView) -> BTreeSet<String>;

fn duration(t: Language, seconds: i64) -> String {
    let seconds = u64::try_from(seconds).unwrap_or_default();
    match seconds {
        0..60 => t.with("release-seconds", "n", &grouped(seconds)),
        60..3_600 => t.with("release-minutes", "n", &grouped(seconds / 60)),
        3_600..172_800 => t.with("release-hours", "n", &grouped(seconds / 3_600)),
        _ => t.with("release-days", "n", &grouped(seconds / 86_400)),
    }
}

fn href(id: &Id) -> String {
    format!("/releases/{id}")
}

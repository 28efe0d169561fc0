//! Taking in a bundle: choose it and its label, see whom it reaches, then do it.

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, header};
use jiff::SignedDuration;
use kizuna_access::label::{Handling, Pap, Tlp};
use kizuna_access::{Directory, Party, policy, spec};
use kizuna_app::{AppError, Delivery, Limits, Node, Report};
use kizuna_http::{Failure, Payload, Server};
use serde::Deserialize;
use uuid::Uuid;

use super::desk::Desk;
use super::sent::{Sent, sent};
use super::{Form, html};
use crate::label;
use crate::language::Language;
use crate::multipart;
use crate::view::import::{Counts, FORM, ImportCheckPage, ImportDonePage, ImportPage, PartyGroup};
use crate::view::sign_in::Choice;
use crate::view::{Faults, Here};

/// How long a checked bundle waits to be confirmed.
const WAIT_MINUTES: i64 = 30;
const KEPT: &str = "import";

/// What was chosen on the form.
#[derive(Debug, Default)]
struct Chosen {
    file: String,
    bytes: Bytes,
    level: String,
    tlp: String,
    pap: String,
    parties: Vec<String>,
    handlings: Vec<String>,
}

impl Chosen {
    /// The label in words, as a command would take it.
    fn words(&self) -> String {
        let mut words = Vec::new();
        let mut add = |key: &str, value: &str| {
            if !value.is_empty() {
                words.push(format!("{key}{value}"));
            }
        };
        add("class:", &self.level);
        add("tlp:", &self.tlp);
        add("pap:", &self.pap);
        add("rel:", &self.parties.join(","));
        for handling in &self.handlings {
            add("", handling);
        }
        words.join(" ")
    }
}

pub(super) async fn form(State(server): State<Server>, desk: Desk) -> Result<Response, Failure> {
    let limit = server.caps().body_bytes;
    let page = server
        .blocking(move |node| {
            if !node.read(desk.who())?.reader().may_write() {
                return Err(AppError::Forbidden("this takes a role that writes, such as analyst".to_owned()));
            }
            form_page(node, &desk, &Chosen { tlp: "amber".to_owned(), ..Chosen::default() }, limit)
        })
        .await?;
    Ok(html(&page))
}

fn form_page(node: &Node, desk: &Desk, chosen: &Chosen, limit: usize) -> Result<ImportPage, AppError> {
    let t = desk.t();
    let directory = node.directory()?;
    let of_policy = |policy: &policy::Policy| -> Vec<String> {
        let given = policy.levels.iter().filter(|level| !level.obsolete);
        given.map(|level| format!("{}/{}", policy.id, level.id)).collect()
    };
    let levels = directory.policies().into_iter().flat_map(of_policy);
    let handlings = Handling::ALL.into_iter().filter(|handling| *handling != Handling::Draft);
    Ok(ImportPage {
        page: desk.page(Here::Import, &directory),
        levels: levels.map(|value| choice(value.clone(), value.replace('/', " "), &chosen.level)).collect(),
        tlps: Tlp::ALL.into_iter().map(|tlp| marked("TLP", tlp.as_str(), &chosen.tlp)).collect(),
        paps: Pap::ALL.into_iter().map(|pap| marked("PAP", pap.as_str(), &chosen.pap)).collect(),
        parties: parties(t, node, desk, &directory, &chosen.parties)?,
        handlings: handlings
            .map(|handling| Choice {
                value: handling.as_str().to_owned(),
                name: t.say(&format!("handling-{}", handling.as_str())),
                chosen: chosen.handlings.iter().any(|word| word == handling.as_str()),
            })
            .collect(),
        faults: Faults::default(),
        limit: format!("{} MiB", limit >> 20),
    })
}

fn choice(value: String, name: String, chosen: &str) -> Choice {
    Choice { chosen: value == chosen, value, name }
}

fn marked(scale: &str, word: &str, chosen: &str) -> Choice {
    choice(word.to_owned(), format!("{scale}:{}", word.to_uppercase()), chosen)
}

/// Whom this reader may know of, and so release to.
fn parties(
    t: Language,
    node: &Node,
    desk: &Desk,
    directory: &Directory,
    chosen: &[String],
) -> Result<Vec<PartyGroup>, AppError> {
    let people = node.people(desk.caller());
    let members = people.members()?;
    let mut countries: Vec<Party> = members.iter().map(|member| Party::Country(member.country)).collect();
    countries.sort();
    countries.dedup();
    let communities = people.communities()?.into_iter().map(|community| Party::Community(community.id));
    let members = members.into_iter().map(|member| Party::Member(member.id));
    let group = |key: &str, named: Vec<Party>| {
        let offer = |party: &Party| {
            let value = spec::party_text(party, directory);
            Choice { chosen: chosen.contains(&value), name: label::party(t, party, directory), value }
        };
        PartyGroup { name: t.say(key), parties: named.iter().map(offer).collect() }
    };
    let groups = vec![
        group("import-countries", countries),
        group("import-communities", communities.collect()),
        group("import-members", members.collect()),
    ];
    Ok(groups.into_iter().filter(|group| !group.parties.is_empty()).collect())
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
            let page = form_page(node, &desk, &chosen, limits.envelope_bytes)?;
            Ok(ImportPage { faults, ..page })
        })
    };
    Ok(server.writing(work).await?.response())
}

fn checked(node: &Node, desk: &Desk, chosen: &Chosen, limits: Limits) -> Result<ImportCheckPage, AppError> {
    let words = chosen.words();
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
        match part.name.as_str() {
            "class" => chosen.level = text,
            "tlp" => chosen.tlp = text,
            "pap" => chosen.pap = text,
            "rel" => chosen.parties.push(text),
            "handling" => chosen.handlings.push(text),
            _ => {}
        }
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
            let page = form_page(node, &desk, &Chosen::default(), limits.envelope_bytes)?;
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

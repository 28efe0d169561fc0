//! One object, as one viewer may read it, and why.

mod facts;
mod follow;
mod judgement;
mod links;
mod versions;

pub(super) use judgement::judge;

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use kizuna_access::MemberId;
use kizuna_access::reader::{Rule, Step};
use kizuna_app::{AppError, Fields, Item, Reading};
use kizuna_http::{Failure, Path, Query, Server};
use kizuna_stix::Id;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::desk::Desk;
use super::title::{Titles, properties, run};
use super::{Form, html, notices, quarantine, row, see};
use crate::label;
use crate::language::Language;
use crate::moment::Moment;
use crate::view::explain::{Because, ExplainPage, FieldBecause, RuleView};
use crate::view::object::{Narrower, ObjectPage};
use crate::view::{Banner, Here, Value as Exact};

/// Characters of JSON that a page shows.
const JSON_SHOWN: usize = 512 << 10;

#[derive(Deserialize)]
pub(super) struct ObjectQuery {
    version: Option<Timestamp>,
}

pub(super) async fn object(
    State(server): State<Server>,
    desk: Desk,
    Path(text): Path<String>,
    Query(query): Query<ObjectQuery>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let id = id(&text)?;
            let may_choose = node.people(desk.caller()).may_follow()?;
            assemble(&node.read(desk.who())?, &desk, &id, query.version, may_choose)
        })
        .await?;
    Ok(html(&page))
}

/// An id from a path. What is no id names nothing: not found, as for an object that is absent or hidden.
fn id(text: &str) -> Result<Id, AppError> {
    text.parse().map_err(|_| AppError::NotFound)
}

/// The page of an object's newest version, once more.
pub(super) fn shown(node: &kizuna_app::Node, desk: &Desk, id: &Id) -> Result<ObjectPage, AppError> {
    let may_choose = node.people(desk.caller()).may_follow()?;
    assemble(&node.read(desk.who())?, desk, id, None, may_choose)
}

fn assemble(
    reading: &Reading,
    desk: &Desk,
    id: &Id,
    version: Option<Timestamp>,
    may_choose: bool,
) -> Result<ObjectPage, AppError> {
    let (t, zone) = (desk.t(), &desk.preferences.zone);
    let newest = reading.object(id)?;
    let winners = reading.versions(id)?;
    let item = match version {
        None => newest.clone(),
        Some(at) => winners.iter().find(|item| item.version == at).cloned().ok_or(AppError::NotFound)?,
    };
    let object = properties(&item.bytes);
    let claims = reading.claims(id)?;
    let mut titles = Titles::new(t, reading);
    let title = titles.of(&object, id)?;
    let relations = links::relations(&desk.preferences, reading, &mut titles, id)?;
    let mentions = links::mentions(reading, id)?;
    let mut shown_mentions = Vec::with_capacity(mentions.len());
    for mention in &mentions {
        shown_mentions.push(row::row(&desk.preferences, reading, &mut titles, mention)?);
    }
    let banner = Banner { label: label::view(t, &item.whole(), reading), mixed: false };
    let text = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    Ok(ObjectPage {
        page: desk.page(Here::Elsewhere, reading.directory()).under(Some(banner)),
        id: Exact::uncut(id.to_string()),
        kind: id.kind().to_owned(),
        kind_name: t.term("kind", id.kind()),
        title: title.text,
        exact: title.exact,
        description: text("description").or(text("content")).map(|text| run(&object, text)),
        revoked: newest.revoked,
        disputed: item.disputed,
        earlier: is_earlier(&item, &newest).then(|| Moment::new(item.version, zone)),
        logged: reading.logged_since(&item)?.map(|at| Moment::new(at, zone)),
        proof: proof_of(&item),
        pattern: pattern(&object),
        judgements: judgement::judgements(&desk.preferences, reading, id)?,
        receipts: notices::receipts(&desk.preferences, reading, id)?,
        facts: facts::facts(&desk.preferences, &mut titles, &object)?,
        narrower: narrower(t, reading, &item),
        translations: links::translations(&desk.preferences, reading, id, &item)?,
        relations,
        sightings: links::sightings(&desk.preferences, reading, &mut titles, id)?,
        mentions: shown_mentions,
        versions: versions::versions(&desk.preferences, reading, &winners, &claims, &item),
        copies: follow::copies(reading, &mut titles, &newest, &claims, may_choose)?,
        warnings: item.warnings.iter().map(quarantine::fault_view).collect(),
        json: pretty(&object),
    })
}

/// The fields that ask for more than the object.
fn narrower(t: Language, reading: &Reading, item: &Item) -> Vec<Narrower> {
    let of = |fields: &Fields| {
        let label = label::view(t, &fields.label, reading);
        let marked = |selector: &String| Narrower { selector: selector.clone(), label: label.clone() };
        fields.selectors.iter().map(marked).collect::<Vec<_>>()
    };
    item.fields.iter().flat_map(of).collect()
}

/// Where the proof of a version is. What has no `modified` has one version.
fn proof_of(item: &Item) -> String {
    let version = if item.versioned { item.version.to_string() } else { "latest".to_owned() };
    format!("/api/v1/objects/{}/versions/{version}/proof", item.id)
}

fn is_earlier(item: &Item, newest: &Item) -> bool {
    item.version < newest.version
}

fn pattern(object: &Map<String, Value>) -> Option<(String, String)> {
    let pattern = object.get("pattern")?.as_str()?.to_owned();
    let language = object.get("pattern_type").and_then(Value::as_str).unwrap_or("stix");
    let language = if language == "stix" { "STIX" } else { language };
    Some((language.to_owned(), pattern))
}

fn pretty(object: &Map<String, Value>) -> String {
    let mut text = serde_json::to_string_pretty(object).unwrap_or_default();
    if let Some((cut, _)) = text.char_indices().nth(JSON_SHOWN) {
        text.truncate(cut);
        text.push('…');
    }
    text
}

#[derive(Deserialize)]
pub(super) struct FollowForm {
    /// The member whose copy is read; empty for nobody's in particular.
    source: String,
}

pub(super) async fn follow(
    State(server): State<Server>,
    desk: Desk,
    Path(text): Path<String>,
    Form(given): Form<FollowForm>,
) -> Result<Response, Failure> {
    let place = server
        .writing(move |node| {
            let id = id(&text)?;
            let item = node.read(desk.who())?.object(&id)?;
            let author = follow::author(&item).ok_or(AppError::NotFound)?;
            let people = node.people(desk.caller());
            if given.source.is_empty() {
                people.unfollow(&author, None)?;
            } else {
                let source = given.source.parse().map_err(|_| AppError::NotFound)?;
                people.follow(&author, MemberId(source), None)?;
            }
            Ok(format!("/objects/{id}#versions"))
        })
        .await?;
    Ok(see(&place))
}

pub(super) async fn explain(
    State(server): State<Server>,
    desk: Desk,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let (t, id) = (desk.t(), id(&text)?);
            let explanation = node.explain(desk.who(), &id)?;
            let reading = node.read(desk.who())?;
            let item = reading.object(&id)?;
            let zone = &desk.preferences.zone;
            let contributions =
                explanation.contributions.into_iter().map(|because| because_view(t, zone, because));
            let banner = row::banner(&desk.preferences, &reading, std::slice::from_ref(&item));
            Ok(ExplainPage {
                page: desk.page(Here::Elsewhere, reading.directory()).under(banner),
                id: Exact::uncut(id.to_string()),
                contributions: contributions.collect(),
            })
        })
        .await?;
    Ok(html(&page))
}

pub(super) fn because_view(
    t: Language,
    zone: &jiff::tz::TimeZone,
    because: kizuna_app::explain::Because,
) -> Because {
    Because {
        source: because.source,
        version: because.version.map(|version| Moment::new(version, zone)),
        label: because.label,
        readable: because.readable,
        rules: because.steps.into_iter().map(|step| rule_view(t, step)).collect(),
        fields: because.fields.into_iter().map(|fields| fields_view(t, fields)).collect(),
    }
}

fn fields_view(t: Language, because: kizuna_app::explain::FieldBecause) -> FieldBecause {
    FieldBecause {
        selectors: because.selectors,
        label: because.label,
        rules: because.steps.into_iter().map(|step| rule_view(t, step)).collect(),
    }
}

fn rule_view(t: Language, step: Step) -> RuleView {
    let name = rule(step.rule);
    let means = t.say(&format!("{name}-{}", if step.holds { "yes" } else { "no" }));
    RuleView { rule: t.say(name), means, found: step.text, met: step.holds }
}

/// The message that names a rule.
fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::Named => "rule-named",
        Rule::Clause => "rule-clause",
        Rule::Level => "rule-level",
        Rule::Restrictive => "rule-restrictive",
        Rule::Permissive => "rule-permissive",
        Rule::Draft => "rule-draft",
        Rule::Honours => "rule-honours",
        Rule::FromJoining => "rule-from-joining",
        Rule::Decision => "rule-decision",
    }
}

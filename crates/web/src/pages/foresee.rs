//! Before something happens: what a change would do, and what others see of an object.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State as Shared;
use axum::response::Response;
use jiff::Timestamp;
use kizuna_access::rights::{Clearance, Holder};
use kizuna_access::{CommunityId, Directory, MemberId, PersonId, Role};
use kizuna_app::as_seen::Eyes;
use kizuna_app::forecast::{Change, Forecast, Who};
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Path, Query, Server};
use kizuna_stix::Id;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::desk::Desk;
use super::object::because_view;
use super::{Form, encoded, html, row};
use crate::language::Language;
use crate::moment::Moment;
use crate::view::foresee::{AsSeenListPage, AsSeenPage, Asked, ForecastPage, Lot, SeenView, ViewerRow};
use crate::view::sign_in::Choice;
use crate::view::{Here, Value as Exact};

/// Objects on a page.
const ROWS: usize = 50;

type Fields = BTreeMap<String, String>;

pub(super) async fn forecast(
    Shared(server): Shared<Server>,
    desk: Desk,
    Query(fields): Query<Fields>,
) -> Result<Response, Failure> {
    let page = server.blocking(move |node| assemble(node, &desk, &fields)).await?;
    Ok(html(&page))
}

/// A policy is too long for an address.
pub(super) async fn forecast_policy(
    Shared(server): Shared<Server>,
    desk: Desk,
    Form(mut fields): Form<Fields>,
) -> Result<Response, Failure> {
    fields.insert("change".to_owned(), "policy".to_owned());
    let page = server.blocking(move |node| assemble(node, &desk, &fields)).await?;
    Ok(html(&page))
}

fn assemble(node: &Node, desk: &Desk, fields: &Fields) -> Result<ForecastPage, AppError> {
    let directory = node.directory()?;
    let people = node.people(desk.caller());
    let given = |name: &str| fields.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let choice = |field: &str, value: String, name: &str| {
        let chosen = given(field) == value;
        Choice { value, name: name.to_owned(), chosen }
    };
    let known_members = people.members()?;
    let mut users = people.users()?;
    users.retain(|user| user.member == desk.who().member());
    let members: Vec<Choice> =
        known_members.iter().map(|one| choice("member", one.id.to_string(), &one.name)).collect();
    let of_people = users.iter().map(|one| choice("holder", format!("person:{}", one.email), &one.email));
    let of_members =
        known_members.iter().map(|one| choice("holder", format!("member:{}", one.id), &one.name));
    let role = |role: &Role| Choice {
        value: role.as_str().to_owned(),
        name: desk.t().term("role", role.as_str()),
        chosen: fields.contains_key(&format!("role-{}", role.as_str())),
    };
    let asked = Asked {
        change: given("change"),
        clearance: given("clearance"),
        objects: given("objects"),
        label: given("label"),
        at: given("at"),
    };
    let mut page = ForecastPage {
        page: desk.page(Here::Release, &directory),
        communities: people
            .communities()?
            .iter()
            .map(|one| choice("community", one.id.to_string(), &one.name))
            .collect(),
        members,
        holders: of_people.chain(of_members).collect(),
        people: users.iter().map(|one| choice("person", one.email.clone(), &one.email)).collect(),
        roles: Role::ALL.iter().map(role).collect(),
        asked,
        problem: None,
        told: None,
        beside: 0,
    };
    if page.asked.change.is_empty() {
        return Ok(page);
    }
    let told = change(&directory, fields).and_then(|change| {
        let at = day(&page.asked.at)?;
        node.foresee(desk.who(), &change, at)
    });
    match told {
        Ok(forecast) => {
            let counts = forecast.viewers.iter().map(|one| one.machinery.gained.max(one.machinery.lost));
            page.beside = counts.max().unwrap_or_default();
            page.told = Some(viewers(forecast));
        }
        Err(AppError::NotFound) => page.problem = Some("names what you do not know of".to_owned()),
        Err(error @ (AppError::Invalid { .. } | AppError::Forbidden(_) | AppError::TooLarge { .. })) => {
            page.problem = Some(error.to_string());
        }
        Err(error) => return Err(error),
    }
    Ok(page)
}

fn day(text: &str) -> Result<Option<Timestamp>, AppError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| AppError::invalid("at", "is no instant, such as 2027-04-01T00:00:00Z"))
}

/// People are named by address: their ids say nothing to anybody.
fn person(directory: &Directory, email: &str) -> Result<PersonId, AppError> {
    directory.person_by_email(email).map(|person| person.id).ok_or(AppError::NotFound)
}

fn change(directory: &Directory, fields: &Fields) -> Result<Change, AppError> {
    let given = |name: &str| fields.get(name).map_or("", |text| text.trim());
    let id = |text: &str| text.parse::<Uuid>().map_err(|_| AppError::NotFound);
    let community = || id(given("community")).map(CommunityId);
    let member = || id(given("member")).map(MemberId);
    Ok(match given("change") {
        "join" => Change::Join { community: community()?, member: member()?, from: None, until: None },
        "leave" => Change::Leave { community: community()?, member: member()? },
        "clear" => {
            let holder = match given("holder").split_once(':') {
                Some(("person", email)) => Holder::Person(person(directory, email)?),
                Some(("member", text)) => Holder::Member(MemberId(id(text)?)),
                _ => return Err(AppError::NotFound),
            };
            Change::Clear { holder, clearance: clearance(given("clearance"))? }
        }
        "roles" => {
            let roles = Role::ALL.into_iter();
            let chosen = roles.filter(|role| fields.contains_key(&format!("role-{}", role.as_str())));
            Change::Roles {
                person: person(directory, given("person"))?,
                roles: chosen.collect::<BTreeSet<_>>(),
            }
        }
        "label" => {
            let objects = given("objects").split([' ', ',', '\n', '\r']).filter(|text| !text.is_empty());
            let objects = objects.map(|text| text.parse::<Id>().map_err(|_| AppError::NotFound));
            Change::Label {
                objects: objects.collect::<Result<Vec<_>, _>>()?,
                label: given("label").to_owned(),
            }
        }
        "policy" => Change::Policy { spif: given("spif").to_owned() },
        _ => return Err(AppError::NotFound),
    })
}

/// `EXERCISE:SECRET, ASTERIN:OPEN`; nothing where nothing is held.
fn clearance(text: &str) -> Result<Clearance, AppError> {
    let mut clearance = Clearance::default();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (policy, level) = part
            .split_once([':', '/'])
            .ok_or_else(|| AppError::invalid("clearance", "is written POLICY:LEVEL"))?;
        clearance = clearance.with(policy.trim(), level.trim());
    }
    Ok(clearance)
}

fn viewers(forecast: Forecast) -> Vec<ViewerRow> {
    let lot = |key: &'static str, count: u64, ids: Vec<Id>| Lot {
        key,
        count,
        listed: ids.into_iter().map(|id| (format!("/objects/{id}"), id.to_string())).collect(),
    };
    let told = forecast.viewers.into_iter().filter(|one| one.gained + one.lost + one.fuller + one.poorer > 0);
    told.map(|one| ViewerRow {
        name: named(one.who),
        lots: vec![
            lot("forecast-gained", one.gained, one.gained_ids),
            lot("forecast-lost", one.lost, one.lost_ids),
            lot("forecast-fuller", one.fuller, one.fuller_ids),
            lot("forecast-poorer", one.poorer, one.poorer_ids),
        ],
    })
    .collect()
}

fn named(who: Who) -> String {
    match who {
        Who::Person(name) | Who::Member(name) => name,
    }
}

#[derive(Deserialize)]
pub(super) struct ViewerQuery {
    viewer: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ListQuery {
    viewer: Option<String>,
    next: Option<String>,
}

/// What somebody else gets of what the reader reads.
pub(super) async fn list_as_seen(
    Shared(server): Shared<Server>,
    desk: Desk,
    Query(query): Query<ListQuery>,
) -> Result<Response, Failure> {
    let page = server.blocking(move |node| assemble_list(node, &desk, &query)).await?;
    Ok(html(&page))
}

fn assemble_list(node: &Node, desk: &Desk, query: &ListQuery) -> Result<AsSeenListPage, AppError> {
    let reading = node.read(desk.who())?;
    let mut shown = AsSeenListPage {
        page: desk.page(Here::Release, reading.directory()),
        viewers: choices(node, desk, query.viewer.as_deref())?,
        name: None,
        rows: Vec::new(),
        next: None,
    };
    let Some(viewer) = query.viewer.as_deref() else { return Ok(shown) };
    let eyes = eyes(reading.directory(), viewer)?;
    let (who, listing) = node.list_as_seen(desk.who(), eyes, query.next.as_deref(), ROWS)?;
    shown.page = shown.page.under(row::banner(&desk.preferences, &reading, &listing.items));
    shown.rows = row::rows(&desk.preferences, &reading, &listing.items)?;
    for row in &mut shown.rows {
        row.href = format!("{}/as-seen?viewer={}", row.href, encoded(viewer));
    }
    shown.name = Some(named(who));
    let next = listing.next.filter(|_| listing.more);
    shown.next = next.map(|next| format!("/as-seen?viewer={}&next={}", encoded(viewer), encoded(&next)));
    Ok(shown)
}

/// An object as somebody else sees it, and why.
pub(super) async fn as_seen(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(text): Path<String>,
    Query(query): Query<ViewerQuery>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let id: Id = text.parse().map_err(|_| AppError::NotFound)?;
            let reading = node.read(desk.who())?;
            let item = reading.object(&id)?;
            let eyes = query.viewer.as_deref().map(|text| eyes(reading.directory(), text)).transpose()?;
            let seen = eyes.map(|eyes| seen(node, &desk, &id, eyes)).transpose()?;
            let banner = row::banner(&desk.preferences, &reading, std::slice::from_ref(&item));
            Ok(AsSeenPage {
                page: desk.page(Here::Release, reading.directory()).under(banner),
                id: Exact::uncut(id.to_string()),
                viewers: choices(node, &desk, query.viewer.as_deref())?,
                seen,
            })
        })
        .await?;
    Ok(html(&page))
}

/// Whose eyes somebody may look through: people of the own member, and the other members that he may know of.
fn choices(node: &Node, desk: &Desk, chosen: Option<&str>) -> Result<Vec<Choice>, AppError> {
    let people = node.people(desk.caller());
    let own = desk.who().member();
    let choice = |value: String, name: String| Choice { chosen: chosen == Some(&value), value, name };
    let members = people.members()?.into_iter().filter(|member| member.id != own);
    let mut choices: Vec<Choice> =
        members.map(|member| choice(format!("member:{}", member.id), member.name)).collect();
    let users = people.users()?.into_iter().filter(|user| user.member == own);
    choices.extend(users.map(|user| choice(format!("person:{}", user.email), user.email)));
    Ok(choices)
}

fn eyes(directory: &Directory, text: &str) -> Result<Eyes, AppError> {
    match text.split_once(':') {
        Some(("person", email)) => person(directory, email).map(Eyes::Person),
        Some(("member", id)) => {
            id.parse().map(|id| Eyes::Member(MemberId(id))).map_err(|_| AppError::NotFound)
        }
        _ => Err(AppError::NotFound),
    }
}

fn seen(node: &Node, desk: &Desk, id: &Id, eyes: Eyes) -> Result<SeenView, AppError> {
    let (t, zone): (Language, _) = (desk.t(), &desk.preferences.zone);
    let seen = node.as_seen(desk.who(), id, eyes)?;
    // A member without people here reads nothing here.
    let contributions = match node.explain_as(desk.who(), id, eyes) {
        Ok(explanation) => explanation.contributions,
        Err(AppError::NotFound) => Vec::new(),
        Err(error) => return Err(error),
    };
    let said = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Ok(SeenView {
        name: named(seen.who),
        properties: seen
            .object
            .map(|object| object.iter().map(|(name, value)| (name.clone(), said(value))).collect()),
        hidden: seen.hidden,
        version: Moment::new(seen.version, zone),
        earlier: seen.earlier,
        label: seen.label,
        contributions: contributions.into_iter().map(|because| because_view(t, zone, because)).collect(),
    })
}

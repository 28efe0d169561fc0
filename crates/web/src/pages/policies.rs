//! Policies and their equivalences, importing one, agreements, and the style sheet with the colours of levels.

mod import;

use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use http::header;
use jiff::Timestamp;
use kizuna_access::Directory;
use kizuna_access::policy::{Applied, TagType};
use kizuna_access::rights::Role;
use kizuna_app::agreements::AgreementInfo;
use kizuna_app::people::{EquivalenceInfo, LevelInfo, PolicyInfo};
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Server, Viewer};

use super::desk::Desk;
use super::html;
use crate::language::Language;
use crate::levels;
use crate::moment::Moment;
use crate::view::policies::{
    AgreementView, AgreementsPage, Equal, LevelRow, PoliciesPage, PolicyForm, PolicyView, SetView,
};
use crate::view::{Here, Level, Run};

pub(super) use import::{check, import};

pub(super) async fn policies(Shared(server): Shared<Server>, desk: Desk) -> Result<Response, Failure> {
    let page = server.blocking(move |node| known(node, &desk)).await?;
    Ok(html(&page))
}

/// What the node knows, and for who runs it the form to import more.
fn known(node: &Node, desk: &Desk) -> Result<PoliciesPage, AppError> {
    let policies = node.people(desk.caller()).policies()?;
    let directory = node.directory()?;
    let views = policies.iter().map(|policy| policy_view(desk, policy, &policies)).collect();
    let form = may_import(&directory, desk).then(PolicyForm::default);
    Ok(PoliciesPage { page: desk.page(Here::Policies, &directory), policies: views, form })
}

/// Whether the reader runs the node. Importing asks again.
fn may_import(directory: &Directory, desk: &Desk) -> bool {
    let is_own = directory.own_member().is_some_and(|own| own.id == desk.who().member());
    let person = directory.person(desk.who().person());
    is_own && person.is_some_and(|person| person.roles().contains(&Role::Admin))
}

fn policy_view(desk: &Desk, policy: &PolicyInfo, all: &[PolicyInfo]) -> PolicyView {
    let t = desk.t();
    let mut others: Vec<String> = policy.equivalences.iter().map(|one| one.policy.clone()).collect();
    others.sort();
    others.dedup();
    let row = |(rank, level): (usize, &LevelInfo)| {
        let column = |other: &String| {
            let meant = |one: &&EquivalenceInfo| one.level == level.id && one.policy == *other;
            policy.equivalences.iter().filter(meant).map(|one| equal(desk, policy, one, all)).collect()
        };
        LevelRow {
            level: level_view(t, &policy.id, rank, level),
            names: level.names.iter().map(|(tag, name)| (tag.clone(), name.clone())).collect(),
            columns: others.iter().map(column).collect(),
        }
    };
    let sets = policy.sets.iter().flat_map(|set| {
        set.tags.iter().map(|tag| SetView {
            name: set.name.clone(),
            kind: t.say(kind(tag.kind)),
            categories: tag.categories.iter().map(|category| category.id.clone()).collect(),
        })
    });
    let name = policy.names.get(t.tag()).or_else(|| policy.names.get("en"));
    PolicyView {
        anchor: format!("policy-{}", levels::class(&policy.id, "")),
        id: policy.id.clone(),
        name: name.cloned().unwrap_or_default(),
        uri: policy.uri.clone(),
        version: policy.version,
        imported: policy.imported.map(|at| moment(desk, at)),
        levels: policy.levels.iter().enumerate().map(row).rev().collect(),
        others: others.clone(),
        sets: sets.collect(),
    }
}

fn level_view(t: Language, policy: &str, rank: usize, level: &LevelInfo) -> Level {
    let translated = level.names.get(t.tag()).filter(|_| t.tag() != "en");
    Level {
        policy: policy.to_owned(),
        original: Run::new("", level.id.clone()),
        translated: translated.map(|name| Run::new(t.tag(), name.clone())),
        categories: Vec::new(),
        rank: u8::try_from(rank.min(3)).unwrap_or(3),
        class: levels::class(policy, &level.id),
    }
}

fn equal(desk: &Desk, policy: &PolicyInfo, one: &EquivalenceInfo, all: &[PolicyInfo]) -> Equal {
    let t = desk.t();
    let (arrow, readers) = match one.applied {
        Applied::Both => ("↔", t.say("policies-both-read")),
        Applied::Encrypt => ("→", t.with("policies-reads-this", "policy", &one.policy)),
        Applied::Decrypt => ("←", t.with("policies-reads-other", "policy", &policy.id)),
    };
    let other = all.iter().find(|other| other.id == one.policy);
    let known = other.and_then(|other| {
        other.levels.iter().enumerate().find(|(_, level)| Some(&level.id) == one.other.as_ref())
    });
    let level = match known {
        Some((rank, level)) => level_view(t, &one.policy, rank, level),
        None => Level {
            policy: one.policy.clone(),
            original: Run::new("", format!("#{}", one.number)),
            translated: None,
            categories: Vec::new(),
            rank: 3,
            class: String::new(),
        },
    };
    Equal {
        level,
        arrow,
        meaning: readers,
        from: one.from.map(|at| moment(desk, at)),
        until: one.until.map(|at| moment(desk, at)),
        in_force: one.in_force,
        stated_by: one.stated_by.clone(),
    }
}

fn kind(kind: TagType) -> &'static str {
    match kind {
        TagType::Restrictive | TagType::EnumeratedRestrictive => "policies-all-needed",
        TagType::Permissive | TagType::EnumeratedPermissive => "policies-one-needed",
        TagType::Informative => "policies-shown-only",
    }
}

fn moment(desk: &Desk, at: Timestamp) -> Moment {
    Moment::new(at, &desk.preferences.zone)
}

pub(super) async fn agreements(Shared(server): Shared<Server>, desk: Desk) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let reading = node.read(desk.who())?;
            let found = reading.agreements()?;
            let view = |one: &AgreementInfo| AgreementView {
                href: format!("/objects/{}", one.id),
                title: one.title.clone(),
                scope: one.scope.clone(),
                keeper: one.keeper.clone(),
                parties: one.parties.join(", "),
                allows: one.allows.clone(),
                contacts: one.contacts.iter().map(|one| (one.name.clone(), one.address.clone())).collect(),
                from: one.from.map(|at| moment(&desk, at)),
                until: one.until.map(|at| moment(&desk, at)),
                review: one.review.map(|at| moment(&desk, at)),
                in_force: one.in_force,
                overdue: one.review.is_some_and(|review| review <= reading.now()),
                label: crate::label::view(desk.t(), &one.marked, &reading),
            };
            let banner = crate::label::banner(desk.t(), found.iter().map(|one| &one.marked), &reading);
            let page = desk.page(Here::Policies, reading.directory()).under(banner);
            Ok(AgreementsPage { page, agreements: found.iter().map(view).collect() })
        })
        .await?;
    Ok(html(&page))
}

/// The colours of levels. Whoever may sign in may know which policies there are.
pub(super) async fn levels(Shared(server): Shared<Server>, _: Viewer) -> Result<Response, Failure> {
    let style = server.blocking(|node| Ok(levels::style(&*node.directory()?))).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "private, max-age=86400"),
    ];
    Ok((headers, style).into_response())
}

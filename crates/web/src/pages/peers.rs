//! Peers: how the exchange with each stands, and what who runs the node can do about it.

use std::collections::BTreeMap;

use axum::extract::State as Shared;
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use kizuna_access::{Directory, MemberId};
use kizuna_app::peers::{Credential, Peer, PeerChange, PeerStatus, address, interval, interval_text};
use kizuna_app::signing::UnknownKey;
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Path, Query, Server};
use serde::Deserialize;

use super::desk::Desk;
use super::{Form, encoded, html, html_with, see};
use crate::language::{Language, grouped};
use crate::moment::Moment;
use crate::view::Here;
use crate::view::object::FaultView;
use crate::view::peers::{Done, Lives, PeerPage, PeerView, PeersPage, State, UnknownKeyView};

pub(super) async fn list(Shared(server): Shared<Server>, desk: Desk) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| -> Result<PeersPage, AppError> {
            let directory = node.directory()?;
            let mut views = Vec::new();
            let (peers, may_run) = match node.peers(&desk.caller()) {
                Ok(peers) => (peers, true),
                Err(AppError::Forbidden(_)) => (Vec::new(), false),
                Err(error) => return Err(error),
            };
            for peer in peers {
                let status = node.peer_status(&peer.name)?;
                views.push(peer_view(
                    &desk,
                    &directory,
                    &peer,
                    &status,
                    node.now(),
                    node.is_syncing(&peer.name),
                ));
            }
            let unknown = if may_run { node.people(desk.caller()).unknown_keys()? } else { Vec::new() };
            let unknown_keys = unknown.into_iter().map(unknown_key_view).collect();
            Ok(PeersPage { page: desk.page(Here::Peers, &directory), peers: views, unknown_keys, may_run })
        })
        .await?;
    Ok(html(&page))
}

fn unknown_key_view(unknown: UnknownKey) -> UnknownKeyView {
    let UnknownKey { name, fingerprint, words, peer, .. } = unknown;
    let command = format!("kizuna signing-key pin {name:?} {fingerprint}");
    UnknownKeyView { member: name, peer, words, command }
}

fn peer_view(
    desk: &Desk,
    directory: &Directory,
    peer: &Peer,
    status: &PeerStatus,
    now: Timestamp,
    syncing: bool,
) -> PeerView {
    let t = desk.t();
    let name = |id: &MemberId| directory.member(*id).map(|member| member.name.clone());
    let members: Vec<String> = peer.members.iter().filter_map(name).collect();
    let direction = match (peer.pull, peer.push) {
        (true, false) => "peer-pull",
        (false, true) => "peer-push",
        _ => "peer-both",
    };
    let lag = status.lag(now);
    // Twice its own interval: one round may always be under way.
    let is_late = lag.is_none_or(|seconds| seconds.unsigned_abs() > peer.every.saturating_mul(2).max(60));
    let state = match (&status.error, status.last_attempt) {
        (Some(_), _) => State::Failed,
        (None, None) => State::Waiting,
        (None, Some(_)) if is_late => State::Behind,
        (None, Some(_)) => State::Ok,
    };
    PeerView {
        href: format!("/peers/{}", encoded(&peer.name)),
        name: peer.name.clone(),
        syncing,
        url: peer.url.to_string(),
        member: members.join(", "),
        direction: t.say(direction),
        state,
        last: status.last_attempt.map(|at| Moment::new(at, &desk.preferences.zone)),
        pulled: grouped(status.pulled),
        pushed: grouped(status.pushed),
        refused: grouped(status.refused + status.quarantined),
        lag: lag.filter(|_| state != State::Ok).map(|seconds| duration(t, seconds.unsigned_abs())),
        error: status.error.clone().or(status.last_refusal.clone()),
    }
}

/// Seconds in the largest unit that fits.
fn duration(t: Language, seconds: u64) -> String {
    match seconds {
        0..=119 => t.count("seconds", seconds),
        120..=7199 => t.count("minutes", seconds / 60),
        7200..=172_799 => t.count("hours", seconds / 3600),
        _ => t.count("days", seconds / 86_400),
    }
}

#[derive(Deserialize)]
pub(super) struct PeerQuery {
    done: Option<Done>,
}

pub(super) async fn one(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(name): Path<String>,
    Query(query): Query<PeerQuery>,
) -> Result<Response, Failure> {
    let page = server.blocking(move |node| assemble(node, &desk, &name, query.done)).await?;
    Ok(html(&page))
}

fn assemble(node: &Node, desk: &Desk, name: &str, done: Option<Done>) -> Result<PeerPage, AppError> {
    let peers = node.peers(&desk.caller())?;
    let peer = peers.into_iter().find(|peer| peer.name == name).ok_or(AppError::NotFound)?;
    let directory = node.directory()?;
    let status = node.peer_status(name)?;
    let own = directory.own_member().map(|own| own.id);
    let lives = directory.members().filter(|member| Some(member.id) != own).map(|member| Lives {
        id: member.id.to_string(),
        name: member.name.clone(),
        there: peer.members.contains(&member.id),
    });
    let mut lives: Vec<Lives> = lives.collect();
    lives.sort_by(|one, other| (!one.there, &one.name).cmp(&(!other.there, &other.name)));
    Ok(PeerPage {
        page: desk.page(Here::Peers, &directory),
        peer: peer_view(desk, &directory, &peer, &status, node.now(), node.is_syncing(name)),
        done,
        faults: Vec::new(),
        every: interval_text(peer.every),
        label: peer.label.clone().unwrap_or_default(),
        user: peer.user.clone().unwrap_or_default(),
        has_credential: peer.has_credential(),
        collections: peer.collections.join(", "),
        pull: peer.pull,
        push: peer.push,
        lives,
        accounts: peer.members.len() as u64,
    })
}

pub(super) async fn set(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(name): Path<String>,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let answer = server
        .writing(move |node| {
            let done = change(node, &desk, &name, &fields);
            let faults = match done {
                Ok(()) => return Ok(Ok(format!("/peers/{}?done=saved", encoded(&name)))),
                Err(AppError::Invalid { faults }) => faults,
                Err(error) => return Err(error),
            };
            let mut page = assemble(node, &desk, &name, None)?;
            page.faults =
                faults.into_iter().map(|fault| FaultView { path: fault.path, rule: fault.rule }).collect();
            page.typed(&fields);
            Ok(Err(Box::new(page)))
        })
        .await?;
    Ok(match answer {
        Ok(path) => see(&path),
        Err(page) => html_with(&*page, StatusCode::BAD_REQUEST),
    })
}

/// What a sent form changes: only what differs from the peer as it is.
fn change(node: &Node, desk: &Desk, name: &str, fields: &BTreeMap<String, String>) -> Result<(), AppError> {
    let peers = node.peers(&desk.caller())?;
    let peer = peers.into_iter().find(|peer| peer.name == name).ok_or(AppError::NotFound)?;
    let text = |field: &str| fields.get(field).map(|text| text.trim()).unwrap_or_default();
    let given = |field: &str| Some(text(field).to_owned()).filter(|text| !text.is_empty());
    let url = address(text("url"))?;
    let every = interval(text("every")).ok_or_else(|| AppError::invalid("every", "such as 30s, 5m or 1h"))?;
    let listed = text("collections").split(',').map(str::trim).filter(|id| !id.is_empty());
    let change = PeerChange {
        url: Some(url).filter(|url| *url != peer.url),
        members: Some(members(&peer, fields)?).filter(|members| *members != peer.members),
        user: Some(given("user")).filter(|user| *user != peer.user),
        key: match (fields.contains_key("no-key"), given("key")) {
            (true, _) => Some(None),
            (false, key) => key.map(|key| Some(Credential::new(key))),
        },
        collections: Some(listed.map(str::to_owned).collect()),
        pull: Some(fields.contains_key("pull")),
        push: Some(fields.contains_key("push")),
        every: Some(every),
        label: Some(given("label")),
        clearance: None,
    };
    node.set_peer(&desk.caller(), name, change).map(drop)
}

/// The members that were ticked; the principal one stays the first where it stays at all.
fn members(peer: &Peer, fields: &BTreeMap<String, String>) -> Result<Vec<MemberId>, AppError> {
    let ticked = fields.keys().filter_map(|field| field.strip_prefix("member-"));
    let ticked = ticked.map(|id| id.parse().map(MemberId));
    let ticked: Vec<MemberId> =
        ticked.collect::<Result<_, _>>().map_err(|_| AppError::invalid("member", "no member"))?;
    let kept = peer.members.iter().filter(|member| ticked.contains(member));
    let new = ticked.iter().filter(|member| !peer.members.contains(member));
    Ok(kept.chain(new).copied().collect())
}

pub(super) async fn remove(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    server.writing(move |node| node.remove_peer(&desk.caller(), &name)).await?;
    Ok(see("/peers"))
}

pub(super) async fn sync(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let place = format!("/peers/{}?done=begun", encoded(&name));
    server.writing(move |node| node.begin_sync(&desk.caller(), &name)).await?;
    Ok(see(&place))
}

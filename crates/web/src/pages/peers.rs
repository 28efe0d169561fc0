//! Peers: how the exchange with each stands, and what who runs the node can do about it.

pub(super) mod enrol;
mod settings;

use std::collections::BTreeMap;

use axum::extract::State as Shared;
use axum::response::Response;
use jiff::Timestamp;
use kizuna_access::{Directory, MemberId};
use kizuna_app::peers::{Outbox, Peer, PeerChange, PeerStatus, interval_text};
use kizuna_app::signing::UnknownKey;
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Path, Query, Server};
use serde::Deserialize;

use super::desk::Desk;
use super::sent::{Sent, sent};
use super::{Form, encoded, html};
use crate::language::{Language, grouped};
use crate::moment::Moment;
use crate::view::peers::{
    ACT, ADD, Done, KnownBy, Lives, PeerForm, PeerPage, PeerView, PeersPage, SET, State, UnknownKeyView,
};
use crate::view::{Faults, Here};

/// How often a new peer is asked where nothing else is typed.
const EVERY: &str = "30s";

pub(super) async fn list(Shared(server): Shared<Server>, desk: Desk) -> Result<Response, Failure> {
    let page = server.blocking(move |node| listed(node, &desk)).await?;
    Ok(html(&page))
}

fn listed(node: &Node, desk: &Desk) -> Result<PeersPage, AppError> {
    let directory = node.directory()?;
    let mut views = Vec::new();
    let (peers, may_run) = match node.peers(&desk.caller()) {
        Ok(peers) => (peers, true),
        Err(AppError::Forbidden(_)) => (Vec::new(), false),
        Err(error) => return Err(error),
    };
    for peer in peers {
        let status = node.peer_status(&peer.name)?;
        let stands = (&status, &node.outbox(&peer)?);
        views.push(peer_view(desk, &directory, &peer, stands, node.now(), node.is_syncing(&peer.name)));
    }
    let unknown = if may_run { node.people(desk.caller()).unknown_keys()? } else { Vec::new() };
    let form = may_run.then(|| PeerForm {
        every: EVERY.to_owned(),
        pull: true,
        push: true,
        lives: lives(&directory, &[]),
        ..PeerForm::default()
    });
    let own = if may_run { Some(enrol::own(node, &directory)?) } else { None };
    Ok(PeersPage {
        page: desk.page(Here::Peers, &directory),
        peers: views,
        unknown_keys: unknown.into_iter().map(unknown_key_view).collect(),
        form,
        own,
    })
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
    (status, outbox): (&PeerStatus, &Outbox),
    now: Timestamp,
    syncing: bool,
) -> PeerView {
    let t = desk.t();
    let name = |id: &MemberId| directory.member(*id).map(|member| member.name.clone());
    let members: Vec<String> = peer.members.iter().filter_map(name).collect();
    let direction = match (peer.pull, peer.push) {
        (true, false) => "peer-pull",
        (false, true) => "peer-push",
        (false, false) => "peer-comes",
        (true, true) => "peer-both",
    };
    let lag = status.lag(now);
    let error = status.error.clone().or_else(|| status.clock_trouble());
    let aside = || outbox.aside.first().map(|aside| format!("{}: {}", aside.id, aside.reason));
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
        url: if peer.is_reached() { peer.url.to_string() } else { t.say("peer-unreached") },
        is_enrolled: peer.channel.is_some(),
        member: members.join(", "),
        direction: t.say(direction),
        state,
        last: status.last_attempt.map(|at| Moment::new(at, &desk.preferences.zone)),
        pulled: grouped(status.pulled),
        pushed: grouped(status.pushed),
        refused: grouped(status.refused + status.quarantined),
        waiting: format!("{}{}", grouped(outbox.waiting), if outbox.capped { "+" } else { "" }),
        aside: outbox.aside.len() as u64,
        lag: lag.filter(|_| state != State::Ok).map(|seconds| duration(t, seconds.unsigned_abs())),
        error: error.or_else(|| status.last_refusal.clone()).or_else(aside),
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
    Ok(PeerPage {
        page: desk.page(Here::Peers, &directory),
        peer: peer_view(
            desk,
            &directory,
            &peer,
            (&status, &node.outbox(&peer)?),
            node.now(),
            node.is_syncing(name),
        ),
        done,
        channel: enrol::channel(node, desk, &directory, &peer)?,
        said: node.peer_hello(name)?.map(enrol::said),
        held: enrol::held(node, desk, &peer)?,
        form: PeerForm {
            name: peer.name.clone(),
            url: peer.url.to_string(),
            every: interval_text(peer.every),
            label: peer.label.clone().unwrap_or_default(),
            user: peer.user.clone().unwrap_or_default(),
            known_by: match (&peer.channel, peer.has_credential()) {
                (Some(_), _) => KnownBy::Certificate,
                (None, true) => KnownBy::Key,
                (None, false) => KnownBy::Nothing,
            },
            collections: peer.collections.join(", "),
            pull: peer.pull,
            push: peer.push,
            lives: lives(&directory, &peer.members),
            faults: Faults::default(),
        },
        faults: Faults::default(),
        accounts: peer.members.len() as u64,
    })
}

/// The members that can live at a peer, those that do first.
fn lives(directory: &Directory, there: &[MemberId]) -> Vec<Lives> {
    let own = directory.own_member().map(|own| own.id);
    let others = directory.members().filter(|member| Some(member.id) != own);
    let view = |member: &kizuna_access::directory::Member| Lives {
        id: member.id.to_string(),
        name: member.name.clone(),
        there: there.contains(&member.id),
    };
    let mut lives: Vec<Lives> = others.map(view).collect();
    lives.sort_by(|one, other| (!one.there, &one.name).cmp(&(!other.there, &other.name)));
    lives
}

pub(super) async fn add(
    Shared(server): Shared<Server>,
    desk: Desk,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let attempt = settings::typed(&fields).and_then(|new| node.add_peer(&desk.caller(), new));
        let place = |peer: Peer| Sent::Done(format!("/peers/{}?done=added", encoded(&peer.name)));
        sent(attempt.map(place), ADD, |faults| {
            let mut page = listed(node, &desk)?;
            let not_yours = || AppError::Forbidden("only who runs the node adds peers".to_owned());
            page.form.as_mut().ok_or_else(not_yours)?.typed(&fields, faults);
            Ok(page)
        })
    };
    Ok(server.writing(work).await?.response())
}

pub(super) async fn set(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(name): Path<String>,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let attempt = change(node, &desk, &name, &fields);
        let saved = || Sent::Done(format!("/peers/{}?done=saved", encoded(&name)));
        sent(attempt.map(|()| saved()), SET, |faults| {
            let mut page = assemble(node, &desk, &name, None)?;
            page.form.typed(&fields, faults);
            Ok(page)
        })
    };
    Ok(server.writing(work).await?.response())
}

/// What a sent form changes: only what differs from the peer as it is.
fn change(node: &Node, desk: &Desk, name: &str, fields: &BTreeMap<String, String>) -> Result<(), AppError> {
    let peers = node.peers(&desk.caller())?;
    let peer = peers.into_iter().find(|peer| peer.name == name).ok_or(AppError::NotFound)?;
    let typed = settings::typed(fields)?;
    let change = PeerChange {
        members: Some(members(&peer, &typed.members)).filter(|members| *members != peer.members),
        url: Some(typed.url).filter(|url| *url != peer.url),
        user: Some(typed.user).filter(|user| *user != peer.user),
        key: if fields.contains_key("no-key") { Some(None) } else { typed.key.map(Some) },
        collections: Some(typed.collections),
        pull: Some(typed.pull),
        push: Some(typed.push),
        every: Some(typed.every),
        label: Some(typed.label),
        clearance: None,
    };
    node.set_peer(&desk.caller(), name, change).map(drop)
}

/// The members that were ticked; the principal one stays the first where it stays at all.
fn members(peer: &Peer, ticked: &[MemberId]) -> Vec<MemberId> {
    let kept = peer.members.iter().filter(|member| ticked.contains(member));
    let new = ticked.iter().filter(|member| !peer.members.contains(member));
    kept.chain(new).copied().collect()
}

pub(super) async fn remove(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let attempt = node.remove_peer(&desk.caller(), &name);
        acted(node, &desk, &name, attempt.map(|()| "/peers".to_owned()))
    };
    Ok(server.writing(work).await?.response())
}

pub(super) async fn sync(
    Shared(server): Shared<Server>,
    desk: Desk,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let attempt = node.begin_sync(&desk.caller(), &name);
        let place = format!("/peers/{}?done=begun", encoded(&name));
        acted(node, &desk, &name, attempt.map(|()| place))
    };
    Ok(server.writing(work).await?.response())
}

/// What cannot be done now is said on the peer's page.
fn acted(
    node: &Node,
    desk: &Desk,
    name: &str,
    attempt: Result<String, AppError>,
) -> Result<Sent<PeerPage>, AppError> {
    sent(attempt.map(Sent::Done), ACT, |faults| {
        let page = assemble(node, desk, name, None)?;
        Ok(PeerPage { faults, ..page })
    })
}

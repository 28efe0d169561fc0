//! Collections, members and communities, peers, help.

use axum::extract::State as Shared;
use axum::response::Response;
use http::{HeaderMap, header};
use jiff::Timestamp;
use kizuna_access::rights::{Holds, Sector};
use kizuna_access::{Directory, MemberId};
use kizuna_app::peers::{Peer, PeerStatus};
use kizuna_app::people::Community;
use kizuna_app::{AppError, Collection};
use kizuna_http::{Failure, Server};

use super::desk::Desk;
use super::html;
use crate::language::{Language, grouped};
use crate::moment::Moment;
use crate::view::collections::{CollectionView, CollectionsPage, RootView};
use crate::view::help::HelpPage;
use crate::view::members::{CommunityView, MemberView, MembersPage};
use crate::view::peers::{PeerView, PeersPage, State};
use crate::view::{Here, Value};

pub(super) async fn collections(
    Shared(server): Shared<Server>,
    desk: Desk,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let origin = origin(&headers, server.secure_cookies());
    let page = server
        .blocking(move |node| {
            let t = desk.t();
            let directory = node.directory()?;
            let roots = node.people(desk.caller()).roots()?;
            let roots = roots.into_iter().map(|root| {
                let address = format!("{origin}/taxii2/{}/", root.slug);
                let view = |collection: &Collection| collection_view(t, &address, collection);
                let collections = root.collections.iter().map(view).collect();
                RootView { title: root.title, address: Value::uncut(address), collections }
            });
            Ok(CollectionsPage { page: desk.page(Here::Collections, &directory), roots: roots.collect() })
        })
        .await?;
    Ok(html(&page))
}

/// The node's address as this reader reached it, to copy into a client.
fn origin(headers: &HeaderMap, secure: bool) -> String {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost");
    format!("{}://{host}", if secure { "https" } else { "http" })
}

fn collection_view(t: Language, root: &str, collection: &Collection) -> CollectionView {
    let key = match (collection.alias.as_deref(), &collection.holds) {
        (Some("inbox"), _) => "collection-inbox",
        (Some("all"), _) | (_, Holds::All) => "collection-all",
        (_, Holds::Naming(_)) => "collection-naming",
        (_, Holds::Nothing) => "collection-nothing",
    };
    let title = match collection.alias.as_deref() {
        Some("all") => t.say("collection-title-all"),
        Some("inbox") => t.say("collection-title-inbox"),
        _ => collection.title.clone(),
    };
    CollectionView {
        title,
        description: t.say(key),
        address: Value::new(format!("{root}collections/{}/", collection.id)),
        can_read: collection.can_read,
        can_write: collection.can_write,
    }
}

pub(super) async fn members(Shared(server): Shared<Server>, desk: Desk) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let t = desk.t();
            let people = node.people(desk.caller());
            let communities = people.communities()?;
            let mut members = people.members()?;
            members.sort_by_key(|member| (!member.own, !member.hosted, member.name.clone()));
            let name = |id: &MemberId| {
                members.iter().find(|member| member.id == *id).map(|member| member.name.clone())
            };
            let of = |community: &Community| CommunityView {
                anchor: format!("community-{}", community.id),
                name: community.name.clone(),
                owned: community.owned,
                from_joining: community.from_joining,
                members: community.members.iter().filter_map(name).collect(),
            };
            let views = members.iter().map(|member| {
                let is_in = |community: &&Community| community.members.contains(&member.id);
                let names = communities.iter().filter(is_in).map(|community| community.name.clone());
                MemberView {
                    name: member.name.clone(),
                    country: member.country.to_string(),
                    sector: t.term("sector", sector(member.sector)),
                    hosted: member.hosted,
                    own: member.own,
                    communities: names.collect(),
                    href: None,
                }
            });
            Ok(MembersPage {
                page: desk.page(Here::Members, &*node.directory()?),
                members: views.collect(),
                communities: communities.iter().map(of).collect(),
            })
        })
        .await?;
    Ok(html(&page))
}

fn sector(sector: Sector) -> &'static str {
    match sector {
        Sector::Public => "public",
        Sector::Private => "private",
        Sector::Academic => "academic",
        Sector::Military => "military",
        Sector::Civil => "civil",
    }
}

pub(super) async fn peers(Shared(server): Shared<Server>, desk: Desk) -> Result<Response, Failure> {
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
                views.push(peer_view(&desk, &directory, &peer, &status, node.now()));
            }
            Ok(PeersPage { page: desk.page(Here::Peers, &directory), peers: views, may_run })
        })
        .await?;
    Ok(html(&page))
}

fn peer_view(
    desk: &Desk,
    directory: &Directory,
    peer: &Peer,
    status: &PeerStatus,
    now: Timestamp,
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
        name: peer.name.clone(),
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

pub(super) async fn help(Shared(server): Shared<Server>, desk: Desk) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| Ok(HelpPage { page: desk.page(Here::Elsewhere, &*node.directory()?) }))
        .await?;
    Ok(html(&page))
}

//! Collections, members and communities, help.

use axum::extract::State as Shared;
use axum::response::Response;
use http::{HeaderMap, header};
use jiff::Timestamp;
use kizuna_access::MemberId;
use kizuna_access::rights::{Holds, Sector};
use kizuna_app::Collection;
use kizuna_app::people::Community;
use kizuna_app::signing::{KnownKey, Origin as KeyOrigin};
use kizuna_http::{Failure, Server};

use super::desk::Desk;
use super::html;
use crate::language::Language;
use crate::moment::Moment;
use crate::view::collections::{CollectionView, CollectionsPage, RootView};
use crate::view::help::HelpPage;
use crate::view::members::{CommunityView, KeyView, MemberView, MembersPage};
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
            let mut keys = Vec::new();
            for history in people.signing_keys()? {
                keys.extend(history.keys.iter().map(|key| key_view(&desk, &history.name, key)));
            }
            Ok(MembersPage {
                page: desk.page(Here::Members, &*node.directory()?),
                keys,
                members: views.collect(),
                communities: communities.iter().map(of).collect(),
            })
        })
        .await?;
    Ok(html(&page))
}

fn key_view(desk: &Desk, member: &str, key: &KnownKey) -> KeyView {
    let t = desk.t();
    let origin = match key.origin {
        KeyOrigin::Made => "key-made",
        KeyOrigin::Pinned => "key-pinned",
        KeyOrigin::FirstSight => "key-first-sight",
        KeyOrigin::Rotated => "key-rotated",
        KeyOrigin::Vouched => "key-vouched",
    };
    let moment = |at: Timestamp| Moment::new(at, &desk.preferences.zone);
    KeyView {
        member: member.to_owned(),
        words: key.words.clone(),
        current: key.current,
        origin: t.say(origin),
        by_first_sight: key.origin == KeyOrigin::FirstSight,
        since: key.since.map(moment),
        until: key.until.map(moment),
        revoked: key.revoked.map(moment),
    }
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

pub(super) async fn help(Shared(server): Shared<Server>, desk: Desk) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| Ok(HelpPage { page: desk.page(Here::Elsewhere, &*node.directory()?) }))
        .await?;
    Ok(html(&page))
}

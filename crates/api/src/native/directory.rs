//! Members, users, keys, communities and collections.

use std::collections::BTreeSet;

use axum::extract::State;
use http::StatusCode;
use jiff::Timestamp;
use kizuna_access::rights::{Holds, Role, Sector};
use kizuna_access::{CommunityId, Country, KeyId, Label, MemberId, PersonId};
use kizuna_app::people::NewMember;
use kizuna_app::{AppError, People};
use kizuna_http::{Failure, Json as Body, Path, Server, Viewer};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::item::{self, Json};

/// A list, with room for more beside it.
#[derive(Serialize)]
pub(super) struct List<T> {
    pub items: Vec<T>,
}

/// Reads the directory as the viewer may see it.
pub(super) async fn read<T, F>(server: &Server, viewer: Viewer, read: F) -> Result<Json, Failure>
where
    T: Serialize,
    F: FnOnce(People<'_>) -> Result<T, AppError> + Send + 'static,
{
    server.blocking(move |node| item::write(&read(node.people(viewer.caller()))?)).await.map(Json)
}

/// Changes the directory as the viewer may, and answers with what was made.
pub(super) async fn change<T, F>(server: &Server, viewer: Viewer, change: F) -> Result<Json, Failure>
where
    T: Serialize,
    F: FnOnce(People<'_>) -> Result<T, AppError> + Send + 'static,
{
    server.writing(move |node| item::write(&change(node.people(viewer.caller()))?)).await.map(Json)
}

/// Changes the directory as the viewer may; there is nothing to answer with.
pub(super) async fn done<F>(server: &Server, viewer: Viewer, change: F) -> Result<StatusCode, Failure>
where
    F: FnOnce(People<'_>) -> Result<(), AppError> + Send + 'static,
{
    server.writing(move |node| change(node.people(viewer.caller()))).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn me(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    read(&server, viewer, |people| people.me()).await
}

pub(super) async fn members(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    read(&server, viewer, |people| Ok(List { items: people.members()? })).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberBody {
    name: String,
    country: Country,
    sector: Sector,
    identity: Option<MemberId>,
    #[serde(default)]
    hosted: bool,
}

pub(super) async fn add_member(
    State(server): State<Server>,
    viewer: Viewer,
    Body(new): Body<MemberBody>,
) -> Result<Json, Failure> {
    let MemberBody { name, country, sector, identity, hosted } = new;
    let new = NewMember { name, country, sector, identity, hosted };
    change(&server, viewer, move |people| people.add_member(new)).await
}

pub(super) async fn users(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    read(&server, viewer, |people| Ok(List { items: people.users()? })).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserBody {
    email: String,
    member: MemberId,
    roles: BTreeSet<Role>,
}

pub(super) async fn add_user(
    State(server): State<Server>,
    viewer: Viewer,
    Body(new): Body<UserBody>,
) -> Result<Json, Failure> {
    let add = move |people: People<'_>| {
        let (user, key) = people.add_user(&new.email, new.member, new.roles)?;
        Ok(serde_json::json!({ "user": user, "key": { "id": key.id, "secret": key.secret } }))
    };
    change(&server, viewer, add).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RolesBody {
    roles: BTreeSet<Role>,
}

pub(super) async fn set_roles(
    State(server): State<Server>,
    viewer: Viewer,
    Path(person): Path<PersonId>,
    Body(new): Body<RolesBody>,
) -> Result<StatusCode, Failure> {
    done(&server, viewer, move |people| people.set_roles(person, new.roles)).await
}

pub(super) async fn remove_user(
    State(server): State<Server>,
    viewer: Viewer,
    Path(person): Path<PersonId>,
) -> Result<StatusCode, Failure> {
    done(&server, viewer, move |people| people.remove_user(person)).await
}

pub(super) async fn keys(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    read(&server, viewer, |people| Ok(List { items: people.keys()? })).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyBody {
    /// The viewer itself where it is not given.
    person: Option<PersonId>,
    #[serde(default)]
    read_only: bool,
    expires: Option<Timestamp>,
}

pub(super) async fn add_key(
    State(server): State<Server>,
    viewer: Viewer,
    Body(new): Body<KeyBody>,
) -> Result<Json, Failure> {
    let person = new.person.unwrap_or(viewer.principal.person());
    let add = move |people: People<'_>| {
        let key = people.add_key(person, new.read_only, new.expires)?;
        Ok(serde_json::json!({ "id": key.id, "secret": key.secret }))
    };
    change(&server, viewer, add).await
}

pub(super) async fn revoke_key(
    State(server): State<Server>,
    viewer: Viewer,
    Path(key): Path<KeyId>,
) -> Result<StatusCode, Failure> {
    done(&server, viewer, move |people| people.revoke_key(key)).await
}

pub(super) async fn communities(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    read(&server, viewer, |people| Ok(List { items: people.communities()? })).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommunityBody {
    name: String,
    #[serde(default)]
    from_joining: bool,
}

pub(super) async fn add_community(
    State(server): State<Server>,
    viewer: Viewer,
    Body(new): Body<CommunityBody>,
) -> Result<Json, Failure> {
    change(&server, viewer, move |people| people.add_community(&new.name, new.from_joining)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MembershipBody {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

pub(super) async fn join(
    State(server): State<Server>,
    viewer: Viewer,
    Path((community, member)): Path<(CommunityId, MemberId)>,
    Body(dates): Body<MembershipBody>,
) -> Result<StatusCode, Failure> {
    done(&server, viewer, move |people| people.join(community, member, dates.from, dates.until)).await
}

pub(super) async fn leave(
    State(server): State<Server>,
    viewer: Viewer,
    Path((community, member)): Path<(CommunityId, MemberId)>,
) -> Result<StatusCode, Failure> {
    done(&server, viewer, move |people| people.leave(community, member)).await
}

pub(super) async fn collections(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    read(&server, viewer, |people| Ok(List { items: people.roots()? })).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CollectionBody {
    /// The community in whose API root it stands; the own member's where it is not given.
    root: Option<CommunityId>,
    title: String,
    holds: Holds,
    #[serde(default)]
    writable: bool,
    /// The label of what has no audience of its own.
    default: Option<Label>,
}

pub(super) async fn add_collection(
    State(server): State<Server>,
    viewer: Viewer,
    Body(new): Body<CollectionBody>,
) -> Result<Json, Failure> {
    let add = move |people: People<'_>| {
        let CollectionBody { root, title, holds, writable, default } = new;
        let id: Uuid = people.add_collection(root, &title, holds, writable, default)?;
        Ok(serde_json::json!({ "id": id }))
    };
    change(&server, viewer, add).await
}

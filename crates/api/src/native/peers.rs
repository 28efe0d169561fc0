//! Peers, for who runs the node; and whose copy a member follows.

use std::time::Duration;

use axum::extract::State;
use http::StatusCode;
use kizuna_access::MemberId;
use kizuna_app::peers::{
    Code, Credential, Hello, Join, NewPeer, Outbox, Peer, PeerChange, PeerStatus, Pin, Terms, address,
};
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Json as Body, Path, Query, Server, Viewer};
use kizuna_stix::Id;
use serde::{Deserialize, Deserializer, Serialize};

use super::item::{self, Json};
use super::objects::id;

/// Seconds between two exchanges where nothing is said.
const EVERY: u64 = 30;

/// A peer as the API shows it: never a credential, only whether there is one.
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a peer")]
#[derive(Serialize)]
struct PeerView<'a> {
    name: &'a str,
    url: &'a str,
    members: &'a [MemberId],
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    credential: bool,
    collections: &'a [String],
    pull: bool,
    push: bool,
    every: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    /// Seconds since both ends were level.
    #[serde(skip_serializing_if = "Option::is_none")]
    lag: Option<i64>,
    syncing: bool,
    status: PeerStatus,
    outbox: Outbox,
    /// Of a peer that is known over mutual TLS: the fingerprint of its newest transport key.
    #[serde(skip_serializing_if = "Option::is_none")]
    transport_key: Option<Pin>,
    /// What it said of itself last.
    #[serde(skip_serializing_if = "Option::is_none")]
    hello: Option<Hello>,
}

impl<'a> PeerView<'a> {
    fn of(node: &Node, peer: &'a Peer) -> Result<Self, AppError> {
        let status = node.peer_status(&peer.name)?;
        Ok(Self {
            name: &peer.name,
            url: peer.url.as_str(),
            members: &peer.members,
            user: peer.user.as_deref(),
            credential: peer.has_credential(),
            collections: &peer.collections,
            pull: peer.pull,
            push: peer.push,
            every: peer.every,
            label: peer.label.as_deref(),
            lag: status.lag(node.now()),
            syncing: node.is_syncing(&peer.name),
            status,
            outbox: node.outbox(peer)?,
            transport_key: peer.channel.as_ref().and_then(|channel| channel.pins.last().copied()),
            hello: node.peer_hello(&peer.name)?,
        })
    }
}

pub(super) async fn list(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    let read = move |node: &Node| {
        let peers = node.peers(&viewer.caller())?;
        let items = peers.iter().map(|peer| PeerView::of(node, peer)).collect::<Result<Vec<_>, _>>()?;
        item::write(&serde_json::json!({ "items": items }))
    };
    server.blocking(read).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBody {
    name: String,
    url: String,
    members: Vec<MemberId>,
    user: Option<String>,
    key: Option<String>,
    #[serde(default)]
    collections: Vec<String>,
    pull: Option<bool>,
    push: Option<bool>,
    every: Option<u64>,
    label: Option<String>,
}

pub(super) async fn add(
    State(server): State<Server>,
    viewer: Viewer,
    Body(new): Body<NewBody>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        // With neither said, both.
        let both = new.pull.is_none() && new.push.is_none();
        let added = NewPeer {
            name: new.name,
            url: address(&new.url)?,
            members: new.members,
            user: new.user,
            key: new.key.map(Credential::new),
            collections: new.collections,
            pull: new.pull.unwrap_or(both),
            push: new.push.unwrap_or(both),
            every: Duration::from_secs(new.every.unwrap_or(EVERY)),
            label: new.label,
            clearance: kizuna_access::rights::Clearance::default(),
        };
        let peer = node.add_peer(&viewer.caller(), added)?;
        item::write(&PeerView::of(node, &peer)?)
    };
    server.writing(work).await.map(Json)
}

/// What is sent: `null` removes, what is not there stays.
#[expect(clippy::option_option, reason = "not sent, sent as null, sent with a value")]
fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "not sent, sent as null, sent with a value")]
pub(super) struct ChangeBody {
    url: Option<String>,
    members: Option<Vec<MemberId>>,
    #[serde(default, deserialize_with = "present")]
    user: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    key: Option<Option<String>>,
    collections: Option<Vec<String>>,
    pull: Option<bool>,
    push: Option<bool>,
    every: Option<u64>,
    #[serde(default, deserialize_with = "present")]
    label: Option<Option<String>>,
}

pub(super) async fn set(
    State(server): State<Server>,
    viewer: Viewer,
    Path(name): Path<String>,
    Body(sent): Body<ChangeBody>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        let change = PeerChange {
            url: sent.url.as_deref().map(address).transpose()?,
            members: sent.members,
            user: sent.user,
            key: sent.key.map(|key| key.map(Credential::new)),
            collections: sent.collections,
            pull: sent.pull,
            push: sent.push,
            every: sent.every.map(Duration::from_secs),
            label: sent.label,
            clearance: None,
        };
        let peer = node.set_peer(&viewer.caller(), &name, change)?;
        item::write(&PeerView::of(node, &peer)?)
    };
    server.writing(work).await.map(Json)
}

pub(super) async fn remove(
    State(server): State<Server>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Result<StatusCode, Failure> {
    server.writing(move |node| node.remove_peer(&viewer.caller(), &name)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn sync(
    State(server): State<Server>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Result<StatusCode, Failure> {
    server.writing(move |node| node.begin_sync(&viewer.caller(), &name)).await?;
    Ok(StatusCode::ACCEPTED)
}

/// What is said of a peer that is to be enrolled. Clearances are granted from the command line alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TermsBody {
    name: String,
    #[serde(default)]
    members: Vec<MemberId>,
    /// Of ours, that speak to it; the own one where nothing is said.
    #[serde(default)]
    ours: Vec<MemberId>,
    every: Option<u64>,
    label: Option<String>,
}

impl TermsBody {
    fn terms(self) -> Terms {
        Terms {
            name: self.name,
            members: self.members,
            ours: self.ours,
            every: Duration::from_secs(self.every.unwrap_or(EVERY)),
            label: self.label,
            clearance: kizuna_access::rights::Clearance::default(),
        }
    }
}

pub(super) async fn invite(
    State(server): State<Server>,
    viewer: Viewer,
    Body(sent): Body<TermsBody>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        let invited = node.invite_peer(&viewer.caller(), sent.terms())?;
        item::write(&serde_json::json!({
            "code": invited.code.to_string(), "until": invited.until, "address": invited.address,
            "transport_key": invited.pin,
        }))
    };
    server.writing(work).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JoinBody {
    address: String,
    code: Code,
    terms: TermsBody,
}

pub(super) async fn join(
    State(server): State<Server>,
    viewer: Viewer,
    Body(sent): Body<JoinBody>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        let join = Join { address: sent.address, code: sent.code, terms: sent.terms.terms() };
        let peer = node.join_peer(&viewer.caller(), join)?;
        item::write(&PeerView::of(node, &peer)?)
    };
    server.writing(work).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RenewBody {
    #[serde(default)]
    at_once: bool,
}

pub(super) async fn renew(
    State(server): State<Server>,
    viewer: Viewer,
    Body(sent): Body<RenewBody>,
) -> Result<Json, Failure> {
    let work = move |node: &Node| {
        let renewal = node.renew_transport(&viewer.caller(), sent.at_once)?;
        item::write(&serde_json::json!({
            "pin": renewal.pin, "waits_for": renewal.waits_for.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "done": renewal.done,
        }))
    };
    server.writing(work).await.map(Json)
}

pub(super) async fn follows(State(server): State<Server>, viewer: Viewer) -> Result<Json, Failure> {
    let read = move |node: &Node| {
        let items = node.people(viewer.caller()).follows()?;
        item::write(&serde_json::json!({ "items": items }))
    };
    server.blocking(read).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowBody {
    source: MemberId,
    /// The own member where it is not given.
    member: Option<MemberId>,
}

pub(super) async fn follow(
    State(server): State<Server>,
    viewer: Viewer,
    Path(author): Path<String>,
    Body(sent): Body<FollowBody>,
) -> Result<StatusCode, Failure> {
    let work = move |node: &Node| {
        let author: Id = id(&author)?;
        node.people(viewer.caller()).follow(&author, sent.source, sent.member)
    };
    server.writing(work).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnfollowQuery {
    member: Option<MemberId>,
}

pub(super) async fn unfollow(
    State(server): State<Server>,
    viewer: Viewer,
    Path(author): Path<String>,
    Query(query): Query<UnfollowQuery>,
) -> Result<StatusCode, Failure> {
    let work = move |node: &Node| {
        let author: Id = id(&author)?;
        node.people(viewer.caller()).unfollow(&author, query.member)
    };
    server.writing(work).await?;
    Ok(StatusCode::NO_CONTENT)
}

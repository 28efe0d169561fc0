//! Peers, and whose copy is followed.

use super::{DONE, READ, json, sends};
use crate::registry::{Answer, Kind, Method, OutputPath, Param, Reads};

const NAME: Param = Param::path("name", Kind::Text, "The peer's name");
const AUTHOR: Param = Param::path("author", Kind::StixId, "The identity in `created_by_ref`");

const LIST: OutputPath = OutputPath { reads: Reads::Directory, ..READ };

/// The peers of the node.
pub static PEERS: OutputPath = OutputPath {
    name: "native.peers",
    path: "/api/v1/peers",
    summary: "The peers and how the exchange with each stands; for who runs the node",
    answers: &[json("PeerList", "The peers")],
    ..LIST
};

/// Adds a peer.
pub static ADD_PEER: OutputPath = OutputPath {
    name: "native.add-peer",
    method: Method::Post,
    path: "/api/v1/peers",
    summary: "Adds a TAXII 2.1 server to exchange with",
    body: Some(sends("NewPeer")),
    answers: &[json("Peer", "The peer")],
    ..LIST
};

/// Invites a node to enrol.
pub static INVITE_PEER: OutputPath = OutputPath {
    name: "native.invite-peer",
    method: Method::Post,
    path: "/api/v1/peer-invitations",
    summary: "Invites a node to enrol: answers a code to be read over the phone",
    body: Some(sends("PeerTerms")),
    answers: &[json("PeerInvitation", "The code, and until when it works")],
    ..LIST
};

/// Joins a node that has invited this one.
pub static JOIN_PEER: OutputPath = OutputPath {
    name: "native.join-peer",
    method: Method::Post,
    path: "/api/v1/peer-enrolments",
    summary: "Joins a node that has invited this one, with the code that its people read out",
    body: Some(sends("PeerJoin")),
    answers: &[json("Peer", "The peer")],
    ..LIST
};

/// Changes the transport key.
pub static RENEW_TRANSPORT: OutputPath = OutputPath {
    name: "native.renew-transport",
    method: Method::Post,
    path: "/api/v1/transport-key",
    summary: "Changes this node's transport key: announced to enrolled peers, used when all have heard of it",
    body: Some(sends("RenewedTransport")),
    answers: &[json("Any", "The new key, and who has not heard of it")],
    ..LIST
};

/// Changes a peer.
pub static SET_PEER: OutputPath = OutputPath {
    name: "native.set-peer",
    method: Method::Patch,
    path: "/api/v1/peers/{name}",
    summary: "Changes a peer: what is not sent stays as it is, `null` removes",
    params: &[NAME],
    body: Some(sends("PeerChange")),
    answers: &[json("Peer", "The peer")],
    ..LIST
};

/// Removes a peer.
pub static REMOVE_PEER: OutputPath = OutputPath {
    name: "native.remove-peer",
    method: Method::Delete,
    path: "/api/v1/peers/{name}",
    summary: "Removes a peer and the accounts of its members; what it gave stays",
    params: &[NAME],
    answers: DONE,
    ..LIST
};

/// Begins an exchange.
pub static SYNC_PEER: OutputPath = OutputPath {
    name: "native.sync-peer",
    method: Method::Post,
    path: "/api/v1/peers/{name}/sync",
    summary: "Begins an exchange now; its status tells how it went",
    params: &[NAME],
    answers: &[Answer { status: 202, media: "", schema: "", summary: "It has begun" }],
    ..LIST
};

/// What a peer has, and what is wanted of it.
pub static OFFER: OutputPath = OutputPath {
    name: "native.offer",
    method: Method::Post,
    path: "/federation/offer",
    reads: Reads::Content,
    summary: "Which versions of those offered the viewer should send: all that it may not read here already",
    body: Some(sends("Offer")),
    answers: &[json("Wanted", "Places in the offer, from 0")],
    ..READ
};

/// Whose copy is followed.
pub static FOLLOWS: OutputPath = OutputPath {
    name: "native.follows",
    path: "/api/v1/follows",
    summary: "Whose copy the own member follows, by author",
    answers: &[json("FollowList", "The choices")],
    ..LIST
};

/// Chooses whose copy to follow.
pub static FOLLOW: OutputPath = OutputPath {
    name: "native.follow",
    method: Method::Put,
    path: "/api/v1/follows/{author}",
    summary: "Follows one source's copy of what an author made who is no party here",
    params: &[AUTHOR],
    body: Some(sends("NewFollow")),
    answers: DONE,
    ..LIST
};

/// Follows nobody any more.
pub static UNFOLLOW: OutputPath = OutputPath {
    name: "native.unfollow",
    method: Method::Delete,
    path: "/api/v1/follows/{author}",
    summary: "Follows nobody any more for this author",
    params: &[
        AUTHOR,
        Param::query("member", Kind::Uuid, "The member that chooses; the own one where it is not given"),
    ],
    answers: DONE,
    ..LIST
};

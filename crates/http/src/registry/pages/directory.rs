//! Members, collections, policies, agreements, peers.

use super::{ACTION, PAGE, SHOWN};
use crate::registry::{Answer, Body, Kind, OutputPath, Param, Reads};

const PEER_NAME: Param = Param::path("name", Kind::Text, "The peer's name");

/// Roots and collections.
pub static COLLECTIONS: OutputPath = OutputPath {
    name: "pages.collections",
    path: "/collections",
    reads: Reads::Directory,
    summary: "API roots and collections",
    ..PAGE
};

/// Members and communities.
pub static MEMBERS: OutputPath = OutputPath {
    name: "pages.members",
    path: "/members",
    reads: Reads::Directory,
    summary: "Members and communities",
    ..PAGE
};

/// Security policies and their equivalences.
pub static POLICIES: OutputPath = OutputPath {
    name: "pages.policies",
    path: "/policies",
    reads: Reads::Directory,
    summary: "Security policies: levels, categories, equivalences with their dates",
    ..PAGE
};

/// Says what importing a policy would change.
pub static CHECK_POLICY: OutputPath = OutputPath {
    name: "pages.check-policy",
    path: "/policies",
    reads: Reads::Content,
    summary: "What importing a policy would change, and for whom",
    body: Some(Body { media: "multipart/form-data", schema: "", required: true }),
    answers: SHOWN,
    ..ACTION
};

/// Imports a policy that was checked.
pub static IMPORT_POLICY: OutputPath = OutputPath {
    name: "pages.import-policy",
    path: "/policies/import",
    reads: Reads::Directory,
    summary: "Imports a policy that was checked",
    ..ACTION
};

/// Agreements.
pub static AGREEMENTS: OutputPath = OutputPath {
    name: "pages.agreements",
    path: "/agreements",
    summary: "The agreements that the viewer may read",
    ..PAGE
};

/// The colours of levels.
pub static LEVELS: OutputPath = OutputPath {
    name: "pages.levels",
    path: "/styles/levels.css",
    reads: Reads::Directory,
    summary: "A style sheet with the colours of the levels of every policy",
    params: &[Param::query("v", Kind::Text, "Which versions of the policies it is of")],
    answers: &[Answer {
        status: 200,
        media: "text/css; charset=utf-8",
        schema: "",
        summary: "The style sheet",
    }],
    ..PAGE
};

/// Peers and how they stand.
pub static PEERS: OutputPath = OutputPath {
    name: "pages.peers",
    path: "/peers",
    reads: Reads::Directory,
    summary: "Peers and how synchronisation with them stands",
    ..PAGE
};

/// One peer, to change it.
pub static PEER: OutputPath = OutputPath {
    name: "pages.peer",
    path: "/peers/{name}",
    reads: Reads::Directory,
    summary: "One peer: how it stands, and its settings",
    params: &[
        PEER_NAME,
        Param::query("done", Kind::Text, "What was done: `added`, `enrolled`, `saved` or `begun`"),
    ],
    ..PAGE
};

/// Adds a peer.
pub static ADD_PEER: OutputPath = OutputPath {
    name: "pages.add-peer",
    path: "/peers",
    reads: Reads::Directory,
    summary: "Adds a peer",
    ..ACTION
};

/// Changes a peer.
pub static SET_PEER: OutputPath = OutputPath {
    name: "pages.set-peer",
    path: "/peers/{name}",
    summary: "Changes a peer",
    params: &[PEER_NAME],
    ..ACTION
};

/// Removes a peer.
pub static REMOVE_PEER: OutputPath = OutputPath {
    name: "pages.remove-peer",
    path: "/peers/{name}/remove",
    summary: "Removes a peer",
    params: &[PEER_NAME],
    ..ACTION
};

/// Invites a node to enrol.
pub static INVITE_PEER: OutputPath = OutputPath {
    name: "pages.invite-peer",
    path: "/enrolment/invite",
    reads: Reads::Directory,
    summary: "Invites a node to enrol: shows the code, once",
    ..ACTION
};

/// Joins a node that has invited this one.
pub static JOIN_PEER: OutputPath = OutputPath {
    name: "pages.join-peer",
    path: "/enrolment/join",
    reads: Reads::Directory,
    summary: "Joins a node that has invited this one",
    ..ACTION
};

/// Changes the transport key.
pub static RENEW_TRANSPORT: OutputPath = OutputPath {
    name: "pages.renew-transport",
    path: "/enrolment/renew",
    reads: Reads::Directory,
    summary: "Changes this node's transport key",
    ..ACTION
};

/// Begins an exchange with a peer.
pub static SYNC_PEER: OutputPath = OutputPath {
    name: "pages.sync-peer",
    path: "/peers/{name}/sync",
    summary: "Begins an exchange with a peer now",
    params: &[PEER_NAME],
    ..ACTION
};

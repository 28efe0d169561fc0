//! The audit, decisions of two people, personal data.

use super::{ACTION, CURSOR, PAGE, SHOWN};
use crate::registry::{Body, Kind, OutputPath, Param, Reads};

/// What happened on the node.
pub static AUDIT: OutputPath = OutputPath {
    name: "pages.audit",
    path: "/audit",
    reads: Reads::Audit,
    summary: "Lines of the audit, newest first, for auditors",
    params: &[
        Param::query("action", Kind::Text, "What the action begins with"),
        Param::query("actor", Kind::Text, "Who did it"),
        Param::query("object", Kind::Text, "About this object"),
        CURSOR,
    ],
    ..PAGE
};

/// The node's log.
pub static LOG: OutputPath = OutputPath {
    name: "pages.log",
    path: "/log-status",
    reads: Reads::Log,
    summary: "How the node's log stands, and who co-signs it",
    ..PAGE
};

/// Asks a witness from now on.
pub static ASK_WITNESS: OutputPath = OutputPath {
    name: "pages.ask-witness",
    path: "/log-status/witnesses",
    reads: Reads::Directory,
    summary: "Asks this witness to co-sign the log from now on",
    ..ACTION
};

/// Asks a witness no more.
pub static DROP_WITNESS: OutputPath = OutputPath {
    name: "pages.drop-witness",
    path: "/log-status/witnesses/{name}/remove",
    reads: Reads::Directory,
    summary: "Asks this witness no more",
    params: &[Param::path("name", Kind::Text, "The witness's name")],
    ..ACTION
};

/// What crosses a domain boundary.
pub static CHANNELS: OutputPath = OutputPath {
    name: "pages.channels",
    path: "/channels",
    reads: Reads::Directory,
    summary: "Channels across a domain boundary: packages, what is missing, what the guard found",
    ..PAGE
};

/// Takes a package in.
pub static TAKE_PACKAGE: OutputPath = OutputPath {
    name: "pages.take-package",
    path: "/channels/{name}/package",
    summary: "Takes a package through the guard; the page shows what became of it",
    params: &[Param::path("name", Kind::Text, "The channel's name")],
    body: Some(Body { media: "multipart/form-data", schema: "", required: true }),
    ..ACTION
};

/// Writes the next package.
pub static WRITE_PACKAGE: OutputPath = OutputPath {
    name: "pages.write-package",
    path: "/channels/{name}/packages",
    reads: Reads::Directory,
    summary: "Writes the next package of a channel, or a complete one; the page leads to it and says what stays here",
    params: &[Param::path("name", Kind::Text, "The channel's name")],
    answers: SHOWN,
    ..ACTION
};

/// Changes that take two people.
pub static PROPOSALS: OutputPath = OutputPath {
    name: "pages.proposals",
    path: "/proposals",
    reads: Reads::Directory,
    summary: "Changes of rights that one person proposed and another must confirm",
    ..PAGE
};

/// Proposes a change.
pub static PROPOSE: OutputPath = OutputPath {
    name: "pages.propose",
    path: "/proposals",
    reads: Reads::Directory,
    summary: "Proposes to raise a clearance or a ceiling",
    ..ACTION
};

/// Confirms or drops a proposal.
pub static SETTLE_PROPOSAL: OutputPath = OutputPath {
    name: "pages.settle-proposal",
    path: "/proposals/{proposal}",
    reads: Reads::Directory,
    summary: "Confirms or drops a proposal",
    params: &[Param::path("proposal", Kind::Uuid, "The proposal's id")],
    ..ACTION
};

/// Asks to erase.
pub static ASK_TO_ERASE: OutputPath = OutputPath {
    name: "pages.ask-to-erase",
    path: "/erasures",
    reads: Reads::Directory,
    summary: "Asks that what the own member gave of an object be erased",
    ..ACTION
};

/// Erases what another asked for, or drops the request.
pub static SETTLE_ERASURE: OutputPath = OutputPath {
    name: "pages.settle-erasure",
    path: "/erasures/{request}",
    reads: Reads::Directory,
    summary: "Erases what another person asked for, or drops the request",
    params: &[Param::path("request", Kind::Uuid, "The request's id")],
    ..ACTION
};

/// Personal data.
pub static PERSONAL: OutputPath = OutputPath {
    name: "pages.personal-data",
    path: "/personal-data",
    summary: "Where personal data is marked, and where it is likely",
    params: &[
        Param::query("object", Kind::Text, "An object to fill the form with"),
        Param::query("fields", Kind::Text, "Fields to fill the form with"),
        Param::query("category", Kind::Text, "A kind to fill the form with"),
        CURSOR,
    ],
    ..PAGE
};

/// Marks personal data.
pub static MARK_PERSONAL: OutputPath = OutputPath {
    name: "pages.mark-personal-data",
    path: "/personal-data",
    summary: "Marks an object of the own member, or some of its fields, as personal data",
    ..ACTION
};

/// Takes a mark away.
pub static UNMARK_PERSONAL: OutputPath = OutputPath {
    name: "pages.unmark-personal-data",
    path: "/personal-data/unmark",
    summary: "Takes what marks something as personal data away",
    ..ACTION
};

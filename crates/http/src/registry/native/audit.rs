//! The audit, and changes of rights that take two people.

use super::{CURSOR, DONE, LIMIT, READ, json, sends};
use crate::registry::{Answer, Kind, Method, OutputPath, Param, Reads};

const PROPOSAL: Param = Param::path("proposal", Kind::Uuid, "The proposal's id");
const AFTER: Param = Param::query("after", Kind::Timestamp, "Only lines after this instant");
const BEFORE: Param = Param::query("before", Kind::Timestamp, "Only lines before this instant");

const LOG: OutputPath = OutputPath { reads: Reads::Audit, ..READ };
const CHANGE: OutputPath = OutputPath { reads: Reads::Directory, ..READ };

/// Lines of the audit.
pub static AUDIT: OutputPath = OutputPath {
    name: "native.audit",
    path: "/api/v1/audit",
    summary: "Lines of the audit, newest first, for auditors; ids of objects only as readable",
    params: &[
        Param::query("action", Kind::Text, "What the action begins with, such as `rights.`"),
        Param::query("actor", Kind::Text, "A person's address, `operator` or `node`"),
        Param::query("object", Kind::StixId, "About this object, or naming it"),
        AFTER,
        BEFORE,
        LIMIT,
        CURSOR,
    ],
    answers: &[json("AuditList", "A page")],
    ..LOG
};

/// The audit as a file that can be checked without the node.
pub static EXPORT_AUDIT: OutputPath = OutputPath {
    name: "native.export-audit",
    path: "/api/v1/audit/export",
    summary: "The audit as JSON Lines, oldest first: a header, then lines of which each has the digest of the one before",
    params: &[AFTER, BEFORE],
    answers: &[Answer {
        status: 200,
        media: "application/jsonl",
        schema: "Text",
        summary: "The file, for `kizuna audit check`",
    }],
    ..LOG
};

/// From which label on reads are recorded.
pub static RECORD_READS: OutputPath = OutputPath {
    name: "native.record-reads",
    method: Method::Put,
    path: "/api/v1/audit/reads-above",
    summary: "Says from which label on reads of content are recorded in the audit",
    body: Some(sends("ReadsAbove")),
    answers: DONE,
    ..CHANGE
};

/// Changes that take two people.
pub static PROPOSALS: OutputPath = OutputPath {
    name: "native.proposals",
    path: "/api/v1/proposals",
    summary: "Changes of rights that one person proposed and another must confirm, newest first",
    answers: &[json("ProposalList", "The proposals")],
    ..CHANGE
};

/// Proposes a change.
pub static PROPOSE: OutputPath = OutputPath {
    name: "native.propose",
    method: Method::Post,
    path: "/api/v1/proposals",
    summary: "Proposes to raise a clearance or a ceiling, or to give roles",
    body: Some(sends("NewProposal")),
    answers: &[json("Proposal", "The proposal")],
    ..CHANGE
};

/// Confirms what another proposed.
pub static CONFIRM: OutputPath = OutputPath {
    name: "native.confirm-proposal",
    method: Method::Post,
    path: "/api/v1/proposals/{proposal}/confirm",
    summary: "Confirms what another person proposed, and so carries it out",
    params: &[PROPOSAL],
    answers: DONE,
    ..CHANGE
};

/// Drops a proposal.
pub static DROP: OutputPath = OutputPath {
    name: "native.drop-proposal",
    method: Method::Delete,
    path: "/api/v1/proposals/{proposal}",
    summary: "Drops a proposal",
    params: &[PROPOSAL],
    answers: DONE,
    ..CHANGE
};

/// Lowers a clearance or a ceiling.
pub static CLEAR: OutputPath = OutputPath {
    name: "native.clear",
    method: Method::Put,
    path: "/api/v1/clearances",
    summary: "Lowers a clearance or a ceiling; to raise one takes a proposal",
    body: Some(sends("NewClearance")),
    answers: DONE,
    ..CHANGE
};

const REQUEST: Param = Param::path("request", Kind::Uuid, "The request's id");

/// Requests to erase.
pub static ERASURES: OutputPath = OutputPath {
    name: "native.erasures",
    path: "/api/v1/erasures",
    summary: "Requests to erase what the viewer's member gave, that another person must confirm",
    answers: &[json("ErasureList", "The open requests")],
    ..CHANGE
};

/// Asks to erase.
pub static ASK_TO_ERASE: OutputPath = OutputPath {
    name: "native.ask-to-erase",
    method: Method::Post,
    path: "/api/v1/erasures",
    summary: "Asks that what the viewer's member gave of an object be erased, with a reason and a legal basis",
    body: Some(sends("NewErasure")),
    answers: &[json("Erasure", "The request")],
    ..CHANGE
};

/// Erases.
pub static CONFIRM_ERASURE: OutputPath = OutputPath {
    name: "native.confirm-erasure",
    method: Method::Post,
    path: "/api/v1/erasures/{request}/confirm",
    summary: "Confirms what another person asked for: the bytes are destroyed, and readers and peers are told",
    params: &[REQUEST],
    answers: &[json("Erased", "How many contributions were erased")],
    ..CHANGE
};

/// Drops a request to erase.
pub static DROP_ERASURE: OutputPath = OutputPath {
    name: "native.drop-erasure",
    method: Method::Delete,
    path: "/api/v1/erasures/{request}",
    summary: "Drops a request to erase",
    params: &[REQUEST],
    answers: DONE,
    ..CHANGE
};

//! The log: how it stands, proofs, partners.

use super::{DONE, OBJECT, READ, json, sends};
use crate::registry::{Answer, Kind, Method, OutputPath, Param, Reads};

const LOG: OutputPath = OutputPath { reads: Reads::Log, ..READ };
const PARTNERS: OutputPath = OutputPath { reads: Reads::Directory, ..READ };

/// How the log stands.
pub static LOG_STATUS: OutputPath = OutputPath {
    name: "native.log",
    path: "/api/v1/log",
    summary: "How the node's log stands: its key, size, root and who co-signed it",
    answers: &[json("LogStatus", "The log")],
    ..LOG
};

/// The proof of a version.
pub static LOG_PROOF: OutputPath = OutputPath {
    name: "native.log-proof",
    path: "/api/v1/objects/{id}/versions/{version}/proof",
    summary: "The proof that a version is in the log, for `kizuna verify proof` (C2SP tlog-proof)",
    params: &[OBJECT, Param::path("version", Kind::Text, "Its `modified`, or `latest`")],
    answers: &[
        Answer {
            status: 200,
            media: "text/plain; charset=utf-8",
            schema: "Text",
            summary: "The proof, for who reads the version as this viewer does",
        },
        Answer {
            status: 409,
            media: "application/problem+json",
            schema: "Problem",
            summary: "It is under no leaf: newer than the last one, or a draft",
        },
    ],
    ..READ
};

/// The partners on both sides.
pub static LOG_PARTNERS: OutputPath = OutputPath {
    name: "native.log-partners",
    path: "/api/v1/log/partners",
    summary: "Witnesses of this log, logs that this node co-signs, and logs that showed two histories; for who runs the node",
    answers: &[json("LogPartners", "The partners")],
    ..PARTNERS
};

/// Asks a witness from now on.
pub static ADD_WITNESS: OutputPath = OutputPath {
    name: "native.add-witness",
    method: Method::Post,
    path: "/api/v1/log/witnesses",
    summary: "Asks this witness to co-sign checkpoints from now on",
    body: Some(sends("NewWitness")),
    answers: &[json("Any", "The witness")],
    ..PARTNERS
};

/// Asks a witness no more.
pub static REMOVE_WITNESS: OutputPath = OutputPath {
    name: "native.remove-witness",
    method: Method::Delete,
    path: "/api/v1/log/witnesses/{name}",
    summary: "Asks this witness no more",
    params: &[Param::path("name", Kind::Text, "The witness's name")],
    answers: DONE,
    ..PARTNERS
};

/// Co-signs a log from now on.
pub static FOLLOW_LOG: OutputPath = OutputPath {
    name: "native.follow-log",
    method: Method::Post,
    path: "/api/v1/log/followed",
    summary: "Co-signs the checkpoints of another log from now on",
    body: Some(sends("NewFollowed")),
    answers: &[json("Any", "The log")],
    ..PARTNERS
};

/// Co-signs a log no more.
pub static UNFOLLOW_LOG: OutputPath = OutputPath {
    name: "native.unfollow-log",
    method: Method::Delete,
    path: "/api/v1/log/followed/{origin}",
    summary: "Co-signs a log no more, and forgets what was seen of it",
    params: &[Param::path("origin", Kind::Text, "The log's origin")],
    answers: DONE,
    ..PARTNERS
};

/// Begins the log's identity anew.
pub static RENEW_LOG: OutputPath = OutputPath {
    name: "native.renew-log",
    method: Method::Post,
    path: "/api/v1/log/renew",
    summary: "Begins the log's identity anew: another origin and key over the same leaves",
    body: Some(sends("RenewedLog")),
    answers: &[json("Any", "The new key")],
    ..PARTNERS
};

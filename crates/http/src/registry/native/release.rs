//! Releases: proposed, decided, looked at.

use super::{DONE, JSON, LIMIT, READ, json, sends};
use crate::registry::{Body, Kind, Method, OutputPath, Param, Reads};

const RELEASE: Param = Param::path("id", Kind::StixId, "The release's id");

const DECISION: OutputPath = OutputPath { reads: Reads::Decisions, ..READ };
const STEP: OutputPath = OutputPath {
    method: Method::Post,
    params: &[RELEASE],
    answers: &[json("Release", "The release as it stands now")],
    ..DECISION
};

/// Releases that the viewer reads.
pub static RELEASES: OutputPath = OutputPath {
    name: "native.releases",
    path: "/api/v1/releases",
    summary: "Releases that the viewer reads, the newest step first",
    params: &[
        Param::query("state", Kind::Text, "Only those in this state"),
        Param::query("open", Kind::Boolean, "Only what still waits for a decision"),
        Param::query("own", Kind::Boolean, "Only those of the viewer's own member"),
        LIMIT,
    ],
    answers: &[json("ReleaseList", "The releases")],
    ..DECISION
};

/// Proposes a release.
pub static PROPOSE_RELEASE: OutputPath = OutputPath {
    name: "native.propose-release",
    path: "/api/v1/releases",
    summary: "Proposes a release, or with `draft` only puts it together",
    params: &[Param::query(
        "dry_run",
        Kind::Boolean,
        "Says what would leave, to whom, and what stands in its way",
    )],
    body: Some(sends("ReleaseProposal")),
    answers: &[json("Release", "The release; with `dry_run` a preview with its findings")],
    ..STEP
};

/// One release.
pub static RELEASE_OF: OutputPath = OutputPath {
    name: "native.release",
    path: "/api/v1/releases/{id}",
    summary: "A release with all its steps",
    params: &[RELEASE],
    answers: &[json("Release", "The release")],
    ..DECISION
};

/// Changes what is decided.
pub static AMEND: OutputPath = OutputPath {
    name: "native.amend-release",
    method: Method::Put,
    path: "/api/v1/releases/{id}",
    summary: "Changes what would be released; every approval is gone with that",
    body: Some(sends("ReleaseProposal")),
    ..STEP
};

/// Asks for approval of a draft.
pub static PROPOSE_DRAFT: OutputPath = OutputPath {
    name: "native.propose-draft",
    path: "/api/v1/releases/{id}/propose",
    summary: "Asks for approval of a draft",
    ..STEP
};

/// Approves.
pub static APPROVE: OutputPath = OutputPath {
    name: "native.approve-release",
    path: "/api/v1/releases/{id}/approve",
    summary: "Approves what it says now, with the approver's own key; carries it out where that is enough",
    ..STEP
};

/// Takes an approval back.
pub static TAKE_BACK: OutputPath = OutputPath {
    name: "native.take-back-approval",
    path: "/api/v1/releases/{id}/take-back",
    summary: "Takes the own approval back",
    ..STEP
};

/// Rejects.
pub static REJECT: OutputPath = OutputPath {
    name: "native.reject-release",
    path: "/api/v1/releases/{id}/reject",
    summary: "Refuses it, with a reason of a kind",
    body: Some(sends("Refusal")),
    ..STEP
};

/// Withdraws.
pub static WITHDRAW_RELEASE: OutputPath = OutputPath {
    name: "native.withdraw-release",
    path: "/api/v1/releases/{id}/withdraw",
    summary: "Takes a proposal back, or what was released; who could read it gets a recall",
    body: Some(Body { media: JSON, schema: "Refusal", required: false }),
    ..STEP
};

/// Where sharing gets stuck.
pub static RELEASE_REPORT: OutputPath = OutputPath {
    name: "native.release-report",
    path: "/api/v1/releases/report",
    summary: "How long the own member's releases took, and why some were refused",
    answers: &[json("ReleaseReport", "The report")],
    ..DECISION
};

/// The rules.
pub static RELEASE_RULES: OutputPath = OutputPath {
    name: "native.release-rules",
    path: "/api/v1/releases/rules",
    reads: Reads::Directory,
    summary: "What releases take on this node",
    answers: &[json("ReleaseRuleList", "The rules in force")],
    ..DECISION
};

/// Sets a rule.
pub static SET_RELEASE_RULE: OutputPath = OutputPath {
    name: "native.set-release-rule",
    method: Method::Put,
    path: "/api/v1/releases/rules",
    reads: Reads::Directory,
    summary: "Sets a rule, or goes back to its default",
    body: Some(sends("NewReleaseRule")),
    answers: DONE,
    ..DECISION
};

//! Releases and tear-lines.

use super::{ACTION, PAGE, SHOWN};
use crate::registry::{Kind, OutputPath, Param, Reads};

const RELEASE_ID: Param = Param::path("id", Kind::StixId, "The release's id");

/// What waits for a decision, and what was decided.
pub static RELEASES: OutputPath = OutputPath {
    name: "pages.releases",
    path: "/releases",
    reads: Reads::Decisions,
    summary: "What waits for a decision, and what was decided",
    ..PAGE
};

/// The form to propose a release with.
pub static NEW_RELEASE: OutputPath = OutputPath {
    name: "pages.new-release",
    path: "/releases/new",
    summary: "Choose what is to be released, and to whom",
    params: &[
        Param::query("object", Kind::Text, "An object to begin with; may be repeated"),
        Param::query("tearline", Kind::StixId, "The record of a tear-line whose objects to begin with"),
        Param::query("label", Kind::Text, "The label to begin with, in words"),
    ],
    ..PAGE
};

/// Shows what a release would let out and whom it would reach; then proposes it.
pub static PROPOSE_RELEASE: OutputPath = OutputPath {
    name: "pages.propose-release",
    path: "/releases",
    reads: Reads::Decisions,
    summary: "What a release would let out and whom it would reach; with `do=propose` proposes it",
    answers: SHOWN,
    ..ACTION
};

/// Where sharing gets stuck.
pub static RELEASE_REPORT: OutputPath = OutputPath {
    name: "pages.release-report",
    path: "/releases/report",
    reads: Reads::Decisions,
    summary: "How long releases took, and why some were refused",
    ..PAGE
};

/// One release.
pub static RELEASE: OutputPath = OutputPath {
    name: "pages.release",
    path: "/releases/{id}",
    reads: Reads::Decisions,
    summary: "A release: what, from which label to which, whom it reaches, its history",
    params: &[RELEASE_ID],
    ..PAGE
};

/// The form to change a proposal with.
pub static AMEND_RELEASE: OutputPath = OutputPath {
    name: "pages.amend-release",
    path: "/releases/{id}/amend",
    reads: Reads::Decisions,
    summary: "Change what is decided, while nobody has decided",
    params: &[RELEASE_ID],
    ..PAGE
};

/// Shows what the changed proposal would let out; then changes it.
pub static AMENDED_RELEASE: OutputPath = OutputPath {
    name: "pages.amended-release",
    path: "/releases/{id}/amend",
    reads: Reads::Decisions,
    summary: "What the changed proposal would let out; with `do=propose` changes it",
    params: &[RELEASE_ID],
    answers: SHOWN,
    ..ACTION
};

/// The form to make a tear-line with.
pub static NEW_TEARLINE: OutputPath = OutputPath {
    name: "pages.new-tearline",
    path: "/tearlines/new",
    summary: "Choose how a tear-line is made",
    params: &[
        Param::query("object", Kind::Text, "An object to begin with; may be repeated"),
        Param::query("release", Kind::StixId, "A release whose objects to begin with"),
    ],
    ..PAGE
};

/// Shows what a tear-line would be; then makes it.
pub static MAKE_TEARLINE: OutputPath = OutputPath {
    name: "pages.make-tearline",
    path: "/tearlines",
    reads: Reads::Content,
    summary: "What a tear-line would be, high against low; with `do=make` makes it",
    answers: SHOWN,
    ..ACTION
};

/// One tear-line.
pub static TEARLINE: OutputPath = OutputPath {
    name: "pages.tearline",
    path: "/tearlines/{id}",
    summary: "A tear-line, high against low, for those of its member who read both",
    params: &[
        Param::path("id", Kind::StixId, "The record's id"),
        Param::query("label", Kind::Text, "The label that was meant, to propose its release under"),
    ],
    ..PAGE
};

/// Decides about a release.
pub static DECIDE_RELEASE: OutputPath = OutputPath {
    name: "pages.decide-release",
    path: "/releases/{id}/{step}",
    reads: Reads::Decisions,
    summary: "Proposes a draft, approves, takes an approval back, rejects, withdraws",
    params: &[
        RELEASE_ID,
        Param::path("step", Kind::Text, "`propose`, `approve`, `take-back`, `reject` or `withdraw`"),
    ],
    ..ACTION
};

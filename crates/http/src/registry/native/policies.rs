//! Security policies, labels in every form, and agreements.

use super::{COLLECTION, JSON, LABEL, READ, json};
use crate::registry::{Answer, Body, Kind, Method, OutputPath, Param, Reads};

const XML: &str = "application/xml";
const POLICY: Param = Param::path("policy", Kind::Text, "The policy's id, such as `EXERCISE`");
const LIST: OutputPath = OutputPath { reads: Reads::Directory, ..READ };

/// The policies that this node knows.
pub static POLICIES: OutputPath = OutputPath {
    name: "native.policies",
    path: "/api/v1/policies",
    summary: "The security policies that this node knows: levels, categories, equivalences with their dates",
    answers: &[json("PolicyList", "The policies")],
    ..LIST
};

/// One policy.
pub static POLICY_OF: OutputPath = OutputPath {
    name: "native.policy",
    path: "/api/v1/policies/{policy}",
    summary: "One policy",
    params: &[POLICY],
    answers: &[json("Policy", "The policy")],
    ..LIST
};

/// A policy's file.
pub static POLICY_FILE: OutputPath = OutputPath {
    name: "native.policy-file",
    path: "/api/v1/policies/{policy}/spif",
    summary: "The policy's file (SPIF), as it was imported",
    params: &[POLICY],
    answers: &[Answer { status: 200, media: XML, schema: "Text", summary: "The file" }],
    ..LIST
};

/// How two policies differ.
pub static POLICY_DIFFERENCE: OutputPath = OutputPath {
    name: "native.policy-difference",
    path: "/api/v1/policies/{policy}/difference",
    summary: "How another policy differs from this one",
    params: &[POLICY, Param::query("with", Kind::Text, "The other policy's id").required()],
    answers: &[json("PolicyChanges", "Every difference")],
    ..LIST
};

/// Imports a policy.
pub static IMPORT_POLICY: OutputPath = OutputPath {
    name: "native.import-policy",
    method: Method::Post,
    path: "/api/v1/policies",
    summary: "Imports a policy, or a newer version of one, from its file (SPIF); who runs the node may",
    params: &[Param::query("dry_run", Kind::Boolean, "Says what would change, and changes nothing")],
    body: Some(Body { media: XML, schema: "Text", required: true }),
    answers: &[json("PolicyImport", "What changes")],
    ..LIST
};

/// A label in a form.
pub static LABEL_FORM: OutputPath = OutputPath {
    name: "native.label-form",
    path: "/api/v1/label",
    summary: "A label in another form, with what those who know only the form do not get",
    params: &[
        LABEL.required(),
        Param::query("form", Kind::Text, "`4774`, `json` (STANAG 5636), `stix`, `acs` or `words`").required(),
    ],
    answers: &[json("WrittenLabel", "The form and its losses")],
    ..LIST
};

/// Whom a label reaches.
pub static REACH: OutputPath = OutputPath {
    name: "native.reach",
    path: "/api/v1/reach",
    summary: "Whom content of the viewer's member would reach under a label: members, peers, feeds; for before it is given",
    params: &[LABEL, COLLECTION],
    answers: &[json("Reach", "The members, peers and feeds that the viewer may know of")],
    ..LIST
};

/// Reads a label.
pub static READ_LABEL: OutputPath = OutputPath {
    name: "native.read-label",
    method: Method::Post,
    path: "/api/v1/label",
    summary: "Reads a label in any form: STANAG 4774, 4778 or 5636, STIX markings, IEP 2.0, ACS 3.0, words",
    body: Some(Body { media: "*/*", schema: "Text", required: true }),
    answers: &[json("ReadLabel", "What it says, and what of it is not carried")],
    ..LIST
};

/// Agreements that the viewer may read.
pub static AGREEMENTS: OutputPath = OutputPath {
    name: "native.agreements",
    path: "/api/v1/agreements",
    summary: "The agreements that the viewer may read, by title",
    answers: &[json("AgreementList", "The agreements")],
    ..READ
};

/// Adds an agreement.
pub static ADD_AGREEMENT: OutputPath = OutputPath {
    name: "native.add-agreement",
    method: Method::Post,
    path: "/api/v1/agreements",
    reads: Reads::Own,
    summary: "Adds an agreement, or a newer version of one of the own member's",
    params: &[LABEL],
    body: Some(Body { media: JSON, schema: "NewAgreement", required: true }),
    answers: &[json("AddedAgreement", "Its id")],
    ..READ
};

//! What nodes say to one another beside TAXII and the log.

use super::{Access, Answer, Body, Face, Kind, Method, OutputPath, Param, Reads};

const JSON: &str = "application/json";

const BASE: OutputPath = OutputPath {
    name: "",
    method: Method::Post,
    path: "",
    face: Face::Native,
    access: Access::Viewer,
    reads: Reads::Nothing,
    summary: "",
    params: &[],
    body: None,
    answers: &[],
};

const fn json(schema: &'static str, summary: &'static str) -> Answer {
    Answer { status: 200, media: JSON, schema, summary }
}

const fn sends(schema: &'static str) -> Body {
    Body { media: JSON, schema, required: true }
}

/// What this node can.
pub static HELLO: OutputPath = OutputPath {
    name: "federation.hello",
    method: Method::Get,
    path: "/federation/hello",
    reads: Reads::Directory,
    summary: "What this node can: extensions, policies and handling, as far as the viewer may know of them",
    answers: &[json("Hello", "What this node says of itself")],
    ..BASE
};

/// What a peer can, for what this node can.
pub static TELL: OutputPath = OutputPath {
    name: "federation.tell",
    path: "/federation/hello",
    reads: Reads::Directory,
    summary: "An enrolled peer says what it can, at the beginning of an exchange, and is answered the same",
    body: Some(sends("Hello")),
    answers: &[json("Hello", "What this node says of itself")],
    ..BASE
};

/// Begins an enrolment.
pub static ENROL: OutputPath = OutputPath {
    name: "federation.enrol",
    path: "/federation/enrolment",
    access: Access::Anyone,
    summary: "Begins an enrolment by code; over mutual TLS alone",
    body: Some(sends("EnrolmentBegin")),
    answers: &[json("EnrolmentReply", "This node's half of the exchange")],
    ..BASE
};

/// Ends an enrolment.
pub static ENROL_PROOF: OutputPath = OutputPath {
    name: "federation.enrol-proof",
    path: "/federation/enrolment/proof",
    access: Access::Anyone,
    summary: "Proves that the code is known; over mutual TLS alone",
    body: Some(sends("EnrolmentProof")),
    answers: &[json("EnrolmentAnswer", "What this node says of itself, and its proof")],
    ..BASE
};

/// A peer's new transport key.
pub static TRANSPORT: OutputPath = OutputPath {
    name: "federation.transport",
    path: "/federation/transport",
    summary: "Announces a new transport key, under the signing keys of the members that live at the peer",
    params: &[Param::header(
        "kizuna-member",
        Kind::Uuid,
        "Of a peer with several members: which of them asks; the principal one where it is not sent",
    )],
    body: Some(sends("TransportBindings")),
    answers: &[json("Any", "It was taken note of")],
    ..BASE
};

/// All of them.
pub static ALL: &[&OutputPath] = &[&HELLO, &TELL, &ENROL, &ENROL_PROOF, &TRANSPORT];

/// What is served to peers over mutual TLS: nothing that a peer does not need.
pub fn for_peers() -> impl Iterator<Item = &'static OutputPath> {
    let native = [&super::native::CHANGES, &super::native::LOG_PROOF, &super::native::OFFER];
    ALL.iter().chain(super::log::ALL).chain(super::taxii::ALL).copied().chain(native)
}

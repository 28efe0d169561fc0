//! The node's log, in the formats of C2SP: the same octets for everybody who may ask.

use super::{Access, Answer, Body, Face, Kind, Method, OutputPath, Param, Reads};

/// Of checkpoints, keys, proofs.
pub const TEXT: &str = "text/plain; charset=utf-8";
/// Of tiles and leaves.
pub const OCTETS: &str = "application/octet-stream";

const LOG: OutputPath = OutputPath {
    name: "",
    method: Method::Get,
    path: "",
    face: Face::Native,
    access: Access::Viewer,
    reads: Reads::Log,
    summary: "",
    params: &[],
    body: None,
    answers: &[],
};

const fn text(summary: &'static str) -> Answer {
    Answer { status: 200, media: TEXT, schema: "Text", summary }
}

/// The newest checkpoint.
pub static CHECKPOINT: OutputPath = OutputPath {
    name: "log.checkpoint",
    path: "/log/checkpoint",
    summary: "The newest checkpoint, with the co-signatures of witnesses (C2SP tlog-checkpoint)",
    answers: &[text("A signed note")],
    ..LOG
};

/// What checks checkpoints.
pub static KEY: OutputPath = OutputPath {
    name: "log.key",
    path: "/log/key",
    summary: "The key that checks checkpoints, as NAME+ID+KEY (C2SP signed-note)",
    answers: &[text("A key")],
    ..LOG
};

/// Hashes, or leaves.
pub static TILE: OutputPath = OutputPath {
    name: "log.tile",
    path: "/log/tile/{*place}",
    summary: "A tile of hashes (`LEVEL/INDEX`) or of leaves (`entries/INDEX`), partial ones with `.p/WIDTH` (C2SP tlog-tiles)",
    params: &[Param::path(
        "*place",
        Kind::Text,
        "Level and index, such as `0/x001/067` or `entries/000.p/7`",
    )],
    answers: &[Answer { status: 200, media: OCTETS, schema: "Text", summary: "Octets" }],
    ..LOG
};

/// That one size begins another.
pub static CONSISTENCY: OutputPath = OutputPath {
    name: "log.consistency",
    path: "/log/consistency/{old}/{size}",
    summary: "The proof that the log of `old` leaves begins the one of `size`: hashes in base64, one a line",
    params: &[
        Param::path("old", Kind::Text, "The smaller size"),
        Param::path("size", Kind::Text, "The larger size"),
    ],
    answers: &[text("Hashes")],
    ..LOG
};

/// Asks this node to co-sign.
pub static ADD_CHECKPOINT: OutputPath = OutputPath {
    name: "log.add-checkpoint",
    method: Method::Post,
    path: "/log/add-checkpoint",
    summary: "Asks this node, as a witness, to co-sign a checkpoint of another log (C2SP tlog-witness)",
    body: Some(Body { media: "text/plain", schema: "Text", required: true }),
    answers: &[
        text("A co-signature"),
        Answer { status: 400, media: TEXT, schema: "Text", summary: "No request" },
        Answer { status: 403, media: TEXT, schema: "Text", summary: "Not signed by the key that is trusted" },
        Answer { status: 404, media: TEXT, schema: "Text", summary: "A log that is not co-signed here" },
        Answer { status: 409, media: "text/x.tlog.size", schema: "Text", summary: "The size that was seen" },
        Answer { status: 422, media: TEXT, schema: "Text", summary: "Its proof does not show it to go on" },
    ],
    ..LOG
};

/// All of them.
pub static ALL: &[&OutputPath] = &[&CHECKPOINT, &KEY, &TILE, &CONSISTENCY, &ADD_CHECKPOINT];

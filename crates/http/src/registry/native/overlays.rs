//! What members add for themselves to objects.

use super::{CURSOR, JSON, LABEL, LIMIT, OBJECT, READ, json};
use crate::registry::{Body, Kind, Method, OutputPath, Param, Reads};

/// The overlays over one object.
pub static OVERLAY: OutputPath = OutputPath {
    name: "native.overlay",
    path: "/api/v1/objects/{id}/overlay",
    summary: "What the own member says about an object, and what others shared of theirs",
    params: &[OBJECT],
    answers: &[json("Overlays", "The readable overlays")],
    ..READ
};

/// Says something about an object.
pub static SET_OVERLAY: OutputPath = OutputPath {
    name: "native.set-overlay",
    method: Method::Put,
    path: "/api/v1/objects/{id}/overlay",
    reads: Reads::Own,
    summary: "Says what the own member makes of an object, in place of what it said before; what is not sent is unsaid",
    params: &[OBJECT, LABEL],
    body: Some(Body { media: JSON, schema: "Judgement", required: true }),
    answers: &[json("Overlay", "The overlay as it now stands")],
    ..READ
};

/// Overlays by what they say.
pub static OVERLAYS: OutputPath = OutputPath {
    name: "native.overlays",
    path: "/api/v1/overlays",
    summary: "Readable overlays, newest first: what is tagged, in a state, assigned to somebody",
    params: &[
        Param::query("tag", Kind::Text, "With this tag, in whatever case"),
        Param::query("state", Kind::Text, "In this state"),
        Param::query("assignee", Kind::Uuid, "Assigned to this person"),
        Param::query("own", Kind::Boolean, "Only the own member's"),
        LIMIT,
        CURSOR,
    ],
    answers: &[json("OverlayList", "A page; it may hold fewer than asked for though there is more")],
    ..READ
};

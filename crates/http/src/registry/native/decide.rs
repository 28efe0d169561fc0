//! Before something leaves: tear-lines, and what a change would do.

use super::{CURSOR, JSON, LIMIT, OBJECT, READ, json, sends};
use crate::registry::{Body, Kind, Method, OutputPath, Param};

/// Makes a tear-line.
pub static TEARLINE: OutputPath = OutputPath {
    name: "native.tearline",
    method: Method::Post,
    path: "/api/v1/tearlines",
    summary: "Makes a low-side set of drafts from a selection, field by field, and says what it would still betray",
    params: &[Param::query("dry_run", Kind::Boolean, "Says what it would be, and stores nothing")],
    body: Some(Body { media: JSON, schema: "TearlineOrder", required: true }),
    answers: &[json("Tearline", "The set, each field before and after, and the findings")],
    ..READ
};

/// What a change would do.
pub static FORECAST: OutputPath = OutputPath {
    name: "native.forecast",
    method: Method::Post,
    path: "/api/v1/forecasts",
    summary: "Who would gain or lose which objects by a change of membership, clearance, roles, label or policy; changes nothing",
    params: &[Param::query("at", Kind::Timestamp, "Counts what is dated as it stands then; without, now")],
    body: Some(Body { media: JSON, schema: "Change", required: true }),
    answers: &[json("Forecast", "The viewers for whom something changes")],
    ..READ
};

/// An object as others see it.
pub static AS_SEEN: OutputPath = OutputPath {
    name: "native.as-seen",
    path: "/api/v1/objects/{id}/as-seen",
    summary: "The newest version as a person of the own member, or another member, sees it; for releasers",
    params: &[
        OBJECT,
        Param::query("person", Kind::Uuid, "A person of the own member"),
        Param::query("member", Kind::Uuid, "A member: whoever of it sees most"),
    ],
    answers: &[json("Seen", "What they see, and what is hidden from them")],
    ..READ
};

/// A list as others see it.
pub static LIST_AS_SEEN: OutputPath = OutputPath {
    name: "native.list-as-seen",
    path: "/api/v1/as-seen",
    summary: "Of the objects that the caller reads those that a person of the own member, or another member, reads too, as they get them; for releasers",
    params: &[
        Param::query("person", Kind::Uuid, "A person of the own member"),
        Param::query("member", Kind::Uuid, "A member: whoever of it sees most"),
        LIMIT,
        CURSOR,
    ],
    answers: &[json("ItemList", "A page; it may be empty though there is more")],
    ..READ
};

/// Where personal data is.
pub static PERSONAL_DATA: OutputPath = OutputPath {
    name: "native.personal-data",
    path: "/api/v1/personal-data",
    summary: "Places in readable objects that are marked as personal data, or likely to be",
    params: &[LIMIT, CURSOR],
    answers: &[json("PersonalPlaces", "A page; it may be empty though there is more")],
    ..READ
};

/// Takes a mark of personal data away.
pub static UNMARK_PERSONAL_DATA: OutputPath = OutputPath {
    name: "native.unmark-personal-data",
    method: Method::Delete,
    path: "/api/v1/objects/{id}/personal-data",
    summary: "Takes what marks an object of the own member, or some of its fields, as personal data away: a new version",
    params: &[OBJECT, Param::query("field", Kind::List, "Fields; the whole object without")],
    answers: &[json("Item", "The object as it now stands")],
    ..READ
};

/// Marks personal data.
pub static MARK_PERSONAL_DATA: OutputPath = OutputPath {
    name: "native.mark-personal-data",
    method: Method::Post,
    path: "/api/v1/objects/{id}/personal-data",
    summary: "Marks an object of the own member, or some of its fields, as personal data: a new version under its label",
    params: &[OBJECT],
    body: Some(sends("PersonalDataMark")),
    answers: &[json("Item", "The object as it now stands")],
    ..READ
};

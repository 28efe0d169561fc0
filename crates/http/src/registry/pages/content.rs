//! Content, and what would become of it.

use super::{ACTION, CURSOR, PAGE, SHOWN};
use crate::registry::{Kind, OutputPath, Param};

const OBJECT_ID: Param = Param::path("id", Kind::StixId, "The object's id");

/// What became readable last, and how much there is.
pub static HOME: OutputPath = OutputPath {
    name: "pages.home",
    path: "/",
    summary: "What changed",
    params: &[Param::query("loaded", Kind::Text, "How many objects of the sample were loaded")],
    ..PAGE
};

/// Loads the exercise sample.
pub static LOAD_SAMPLE: OutputPath =
    OutputPath { name: "pages.load-sample", path: "/sample", summary: "Loads the exercise sample", ..ACTION };

/// Search.
pub static SEARCH: OutputPath = OutputPath {
    name: "pages.search",
    path: "/search",
    summary: "Search by words, values and kinds",
    params: &[
        Param::query("q", Kind::Text, "Words, one value, or an id"),
        Param::query("kind", Kind::Text, "Only this type"),
        Param::query("as", Kind::Text, "`value` or `words`: how the page before understood it"),
        CURSOR,
    ],
    ..PAGE
};

/// One object.
pub static OBJECT: OutputPath = OutputPath {
    name: "pages.object",
    path: "/objects/{id}",
    summary: "An object with its relations, sightings, versions and claims",
    params: &[OBJECT_ID, Param::query("version", Kind::Timestamp, "An earlier version")],
    ..PAGE
};

/// Chooses whose copy is read of what this object's author made.
pub static FOLLOW: OutputPath = OutputPath {
    name: "pages.follow",
    path: "/objects/{id}/follow",
    summary: "Chooses whose copy is read of what this object's author made",
    params: &[OBJECT_ID],
    ..ACTION
};

/// Says what the own member makes of an object.
pub static JUDGE: OutputPath = OutputPath {
    name: "pages.judge",
    path: "/objects/{id}/overlay",
    summary: "Says what the own member makes of an object",
    params: &[OBJECT_ID],
    ..ACTION
};

/// Why the viewer may read an object.
pub static EXPLAIN: OutputPath = OutputPath {
    name: "pages.explain",
    path: "/objects/{id}/explain",
    summary: "Why the viewer may read it, rule by rule",
    params: &[OBJECT_ID],
    ..PAGE
};

/// An object as somebody else sees it.
pub static AS_SEEN: OutputPath = OutputPath {
    name: "pages.as-seen",
    path: "/objects/{id}/as-seen",
    summary: "An object as somebody else gets it, and why; for releasers",
    params: &[
        OBJECT_ID,
        Param::query("viewer", Kind::Text, "`member:` with an id or `person:` with an address"),
    ],
    ..PAGE
};

/// What somebody else sees.
pub static LIST_AS_SEEN: OutputPath = OutputPath {
    name: "pages.list-as-seen",
    path: "/as-seen",
    summary: "What somebody else gets of what the viewer reads; for releasers",
    params: &[
        Param::query("viewer", Kind::Text, "`member:` with an id or `person:` with an address"),
        CURSOR,
    ],
    ..PAGE
};

/// What a change would do.
pub static FORECAST: OutputPath = OutputPath {
    name: "pages.forecast",
    path: "/forecast",
    summary: "Who would gain or lose which objects by a change; changes nothing",
    params: &[
        Param::query("change", Kind::Text, "`join`, `leave`, `clear`, `roles` or `label`"),
        Param::query("community", Kind::Uuid, "Which community"),
        Param::query("member", Kind::Uuid, "Which member"),
        Param::query("holder", Kind::Text, "`member:` with an id or `person:` with an address"),
        Param::query("clearance", Kind::Text, "Such as `EXERCISE:SECRET`"),
        Param::query("person", Kind::Text, "Whose roles, by address; each of them as `role-…=on`"),
        Param::query("objects", Kind::Text, "Ids"),
        Param::query("label", Kind::Text, "In words"),
        Param::query("at", Kind::Timestamp, "Counts what is dated as it stands then"),
    ],
    ..PAGE
};

/// What a policy would do.
pub static FORECAST_POLICY: OutputPath = OutputPath {
    name: "pages.forecast-policy",
    path: "/forecast",
    summary: "Who would gain or lose which objects by a policy; changes nothing",
    answers: SHOWN,
    ..ACTION
};

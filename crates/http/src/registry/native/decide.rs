//! Before something leaves: tear-lines, and what a change would do.

use super::{JSON, READ, json};
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
    summary: "Who would gain or lose which objects by a change of membership, clearance, roles or label; changes nothing",
    body: Some(Body { media: JSON, schema: "Change", required: true }),
    answers: &[json("Forecast", "The viewers for whom something changes")],
    ..READ
};

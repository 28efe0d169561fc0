//! The node's own state, for whoever watches over it.

use super::{Access, Answer, Face, Method, OutputPath, Reads};

/// Whether the process runs.
pub static HEALTHZ: OutputPath = OutputPath {
    name: "node.healthz",
    method: Method::Get,
    path: "/healthz",
    face: Face::Native,
    access: Access::Anyone,
    reads: Reads::Nothing,
    summary: "Whether the process runs",
    params: &[],
    body: None,
    answers: &[Answer { status: 200, media: "text/plain", schema: "Text", summary: "It runs" }],
};

/// Whether the store answers.
pub static READYZ: OutputPath = OutputPath {
    name: "node.readyz",
    path: "/readyz",
    summary: "Whether the store answers",
    answers: &[
        Answer { status: 200, media: "text/plain", schema: "Text", summary: "It answers" },
        Answer { status: 503, media: "application/problem+json", schema: "Problem", summary: "It does not" },
    ],
    method: Method::Get,
    face: Face::Native,
    access: Access::Anyone,
    reads: Reads::Nothing,
    params: &[],
    body: None,
};

/// Counts and times, for Prometheus.
pub static METRICS: OutputPath = OutputPath {
    name: "node.metrics",
    path: "/metrics",
    summary: "Counts and times in the text form of Prometheus, for whoever holds the node's watch token",
    answers: &[Answer { status: 200, media: METRICS_MEDIA, schema: "Text", summary: "OpenMetrics 1.0" }],
    method: Method::Get,
    face: Face::Native,
    access: Access::Watcher,
    reads: Reads::Vitals,
    params: &[],
    body: None,
};

/// As `OpenMetrics` 1.0 names it.
pub const METRICS_MEDIA: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All of them.
pub static ALL: &[&OutputPath] = &[&HEALTHZ, &READYZ, &METRICS];

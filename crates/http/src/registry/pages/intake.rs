//! What is given: importing, and what could not be accepted.

use super::{ACTION, CURSOR, PAGE, SHOWN};
use crate::registry::{Body, Kind, OutputPath, Param, Reads};

/// What could not be accepted.
pub static QUARANTINE: OutputPath = OutputPath {
    name: "pages.quarantine",
    path: "/quarantine",
    reads: Reads::Quarantine,
    summary: "Input that was refused, newest first",
    params: &[CURSOR],
    ..PAGE
};

/// One refused input.
pub static QUARANTINED: OutputPath = OutputPath {
    name: "pages.quarantined",
    path: "/quarantine/{name}",
    reads: Reads::Quarantine,
    summary: "One refused input, with its faults and its bytes",
    params: &[Param::path("name", Kind::Cursor, "As the list gave it")],
    ..PAGE
};

/// The form to import with.
pub static IMPORT: OutputPath = OutputPath {
    name: "pages.import",
    path: "/import",
    reads: Reads::Directory,
    summary: "Choose a bundle and its label",
    ..PAGE
};

/// Says what an import would do and whom it would reach.
pub static CHECK_IMPORT: OutputPath = OutputPath {
    name: "pages.check-import",
    path: "/import",
    summary: "What an import would do and whom it would reach",
    body: Some(Body { media: "multipart/form-data", schema: "", required: true }),
    answers: SHOWN,
    ..ACTION
};

/// Imports what was checked.
pub static CONFIRM_IMPORT: OutputPath = OutputPath {
    name: "pages.confirm-import",
    path: "/import/confirm",
    summary: "Imports what was checked",
    answers: SHOWN,
    ..ACTION
};

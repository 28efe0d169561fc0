//! Channels: what crosses a domain boundary in packages.

use super::{READ, json};
use crate::registry::log::OCTETS;
use crate::registry::{Answer, Body, Kind, Method, OutputPath, Param, Reads};

const NAME: Param = Param::path("name", Kind::Text, "The channel's name");
const LIST: OutputPath = OutputPath { reads: Reads::Directory, ..READ };
const WRITE: OutputPath = OutputPath { method: Method::Post, ..LIST };
const SEALED: &[Answer] = &[Answer {
    status: 200,
    media: OCTETS,
    schema: "Text",
    summary: "The package, encrypted to its recipients",
}];

/// The channels of the node.
pub static CHANNELS: OutputPath = OutputPath {
    name: "native.channels",
    path: "/api/v1/channels",
    summary: "The channels in both directions: packages, what is missing, what the guard found; for who runs the node",
    answers: &[json("ChannelList", "The channels")],
    ..LIST
};

/// One channel.
pub static CHANNEL: OutputPath = OutputPath {
    name: "native.channel",
    path: "/api/v1/channels/{name}",
    summary: "The channels of one name, one for each direction, with the reports of their packages",
    params: &[NAME],
    answers: &[json("ChannelList", "The channels")],
    ..LIST
};

/// Takes a package in.
pub static IMPORT_PACKAGE: OutputPath = OutputPath {
    name: "native.import-package",
    path: "/api/v1/channels/{name}/package",
    summary: "Takes a package through the guard, and in where it passes: all of it or nothing; 422 with what was found where it is refused",
    params: &[NAME],
    body: Some(Body { media: OCTETS, schema: "Text", required: true }),
    answers: &[json("PackageReport", "What became of it")],
    ..WRITE
};

/// Writes the next package.
pub static EXPORT_PACKAGE: OutputPath = OutputPath {
    name: "native.export-package",
    path: "/api/v1/channels/{name}/packages",
    summary: "Writes the next package: what became readable to the other member since the one before, or everything",
    params: &[NAME, Param::query("all", Kind::Boolean, "A complete one, which may go over what is missing")],
    answers: SEALED,
    ..WRITE
};

/// A package again.
pub static PACKAGE: OutputPath = OutputPath {
    name: "native.package",
    path: "/api/v1/channels/{name}/packages/{sequence}",
    summary: "A package that was written before, octet for octet, as long as it is kept",
    params: &[NAME, Param::path("sequence", Kind::Text, "Its number")],
    answers: SEALED,
    ..LIST
};

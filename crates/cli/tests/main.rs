//! The binary as people and programs use it: real processes, real directories, real sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

#[path = "main/archive.rs"]
mod archive;
#[path = "main/check.rs"]
mod check;
#[path = "main/content.rs"]
mod content;
#[path = "main/formats.rs"]
mod formats;
#[path = "main/fronts.rs"]
mod fronts;
#[path = "main/hunting.rs"]
mod hunting;
#[path = "main/kit.rs"]
mod kit;
#[path = "main/limits.rs"]
mod limits;
#[path = "main/log.rs"]
mod log;
#[path = "main/moving.rs"]
mod moving;
#[path = "main/nodes.rs"]
mod nodes;
#[path = "main/patterns.rs"]
mod patterns;
#[path = "main/peers.rs"]
mod peers;
#[path = "main/people.rs"]
mod people;
#[path = "main/policies.rs"]
mod policies;
#[path = "main/release.rs"]
mod release;
#[path = "main/releases.rs"]
mod releases;
#[path = "main/serving.rs"]
mod serving;
#[path = "main/settings.rs"]
mod settings;
#[path = "main/sightings.rs"]
mod sightings;
#[path = "main/stopping.rs"]
mod stopping;
#[path = "main/wrong.rs"]
mod wrong;
#[path = "main/yara.rs"]
mod yara;

//! The binary as people and programs use it: real processes, real directories, real sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

#[path = "main/alerts.rs"]
mod alerts;
#[path = "main/archive.rs"]
mod archive;
#[path = "main/attacks.rs"]
mod attacks;
#[path = "main/channel.rs"]
mod channel;
#[path = "main/check.rs"]
mod check;
#[path = "main/content.rs"]
mod content;
#[path = "main/flow.rs"]
mod flow;
#[path = "main/formats.rs"]
mod formats;
#[path = "main/fronts.rs"]
mod fronts;
#[path = "main/garbage.rs"]
mod garbage;
#[path = "main/hub.rs"]
mod hub;
#[path = "main/hunting.rs"]
mod hunting;
#[path = "main/kit.rs"]
mod kit;
#[path = "main/limits.rs"]
mod limits;
#[path = "main/links.rs"]
mod links;
#[path = "main/log.rs"]
mod log;
#[path = "main/meeting.rs"]
mod meeting;
#[path = "main/moving.rs"]
mod moving;
#[path = "main/nodes.rs"]
mod nodes;
#[path = "main/packages.rs"]
mod packages;
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
#[path = "main/stranger.rs"]
mod stranger;
#[path = "main/wrong.rs"]
mod wrong;
#[path = "main/yara.rs"]
mod yara;

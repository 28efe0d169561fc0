//! Stories told over HTTP against a real server on a port of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod attacks;
mod fields;
mod gate;
mod interference;
mod native;
mod packages;
mod python;
mod releases;
mod replays;
mod requests;
mod roles;
mod server;
mod streams;
mod taxii;
mod world;

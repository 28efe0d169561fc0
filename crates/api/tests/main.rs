//! Stories told over HTTP against a real server on a port of its own.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod gate;
mod native;
mod python;
mod roles;
mod server;
mod streams;
mod taxii;
mod world;

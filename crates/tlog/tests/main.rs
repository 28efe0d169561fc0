//! What others can make of what this crate writes, and what this crate makes of whatever octets.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod compatible;
mod octets;

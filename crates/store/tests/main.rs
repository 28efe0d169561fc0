//! What the store promises, on every engine and on the oracle.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod contract;
mod engine;
mod interference;
#[cfg(feature = "seeded-leaks")]
mod leaks;

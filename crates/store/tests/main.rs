//! What the store promises, on every engine and on the oracle.
//!
//! With the feature `seeded-leaks` only the test of the leaks is here: a leak is switched on for the whole process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

#[cfg(not(feature = "seeded-leaks"))]
mod clocks;
#[cfg(not(feature = "seeded-leaks"))]
mod contract;
mod definitions;
#[cfg(not(feature = "seeded-leaks"))]
mod durability;
mod engine;
#[cfg(not(feature = "seeded-leaks"))]
mod fronts;
#[cfg(not(feature = "seeded-leaks"))]
mod interference;
#[cfg(feature = "seeded-leaks")]
mod leaks;
#[cfg(not(feature = "seeded-leaks"))]
mod log;
#[cfg(not(feature = "seeded-leaks"))]
mod long;
#[cfg(not(feature = "seeded-leaks"))]
mod moving;

//! What tests share: scripts of plain operations, the oracle that answers them naively, generators, builders.
//!
//! Owns [`script`] (what is done and asked, as plain data), [`oracle`] (what the answers must be, from the design
//! alone), [`generate`] (random scripts), [`stix`] (objects) and [`postgres`] (a database server of the tests' own). Imports neither `access` nor `store`: the adapters
//! that drive an engine with a script stand in that engine's tests.
// All of it is test code: what fails, fails the test.
#![allow(clippy::missing_panics_doc, clippy::expect_used, clippy::print_stdout)]

pub mod generate;
pub mod interference;
pub mod oracle;
pub mod postgres;
pub mod script;
pub mod stix;

//! Integration tests of the crate, one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod differential;
mod faults;
mod patterns;
mod shared;

/// One full object of every type, most with every property.
fn good() -> Vec<serde_json::Value> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/stix/good/every-type.json");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

//! The house rules that a compiler does not hold.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod house;

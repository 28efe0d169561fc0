//! The house rules that a compiler does not hold.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod house;
mod oracle;

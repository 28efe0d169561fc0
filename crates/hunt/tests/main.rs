#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod patterns;
mod sigma;
mod sweeps;

//! The binary `kizuna`: the command line over the use cases, and the server.
//!
//! Owns arguments, what a terminal shows, and the socket by which commands reach a running server. Refuses to decide
//! anything about content: that is [`kizuna_app`].
//!
//! Start at [`args::Args`] and [`run::run`].

mod args;
mod bench;
mod child;
mod command;
mod control;
mod demo;
mod descriptors;
mod desk;
mod fail;
mod hunt;
mod progress;
mod run;
mod settings;
mod sightings;
mod table;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = args::Args::parse();
    ExitCode::from(run::run(args))
}

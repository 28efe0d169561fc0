//! What can be typed behind `kizuna sightings`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use url::Url;

#[derive(Debug, Subcommand)]
pub enum SightingsCommand {
    /// Show sightings that a sweep prepared (`kizuna hunt --report FILE`), ask, and send them with KIZUNA_KEY; then send what
    /// waits.
    #[allow(clippy::doc_markdown, reason = "help for people, who see no markup")]
    Send {
        /// Files of sightings; without, only what waits is sent.
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        /// A node, or the collection of any TAXII 2.1 server.
        #[arg(long, value_name = "URL")]
        to: Option<Url>,
        #[command(flatten)]
        sending: Sending,
    },
    /// List what waits to be sent.
    Waiting {
        #[command(flatten)]
        sending: Sending,
    },
}

/// How sightings are sent.
#[derive(Debug, Clone, Args)]
pub struct Sending {
    /// The label, at a node of this kind, of what is sent; markings in it narrow further. Without: the own member's.
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,
    /// Send without asking.
    #[arg(long)]
    pub yes: bool,
    /// Where what is to be sent lies until the node has it.
    #[arg(
        long,
        env = "KIZUNA_OUTBOX",
        hide_env_values = true,
        default_value = "./kizuna-outbox",
        value_name = "DIR"
    )]
    pub outbox: PathBuf,
}

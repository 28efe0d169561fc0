//! Commands about channels: what crosses a domain boundary on a disk or through a diode.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum ChannelCommand {
    /// Add a channel on the sending side: what its packages hold is what the other member may read here.
    Add {
        /// What both sides call it: small letters, digits, -, _ and `.`.
        name: String,
        /// The member that it goes to.
        #[arg(long, value_name = "MEMBER")]
        to: String,
        /// What `kizuna channel expect` printed on the other side: age1…; may be repeated.
        #[arg(long, value_name = "RECIPIENT", required = true)]
        recipient: Vec<String>,
        /// The highest label that leaves, such as "tlp:amber class:EXERCISE/RESTRICTED".
        #[arg(long, value_name = "LABEL")]
        ceiling: String,
        /// What the other side's guard lets in, where it is not the default: TOML.
        #[arg(long, value_name = "FILE")]
        rules: Option<PathBuf>,
    },
    /// Expect packages on a channel: makes an identity that stays here, and prints its recipient.
    Expect {
        /// What both sides call it.
        name: String,
        /// The member that it comes from.
        #[arg(long, value_name = "MEMBER")]
        from: String,
        /// The highest label that is let in, such as "tlp:amber class:EXERCISE/RESTRICTED".
        #[arg(long, value_name = "LABEL")]
        ceiling: String,
        /// The sender's signing key (ed25519:…), compared with it: pins it.
        #[arg(long, value_name = "KEY")]
        signing_key: Option<String>,
        /// The key of the sender's log (`kizuna log key` there); without, that of the first package.
        #[arg(long, value_name = "KEY")]
        log: Option<String>,
        /// The key of a witness that must have co-signed the log; may be repeated.
        #[arg(long, value_name = "KEY")]
        witness: Vec<String>,
        /// What the guard lets in, where it is not the default: TOML.
        #[arg(long, value_name = "FILE")]
        rules: Option<PathBuf>,
    },
    /// List channels in both directions.
    List,
    /// Print a channel: its packages, what is missing, and the recipient to encrypt to.
    Show { name: String },
    /// Print what became of the packages that came, newest last, with what the guard found.
    Report {
        name: String,
        /// Only the last so many.
        #[arg(long, value_name = "N")]
        last: Option<usize>,
    },
    /// Give up a channel; what came by it stays.
    Remove {
        name: String,
        /// The one on which packages are expected, with its identity.
        #[arg(long)]
        expected: bool,
    },
}

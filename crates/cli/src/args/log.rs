//! Commands about the node's log, and checks that need no node.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// Print how the log stands.
    Status,
    /// Print the key that checks the log's checkpoints; partners give it to `kizuna log follow`.
    Key {
        /// The key that checks what this node co-signs for others, for `kizuna log witness add`.
        #[arg(long)]
        witness: bool,
    },
    /// Print the newest checkpoint.
    Checkpoint,
    /// Write the proof that a version is in the log, for `kizuna verify proof`.
    Proof(LogProof),
    /// Print the proof that the log of one size begins that of another, for `kizuna verify checkpoints`.
    Consistency {
        /// The smaller size.
        old: u64,
        /// The larger one; without, that of the newest checkpoint.
        size: Option<u64>,
    },
    /// Make the leaf of this second now, of what was written since the last one.
    Seal,
    /// The witnesses that are asked to co-sign this log.
    #[command(subcommand)]
    Witness(WitnessCommand),
    /// Co-sign the checkpoints of a partner's log from now on.
    Follow {
        /// The partner, in your words.
        name: String,
        /// The key of its log, compared with the partner: `ORIGIN+ID+KEY`.
        #[arg(long, value_name = "KEY")]
        key: String,
    },
    /// Co-sign a log no more.
    Unfollow {
        /// Its origin.
        origin: String,
    },
    /// List the logs that are co-signed here.
    Followed,
    /// Print logs that showed two histories, with the evidence.
    Splits,
    /// Begin the log's identity anew: another origin and key over the same leaves.
    ///
    /// Needed after going on from a backup that is older than what witnesses have seen.
    Renew {
        /// Its origin, such as `kizuna.example/log`; without, a random one.
        #[arg(long)]
        origin: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum WitnessCommand {
    /// Ask a witness from now on.
    Add {
        /// What to call it.
        name: String,
        /// Where it takes requests, such as `https://partner.example/log`.
        #[arg(long)]
        url: String,
        /// The key that checks its co-signatures: `NAME+ID+KEY`.
        #[arg(long, value_name = "KEY")]
        key: String,
        /// An API key there, where it asks for one.
        #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
        credential: Option<String>,
    },
    /// Ask a witness no more.
    Remove { name: String },
    /// List witnesses and when each last co-signed.
    List,
    /// Ask all of them now.
    Ask,
}

#[derive(Debug, Args)]
pub struct LogProof {
    /// The object's id.
    #[arg(value_name = "OBJECT-ID")]
    pub id: String,
    /// Which version, by its `modified`; without, the newest.
    #[arg(long, value_name = "TIMESTAMP")]
    pub modified: Option<Timestamp>,
    /// Who reads it: a proof is of the version as its reader gets it.
    #[arg(long = "as", value_name = "EMAIL")]
    pub as_email: String,
    /// A file; without, standard output.
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct VerifyPackage {
    /// The package; without --identity, as `age -d` opened it.
    pub file: PathBuf,
    /// A file with the age identity that opens it, as age-keygen writes it.
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
    /// The signing key of the member that made it: `ed25519:…`.
    #[arg(long, value_name = "KEY")]
    pub key: String,
    /// The key of its log: `ORIGIN+ID+KEY`; without, the one that its signed manifest names.
    #[arg(long, value_name = "KEY")]
    pub log: Option<String>,
    /// The key of a witness that must have co-signed; may be repeated.
    #[arg(long, value_name = "KEY")]
    pub witness: Vec<String>,
    /// The digest of the package before it.
    #[arg(long, value_name = "DIGEST")]
    pub previous: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum VerifyCommand {
    /// Check that a version is in a log.
    Proof {
        /// The proof, as `kizuna log proof` or the API gave it.
        proof: PathBuf,
        /// The version, as JSON.
        #[arg(long, value_name = "FILE")]
        object: PathBuf,
        /// The log's key: `ORIGIN+ID+KEY`.
        #[arg(long, value_name = "KEY")]
        key: String,
        /// The key of a witness that must have co-signed; may be repeated.
        #[arg(long, value_name = "KEY")]
        witness: Vec<String>,
    },
    /// Check that the later of two signed checkpoints goes on from the earlier.
    Checkpoints {
        /// The earlier one.
        old: PathBuf,
        /// The later one.
        new: PathBuf,
        /// The proof of consistency: hashes, one a line.
        #[arg(long, value_name = "FILE")]
        proof: PathBuf,
        /// The log's key: `ORIGIN+ID+KEY`.
        #[arg(long, value_name = "KEY")]
        key: String,
    },
    /// Check a transfer package: its signature, its digests, and the proof of every object.
    Package(VerifyPackage),
    /// Check the node's whole store against its log; opens the data directory.
    Store,
}

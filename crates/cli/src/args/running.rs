//! Commands that run a node, exchange with others, check and measure.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use url::Url;

#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen; without, where the settings say: 127.0.0.1:8480.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,

    /// Where enrolled peers are served over mutual TLS; without, where the settings say: nowhere.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub peers_listen: Option<SocketAddr>,

    /// Where peers reach that, as they are told when they enrol; without, as the settings say, else --peers-listen.
    #[arg(long, value_name = "HOST:PORT")]
    pub peers_address: Option<String>,

    #[command(flatten)]
    pub settings: SettingsFile,
}

/// Where settings are read from.
#[derive(Debug, Args)]
pub struct SettingsFile {
    /// A TOML file of settings; what it does not say has its default.
    #[arg(long, env = "KIZUNA_SETTINGS", hide_env_values = true, value_name = "FILE")]
    pub settings: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct WatchToken {
    /// Make a new one; the old one opens nothing any more.
    #[arg(long)]
    pub renew: bool,
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Where the page listens; the three nodes take the ports after it.
    #[arg(long, default_value = "127.0.0.1:8480", value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,

    /// Where the nodes keep their data; emptied when the next demonstration begins.
    #[arg(long, default_value = "./kizuna-demo", value_name = "DIR")]
    pub directory: PathBuf,
}

#[derive(Debug, Subcommand)]
pub enum PeerCommand {
    /// Add a TAXII 2.1 server to pull from and push to.
    Add(Box<PeerAdd>),
    /// Invite a node to enrol: prints a code to read to its people over the phone.
    Invite(Box<PeerInvite>),
    /// Join a node that has invited this one, with the code that its people read out.
    Join(Box<PeerJoin>),
    /// Change this node's transport key: announced to every enrolled peer, used when all have heard of it.
    Renew {
        /// Use it now; a peer that has not heard of it must be enrolled again.
        #[arg(long)]
        now: bool,
    },
    /// Change a peer; what is not said stays as it is.
    Set(Box<PeerSet>),
    /// Remove a peer and its members' accounts here; what it gave stays.
    Remove { name: String },
    /// List peers.
    List,
    /// Exchange now.
    Sync {
        /// One peer; without, all.
        name: Option<String>,
    },
    /// Print lag, last error and counts.
    Status {
        /// One peer; without, all.
        name: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct PeerAdd {
    /// Its discovery, API root or collection.
    pub url: Url,
    /// What to call it.
    #[arg(long)]
    pub name: String,
    /// The members that live there; the first is its principal one. May be repeated.
    #[arg(long, value_name = "MEMBER", required = true)]
    pub member: Vec<String>,
    /// The signing key of the first member there (ed25519:…), compared with it; without, the first that comes.
    #[arg(long, value_name = "KEY")]
    pub signing_key: Option<String>,
    /// The account to use there.
    #[arg(long, value_name = "EMAIL", requires = "key")]
    pub user: Option<String>,
    /// The API key or password to use there.
    // Keys are base64url, so one in 64 begins with a hyphen.
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub key: Option<String>,
    /// Only this collection there, by id; may be repeated.
    #[arg(long, value_name = "ID")]
    pub collection: Vec<String>,
    /// Fetch what it has for us. With neither this nor --push: both.
    #[arg(long)]
    pub pull: bool,
    /// Send what its members may read.
    #[arg(long)]
    pub push: bool,
    /// How often, such as 30s, 5m, 1h.
    #[arg(long, default_value = "30s", value_name = "TIME", value_parser = every)]
    pub every: Duration,
    /// What its members are cleared for here, such as EXERCISE:SECRET; may be repeated.
    #[arg(long, value_name = "POLICY:LEVEL")]
    pub clear: Vec<String>,
    /// What is asked of readers of what comes from it.
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,
}

/// How an enrolled peer is exchanged with.
#[derive(Debug, Args)]
pub struct PeerTerms {
    /// The member of ours that speaks to it; without, the node's own. May be repeated.
    #[arg(long = "as", value_name = "MEMBER")]
    pub ours: Vec<String>,
    /// How often, such as 30s, 5m, 1h.
    #[arg(long, default_value = "30s", value_name = "TIME", value_parser = every)]
    pub every: Duration,
    /// What its members are cleared for here, such as EXERCISE:SECRET; may be repeated.
    #[arg(long, value_name = "POLICY:LEVEL")]
    pub clear: Vec<String>,
    /// What is asked of readers of what comes from it.
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,
}

#[derive(Debug, Args)]
pub struct PeerInvite {
    /// What to call it here.
    pub name: String,
    /// The members that live there; the first is its principal one. May be repeated.
    #[arg(long, value_name = "MEMBER", required = true)]
    pub member: Vec<String>,
    #[command(flatten)]
    pub terms: PeerTerms,
}

#[derive(Debug, Args)]
pub struct PeerJoin {
    /// Where the other node listens for peers.
    #[arg(value_name = "HOST:PORT")]
    pub address: String,
    /// The code, as it was read out.
    pub code: kizuna_app::peers::Code,
    /// What to call it here.
    pub name: String,
    /// The members that live there; without, those that it speaks for, added where they are not known. May be repeated.
    #[arg(long, value_name = "MEMBER")]
    pub member: Vec<String>,
    #[command(flatten)]
    pub terms: PeerTerms,
}

#[derive(Debug, Args)]
pub struct PeerSet {
    /// Which peer.
    pub name: String,
    /// Its discovery, API root or collection. To another server goes no key that is not given with it.
    #[arg(long, value_name = "URL")]
    pub url: Option<Url>,
    /// The members that live there instead, the principal one first; may be repeated.
    #[arg(long, value_name = "MEMBER")]
    pub member: Vec<String>,
    /// The account to use there; empty for none.
    #[arg(long, value_name = "EMAIL")]
    pub user: Option<String>,
    /// The API key or password to use there; empty for none.
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub key: Option<String>,
    /// Only this collection there, by id; may be repeated. Empty for all.
    #[arg(long, value_name = "ID")]
    pub collection: Vec<String>,
    /// Whether to fetch what it has for us.
    #[arg(long, value_name = "true|false")]
    pub pull: Option<bool>,
    /// Whether to send what its members may read.
    #[arg(long, value_name = "true|false")]
    pub push: Option<bool>,
    /// How often, such as 30s, 5m, 1h.
    #[arg(long, value_name = "TIME", value_parser = every)]
    pub every: Option<Duration>,
    /// What its members are cleared for here, such as EXERCISE:SECRET; may be repeated.
    #[arg(long, value_name = "POLICY:LEVEL")]
    pub clear: Vec<String>,
    /// What is asked of readers of what comes from it; empty for nothing.
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,
}

fn every(text: &str) -> Result<Duration, String> {
    kizuna_app::peers::interval(text).ok_or_else(|| "a number and a unit, such as 30s, 5m or 1h".to_owned())
}

#[derive(Debug, Args)]
pub struct BackupFile {
    /// The backup.
    pub file: PathBuf,
}

#[derive(Debug, Args)]
pub struct TaxiiCheck {
    /// The server's discovery URL.
    pub url: Url,
    /// The account to use there.
    #[arg(long, value_name = "NAME", requires = "key")]
    pub user: Option<String>,
    /// The password or API key to use there.
    #[arg(long, allow_hyphen_values = true)]
    pub key: Option<String>,
    /// Also add objects, to a collection that can be written to.
    #[arg(long)]
    pub write: bool,
}

#[derive(Debug, Args)]
pub struct Bench {
    /// How many objects.
    #[arg(long, default_value_t = 50_000, value_name = "N", value_parser = clap::value_parser!(u32).range(10_000..))]
    pub objects: u32,

    /// Fail when a gated ratio is missed.
    #[arg(long)]
    pub gate: bool,
    /// Measure this instead.
    #[command(subcommand)]
    pub what: Option<Benched>,
}

/// What is measured apart.
#[derive(Debug, Subcommand)]
pub enum Benched {
    /// Operators that wait for an alert on the stream of changes.
    Streams {
        /// How many.
        #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=12_000))]
        subscribers: u32,

        /// Of how many members, with a key each.
        #[arg(long, default_value_t = 40, value_name = "K", value_parser = clap::value_parser!(u32).range(4..=600))]
        members: u32,
    },
    /// Nodes that are peers: through a hub, after a partition, in a mesh.
    Federation {
        /// How many versions behind.
        #[arg(long, default_value_t = 100_000, value_name = "N")]
        behind: u32,

        /// How many nodes are meshed.
        #[arg(long, default_value_t = 39, value_name = "K", value_parser = clap::value_parser!(u32).range(2..=100))]
        nodes: u32,
    },
}

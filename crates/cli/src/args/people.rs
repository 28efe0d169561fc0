//! Commands about members, users, keys, communities and collections.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sector {
    Public,
    Private,
    Academic,
    Military,
    Civil,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Role {
    Reader,
    Analyst,
    Releaser,
    Admin,
    Auditor,
    Quarantine,
}

#[derive(Debug, Subcommand)]
pub enum MemberCommand {
    /// Add an organisation. The first one becomes the node's own.
    Add {
        name: String,
        /// ISO 3166-1 alpha-3.
        #[arg(long, value_name = "JPN")]
        country: String,
        #[arg(long, value_enum, default_value_t = Sector::Public)]
        kind: Sector,
        /// A community to join at once; may be repeated.
        #[arg(long, value_name = "NAME")]
        community: Vec<String>,
        /// Its STIX identity, where it has one already.
        #[arg(long, value_name = "IDENTITY-ID")]
        identity: Option<String>,
        /// It lives on another node: only named in labels here.
        #[arg(long)]
        elsewhere: bool,
        /// It is served by this member (an operator by its national CSIRT).
        #[arg(long, value_name = "MEMBER")]
        client_of: Vec<String>,
        /// The most its people may be cleared for, such as EXERCISE:SECRET; may be repeated.
        #[arg(long, value_name = "POLICY:LEVEL")]
        clear: Vec<String>,
        /// A sector of the economy that it works in (kizuna member sectors); may be repeated.
        #[arg(long, value_name = "SECTOR")]
        sector: Vec<String>,
    },
    /// List the members that this node knows.
    List,
    /// Say in which sectors of the economy a member works, in place of what was said before.
    Set {
        name: String,
        /// May be repeated; none at all where it is not given.
        #[arg(long, value_name = "SECTOR")]
        sector: Vec<String>,
    },
    /// List the sectors: STIX's, and the critical infrastructure of NISC and NIS2.
    Sectors,
}

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a person; prints its API key, alone, on standard output.
    Add {
        email: String,
        /// The member it belongs to.
        #[arg(long, value_name = "NAME")]
        member: String,
        /// What it may do; may be repeated.
        #[arg(long, value_enum, required = true)]
        role: Vec<Role>,
        /// What it is cleared for, such as EXERCISE:SECRET; may be repeated.
        #[arg(long, value_name = "POLICY:LEVEL")]
        clear: Vec<String>,
    },
    /// Print a one-time sign-in link; without an address, for the first admin or for setting up the node.
    Link {
        email: Option<String>,
        /// Where the server is reached.
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8480")]
        url: String,
    },
    /// List the accounts.
    List,
}

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Add an API key; prints it, alone, on standard output.
    Add {
        email: String,
        /// It may read only.
        #[arg(long)]
        read_only: bool,
        /// When it ends.
        #[arg(long, value_name = "TIMESTAMP")]
        expires: Option<Timestamp>,
    },
    /// End an API key at once.
    Revoke {
        #[arg(value_name = "KEY-ID")]
        key: String,
    },
    /// List the API keys that are valid (never their secrets).
    List,
}

#[derive(Debug, Subcommand)]
pub enum SigningKeyCommand {
    /// List members with the key each signs with, and keys that stop a peer until they are compared.
    List,
    /// Show a member's keys: what to read out to who wants to pin it, and the history.
    Show {
        #[arg(value_name = "MEMBER")]
        member: String,
    },
    /// Begin a new key of a member that lives here; the old one says that it follows.
    Rotate {
        #[arg(value_name = "MEMBER")]
        member: String,
    },
    /// Say that a key is no longer its member's alone. A member that lives here begins a new one.
    Revoke {
        #[arg(value_name = "MEMBER")]
        member: String,
        /// The key's fingerprint.
        #[arg(value_name = "FINGERPRINT")]
        key: String,
        /// What it signed from this instant on does not count; without: from now on.
        #[arg(long, value_name = "TIMESTAMP")]
        from: Option<Timestamp>,
    },
    /// Hold a key to be a member's, once it was compared with the member by another way.
    Pin {
        #[arg(value_name = "MEMBER")]
        member: String,
        /// The key (ed25519:…), or the fingerprint of one that was announced.
        #[arg(value_name = "KEY|FINGERPRINT")]
        key: String,
        /// Whose it is, where it is not the member's own but an approver's.
        #[arg(long, value_name = "PERSON-ID")]
        person: Option<uuid::Uuid>,
    },
}

#[derive(Debug, Subcommand)]
pub enum CommunityCommand {
    /// Add a community that this node owns.
    Add {
        name: String,
        /// Members see only what arrives after they joined.
        #[arg(long)]
        from_joining: bool,
        /// A member to let in at once; may be repeated.
        #[arg(long, value_name = "NAME")]
        member: Vec<String>,
    },
    /// List communities and their members.
    List,
    /// Print a community's roster, signed by its owner, for another node.
    Export { community: String },
    /// Take in a roster that another node exported; it has to be signed with a key that is known to be its owner's.
    Import {
        /// A file, or `-` for standard input.
        #[arg(value_name = "FILE|-")]
        from: PathBuf,
        /// Its owner's key, which somebody compared with its owner: ed25519:…; it is known from then on.
        #[arg(long, value_name = "KEY", conflicts_with = "unsigned")]
        key: Option<String>,
        /// Take in one without a signature, which somebody compared with its owner line by line.
        #[arg(long)]
        unsigned: bool,
    },
    /// Let a member in.
    Join {
        community: String,
        #[arg(long, value_name = "NAME")]
        member: String,
        #[arg(long, value_name = "TIMESTAMP")]
        from: Option<Timestamp>,
        /// When it ends (exclusive).
        #[arg(long, value_name = "TIMESTAMP")]
        until: Option<Timestamp>,
    },
    /// End a membership now.
    Leave {
        community: String,
        #[arg(long, value_name = "NAME")]
        member: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum CollectionCommand {
    /// Add a collection beside the built-in ones.
    Add {
        title: String,
        /// The community whose root it stands in; without, the own member's.
        #[arg(long, value_name = "NAME")]
        community: Option<String>,
        /// Holds only what names this party: a member, community or country.
        #[arg(long, value_name = "PARTY")]
        naming: Option<String>,
        /// May be written to.
        #[arg(long)]
        writable: bool,
        /// What is asked where markings are silent.
        #[arg(long, value_name = "LABEL")]
        default: Option<String>,
    },
    /// List collections as a viewer sees them; without, the built-in and added ones of every root.
    List {
        #[arg(long = "as", value_name = "EMAIL")]
        as_email: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct Follow {
    /// The author: the identity in `created_by_ref`.
    #[arg(value_name = "AUTHOR-IDENTITY-ID", required_unless_present = "list")]
    pub author: Option<String>,
    /// The member whose copy is read.
    #[arg(value_name = "SOURCE-MEMBER", required_unless_present_any = ["list", "remove"])]
    pub source: Option<String>,
    /// The member that chooses; without, the node's own.
    #[arg(long, value_name = "NAME")]
    pub member: Option<String>,
    /// Follow nobody any more for this author.
    #[arg(long, conflicts_with_all = ["list", "source"])]
    pub remove: bool,
    /// List what is followed.
    #[arg(long, conflicts_with_all = ["author", "source"])]
    pub list: bool,
}

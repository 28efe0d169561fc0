//! What can be typed about alerts, receipts, requests and requirements.

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::content::Viewer;

/// How soon something is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Urgency {
    Information,
    Advisory,
    Urgent,
    Emergency,
}

/// Which way something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Way {
    Sent,
    Received,
}

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Became {
    Read,
    Acting,
    Sighted,
    Blocked,
    Done,
    NotAffected,
    Used,
    False,
    NotUseful,
}

/// Whom something is addressed to.
#[derive(Debug, Args)]
pub struct To {
    /// A country, member or community, as labels write it; may be repeated.
    #[arg(long, value_name = "PARTY")]
    pub to: Vec<String>,

    /// Whoever works in this sector (kizuna member sectors); may be repeated.
    #[arg(long, value_name = "SECTOR")]
    pub sector: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub enum AlertCommand {
    /// Send an alert to members, communities and sectors; prints its id.
    Send(Box<AlertSend>),
    /// List alerts, newest first.
    List {
        #[command(flatten)]
        viewer: Viewer,
        #[arg(long, value_enum)]
        way: Option<Way>,
        /// Only those at least so urgent.
        #[arg(long, value_enum)]
        urgency: Option<Urgency>,
        /// Only those that the own member has not settled.
        #[arg(long)]
        open: bool,
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Print an alert and how far each addressee is; it does not count as read.
    Show {
        #[arg(value_name = "ALERT-ID")]
        id: String,
        #[command(flatten)]
        viewer: Viewer,
    },
    /// Print an alert and tell its sender that the own member has read it.
    Read {
        #[arg(value_name = "ALERT-ID")]
        id: String,
        #[command(flatten)]
        viewer: Viewer,
    },
    /// Print how long it took each member until alerts were delivered, acknowledged and settled.
    Protection {
        #[command(flatten)]
        viewer: Viewer,
    },
}

#[derive(Debug, Args)]
pub struct AlertSend {
    pub title: String,

    #[command(flatten)]
    pub viewer: Viewer,

    #[command(flatten)]
    pub to: To,

    #[arg(long, value_enum, default_value_t = Urgency::Advisory)]
    pub urgency: Urgency,

    #[arg(long, value_name = "TEXT")]
    pub text: Option<String>,

    /// Something that is to be done; may be repeated.
    #[arg(long, value_name = "TEXT")]
    pub action: Vec<String>,

    /// An indicator or whatever else it is about; may be repeated.
    #[arg(long, value_name = "OBJECT-ID")]
    pub object: Vec<String>,

    /// Until when it is to be done.
    #[arg(long, value_name = "TIME")]
    pub respond_by: Option<Timestamp>,

    /// Who reads it, in words; its addressees where nothing is said.
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,

    /// A further version of this alert.
    #[arg(long, value_name = "ALERT-ID")]
    pub replaces: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum ReceiptCommand {
    /// Tell the producer of an object what became of it.
    Give {
        #[arg(value_name = "OBJECT-ID")]
        id: String,
        #[arg(value_enum)]
        state: Became,
        #[command(flatten)]
        viewer: Viewer,
        /// How often, in all: of sighted, blocked and used.
        #[arg(long, value_name = "N")]
        count: Option<u64>,
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// Without a name, within this community.
        #[arg(long, value_name = "COMMUNITY", conflicts_with = "note")]
        anonymous_in: Option<String>,
    },
    /// Print what became of an object, as far as the viewer may know.
    List {
        #[arg(value_name = "OBJECT-ID")]
        id: String,
        #[command(flatten)]
        viewer: Viewer,
    },
}

#[derive(Debug, Subcommand)]
pub enum RequestCommand {
    /// Ask for information, or an originator to let its objects go on; prints the request's id.
    Ask(Box<RequestAsk>),
    /// List requests, newest first.
    List {
        #[command(flatten)]
        viewer: Viewer,
        #[arg(long, value_enum)]
        way: Option<Way>,
        /// Only what is left to answer.
        #[arg(long)]
        open: bool,
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Print a request with its answers.
    Show {
        #[arg(value_name = "REQUEST-ID")]
        id: String,
        #[command(flatten)]
        viewer: Viewer,
    },
    /// Answer a request; a later answer takes the place of the one before.
    Answer {
        #[arg(value_name = "REQUEST-ID")]
        id: String,
        #[arg(value_name = "TEXT")]
        text: String,
        #[command(flatten)]
        viewer: Viewer,
        /// What the answer consists of; may be repeated.
        #[arg(long, value_name = "OBJECT-ID")]
        object: Vec<String>,
        /// Who reads it, in words; who asked where nothing is said.
        #[arg(long, value_name = "LABEL")]
        label: Option<String>,
    },
    /// Say that a request cannot be answered, or what it asks for is not released, and why.
    Decline {
        #[arg(value_name = "REQUEST-ID")]
        id: String,
        #[arg(value_name = "REASON")]
        reason: String,
        #[command(flatten)]
        viewer: Viewer,
    },
    /// Propose the release that a request for onward release asks for.
    Propose {
        #[arg(value_name = "REQUEST-ID")]
        id: String,
        #[command(flatten)]
        viewer: Viewer,
        /// The agreement that it rests on.
        #[arg(long, value_name = "AGREEMENT-ID")]
        basis: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct RequestAsk {
    pub question: String,

    #[command(flatten)]
    pub viewer: Viewer,

    #[command(flatten)]
    pub to: To,

    #[arg(long, value_name = "TEXT")]
    pub text: Option<String>,

    #[arg(long, value_name = "TIME")]
    pub deadline: Option<Timestamp>,

    /// What it is about; may be repeated.
    #[arg(long, value_name = "OBJECT-ID")]
    pub object: Vec<String>,

    /// Ask the objects' originator to let them go on to this party; may be repeated.
    #[arg(long, value_name = "PARTY", requires = "object", conflicts_with_all = ["to", "sector"])]
    pub onward_to: Vec<String>,

    /// Who reads it, in words; its addressees where nothing is said.
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum RequirementCommand {
    /// State what the own member wants to know of whatever comes in; all that is said must hold. Prints its id.
    Add(Box<RequirementAdd>),
    /// List requirements, the most important first.
    List {
        #[command(flatten)]
        viewer: Viewer,
    },
    /// Print what came since a requirement was stated and matches it.
    Hits {
        #[arg(value_name = "REQUIREMENT-ID")]
        id: String,
        #[command(flatten)]
        viewer: Viewer,
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
}

#[derive(Debug, Args)]
pub struct RequirementAdd {
    pub title: String,

    #[command(flatten)]
    pub viewer: Viewer,

    /// 1 is the most important.
    #[arg(long, value_name = "1-5", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=5))]
    pub priority: u8,

    /// A STIX type; may be repeated.
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: Vec<String>,

    /// Words, every one of which occurs.
    #[arg(long, value_name = "WORDS")]
    pub words: Option<String>,

    /// A sector that it names (kizuna member sectors); may be repeated.
    #[arg(long, value_name = "SECTOR")]
    pub sector: Vec<String>,

    /// A STIX label of which it has one; may be repeated.
    #[arg(long, value_name = "LABEL")]
    pub labelled: Vec<String>,

    /// A STIX pattern: what states one of its exact values matches.
    #[arg(long, value_name = "PATTERN")]
    pub pattern: Option<String>,

    /// Who reads the requirement, in words; the own member where nothing is said.
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,
}

//! `kizuna release`.

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::content::Viewer;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Reason {
    Political,
    Operational,
    Procedural,
    Technical,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Direct {
    Writers,
    Releasers,
    Nobody,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum State {
    Draft,
    Proposed,
    Approved,
    Released,
    Rejected,
    Expired,
    Withdrawn,
}

#[derive(Debug, Subcommand)]
pub enum ReleaseCommand {
    /// Ask for a release: which objects, to whom.
    Propose(ReleasePropose),
    /// Agree to what a release says now; it is carried out when enough people do.
    Approve {
        #[arg(value_name = "RELEASE-ID")]
        id: String,
        #[command(flatten)]
        viewer: Viewer,
        /// Take one's own approval back instead.
        #[arg(long)]
        take_back: bool,
    },
    /// Refuse a release, with a reason of a kind.
    Reject {
        #[arg(value_name = "RELEASE-ID")]
        id: String,
        #[command(flatten)]
        viewer: Viewer,
        #[arg(long, value_enum)]
        kind: Reason,
        /// In words.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Take a proposal back, or what was released; who could read it gets a recall.
    Withdraw {
        #[arg(value_name = "RELEASE-ID")]
        id: String,
        #[command(flatten)]
        viewer: Viewer,
        #[arg(long, value_enum, requires = "reason")]
        kind: Option<Reason>,
        /// In words.
        #[arg(long, value_name = "TEXT", requires = "kind")]
        reason: Option<String>,
    },
    /// List releases, the newest step first.
    List {
        #[command(flatten)]
        viewer: Viewer,
        /// Only those in this state.
        #[arg(long, value_enum)]
        state: Option<State>,
        /// Only what still waits for a decision.
        #[arg(long)]
        open: bool,
        /// How many to print.
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: usize,
    },
    /// Show one release: what, from which label to which, whom it reaches, who agreed.
    Show {
        #[arg(value_name = "RELEASE-ID")]
        id: String,
        #[command(flatten)]
        viewer: Viewer,
    },
    /// Show what releases take on this node, or set it.
    Rules(ReleaseRules),
    /// Say where sharing gets stuck: how long releases took, why some were refused.
    Report {
        #[command(flatten)]
        viewer: Viewer,
    },
}

#[derive(Debug, Args)]
pub struct ReleasePropose {
    #[arg(required_unless_present = "draft_id", value_name = "OBJECT-ID")]
    pub objects: Vec<String>,

    #[command(flatten)]
    pub viewer: Viewer,

    /// The label given, such as "tlp:amber rel:EST"; what it leaves unsaid stays as it is.
    #[arg(long, value_name = "LABEL", required_unless_present = "draft_id")]
    pub label: Option<String>,

    /// The agreement that it rests on; without, every surface says that there is none.
    #[arg(long, value_name = "AGREEMENT-ID")]
    pub basis: Option<String>,

    /// What else there is to say of the basis; it is none itself.
    #[arg(long, value_name = "TEXT")]
    pub basis_note: Option<String>,

    /// A member whose node may pass it on, where it is originator controlled; may be repeated. Nobody else's does.
    #[arg(long, value_name = "MEMBER")]
    pub through: Vec<String>,

    /// When it ends by itself.
    #[arg(long, value_name = "TIMESTAMP")]
    pub expires: Option<Timestamp>,

    /// When it lapses if nobody decides; thirty days where it is not said.
    #[arg(long, value_name = "TIMESTAMP")]
    pub decide_by: Option<Timestamp>,

    /// Why; for those who decide.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,

    /// Only put it together; ask nobody yet.
    #[arg(long)]
    pub draft: bool,

    /// Ask for approval of this draft.
    #[arg(long, value_name = "RELEASE-ID", conflicts_with_all = ["objects", "label", "draft", "dry_run"])]
    pub draft_id: Option<String>,

    /// Say what would leave, to whom, and what stands in its way; store nothing.
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct ReleaseRules {
    /// Set the rule on this: everything, class:POLICY/LEVEL, tlp:LEVEL, orcon, exercise.
    #[arg(long, value_name = "ON")]
    pub set: Option<String>,

    /// How many different releasers it takes, none of them author or proposer.
    #[arg(long, value_name = "N", requires = "set")]
    pub releasers: Option<u8>,

    /// Whether the originator's member must agree.
    #[arg(long, requires = "set")]
    pub originator: bool,

    /// Who may write such content for others directly.
    #[arg(long, value_enum, default_value_t = Direct::Nobody)]
    pub direct: Direct,

    /// Whether it must rest on an agreement.
    #[arg(long, requires = "set")]
    pub basis: bool,

    /// Go back to the default on this.
    #[arg(long, value_name = "ON", conflicts_with = "set")]
    pub reset: Option<String>,
}

//! What can be typed about overlays.

use clap::{Args, Subcommand, ValueEnum};

use super::content::Viewer;

#[derive(Debug, Subcommand)]
pub enum OverlayCommand {
    /// Say what the own member makes of an object; what is not said stays as it was.
    Set(Box<OverlaySet>),
    /// Print what is said about an object, by the own member and by others.
    Show {
        #[arg(value_name = "OBJECT-ID")]
        id: String,
        #[command(flatten)]
        viewer: Viewer,
    },
    /// List what is tagged, in a state, or assigned to somebody; newest first.
    List(OverlayList),
}

/// A part of a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    Tags,
    State,
    Assignee,
    Score,
    Source,
    Credibility,
    Note,
}

#[derive(Debug, Args)]
pub struct OverlaySet {
    #[arg(value_name = "OBJECT-ID")]
    pub id: String,

    #[command(flatten)]
    pub viewer: Viewer,

    /// Add a tag; may be repeated.
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,

    /// Take a tag off; may be repeated.
    #[arg(long, value_name = "TAG")]
    pub untag: Vec<String>,

    /// new, in-progress, done, false-positive, or a word of your own.
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,

    /// Who sees to it: somebody of the same member.
    #[arg(long, value_name = "EMAIL")]
    pub assign: Option<String>,

    /// From 0 to 100.
    #[arg(long, value_name = "0-100", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub score: Option<u8>,

    /// Which scale the score is on.
    #[arg(long, value_name = "NAME", requires = "score")]
    pub scale: Option<String>,

    /// How reliable its source is, by the Admiralty scale.
    #[arg(long, value_name = "A-F")]
    pub source: Option<char>,

    /// How credible what it says is, by the Admiralty scale.
    #[arg(long, value_name = "1-6")]
    pub credibility: Option<u8>,

    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,

    /// Leave this unsaid; may be repeated.
    #[arg(long, value_enum, value_name = "PART")]
    pub clear: Vec<Part>,

    /// Who may read it, such as "rel:Circle tlp:amber"; at first the own member. Nobody whom the object does not reach.
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,
}

#[derive(Debug, Args)]
pub struct OverlayList {
    #[command(flatten)]
    pub viewer: Viewer,

    /// With this tag, in whatever case.
    #[arg(long, value_name = "TAG")]
    pub tag: Option<String>,

    /// In this state.
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,

    /// Assigned to this person.
    #[arg(long, value_name = "EMAIL")]
    pub assign: Option<String>,

    /// Only the own member's.
    #[arg(long)]
    pub own: bool,

    /// At most so many.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub limit: usize,
}

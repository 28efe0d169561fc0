//! Commands about what leaves: tear-lines and forecasts.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::content::Viewer;
use super::people;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Template {
    /// What a tool needs to detect, nothing about who, whom and why.
    Indicator,
    /// The same with kinds of malware and behaviour, and how these relate.
    Context,
    /// The same under a report with a text written for its readers.
    Advisory,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Precision {
    Exact,
    Hour,
    Day,
    Month,
}

/// A field is written OBJECT-ID#PLACE, such as `indicator--…#$.description`.
#[derive(Debug, Args)]
pub struct Tearline {
    /// The objects that it is made from.
    #[arg(required_unless_present = "order", value_name = "OBJECT-ID")]
    pub objects: Vec<String>,

    #[command(flatten)]
    pub viewer: Viewer,

    /// Under which it is meant to be read, such as "tlp:green rel:JPN,EST".
    #[arg(long, required_unless_present = "order", value_name = "LABEL")]
    pub label: Option<String>,

    #[arg(long, value_enum, default_value_t = Template::Indicator)]
    pub template: Template,

    /// To what times are cut.
    #[arg(long, value_enum, default_value_t = Precision::Day)]
    pub times: Precision,

    /// Say this field on purpose; may be repeated.
    #[arg(long, value_name = "FIELD")]
    pub keep: Vec<String>,

    /// Leave this field out; may be repeated.
    #[arg(long, value_name = "FIELD")]
    pub drop: Vec<String>,

    /// Make this field less exact; may be repeated.
    #[arg(long, value_name = "FIELD")]
    pub coarsen: Vec<String>,

    /// Say something else in this field; may be repeated.
    #[arg(long, value_name = "FIELD=TEXT")]
    pub replace: Vec<String>,

    /// The title of an advisory.
    #[arg(long, requires = "text", value_name = "TITLE")]
    pub title: Option<String>,

    /// The text of an advisory.
    #[arg(long, requires = "title", value_name = "TEXT")]
    pub text: Option<String>,

    /// The whole order as JSON, as the API takes it; `-` for standard input.
    #[arg(long, value_name = "FILE|-", conflicts_with_all = ["objects", "label", "keep", "drop", "coarsen", "replace"])]
    pub order: Option<PathBuf>,

    /// Show what it would be; store nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// Who would gain or lose which objects; nothing is changed.
#[derive(Debug, Args)]
pub struct Forecast {
    #[command(subcommand)]
    pub change: ForecastCommand,
}

#[derive(Debug, Subcommand)]
pub enum ForecastCommand {
    /// A member joins a community.
    Join {
        community: String,
        #[arg(long, value_name = "NAME")]
        member: String,
        #[arg(long, value_name = "TIMESTAMP")]
        from: Option<Timestamp>,
        #[arg(long, value_name = "TIMESTAMP")]
        until: Option<Timestamp>,
        #[command(flatten)]
        viewer: Foreseer,
    },
    /// A member leaves a community.
    Leave {
        community: String,
        #[arg(long, value_name = "NAME")]
        member: String,
        #[command(flatten)]
        viewer: Foreseer,
    },
    /// A person or a member is cleared otherwise.
    Clear {
        /// A person's address or a member's name.
        holder: String,
        /// Such as EXERCISE:SECRET; may be repeated. Without any, nothing is held.
        #[arg(long, value_name = "POLICY:LEVEL")]
        clear: Vec<String>,
        #[command(flatten)]
        viewer: Foreseer,
    },
    /// A person has other roles.
    Roles {
        #[arg(value_name = "EMAIL")]
        person: String,
        #[arg(long, value_enum)]
        role: Vec<people::Role>,
        #[command(flatten)]
        viewer: Foreseer,
    },
    /// What the own member gave carries another label.
    Label {
        #[arg(required = true, value_name = "OBJECT-ID")]
        objects: Vec<String>,
        #[arg(long, value_name = "LABEL")]
        label: String,
        #[command(flatten)]
        viewer: Foreseer,
    },
    /// A policy, or a newer version of one, is imported.
    Policy {
        /// The file (SPIF), or `-` for standard input.
        #[arg(value_name = "FILE|-")]
        file: PathBuf,
        #[command(flatten)]
        viewer: Foreseer,
    },
}

/// Over whose view is counted, and for when.
#[derive(Debug, Args)]
pub struct Foreseer {
    /// Count over what this person reads; a releaser or an administrator.
    #[arg(long = "as", value_name = "EMAIL")]
    pub email: String,
    /// Count what is dated, such as memberships and equivalences of policies, as it stands then.
    #[arg(long, value_name = "TIMESTAMP")]
    pub at: Option<Timestamp>,
}

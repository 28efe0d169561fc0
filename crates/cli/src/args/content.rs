//! Commands about content.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct Import {
    /// Files, directories (with all below them), or `-` for standard input.
    #[arg(required_unless_present_any = ["sample", "package"], value_name = "FILE|DIR|-")]
    pub from: Vec<PathBuf>,

    /// Load the invented exercise data set.
    #[arg(long, conflicts_with = "from")]
    pub sample: bool,

    /// Take a transfer package through the guard: all of it passes, or nothing.
    #[arg(long, value_name = "FILE|-", conflicts_with_all = ["from", "sample", "as_email", "label", "collection"])]
    pub package: Option<PathBuf>,

    /// The channel it must be of; without, the one whose identity opens it.
    #[arg(long, requires = "package", value_name = "NAME")]
    pub channel: Option<String>,

    #[command(flatten)]
    pub delivery: Delivery,
}

/// How content is given.
#[derive(Debug, Args)]
pub struct Delivery {
    /// Who gives it; without, the node's own member.
    #[arg(long = "as", value_name = "EMAIL")]
    pub as_email: Option<String>,

    /// What is asked of its readers, such as "tlp:amber rel:JPN,EST class:EXERCISE/SECRET orcon".
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,

    /// A collection to put it in: its id, or its alias such as `inbox`.
    #[arg(long, value_name = "COLLECTION")]
    pub collection: Option<String>,

    /// The source's reliability by the Admiralty scale.
    #[arg(long, value_name = "A-F", value_parser = reliability)]
    pub reliability: Option<char>,
}

fn reliability(text: &str) -> Result<char, String> {
    match text.chars().next().map(|first| first.to_ascii_uppercase()) {
        Some(grade @ 'A'..='F') if text.len() == 1 => Ok(grade),
        _ => Err("a letter from A (reliable) to F (cannot be judged)".to_owned()),
    }
}

#[derive(Debug, Args)]
pub struct Batch {
    /// A file, or `-` for standard input.
    #[arg(value_name = "FILE|-")]
    pub from: PathBuf,

    /// Say what would happen; store nothing.
    #[arg(long)]
    pub dry_run: bool,

    #[command(flatten)]
    pub delivery: Delivery,
}

/// Whose view content is read through. The reading is written to the audit.
#[derive(Debug, Args)]
pub struct Viewer {
    /// Whose view to read through.
    #[arg(long = "as", value_name = "EMAIL")]
    pub email: String,
}

/// Which objects.
#[derive(Debug, Args, Default)]
pub struct Question {
    /// Words or observables, defanged or not; every one must occur.
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,

    /// Only this type, such as `indicator`; may be repeated.
    #[arg(long = "type", value_name = "TYPE")]
    pub kinds: Vec<String>,

    /// Only what refers to this object.
    #[arg(long, value_name = "OBJECT-ID")]
    pub refers_to: Option<String>,
}

#[derive(Debug, Args)]
pub struct Search {
    #[command(flatten)]
    pub question: Question,

    #[command(flatten)]
    pub viewer: Viewer,

    /// How many hits to print.
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub limit: usize,

    /// Only count the hits (up to 10,000).
    #[arg(long)]
    pub count: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One STIX 2.1 bundle.
    Stix,
    /// One STIX object a line.
    Lines,
    /// One line an object: id, type, version, name, label, source.
    Csv,
}

#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    pub viewer: Viewer,

    #[arg(long, value_enum, default_value_t = Format::Stix)]
    pub format: Format,

    /// Write to this file instead of standard output.
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Bind the label of all that is in the file to it, as FILE.bdo (STANAG 4778).
    #[arg(long, requires = "output")]
    pub bdo: bool,

    /// Only what contains these words or observables.
    #[arg(long, value_name = "WORDS")]
    pub query: Option<String>,

    /// Only this type; may be repeated.
    #[arg(long = "type", value_name = "TYPE")]
    pub kinds: Vec<String>,

    /// Every version instead of the latest.
    #[arg(long, conflicts_with = "query")]
    pub all_versions: bool,

    /// Write a transfer package of a channel: what became readable to it since the last one.
    #[arg(long, value_name = "FILE", requires = "channel", conflicts_with_all = ["output", "format", "all_versions"])]
    pub package: Option<PathBuf>,

    /// The channel (`kizuna channel add`).
    #[arg(long, requires = "package", value_name = "NAME")]
    pub channel: Option<String>,

    /// Everything that the channel may read: closes gaps.
    #[arg(long, requires = "package", conflicts_with = "query")]
    pub all: bool,

    /// The package of this number again, as it was.
    #[arg(long, requires = "package", conflicts_with_all = ["query", "all"], value_name = "N")]
    pub again: Option<u64>,
}

#[derive(Debug, Args)]
pub struct Get {
    #[arg(value_name = "OBJECT-ID")]
    pub id: String,

    #[command(flatten)]
    pub viewer: Viewer,

    /// This version instead of the latest.
    #[arg(long, value_name = "TIMESTAMP")]
    pub at: Option<jiff::Timestamp>,
}

#[derive(Debug, Args)]
pub struct Versions {
    #[arg(value_name = "OBJECT-ID")]
    pub id: String,

    #[command(flatten)]
    pub viewer: Viewer,

    /// Every source's claim, not only the one served.
    #[arg(long)]
    pub claims: bool,
}

#[derive(Debug, Args)]
pub struct Explain {
    #[arg(value_name = "OBJECT-ID")]
    pub id: String,

    #[command(flatten)]
    pub viewer: Viewer,
}

#[derive(Debug, Args)]
pub struct Withdraw {
    #[arg(value_name = "OBJECT-ID")]
    pub id: String,

    /// Who withdraws: an analyst of the member that gave it.
    #[command(flatten)]
    pub viewer: Viewer,

    /// This version instead of all.
    #[arg(long = "at", value_name = "TIMESTAMP")]
    pub at: Option<jiff::Timestamp>,
}

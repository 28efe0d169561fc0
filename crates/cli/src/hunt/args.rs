//! What can be typed behind `kizuna hunt`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kizuna_hunt::sigma::Level;
use url::Url;

use crate::sightings::Sending;

#[derive(Debug, Args)]
pub struct Hunt {
    /// Files and directories to sweep: JSON lines, Zeek, CSV, syslog, text, Windows event logs, packed or not; by
    /// content, not by name.
    #[arg(value_name = "PATH", required_unless_present = "save_index")]
    pub paths: Vec<PathBuf>,

    /// What to look for: a STIX bundle, a list with a value, `kind<TAB>value` or STIX pattern a line, Sigma rules, YARA rules (in
    /// builds that have them, such as releases), a compiled index, a directory of those, or the URL of a node's objects
    /// (KIZUNA_KEY holds the API key). May be repeated.
    #[allow(clippy::doc_markdown, reason = "help for people, who see no markup")]
    #[arg(long, value_name = "FILE", required = true)]
    pub with: Vec<String>,

    /// MISP warninglists (a list, or a directory of them): values in them are not looked for, and named.
    #[arg(long, value_name = "PATH")]
    pub warninglists: Vec<PathBuf>,

    /// Only Sigma rules of this level or graver.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub level: Option<Grade>,

    /// Only Sigma rules of this status. May be repeated.
    #[arg(long, value_enum, value_name = "STATUS")]
    pub status: Vec<Status>,

    /// Largest file that YARA rules are asked about, in MiB; it is held in memory. Larger ones are named.
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub yara_size: u64,

    /// Longest time that YARA rules may take for one file; one that takes longer is named.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub yara_time: u64,

    /// Threads; without, one for each processor.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Only lines of this time or later, such as 2026-11-22 or 2026-11-22T14:05:00Z; lines without a time are kept.
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,

    /// Only lines before this time.
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,

    /// The text is written by people: hxxp, [.] and the like are read as what they stand for.
    #[arg(long)]
    pub prose: bool,

    /// Write a timeline as Timesketch imports it (CSV).
    #[arg(long, value_name = "FILE")]
    pub timeline: Option<PathBuf>,

    /// Write hits in the Elastic Common Schema, one JSON document a line.
    #[arg(long, value_name = "FILE")]
    pub ecs: Option<PathBuf>,

    /// Write a report as one HTML file.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,

    /// The language of the HTML report.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub lang: Lang,

    /// Prepare sightings as a STIX bundle in this file: one for each indicator, machine and day, never a line of a log.
    /// Nothing is sent without `--send`.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,

    /// Name the machines in the sightings.
    #[arg(long, requires = "report")]
    pub report_assets: bool,

    /// Show the sightings when the sweep is done, ask, and send them to this node with KIZUNA_KEY; what cannot be sent waits for
    /// `kizuna sightings send`.
    #[allow(clippy::doc_markdown, reason = "help for people, who see no markup")]
    #[arg(long, requires = "report", value_name = "URL")]
    pub send: Option<Url>,

    #[command(flatten)]
    pub sending: Sending,

    /// Keep a journal in this file; a sweep that is started again with it goes on where it stopped.
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,

    /// Save the compiled index; a later sweep gives it to --with and starts at once. Rules (Sigma, YARA) are not part of it.
    #[arg(long, value_name = "FILE")]
    pub save_index: Option<PathBuf>,
}

/// How grave a rule takes what it finds to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Grade {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl From<Grade> for Level {
    fn from(grade: Grade) -> Self {
        match grade {
            Grade::Informational => Self::Informational,
            Grade::Low => Self::Low,
            Grade::Medium => Self::Medium,
            Grade::High => Self::High,
            Grade::Critical => Self::Critical,
        }
    }
}

/// How mature a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Status {
    Stable,
    Test,
    Experimental,
    Deprecated,
    Unsupported,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Test => "test",
            Self::Experimental => "experimental",
            Self::Deprecated => "deprecated",
            Self::Unsupported => "unsupported",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    En,
    Ja,
}

impl Hunt {
    pub fn threads(&self) -> usize {
        let here = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(here, usize::from)
    }
}

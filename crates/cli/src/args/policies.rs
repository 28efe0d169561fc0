//! Commands about policies, labels in every form, and agreements.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::content::Viewer;

#[derive(Debug, Subcommand)]
pub enum Policy {
    /// List the policies that this node knows.
    List,
    /// Print one policy's levels, lowest first, its categories and its equivalences.
    Show {
        /// The policy's id, such as EXERCISE.
        policy: String,
        /// Print its file (SPIF) instead.
        #[arg(long)]
        spif: bool,
    },
    /// Import a policy, or a newer version of one, from its file (SPIF); shows what changes first.
    Import {
        /// The file, or `-` for standard input.
        #[arg(value_name = "FILE|-")]
        file: PathBuf,
        /// Say what would change; change nothing.
        #[arg(long)]
        dry_run: bool,
        /// Forecast who would gain or lose what, over what this person reads.
        #[arg(long = "as", value_name = "EMAIL")]
        email: Option<String>,
        /// Forecast it as dated equivalences stand then.
        #[arg(long, value_name = "TIMESTAMP", requires = "email")]
        at: Option<Timestamp>,
    },
    /// Say how two policies differ.
    Diff { before: String, after: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// This project's words.
    Words,
    /// STANAG 4774 XML.
    #[value(name = "4774")]
    Stanag4774,
    /// STANAG 5636 JSON.
    Json,
    /// STIX marking definitions.
    Stix,
    /// ACS 3.0 in STIX.
    Acs,
}

#[derive(Debug, Subcommand)]
pub enum LabelCommand {
    /// Write a label in another form; what those who know only the form do not get goes to standard error.
    Show {
        /// In words, such as "tlp:amber rel:JPN class:EXERCISE/SECRET".
        label: String,
        #[arg(long, value_enum, default_value_t = Form::Words)]
        form: Form,
    },
    /// Say whom content would reach under a label: members, peers, feeds.
    Reach {
        /// In words, such as "tlp:amber rel:Circle".
        label: String,
        #[command(flatten)]
        viewer: Viewer,
    },
    /// Read a label in any form and print it in words: STANAG 4774, 4778 or 5636, STIX markings, IEP 2.0, ACS 3.0.
    Read {
        /// The file, or `-` for standard input.
        #[arg(value_name = "FILE|-")]
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub enum AgreementCommand {
    /// Add an agreement, or a further version of one; prints its id.
    Add(Box<AgreementAdd>),
    /// List the agreements that somebody may read.
    List {
        #[command(flatten)]
        viewer: Viewer,
    },
    /// Print one agreement.
    Show {
        #[arg(value_name = "AGREEMENT-ID")]
        id: String,
        #[command(flatten)]
        viewer: Viewer,
    },
}

#[derive(Debug, Args)]
pub struct AgreementAdd {
    #[arg(long)]
    pub title: String,
    /// What it covers, in words.
    #[arg(long)]
    pub scope: String,
    /// A party: a country code, or the name of a member or community; may be repeated.
    #[arg(long, required = true, value_name = "PARTY")]
    pub party: Vec<String>,
    /// A label that content may carry when it leaves under it; may be repeated.
    #[arg(long, value_name = "LABEL")]
    pub allow: Vec<String>,
    /// Whom to ask, such as "Duty officer=duty@cert.example"; may be repeated.
    #[arg(long, value_name = "NAME=ADDRESS", value_parser = contact)]
    pub contact: Vec<(String, String)>,
    /// From when it holds.
    #[arg(long, value_name = "TIMESTAMP")]
    pub from: Option<Timestamp>,
    /// Until when it holds.
    #[arg(long, value_name = "TIMESTAMP")]
    pub until: Option<Timestamp>,
    /// When the parties look at it again.
    #[arg(long, value_name = "TIMESTAMP")]
    pub review: Option<Timestamp>,
    /// Its own label, in words; without, the own member's only.
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,
    /// A further version of this agreement.
    #[arg(long, value_name = "AGREEMENT-ID", requires = "email")]
    pub id: Option<String>,
    /// Who adds it; without, the node's own member.
    #[arg(long = "as", value_name = "EMAIL")]
    pub email: Option<String>,
}

fn contact(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').map(|(name, address)| (name.trim(), address.trim()));
    match parts {
        Some((name, address)) if !name.is_empty() && !address.is_empty() => {
            Ok((name.to_owned(), address.to_owned()))
        }
        _ => Err("NAME=ADDRESS, such as \"Duty officer=duty@cert.example\"".to_owned()),
    }
}

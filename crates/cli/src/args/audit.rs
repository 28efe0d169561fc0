//! Commands about the audit, and about changes of rights that take two people.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::Role;

/// Which lines of the audit.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Audit {
    #[command(subcommand)]
    pub command: Option<AuditCommand>,

    #[command(flatten)]
    pub lines: Lines,
}

#[derive(Debug, Args)]
pub struct Lines {
    /// What the action begins with, such as `rights.` or `content.read`.
    #[arg(long, value_name = "PREFIX")]
    pub action: Option<String>,
    /// Who did it: an address, `operator` or `node`.
    #[arg(long, value_name = "EMAIL")]
    pub actor: Option<String>,
    /// About this object, or naming it.
    #[arg(long, value_name = "OBJECT-ID")]
    pub object: Option<String>,
    #[arg(long, value_name = "TIMESTAMP")]
    pub after: Option<Timestamp>,
    #[arg(long, value_name = "TIMESTAMP")]
    pub before: Option<Timestamp>,
    /// How many at most.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub limit: usize,
    /// The auditor who reads.
    #[arg(long = "as", value_name = "EMAIL")]
    pub as_email: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Write the audit to a file that an oversight body can check.
    Export {
        /// A file, or `-` for standard output.
        #[arg(value_name = "FILE|-")]
        to: PathBuf,
        #[arg(long, value_name = "TIMESTAMP")]
        after: Option<Timestamp>,
        #[arg(long, value_name = "TIMESTAMP")]
        before: Option<Timestamp>,
        /// The auditor who exports.
        #[arg(long = "as", value_name = "EMAIL")]
        as_email: String,
    },
    /// Check an exported audit: no line altered, none taken out. Opens no data directory.
    Check {
        /// A file, or `-` for standard input.
        #[arg(value_name = "FILE|-")]
        from: PathBuf,
    },
    /// Say from which label on reads of content are recorded; without a label, print it.
    ReadsAbove {
        /// Such as "class:EXERCISE/CONFIDENTIAL tlp:red", or `none`.
        #[arg(value_name = "LABEL")]
        above: Option<String>,
        /// The admin who says so; without, the operator of the machine.
        #[arg(long = "as", value_name = "EMAIL")]
        as_email: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum ProposalCommand {
    /// Propose to raise a clearance or a ceiling, or to give roles.
    Add {
        /// A person's address, a member's name, or `node`.
        #[arg(value_name = "WHOSE")]
        whose: String,
        /// What it is to hold, such as EXERCISE:SECRET; may be repeated.
        #[arg(long, value_name = "POLICY:LEVEL", required_unless_present = "role")]
        clear: Vec<String>,
        /// The roles that the person is to have; may be repeated.
        #[arg(long, value_enum, conflicts_with = "clear")]
        role: Vec<Role>,
        #[arg(long)]
        reason: String,
        /// The admin who proposes.
        #[arg(long = "as", value_name = "EMAIL")]
        as_email: String,
    },
    /// Confirm what another person proposed, and so carry it out.
    Confirm {
        #[arg(value_name = "PROPOSAL-ID")]
        proposal: String,
        /// The admin who confirms.
        #[arg(long = "as", value_name = "EMAIL")]
        as_email: String,
    },
    /// Drop a proposal.
    Drop {
        #[arg(value_name = "PROPOSAL-ID")]
        proposal: String,
        #[arg(long = "as", value_name = "EMAIL")]
        as_email: String,
    },
    /// Lower a clearance or a ceiling: one admin does it alone.
    Lower {
        /// A person's address, a member's name, or `node`.
        #[arg(value_name = "WHOSE")]
        whose: String,
        /// What is left, such as EXERCISE:RESTRICTED; without, nothing.
        #[arg(long, value_name = "POLICY:LEVEL")]
        clear: Vec<String>,
        #[arg(long = "as", value_name = "EMAIL")]
        as_email: String,
    },
    /// List proposals, newest first.
    List {
        /// As this person may know of them; without, all.
        #[arg(long = "as", value_name = "EMAIL")]
        as_email: Option<String>,
    },
}

/// Lawful erasure: one person asks, another confirms.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Erase {
    #[command(subcommand)]
    pub command: Option<EraseCommand>,

    /// What of it the asker's member gave is to be erased.
    #[arg(value_name = "OBJECT-ID")]
    pub object: Option<String>,
    /// Only the version with this `modified`.
    #[arg(long, value_name = "TIMESTAMP")]
    pub at: Option<Timestamp>,
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// The law, order or request by which it must be.
    #[arg(long, value_name = "TEXT")]
    pub basis: Option<String>,
    /// The admin or releaser who asks.
    #[arg(long = "as", value_name = "EMAIL")]
    pub as_email: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum EraseCommand {
    /// Confirm what another person asked for, and so erase it.
    Confirm {
        #[arg(value_name = "REQUEST-ID")]
        request: String,
        /// The admin or releaser who confirms.
        #[arg(long = "as", value_name = "EMAIL")]
        as_email: String,
    },
    /// Drop a request.
    Drop {
        #[arg(value_name = "REQUEST-ID")]
        request: String,
        #[arg(long = "as", value_name = "EMAIL")]
        as_email: String,
    },
    /// List the requests that stand open.
    List {
        #[arg(long = "as", value_name = "EMAIL")]
        as_email: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum PersonalCommand {
    /// List where content is marked as personal data, and where it is likely to be.
    Find {
        /// The viewer over whose view it is looked for.
        #[arg(long = "as", value_name = "EMAIL")]
        as_email: String,
        /// Only what is marked.
        #[arg(long)]
        marked: bool,
    },
    /// Mark an object of the own member, or some of its fields, as personal data: a new version under its label.
    Mark {
        #[arg(value_name = "OBJECT-ID")]
        id: String,
        #[arg(long = "as", value_name = "EMAIL")]
        as_email: String,
        /// identity, contact, online-identifier, location, special or other.
        #[arg(long, value_name = "CATEGORY")]
        category: String,
        /// Why it may be held and shared.
        #[arg(long, value_name = "TEXT")]
        basis: String,
        /// When somebody looks again whether it is still needed.
        #[arg(long, value_name = "DATE")]
        review: Option<jiff::civil::Date>,
        /// To whom it may go without a decision; may be repeated.
        #[arg(long, value_name = "PARTY")]
        to: Vec<String>,
        /// A field, as granular markings select it; may be repeated. Without, the whole object.
        #[arg(long, value_name = "FIELD")]
        field: Vec<String>,
    },
    /// Take such a mark away again: a new version.
    Unmark {
        #[arg(value_name = "OBJECT-ID")]
        id: String,
        #[arg(long = "as", value_name = "EMAIL")]
        as_email: String,
        /// A field; may be repeated. Without, the whole object.
        #[arg(long, value_name = "FIELD")]
        field: Vec<String>,
    },
    /// Print a marking-definition that says that something is personal data.
    Marking {
        /// identity, contact, online-identifier, location, special or other.
        #[arg(long, value_name = "CATEGORY")]
        category: String,
        /// Why it may be held and shared.
        #[arg(long, value_name = "TEXT")]
        basis: String,
        /// When somebody looks again whether it is still needed.
        #[arg(long, value_name = "DATE")]
        review: Option<jiff::civil::Date>,
        /// To whom it may go; may be repeated.
        #[arg(long, value_name = "PARTY")]
        to: Vec<String>,
    },
}

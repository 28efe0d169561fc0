//! What can be typed.

mod audit;
mod channel;
mod content;
mod log;
mod notices;
mod overlay;
mod people;
mod policies;
mod release;
mod releases;
mod running;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub use crate::hunt::Hunt;
pub use crate::sightings::SightingsCommand;
pub use audit::{
    Audit, AuditCommand, Erase, EraseCommand, Lines as AuditLines, PersonalCommand, ProposalCommand,
};
pub use channel::ChannelCommand;
pub use content::{Batch, Delivery, Explain, Export, Format, Get, Import, Search, Versions, Withdraw};
pub use log::{LogCommand, LogProof, VerifyCommand, VerifyPackage, WitnessCommand};
pub use notices::{
    AlertCommand, AlertSend, Became, ReceiptCommand, RequestAsk, RequestCommand, RequirementCommand, To,
    Urgency, Way,
};
pub use overlay::{OverlayCommand, OverlayList, OverlaySet, Part};
pub use people::{
    CollectionCommand, CommunityCommand, Follow, KeyCommand, MemberCommand, Role, Sector, SigningKeyCommand,
    UserCommand,
};
pub use policies::{AgreementAdd, AgreementCommand, Form, LabelCommand, Policy};
pub use release::{Forecast, ForecastCommand, Foreseer, Precision, Tearline, Template};
pub use releases::{Direct, Reason, ReleaseCommand, ReleasePropose, ReleaseRules, State};
pub use running::{
    BackupFile, Bench, Benched, Demo, PeerAdd, PeerCommand, PeerInvite, PeerJoin, PeerSet, PeerTerms, Serve,
    SettingsFile, TaxiiCheck, WatchToken,
};

/// An exchange for cyber-threat intelligence between nations and the organisations inside them.
///
/// Results go to standard output, all else to standard error. Exit code 0: done; 1: the work failed; 2: bad usage.
#[derive(Debug, Parser)]
#[command(name = "kizuna", version, propagate_version = true, max_term_width = 100)]
pub struct Args {
    /// The node's data directory; created by the first command.
    #[arg(
        long,
        global = true,
        env = "KIZUNA_DATA",
        hide_env_values = true,
        default_value = DATA,
        value_name = "DIR"
    )]
    pub data: PathBuf,

    /// Print results as JSON, one value a line.
    #[arg(long, global = true)]
    pub json: bool,

    /// A PostgreSQL database to keep the node in instead: `postgres://USER@HOST/NAME`.
    #[arg(long, global = true, env = "KIZUNA_STORE", hide_env_values = true, value_name = "URL")]
    pub store: Option<String>,

    #[command(subcommand)]
    pub command: Command,
}

impl Args {
    /// Where the node is. An address given in place of the data directory is its database.
    pub fn place(&self) -> Place {
        let given = self.data.to_str().filter(|text| is_address(text));
        let Some(address) = given else {
            return Place { data: self.data.clone(), database: self.store.clone() };
        };
        Place { data: PathBuf::from(DATA), database: Some(address.to_owned()) }
    }
}

/// Where a node is.
#[derive(Debug, Clone)]
pub struct Place {
    /// The data directory of this machine.
    pub data: PathBuf,
    /// The database, where it is not in the directory.
    pub database: Option<String>,
}

fn is_address(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

/// The data directory where none is given.
const DATA: &str = "./kizuna-data";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the node: pages, TAXII and the API.
    Serve(Serve),
    /// Print the settings as they hold, as TOML.
    Settings(SettingsFile),
    /// Print the token that lets a monitor read /metrics, and nothing else.
    WatchToken(WatchToken),
    /// Organisations.
    #[command(subcommand)]
    Member(MemberCommand),
    /// Persons with an account.
    #[command(subcommand)]
    User(UserCommand),
    /// API keys.
    #[command(subcommand)]
    Key(KeyCommand),
    /// The keys with which members sign what they publish.
    #[command(subcommand)]
    SigningKey(SigningKeyCommand),
    /// Sharing groups of members.
    #[command(subcommand)]
    Community(CommunityCommand),
    /// Named parts of what can be read, and ways in.
    #[command(subcommand)]
    Collection(CollectionCommand),
    /// Security policies and their levels.
    #[command(subcommand)]
    Policy(Policy),
    /// Labels in the forms that others use.
    #[command(subcommand)]
    Label(LabelCommand),
    /// The frameworks under which parties share.
    #[command(subcommand)]
    Agreement(AgreementCommand),
    /// Take in STIX 2.0 or 2.1, gzipped or not; by content, not by name.
    Import(Import),
    /// Take in one file and say what became of every object in it.
    Batch(Batch),
    /// Write out what a viewer may read.
    Export(Export),
    /// Find objects by words, observables, type or reference.
    Search(Search),
    /// Print one object.
    Get(Get),
    /// List the versions of one object, and who claims what.
    Versions(Versions),
    /// Take what the own member gave back to itself; leaves a recall for those who could read it.
    Withdraw(Withdraw),
    /// Decide what leaves: propose, approve, reject, withdraw.
    #[command(subcommand)]
    Release(Box<ReleaseCommand>),
    /// Make a tear-line: a low-side set of drafts from a selection, field by field.
    Tearline(Box<Tearline>),
    /// Say who would gain or lose which objects by a change, before it is made.
    Forecast(Forecast),
    /// Say why an object can or cannot be read, rule by rule.
    Explain(Explain),
    /// What the own member makes of objects: tags, state, score, its judgement of the source.
    #[command(subcommand)]
    Overlay(OverlayCommand),
    /// Warn members, communities and sectors, and see how far each is.
    #[command(subcommand)]
    Alert(AlertCommand),
    /// Tell the producer of an object what became of it, by name or without.
    #[command(subcommand)]
    Receipt(ReceiptCommand),
    /// Ask for information, or for onward release; answer, or say why not.
    #[command(subcommand)]
    Request(RequestCommand),
    /// What the own member wants to know of whatever comes in.
    #[command(subcommand)]
    Requirement(RequirementCommand),
    /// Read, export and check what happened on this node, as an auditor.
    Audit(Audit),
    /// Personal data: where it is, and how to mark it.
    #[command(subcommand)]
    PersonalData(PersonalCommand),
    /// Erase what the own member gave of an object: one person asks, another confirms.
    Erase(Erase),
    /// Changes of rights that take two people: one proposes, another confirms.
    #[command(subcommand)]
    Proposal(ProposalCommand),
    /// Check the whole store against its digests and its log, and say what is lost.
    Check,
    /// The node's log: checkpoints, proofs, witnesses.
    #[command(subcommand)]
    Log(LogCommand),
    /// What crosses a domain boundary in packages: on a disk, or through a diode.
    #[command(subcommand)]
    Channel(Box<ChannelCommand>),
    /// Check a proof, a package, two checkpoints, or the whole store against the log.
    ///
    /// Exit code 0: it holds; 1: it does not; 2: bad usage. Only `store` opens a data directory.
    #[command(subcommand)]
    Verify(VerifyCommand),
    /// Nodes and servers that this node exchanges with.
    #[command(subcommand)]
    Peer(PeerCommand),
    /// Choose whose copy a member reads of what an author made who is no party here.
    Follow(Follow),
    /// Sweep logs and files for indicators, without a node.
    ///
    /// Exit code 0: clean; 1: hits; 2: bad usage; 3: nothing found, and not everything could be looked at or for.
    Hunt(Box<Hunt>),
    /// Tell a node what a sweep saw; what cannot be sent waits.
    #[command(subcommand)]
    Sightings(Box<SightingsCommand>),
    /// Write everything that the node holds into one file, while it runs.
    Backup(BackupFile),
    /// Begin a node anew from a backup, in a new data directory or, with --store, an empty database.
    Restore(BackupFile),
    /// Check any TAXII 2.1 server against the standard.
    TaxiiCheck(TaxiiCheck),
    /// Measure this machine with a node of its own.
    Bench(Bench),
    /// Three nodes and an operator: what each nation sees of one object, and an alert.
    Demo(Demo),
}

#[cfg(test)]
mod tests;

//! The commands.

mod agreement;
pub mod audit;
pub mod backup;
mod batch;
pub mod bench;
mod channel;
mod check;
mod collection;
mod community;
pub mod demo;
mod erase;
mod explain;
mod export;
mod follow;
mod forecast;
mod get;
mod import;
mod key;
mod label;
mod log;
mod member;
mod naming;
mod notices;
mod overlay;
mod peer;
mod personal;
mod policy;
mod proposal;
pub(crate) mod release;
mod search;
pub mod serve;
pub mod settings;
mod signing_key;
pub mod taxii_check;
mod tearline;
mod user;
pub mod verify;
mod withdraw;

use kizuna_app::Node;

use crate::args::{Command, VerifyCommand};
use crate::desk::Desk;
use crate::fail::Fail;

/// Runs a command that needs an open node.
pub fn run(node: &Node, command: Command, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let node = &node.at_command_line(name(&command));
    match command {
        Command::Member(command) => member::run(node, command, desk),
        Command::User(command) => user::run(node, command, desk),
        Command::Key(command) => key::run(node, command, desk),
        Command::SigningKey(command) => signing_key::run(node, command, desk),
        Command::Community(command) => community::run(node, command, desk),
        Command::Collection(command) => collection::run(node, command, desk),
        Command::Policy(command) => policy::run(node, &command, desk),
        Command::Label(command) => label::run(node, &command, desk),
        Command::Agreement(command) => agreement::run(node, command, desk),
        Command::Audit(audit) => audit::run(node, &audit, desk),
        Command::PersonalData(command) => personal::run(node, command, desk),
        Command::Erase(erase) => erase::run(node, &erase, desk),
        Command::Proposal(command) => proposal::run(node, command, desk),
        Command::Import(import) => import::run(node, &import, desk),
        Command::Batch(batch) => batch::run(node, &batch, desk),
        Command::Export(export) => export::run(node, &export, desk),
        Command::Search(search) => search::run(node, &search, desk),
        Command::Get(get) => get::run(node, &get, desk),
        Command::Versions(versions) => get::versions(node, &versions, desk),
        Command::Withdraw(withdraw) => withdraw::run(node, &withdraw, desk),
        Command::Release(command) => release::run(node, *command, desk),
        Command::Tearline(tearline) => tearline::run(node, &tearline, desk),
        Command::Forecast(forecast) => forecast::run(node, &forecast, desk),
        Command::Explain(explain) => explain::run(node, &explain, desk),
        Command::Overlay(command) => overlay::run(node, command, desk),
        Command::Alert(command) => notices::alert(node, command, desk),
        Command::Receipt(command) => notices::receipt(node, command, desk),
        Command::Request(command) => notices::request(node, command, desk),
        Command::Requirement(command) => notices::requirement(node, command, desk),
        Command::Peer(command) => peer::run(node, command, desk),
        Command::Channel(command) => channel::run(node, *command, desk),
        Command::Follow(typed) => follow::run(node, &typed, desk),
        Command::Check | Command::Verify(VerifyCommand::Store) => check::run(node, desk),
        Command::Log(command) => log::run(node, command, desk),
        Command::WatchToken(asked) => settings::watch_token(node, &asked, desk),
        Command::Backup(file) => backup::run(node, &file, desk),
        Command::Serve(_)
        | Command::Hunt(_)
        | Command::Sightings(_)
        | Command::Restore(_)
        | Command::Settings(_)
        | Command::TaxiiCheck(_)
        | Command::Verify(_)
        | Command::Bench(_)
        | Command::Demo(_) => Err(Fail::usage("this command does not run on another node's server")),
    }
}

/// What a reading of content stands for in the audit.
fn name(command: &Command) -> &'static str {
    match command {
        Command::Import(_) | Command::Batch(_) => "import",
        Command::Export(_) => "export",
        Command::Search(_) => "search",
        Command::Get(_) => "get",
        Command::Versions(_) => "versions",
        Command::Explain(_) => "explain",
        Command::Audit(_) => "audit",
        Command::Tearline(_) => "tearline",
        Command::Forecast(_) => "forecast",
        Command::Log(_) => "log",
        _ => "other",
    }
}

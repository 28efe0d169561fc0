//! `kizuna proposal`.

use kizuna_app::access::rights::{Holder, Proposed};
use kizuna_app::{Caller, Node};
use uuid::Uuid;

use super::naming;
use crate::args::ProposalCommand;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: ProposalCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        ProposalCommand::Add { whose, clear, role, reason, as_email } => {
            let holder = holder(node, &whose)?;
            let change = if role.is_empty() {
                Proposed::Clearance { holder, clearance: naming::clearance(&*node.directory()?, &clear)? }
            } else {
                let Holder::Person(person) = holder else {
                    return Err(Fail::usage("roles are a person's: say its address"));
                };
                Proposed::Roles { person, roles: naming::roles(&role) }
            };
            let made = node.people(caller(node, &as_email, "proposal add")?).propose(change, &reason)?;
            desk.say(format!(
                "{} would hold {}; another admin confirms it before {}:",
                made.whose, made.wanted, made.until
            ))?;
            if desk.json {
                return desk.print_json(&made);
            }
            desk.print(made.id.to_string())?;
        }
        ProposalCommand::Confirm { proposal, as_email } => {
            node.people(caller(node, &as_email, "proposal confirm")?).confirm(id(&proposal)?)?;
            desk.say("confirmed and carried out")?;
        }
        ProposalCommand::Drop { proposal, as_email } => {
            node.people(caller(node, &as_email, "proposal drop")?).drop_proposal(id(&proposal)?)?;
            desk.say("dropped")?;
        }
        ProposalCommand::Lower { whose, clear, as_email } => {
            let (holder, clearance) =
                (holder(node, &whose)?, naming::clearance(&*node.directory()?, &clear)?);
            node.people(caller(node, &as_email, "proposal lower")?).clear(holder, clearance)?;
            desk.say("lowered")?;
        }
        ProposalCommand::List { as_email } => {
            let caller = match as_email {
                None => Caller::Operator,
                Some(email) => caller(node, &email, "proposal list")?,
            };
            let found = node.people(caller).proposals()?;
            desk.print_rows(
                &["id", "state", "whose", "holds", "would hold", "by", "reason"],
                &found,
                |one| {
                    let state = one.state.as_str().to_owned();
                    let (whose, by, reason) = (one.whose.clone(), one.by.clone(), one.reason.clone());
                    vec![one.id.to_string(), state, whose, one.now.clone(), one.wanted.clone(), by, reason]
                },
            )?;
        }
    }
    Ok(())
}

fn caller(node: &Node, email: &str, doing: &str) -> Result<Caller, Fail> {
    Ok(Caller::Person(naming::viewer(node, email, doing)?))
}

fn id(typed: &str) -> Result<Uuid, Fail> {
    typed.parse().map_err(|_| Fail::usage(format!("{typed:?} is not a proposal's id (kizuna proposal list)")))
}

/// Whose clearance: `node`, a person by address, or a member by name.
fn holder(node: &Node, whose: &str) -> Result<Holder, Fail> {
    let directory = node.directory()?;
    if whose == "node" {
        return Ok(Holder::Node);
    }
    if whose.contains('@') {
        return Ok(Holder::Person(naming::person(&directory, whose)?.id));
    }
    Ok(Holder::Member(naming::member(&directory, whose)?.id))
}

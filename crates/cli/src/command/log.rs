//! `kizuna log`.

use kizuna_app::log::NewWitness;
use kizuna_app::tlog::Use;
use kizuna_app::{Caller, Node};

use super::naming;
use crate::args::{LogCommand, LogProof, WitnessCommand};
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: LogCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let people = node.people(Caller::Operator);
    match command {
        LogCommand::Status => status(node, desk),
        LogCommand::Key { witness } => {
            let key = node.log_verifier()?;
            let key = if witness { key.for_use(Use::Cosignature) } else { key };
            Ok(desk.print(key.to_string())?)
        }
        LogCommand::Checkpoint => Ok(write!(desk.out, "{}", node.log_checkpoint()?)?),
        LogCommand::Proof(asked) => proof(node, &asked, desk),
        LogCommand::Consistency { old, size } => {
            let size = size.map_or_else(|| node.log_status().map(|status| status.size), Ok)?;
            Ok(write!(desk.out, "{}", node.log_consistency(old, size)?)?)
        }
        LogCommand::Seal => {
            let size = node.seal_log()?;
            Ok(desk.say(format!("the log has {size} leaves"))?)
        }
        LogCommand::Witness(command) => witness(node, command, desk),
        LogCommand::Follow { name, key } => {
            let log = people.follow_log(&name, &key)?;
            Ok(desk.say(format!("the log of {} is co-signed from now on", log.name))?)
        }
        LogCommand::Unfollow { origin } => {
            people.unfollow_log(&origin)?;
            Ok(desk.say(format!("{origin} is co-signed no more"))?)
        }
        LogCommand::Followed => {
            let logs = people.log_partners()?.followed;
            desk.print_rows(&["name", "leaves", "at", "key"], &logs, |log| {
                vec![log.name.clone(), log.size.to_string(), time(log.at), log.key.clone()]
            })
        }
        LogCommand::Splits => {
            let splits = people.log_partners()?.splits;
            desk.print_rows(&["at", "name", "origin", "proven"], &splits, |split| {
                let proven = if split.proven { "yes" } else { "it gave no proof" };
                vec![split.at.to_string(), split.name.clone(), split.origin.clone(), proven.to_owned()]
            })
        }
        LogCommand::Renew { origin } => {
            let key = people.renew_log(origin.as_deref())?;
            desk.say("the log has a new key: give it to whoever checks or co-signs it")?;
            Ok(desk.print(key.to_string())?)
        }
    }
}

fn status(node: &Node, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let status = node.log_status()?;
    if desk.json {
        return desk.print_json(&status);
    }
    desk.print(format!("origin    {}", status.origin))?;
    desk.print(format!("key       {}", status.key))?;
    desk.print(format!("leaves    {}", status.size))?;
    desk.print(format!("root      {}", status.root))?;
    desk.print(format!("last leaf {}", time(status.last)))?;
    for witness in &status.cosigned {
        desk.print(format!("co-signed {} by {}", witness.at, witness.name))?;
    }
    let splits = node.log_splits()?.len();
    if splits > 0 {
        desk.say(format!("{splits} times a partner's log showed two histories: kizuna log splits"))?;
    }
    Ok(())
}

fn proof(node: &Node, asked: &LogProof, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let who = naming::viewer(node, &asked.as_email, "log proof")?;
    let id = asked.id.parse().map_err(|_| Fail::usage(format!("{:?} is no object id", asked.id)))?;
    let proof = node.log_proof(&who, &id, asked.modified)?.to_string();
    match &asked.to {
        None => Ok(write!(desk.out, "{proof}")?),
        Some(file) => Ok(std::fs::write(desk.path(file), proof)?),
    }
}

fn witness(node: &Node, command: WitnessCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let people = node.people(Caller::Operator);
    match command {
        WitnessCommand::Add { name, url, key, credential } => {
            let witness = people.add_witness(NewWitness { name, url, key, credential })?;
            Ok(desk.say(format!("{} is asked from now on", witness.name))?)
        }
        WitnessCommand::Remove { name } => {
            people.remove_witness(&name)?;
            Ok(desk.say(format!("{name} is asked no more"))?)
        }
        WitnessCommand::List => {
            let witnesses = node.log_witnesses()?;
            desk.print_rows(&["name", "leaves", "at", "url", "error"], &witnesses, |witness| {
                let error = witness.error.clone().unwrap_or_default();
                vec![
                    witness.name.clone(),
                    witness.size.to_string(),
                    time(witness.at),
                    witness.url.clone(),
                    error,
                ]
            })
        }
        WitnessCommand::Ask => {
            let checkpoint = node.ask_witnesses()?;
            Ok(write!(desk.out, "{checkpoint}")?)
        }
    }
}

fn time(at: Option<jiff::Timestamp>) -> String {
    at.map_or_else(|| "–".to_owned(), |at| at.to_string())
}

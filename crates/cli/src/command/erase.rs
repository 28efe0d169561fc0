//! `kizuna erase`.

use kizuna_app::{AppError, Node};
use uuid::Uuid;

use super::naming;
use crate::args::{Erase, EraseCommand};
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, typed: &Erase, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match &typed.command {
        None => ask(node, typed, desk),
        Some(EraseCommand::Confirm { request, as_email }) => {
            let who = naming::viewer(node, as_email, "erase confirm")?;
            let erased = node.confirm_erasure(&who, id(request)?).map_err(|error| unknown(error, request))?;
            desk.say(format!(
                "{erased} contributions are erased; who could read them, and peers, get a recall"
            ))?;
            desk.say("backups from before hold them still: see docs/OPERATIONS.md")?;
            if desk.json {
                return desk.print_json(&serde_json::json!({ "erased": erased }));
            }
            Ok(())
        }
        Some(EraseCommand::Drop { request, as_email }) => {
            let who = naming::viewer(node, as_email, "erase drop")?;
            node.drop_erasure(&who, id(request)?).map_err(|error| unknown(error, request))?;
            desk.say("dropped")?;
            Ok(())
        }
        Some(EraseCommand::List { as_email }) => {
            let who = naming::viewer(node, as_email, "erase list")?;
            let directory = node.directory()?;
            desk.print_rows(
                &["id", "object", "by", "reason", "basis", "until"],
                &node.erasures(&who)?,
                |one| {
                    let by = directory.person(one.by).map(|person| person.email.clone()).unwrap_or_default();
                    let (reason, basis) = (one.reason.clone(), one.basis.clone());
                    vec![one.id.to_string(), one.object.to_string(), by, reason, basis, one.until.to_string()]
                },
            )
        }
    }
}

fn ask(node: &Node, typed: &Erase, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let missing = |what: &str| Fail::usage(format!("an erasure says {what}"));
    let object = naming::object(typed.object.as_deref().ok_or_else(|| missing("which object"))?)?;
    let email = typed.as_email.as_deref().ok_or_else(|| missing("who asks (--as EMAIL)"))?;
    let reason = typed.reason.as_deref().ok_or_else(|| missing("why (--reason TEXT)"))?;
    let basis = typed.basis.as_deref().ok_or_else(|| missing("on what legal basis (--basis TEXT)"))?;
    let who = naming::viewer(node, email, "erase")?;
    let asked = node.ask_to_erase(&who, &object, typed.at, reason, basis).map_err(|error| match error {
        AppError::NotFound => {
            Fail::work(format!("the member of {email} gave no {object} that {email} may read"))
        }
        other => other.into(),
    })?;
    desk.say(format!(
        "nothing is erased yet: another admin or releaser confirms it before {}:",
        asked.until
    ))?;
    if desk.json {
        return desk.print_json(&asked);
    }
    desk.print(asked.id.to_string())?;
    Ok(())
}

fn id(typed: &str) -> Result<Uuid, Fail> {
    typed.parse().map_err(|_| Fail::usage(format!("{typed:?} is not a request's id (kizuna erase list)")))
}

fn unknown(error: AppError, request: &str) -> Fail {
    match error {
        AppError::NotFound => Fail::work(format!("there is no open request {request} (kizuna erase list)")),
        other => other.into(),
    }
}

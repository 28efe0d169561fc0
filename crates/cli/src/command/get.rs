//! `kizuna get` and `kizuna versions`.

use kizuna_app::stix::Id;
use kizuna_app::{AppError, Node};

use super::{naming, search};
use crate::args::{Get, Versions};
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, get: &Get, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let id = naming::object(&get.id)?;
    let who = naming::viewer(node, &get.viewer.email, "get")?;
    let reading = node.read(&who)?;
    let item = match get.at {
        None => reading.object(&id),
        Some(version) => reading.versions(&id).and_then(|found| {
            found.into_iter().find(|item| item.version == version).ok_or(AppError::NotFound)
        }),
    };
    let item = item.map_err(|error| unseen(error, &id, &get.viewer.email))?;
    if desk.json {
        let json = search::as_json(&reading, &item)?;
        return desk.print_json(&json);
    }
    let object: serde_json::Value = serde_json::from_slice(&item.bytes)?;
    desk.say(format!("label  {}", reading.label_text(&item.label)))?;
    desk.say(format!("source {}, readable since {}", reading.member_name(item.source), item.added))?;
    for warning in &item.warnings {
        desk.say(format!("warning {warning}"))?;
    }
    desk.print(serde_json::to_string_pretty(&object)?)?;
    Ok(())
}

pub fn versions(node: &Node, typed: &Versions, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let id = naming::object(&typed.id)?;
    let who = naming::viewer(node, &typed.viewer.email, "versions")?;
    let reading = node.read(&who)?;
    let found = if typed.claims { reading.claims(&id) } else { reading.versions(&id) };
    let items = found.map_err(|error| unseen(error, &id, &typed.viewer.email))?;
    search::print_items(&reading, &items, desk)
}

/// Hidden and absent are the same words.
pub fn unseen(error: AppError, id: &Id, email: &str) -> Fail {
    match error {
        AppError::NotFound => Fail::work(format!("{email} finds no {id}")),
        other => other.into(),
    }
}

//! `kizuna withdraw`.

use kizuna_app::Node;

use super::{get, naming};
use crate::args::Withdraw;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, typed: &Withdraw, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let id = naming::object(&typed.id)?;
    let who = naming::viewer(node, &typed.viewer.email, "withdraw")?;
    let covered =
        node.withdraw(&who, &id, typed.at).map_err(|error| get::unseen(error, &id, &typed.viewer.email))?;
    if desk.json {
        return desk.print_json(&serde_json::json!({ "id": id, "versions": covered }));
    }
    let versions = if covered == 1 { "version" } else { "versions" };
    desk.say(format!("withdrew {covered} {versions} of {id}: only the own member reads it now"))?;
    desk.say("who could read it gets a recall in its place, partners with their next exchange")?;
    Ok(())
}

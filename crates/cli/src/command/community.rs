//! `kizuna community`.

use kizuna_app::attest::Verified;
use kizuna_app::people::Roster;
use kizuna_app::{Caller, Node};

use super::{naming, signing_key};
use crate::args::CommunityCommand;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: CommunityCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let people = node.people(Caller::Operator);
    let directory = node.directory()?;
    match command {
        CommunityCommand::Add { name, from_joining, member } => {
            let members = member
                .iter()
                .map(|name| Ok(naming::member(&directory, name)?.id))
                .collect::<Result<Vec<_>, Fail>>()?;
            let community = people.add_community(&name, from_joining)?;
            for member in members {
                people.join(community.id, member, None, None)?;
            }
            desk.say(format!("added {name}"))?;
            desk.print(community.id.to_string())?;
        }
        CommunityCommand::List => {
            let communities = people.communities()?;
            desk.print_rows(&["name", "owner", "opens", "members", "id"], &communities, |community| {
                let members: Vec<String> = community
                    .members
                    .iter()
                    .filter_map(|member| Some(directory.member(*member)?.name.clone()))
                    .collect();
                let owner = if community.owned { "here" } else { "elsewhere" };
                let opens = if community.from_joining { "from joining" } else { "all" };
                vec![
                    community.name.clone(),
                    owner.to_owned(),
                    opens.to_owned(),
                    members.join(", "),
                    community.id.to_string(),
                ]
            })?;
        }
        CommunityCommand::Export { community } => {
            let roster = people.export_roster(naming::community(&directory, &community)?.id)?;
            let text = serde_json::to_string_pretty(&roster)?;
            desk.print(text)?;
        }
        CommunityCommand::Import { from, key, unsigned } => {
            let mut text = String::new();
            if from.as_os_str() == "-" {
                desk.input.read_to_string(&mut text)?;
            } else {
                text = std::fs::read_to_string(desk.path(&from))
                    .map_err(|error| Fail::work(format!("{}: {error}", from.display())))?;
            }
            let roster: Roster = serde_json::from_str(&text)
                .map_err(|error| Fail::work(format!("{}: not a roster: {error}", from.display())))?;
            let verified = match key {
                Some(key) => people.verify_roster_with(roster, signing_key::public(node, &key)?)?,
                None if unsigned && roster.signed.is_none() => Verified::authenticated(roster),
                None => people.verify_roster(roster)?,
            };
            let community = people.import_roster(&verified)?;
            desk.say(format!("took in {} with {} members", community.name, community.members.len()))?;
            desk.print(community.id.to_string())?;
        }
        CommunityCommand::Join { community, member, from, until } => {
            let community = naming::community(&directory, &community)?;
            let member = naming::member(&directory, &member)?;
            people.join(community.id, member.id, from, until)?;
            desk.say(format!("{} is in {}", member.name, community.name))?;
        }
        CommunityCommand::Leave { community, member } => {
            let community = naming::community(&directory, &community)?;
            let member = naming::member(&directory, &member)?;
            people.leave(community.id, member.id)?;
            desk.say(format!("{} has left {}", member.name, community.name))?;
        }
    }
    Ok(())
}

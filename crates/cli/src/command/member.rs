//! `kizuna member`.

use kizuna_app::access::party::BadCountry;
use kizuna_app::access::rights::Holder;
use kizuna_app::access::{Country, MemberId};
use kizuna_app::people::NewMember;
use kizuna_app::{Caller, Node};

use super::naming;
use crate::args::MemberCommand;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: MemberCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        MemberCommand::Add { name, country, kind, community, identity, elsewhere, client_of, clear } => {
            let country: Country =
                country.to_uppercase().parse().map_err(|error: BadCountry| Fail::usage(error.to_string()))?;
            let new = NewMember {
                name,
                country,
                sector: naming::sector(kind),
                identity: identity.as_deref().map(identity_of).transpose()?,
                hosted: !elsewhere,
            };
            add(node, new, &community, &client_of, &clear, desk)
        }
        MemberCommand::List => list(node, desk),
    }
}

fn add(
    node: &Node,
    new: NewMember,
    communities: &[String],
    serving: &[String],
    clear: &[String],
    desk: &mut Desk<'_>,
) -> Result<(), Fail> {
    let people = node.people(Caller::Operator);
    // Everything typed is looked up before anything is written.
    let directory = node.directory()?;
    let communities = communities
        .iter()
        .map(|name| Ok(naming::community(&directory, name)?.id))
        .collect::<Result<Vec<_>, Fail>>()?;
    let serving = serving
        .iter()
        .map(|name| Ok(naming::member(&directory, name)?.id))
        .collect::<Result<Vec<_>, Fail>>()?;
    let ceiling = naming::clearance(&directory, clear)?;
    let member = people.add_member(new)?;
    for community in communities {
        people.join(community, member.id, None, None)?;
    }
    for of in serving {
        people.add_client(member.id, of)?;
    }
    if !ceiling.0.is_empty() {
        people.clear(Holder::Member(member.id), ceiling)?;
    }
    let own = if member.own { ", this node's own member" } else { "" };
    desk.say(format!("added {} ({}){own}", member.name, member.country))?;
    if desk.json {
        return desk.print_json(&member);
    }
    desk.print(member.id.identity().as_str())?;
    Ok(())
}

fn list(node: &Node, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let members = node.people(Caller::Operator).members()?;
    desk.print_rows(&["name", "country", "kind", "home", "identity"], &members, |member| {
        let home = match (member.own, member.hosted) {
            (true, _) => "own",
            (false, true) => "here",
            (false, false) => "elsewhere",
        };
        vec![
            member.name.clone(),
            member.country.to_string(),
            member.sector.as_str().to_owned(),
            home.to_owned(),
            member.id.identity().to_string(),
        ]
    })
}

fn identity_of(typed: &str) -> Result<MemberId, Fail> {
    let id = naming::object(typed)?;
    if id.kind() != "identity" {
        return Err(Fail::usage(format!("{typed} is not an identity")));
    }
    Ok(MemberId(id.uuid()))
}

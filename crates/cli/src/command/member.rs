//! `kizuna member`.

use kizuna_app::access::party::BadCountry;
use kizuna_app::access::rights::Holder;
use kizuna_app::access::{Country, MemberId, industry};
use kizuna_app::people::NewMember;
use kizuna_app::{Caller, Node};

use super::naming;
use crate::args::MemberCommand;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: MemberCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        MemberCommand::Add {
            name,
            country,
            kind,
            community,
            identity,
            elsewhere,
            client_of,
            clear,
            sector,
        } => {
            let country: Country =
                country.to_uppercase().parse().map_err(|error: BadCountry| Fail::usage(error.to_string()))?;
            let new = NewMember {
                name,
                country,
                sector: naming::sector(kind),
                identity: identity.as_deref().map(identity_of).transpose()?,
                hosted: !elsewhere,
            };
            add(node, new, &Beside { community, client_of, clear, sector }, desk)
        }
        MemberCommand::List => list(node, desk),
        MemberCommand::Set { name, sector } => {
            let id = naming::member(&*node.directory()?, &name)?.id;
            let member = node.people(Caller::Operator).set_industries(id, &sector)?;
            let words: Vec<&str> = member.industries.iter().map(String::as_str).collect();
            desk.say(format!("{} works in: {}", member.name, words.join(", ")))?;
            Ok(())
        }
        MemberCommand::Sectors => {
            let sectors: Vec<serde_json::Value> = industry::ALL
                .iter()
                .map(|one| {
                    serde_json::json!({
                        "word": one.word, "english": one.english, "japanese": one.japanese, "within": one.within,
                    })
                })
                .collect();
            desk.print_rows(&["sector", "in words", "within"], &sectors, |one| {
                let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
                let within: Vec<&str> =
                    one["within"].as_array().into_iter().flatten().filter_map(|word| word.as_str()).collect();
                vec![text("word"), format!("{} {}", text("english"), text("japanese")), within.join(", ")]
            })
        }
    }
}

/// What is said of a new member beside who it is.
struct Beside {
    community: Vec<String>,
    client_of: Vec<String>,
    clear: Vec<String>,
    sector: Vec<String>,
}

fn add(node: &Node, new: NewMember, beside: &Beside, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let Beside { community: communities, client_of: serving, clear, sector } = beside;
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
    if let Some(unknown) = sector.iter().find(|word| industry::known(word).is_none()) {
        return Err(Fail::usage(format!("there is no sector {unknown:?} (kizuna member sectors)")));
    }
    let mut member = people.add_member(new)?;
    if !sector.is_empty() {
        member = people.set_industries(member.id, sector)?;
    }
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

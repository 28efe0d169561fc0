//! `kizuna collection`.

use kizuna_app::access::Party;
use kizuna_app::access::rights::Holds;
use kizuna_app::{Caller, Node};

use super::naming;
use crate::args::CollectionCommand;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: CollectionCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let directory = node.directory()?;
    match command {
        CollectionCommand::Add { title, community, naming, writable, default } => {
            let root = community.as_deref().map(|name| naming::community(&directory, name)).transpose()?;
            let root = root.map(|community| community.id);
            let holds = naming.as_deref().map(|name| party(node, name)).transpose()?;
            let holds = holds.map_or(Holds::All, Holds::Naming);
            let default = default.as_deref().map(|text| node.label(text)).transpose()?;
            let people = node.people(Caller::Operator);
            let id = people.add_collection(root, &title, holds, writable, default)?;
            desk.say(format!("added {title}"))?;
            desk.print(id.to_string())?;
        }
        CollectionCommand::List { as_email } => {
            let caller = match as_email {
                Some(email) => Caller::Person(naming::viewer(node, &email, "collection list")?),
                None => Caller::Operator,
            };
            let roots = node.people(caller).roots()?;
            let rows: Vec<_> = roots
                .iter()
                .flat_map(|root| root.collections.iter().map(move |collection| (root, collection)))
                .collect();
            let titles = ["root", "title", "alias", "read", "write", "id"];
            desk.print_rows(&titles, &rows, |(root, collection)| {
                let yes = |can: bool| if can { "yes" } else { "no" }.to_owned();
                vec![
                    root.title.clone(),
                    collection.title.clone(),
                    collection.alias.clone().unwrap_or_default(),
                    yes(collection.can_read),
                    yes(collection.can_write),
                    collection.id.to_string(),
                ]
            })?;
        }
    }
    Ok(())
}

/// A party as labels write it: a country, or a member or community by name.
fn party(node: &Node, typed: &str) -> Result<Party, Fail> {
    let directory = node.directory()?;
    if let Some(community) = directory.community_named(typed) {
        return Ok(Party::Community(community.id));
    }
    if let Some(member) = directory.member_named(typed) {
        return Ok(Party::Member(member.id));
    }
    let country = typed
        .parse()
        .map_err(|_| Fail::work(format!("{typed:?} is no member, community or country here")))?;
    Ok(Party::Country(country))
}

//! `kizuna peer`.

use kizuna_app::peers::{Credential, NewPeer, Peer, PeerChange, PeerStatus};
use kizuna_app::{Caller, Node};

use super::{naming, signing_key};
use crate::args::{PeerAdd, PeerCommand, PeerSet};
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: PeerCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        PeerCommand::Add(new) => add(node, *new, desk),
        PeerCommand::Set(set) => change(node, *set, desk),
        PeerCommand::Remove { name } => {
            chosen(node, Some(&name))?;
            node.remove_peer(&Caller::Operator, &name)?;
            desk.say(format!("removed {name}; what it gave stays"))?;
            Ok(())
        }
        PeerCommand::List => list(node, desk),
        PeerCommand::Sync { name } => sync(node, name.as_deref(), desk),
        PeerCommand::Status { name } => {
            let peers = chosen(node, name.as_deref())?;
            let told = peers
                .into_iter()
                .map(|peer| Ok((node.peer_status(&peer.name)?, peer)))
                .map(|told: Result<_, Fail>| told.map(|(status, peer)| (peer, status)))
                .collect::<Result<Vec<_>, Fail>>()?;
            tell(node, &told, desk)
        }
    }
}

fn add(node: &Node, new: PeerAdd, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let directory = node.directory()?;
    let members = new
        .member
        .iter()
        .map(|name| Ok(naming::member(&directory, name)?.id))
        .collect::<Result<Vec<_>, Fail>>()?;
    let pinned = new.signing_key.as_deref().map(|key| signing_key::public(node, key)).transpose()?;
    if let (Some(key), Some(member)) = (pinned, members.first()) {
        node.people(Caller::Operator).pin_signing_key(*member, key)?;
    }
    // With neither said, both.
    let both = !new.pull && !new.push;
    let peer = node.add_peer(
        &Caller::Operator,
        NewPeer {
            name: new.name,
            url: new.url,
            members,
            user: new.user,
            key: new.key.map(Credential::new),
            collections: new.collection,
            pull: new.pull || both,
            push: new.push || both,
            every: new.every,
            label: new.label,
            clearance: naming::clearance(&directory, &new.clear)?,
        },
    )?;
    desk.say(format!("added {}; a running server begins to exchange with it at once", peer.name))?;
    Ok(())
}

fn change(node: &Node, typed: PeerSet, desk: &mut Desk<'_>) -> Result<(), Fail> {
    chosen(node, Some(&typed.name))?;
    let directory = node.directory()?;
    let members = typed
        .member
        .iter()
        .map(|name| Ok(naming::member(&directory, name)?.id))
        .collect::<Result<Vec<_>, Fail>>()?;
    let given = |text: String| (!text.is_empty()).then_some(text);
    let collections: Vec<String> = typed.collection.iter().filter(|id| !id.is_empty()).cloned().collect();
    let change = PeerChange {
        url: typed.url,
        members: (!members.is_empty()).then_some(members),
        user: typed.user.map(given),
        key: typed.key.map(|key| given(key).map(Credential::new)),
        collections: (!typed.collection.is_empty()).then_some(collections),
        pull: typed.pull,
        push: typed.push,
        every: typed.every,
        label: typed.label.map(given),
        clearance: (!typed.clear.is_empty())
            .then(|| naming::clearance(&directory, &typed.clear))
            .transpose()?,
    };
    let moves = change.url.is_some() && change.key.is_none();
    let had_key = chosen(node, Some(&typed.name))?.iter().any(Peer::has_credential);
    let peer = node.set_peer(&Caller::Operator, &typed.name, change)?;
    desk.say(format!("changed {}; the next exchange follows it", peer.name))?;
    if moves && had_key && !peer.has_credential() {
        desk.say("its key was for another server and is gone: give the new one with --key")?;
    }
    Ok(())
}

fn chosen(node: &Node, name: Option<&str>) -> Result<Vec<Peer>, Fail> {
    let peers = node.peers(&Caller::Operator)?;
    let Some(name) = name else { return Ok(peers) };
    let found: Vec<Peer> = peers.into_iter().filter(|peer| peer.name == name).collect();
    if found.is_empty() {
        return Err(Fail::work(format!("there is no peer {name:?} (kizuna peer list)")));
    }
    Ok(found)
}

fn list(node: &Node, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let directory = node.directory()?;
    let rows: Vec<serde_json::Value> = chosen(node, None)?
        .iter()
        .map(|peer| {
            let members: Vec<String> = peer
                .members
                .iter()
                .filter_map(|member| Some(directory.member(*member)?.name.clone()))
                .collect();
            serde_json::json!({
                "name": peer.name, "url": peer.url.as_str(), "members": members, "pull": peer.pull,
                "push": peer.push, "every": peer.every, "label": peer.label,
            })
        })
        .collect();
    desk.print_rows(&["name", "url", "members", "does", "every", "label"], &rows, |row| {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let members = row["members"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
        let does = match (row["pull"] == true, row["push"] == true) {
            (true, true) => "pull and push",
            (true, false) => "pull",
            (false, _) => "push",
        };
        let members: Vec<&str> = members.collect();
        let every = format!("{}s", row["every"]);
        vec![text("name"), text("url"), members.join(", "), does.to_owned(), every, text("label")]
    })
}

/// A peer that failed makes the command fail.
fn sync(node: &Node, name: Option<&str>, desk: &mut Desk<'_>) -> Result<(), Fail> {
    chosen(node, name)?;
    let told = node.sync_peers(&Caller::Operator, name)?;
    tell(node, &told, desk)?;
    let failed: Vec<String> = told
        .iter()
        .filter_map(|(peer, status)| Some(format!("{}: {}", peer.name, status.error.as_ref()?)))
        .collect();
    if failed.is_empty() { Ok(()) } else { Err(Fail::work(failed.join("\n        "))) }
}

fn tell(node: &Node, told: &[(Peer, PeerStatus)], desk: &mut Desk<'_>) -> Result<(), Fail> {
    let now = node.now();
    if desk.json {
        return told.iter().try_for_each(|(peer, status)| {
            let lag = status.lag(now);
            desk.print_json(&serde_json::json!({ "name": peer.name, "lag": lag, "status": status }))
        });
    }
    let titles = ["name", "behind", "pulled", "known", "quarantined", "pushed", "refused", "last error"];
    desk.print_rows(&titles, told, |(peer, status)| {
        let lag = status.lag(now).map_or_else(|| "never level".to_owned(), |lag| format!("{lag}s"));
        let trouble = status.error.as_ref().or(status.last_refusal.as_ref());
        vec![
            peer.name.clone(),
            lag,
            status.pulled.to_string(),
            status.known.to_string(),
            status.quarantined.to_string(),
            status.pushed.to_string(),
            status.refused.to_string(),
            trouble.cloned().unwrap_or_default(),
        ]
    })
}

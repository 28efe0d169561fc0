//! `kizuna peer`.

use kizuna_app::peers::{Credential, Join, NewPeer, Outbox, Peer, PeerChange, PeerStatus, Terms};
use kizuna_app::{Caller, Node};

use super::{naming, signing_key};
use crate::args::{PeerAdd, PeerCommand, PeerInvite, PeerJoin, PeerSet, PeerTerms};
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: PeerCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        PeerCommand::Add(new) => add(node, *new, desk),
        PeerCommand::Invite(invite) => invite_peer(node, *invite, desk),
        PeerCommand::Join(join) => join_peer(node, *join, desk),
        PeerCommand::Renew { now } => renew(node, now, desk),
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

/// What was typed of an enrolled peer.
fn terms(node: &Node, name: String, members: &[String], typed: PeerTerms) -> Result<Terms, Fail> {
    let directory = node.directory()?;
    let named = |name: &String| Ok(naming::member(&directory, name)?.id);
    Ok(Terms {
        name,
        members: members.iter().map(named).collect::<Result<Vec<_>, Fail>>()?,
        ours: typed.ours.iter().map(named).collect::<Result<Vec<_>, Fail>>()?,
        every: typed.every,
        label: typed.label,
        clearance: naming::clearance(&directory, &typed.clear)?,
    })
}

fn invite_peer(node: &Node, typed: PeerInvite, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let terms = terms(node, typed.name, &typed.member, typed.terms)?;
    let invited = node.invite_peer(&Caller::Operator, terms)?;
    let address = invited.address.as_deref();
    if desk.json {
        let (code, until) = (invited.code.to_string(), invited.until);
        let told =
            serde_json::json!({ "code": code, "until": until, "address": address, "pin": invited.pin });
        return desk.print_json(&told);
    }
    desk.say(format!(
        "read this code to the other side over the phone; it works once, until {}",
        invited.until
    ))?;
    match address {
        Some(address) => desk.say(format!("there: kizuna peer join {address} CODE NAME"))?,
        None => desk.say(
            "this node does not listen for peers: start it with kizuna serve --peers-listen ADDRESS:PORT",
        )?,
    }
    desk.say(format!("this node's transport key: {}", invited.pin.grouped()))?;
    desk.print(invited.code.to_string())?;
    Ok(())
}

fn join_peer(node: &Node, typed: PeerJoin, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let terms = terms(node, typed.name, &typed.member, typed.terms)?;
    let join = Join { address: typed.address, code: typed.code, terms };
    let peer = node.join_peer(&Caller::Operator, join)?;
    let directory = node.directory()?;
    let names: Vec<&str> =
        peer.members.iter().filter_map(|member| Some(directory.member(*member)?.name.as_str())).collect();
    desk.say(format!(
        "enrolled {}, where {} lives; both sides know each other now",
        peer.name,
        names.join(", ")
    ))?;
    if let Some(pin) = peer.channel.as_ref().and_then(|channel| channel.pins.last()) {
        desk.say(format!("its transport key: {}", pin.grouped()))?;
    }
    Ok(())
}

fn renew(node: &Node, at_once: bool, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let renewal = node.renew_transport(&Caller::Operator, at_once)?;
    if desk.json {
        return desk.print_json(&renewal);
    }
    desk.say(format!("the new transport key: {}", renewal.pin.grouped()))?;
    for (name, reason) in &renewal.waits_for {
        let reason = reason.as_deref().unwrap_or("it asks before long, or is enrolled again");
        desk.say(format!("{name} has not heard of it: {reason}"))?;
    }
    desk.say(if renewal.done { "it is in use now" } else { "it is used as soon as all have heard of it" })?;
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
                "transport_key": transport_key(peer), "transport_keys": peer.channel.as_ref().map_or(0, |it| it.pins.len()),
            })
        })
        .collect();
    let titles = ["name", "url", "members", "does", "every", "label", "transport key"];
    desk.print_rows(&titles, &rows, |row| {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let members = row["members"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
        let does = match (row["pull"] == true, row["push"] == true) {
            (true, true) => "pull and push",
            (true, false) => "pull",
            (false, true) => "push",
            (false, false) => "waits for it",
        };
        let members: Vec<&str> = members.collect();
        let every = format!("{}s", row["every"]);
        vec![
            text("name"),
            text("url"),
            members.join(", "),
            does.to_owned(),
            every,
            text("label"),
            text("transport_key"),
        ]
    })
}

/// How many versions stand to be sent, and how many of them are urgent.
fn waiting_text(outbox: &Outbox) -> String {
    let more = if outbox.capped { "+" } else { "" };
    match outbox.urgent {
        0 => format!("{}{more}", outbox.waiting),
        urgent => format!("{}{more} ({urgent} urgent)", outbox.waiting),
    }
}

/// What people compare with the other side; empty for a peer that is asked with a credential.
fn transport_key(peer: &Peer) -> String {
    let pin = peer.channel.as_ref().and_then(|channel| channel.pins.last());
    pin.map(kizuna_app::peers::Pin::grouped).unwrap_or_default()
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
            let (lag, outbox) = (status.lag(now), node.outbox(peer)?);
            let held_back = node.held_back(&Caller::Operator, peer)?;
            let hello = node.peer_hello(&peer.name)?;
            desk.print_json(&serde_json::json!({
                "name": peer.name, "lag": lag, "status": status, "outbox": outbox, "held_back": held_back,
                "hello": hello,
            }))
        });
    }
    let titles = [
        "name",
        "behind",
        "pulled",
        "known",
        "quarantined",
        "pushed",
        "waiting",
        "oldest",
        "aside",
        "refused",
        "last error",
    ];
    for (peer, _) in told {
        for held in node.held_back(&Caller::Operator, peer)? {
            desk.say(format!("{}: {} held back: {}", peer.name, held.count, held.reason))?;
        }
    }
    let told = told
        .iter()
        .map(|(peer, status)| Ok((peer, status, node.outbox(peer)?)))
        .collect::<Result<Vec<_>, Fail>>()?;
    desk.print_rows(&titles, &told, |(peer, status, outbox)| {
        let lag = status.lag(now).map_or_else(|| "never level".to_owned(), |lag| format!("{lag}s"));
        let trouble = status.error.clone().or_else(|| status.clock_trouble());
        let trouble = trouble.or_else(|| status.last_refusal.clone());
        let aside = || outbox.aside.first().map(|aside| aside.reason.clone());
        let trouble = trouble.or_else(aside);
        vec![
            peer.name.clone(),
            lag,
            status.pulled.to_string(),
            status.known.to_string(),
            status.quarantined.to_string(),
            status.pushed.to_string(),
            waiting_text(outbox),
            outbox
                .oldest
                .map_or_else(String::new, |at| format!("{}s", now.duration_since(at).as_secs().max(0))),
            outbox.aside.len().to_string(),
            status.refused.to_string(),
            trouble.unwrap_or_default(),
        ]
    })
}

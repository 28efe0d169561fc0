//! `kizuna signing-key`.

use kizuna_app::access::PersonId;
use kizuna_app::attest::{Fingerprint, PublicKey};
use kizuna_app::signing::{KeyHistory, KnownKey, Origin};
use kizuna_app::{Caller, Node};

use super::naming;
use crate::args::SigningKeyCommand;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: SigningKeyCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let people = node.people(Caller::Operator);
    let directory = node.directory()?;
    match command {
        SigningKeyCommand::List => list(node, desk),
        SigningKeyCommand::Show { member } => {
            let member = naming::member(&directory, &member)?.id;
            tell(&people.signing_keys_of(member)?, desk)
        }
        SigningKeyCommand::Rotate { member } => {
            let member = naming::member(&directory, &member)?.id;
            let history = people.rotate_signing_key(member)?;
            desk.say(format!("{} signs with a new key", history.name))?;
            tell(&history, desk)
        }
        SigningKeyCommand::Revoke { member, key, from } => {
            let member = naming::member(&directory, &member)?;
            let from = from.unwrap_or_else(|| node.now());
            let key = fingerprint(&key)?;
            let history = people.revoke_signing_key(member.id, key, from).map_err(|error| match error {
                kizuna_app::AppError::NotFound => {
                    Fail::work(format!("{key} is no key of {} (kizuna signing-key show)", member.name))
                }
                other => other.into(),
            })?;
            desk.say(format!("{key} of {} is revoked", history.name))?;
            tell(&history, desk)
        }
        SigningKeyCommand::Pin { member, key, person } => {
            let member = naming::member(&directory, &member)?.id;
            let key = public(node, &key)?;
            let history = match person {
                None => people.pin_signing_key(member, key)?,
                Some(person) => people.pin_approver_key(member, PersonId(person), key)?,
            };
            desk.say(format!("what {} signs with this key counts from now on", history.name))?;
            tell(&history, desk)
        }
    }
}

fn list(node: &Node, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let people = node.people(Caller::Operator);
    let histories = people.signing_keys()?;
    desk.print_rows(&["member", "signs here", "fingerprint", "known by"], &histories, |history| {
        let here = if history.hosted { "yes" } else { "no" };
        let current = history.current();
        let words = current.map_or_else(|| "none".to_owned(), |key| key.words.clone());
        vec![history.name.clone(), here.to_owned(), words, current.map(origin).unwrap_or_default()]
    })?;
    for unknown in people.unknown_keys()? {
        let of = unknown.person.map(|person| format!("'s approver {person}")).unwrap_or_default();
        let (name, peer, words) = (&unknown.name, &unknown.peer, &unknown.words);
        desk.say(format!(
            "{name}{of} signs with a key that nobody compared, and {peer} is stopped: {words}"
        ))?;
    }
    Ok(())
}

fn tell(history: &KeyHistory, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let titles = ["fingerprint", "key", "known by", "from", "until", "revoked from"];
    desk.print_rows(&titles, &history.keys, |key| {
        let instant = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let is_current = if key.current { "*" } else { "" };
        let words = format!("{}{is_current}", key.words);
        let (since, until) = (instant(key.since), instant(key.until));
        vec![words, key.key.clone(), origin(key), since, until, instant(key.revoked)]
    })
}

fn origin(key: &KnownKey) -> String {
    match (key.origin, &key.from) {
        (Origin::Made, _) => "made here".to_owned(),
        (Origin::Pinned, _) => "pinned by hand".to_owned(),
        (Origin::FirstSight, Some(peer)) => format!("first sight, from {peer}"),
        (Origin::FirstSight, None) => "first sight, through an account".to_owned(),
        (Origin::Rotated, _) => "the key before it".to_owned(),
        (Origin::Vouched, Some(member)) => format!("the word of {member}"),
        (Origin::Vouched, None) => "its member's word".to_owned(),
    }
}

/// A key, or the fingerprint of one that a peer announced.
pub(super) fn public(node: &Node, typed: &str) -> Result<PublicKey, Fail> {
    if let Ok(key) = typed.parse() {
        return Ok(key);
    }
    let fingerprint = fingerprint(typed)?;
    node.announced_key(fingerprint)?.ok_or_else(|| {
        Fail::work(format!("no key with the fingerprint {fingerprint} was announced: give the key itself"))
    })
}

fn fingerprint(typed: &str) -> Result<Fingerprint, Fail> {
    let wrong =
        |_| Fail::usage(format!("{typed:?} is neither a key (ed25519:…) nor a fingerprint (32 hex digits)"));
    typed.parse().map_err(wrong)
}

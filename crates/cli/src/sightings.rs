//! `kizuna sightings`: shows what a sweep would tell a node, sends it, and keeps what cannot be sent yet.

mod args;
mod outbox;
mod post;
mod shown;

use std::io::IsTerminal as _;
use std::path::Path;

use serde_json::Value;
use url::Url;

pub use args::{Sending, SightingsCommand};

use crate::desk::Desk;
use crate::fail::Fail;
use outbox::{Letter, Outbox};
use post::Outcome;
use shown::Shown;

pub fn run(command: &SightingsCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        SightingsCommand::Send { files, to, sending } => {
            let mut all_sent = true;
            for file in files {
                let Some(to) = to else { return Err(Fail::usage("--to says to which node the files go")) };
                all_sent &= send(file, to, sending, desk)?;
            }
            all_sent &= deliver(sending, desk)?;
            if all_sent { Ok(()) } else { Err(Fail::Said) }
        }
        SightingsCommand::Waiting { sending } => waiting(sending, desk),
    }
}

/// Shows a file of sightings, asks, and sends it; `false` where it was not sent, which was said.
pub fn send(file: &Path, to: &Url, sending: &Sending, desk: &mut Desk<'_>) -> Result<bool, Fail> {
    let name = file.display().to_string();
    let text = std::fs::read(desk.path(file)).map_err(|error| Fail::usage(format!("{name}: {error}")))?;
    let bundle: Value = serde_json::from_slice(&text)
        .map_err(|error| Fail::usage(format!("{name}: is no bundle: {error}")))?;
    let Some(objects) = bundle["objects"].as_array().filter(|_| bundle["type"] == "bundle") else {
        return Err(Fail::usage(format!("{name}: is no bundle")));
    };
    if objects.is_empty() {
        desk.say(format!("{name} has no sightings: nothing is sent"))?;
        return Ok(true);
    }
    let to = post::objects_of(to)?;
    if sending.label.is_some() && !post::is_native(&to) {
        return Err(Fail::usage("--label is for a node; a collection of TAXII takes none"));
    }
    let letter = Letter { to, label: sending.label.clone(), objects: objects.clone() };
    for line in Shown::of(&letter).lines() {
        desk.say(line)?;
    }
    for line in reach_lines(&letter) {
        desk.say(line)?;
    }
    if !sending.yes && !agrees(desk)? {
        desk.say("nothing was sent")?;
        return Ok(false);
    }
    let outbox = Outbox::at(&desk.path(&sending.outbox));
    // On disk first: a connection that breaks, or a machine that stops, loses nothing.
    let kept = outbox.keep(&letter).map_err(|error| unwritable(sending, &error))?;
    deliver_one(&outbox, &kept, &letter, desk)
}

/// Whom what would be sent reaches, before anybody agrees to it. The node says it: it knows the members, peers and
/// feeds, as far as who sends may know of them.
fn reach_lines(letter: &Letter) -> Vec<String> {
    let mut lines = match post::reach(letter) {
        Ok(reached) => reached.lines(),
        Err(why) => vec![format!("  reaches     not known: {why}")],
    };
    for line in &mut lines {
        *line = line.replace(char::is_control, "\u{fffd}");
    }
    lines
}

/// Fails where a URL cannot be that of a node.
pub fn is_node(url: &Url) -> Result<(), Fail> {
    post::objects_of(url).map(drop)
}

fn unwritable(sending: &Sending, error: &std::io::Error) -> Fail {
    Fail::work(format!("{}: {error}", sending.outbox.display()))
}

/// Whether the person at the terminal, or the program that writes to this one, says yes.
fn agrees(desk: &mut Desk<'_>) -> Result<bool, Fail> {
    write!(desk.err, "Send this? [y/N] ")?;
    desk.err.flush()?;
    let mut typed = Vec::new();
    let mut byte = [0];
    while typed.len() < 16 && desk.input.read(&mut byte)? == 1 && byte[0] != b'\n' {
        typed.push(byte[0]);
    }
    if !std::io::stdin().is_terminal() {
        desk.say("")?;
    }
    let typed = String::from_utf8_lossy(&typed).trim().to_lowercase();
    Ok(["y", "yes", "はい"].contains(&typed.as_str()))
}

/// Sends what waits; whether nothing is left.
fn deliver(sending: &Sending, desk: &mut Desk<'_>) -> Result<bool, Fail> {
    let outbox = Outbox::at(&desk.path(&sending.outbox));
    let waiting = outbox.waiting().map_err(|error| unwritable(sending, &error))?;
    let mut all = true;
    for (place, letter) in waiting {
        match letter {
            Ok(letter) => {
                desk.say(format!("waited: {}", Shown::of(&letter).first()))?;
                all &= deliver_one(&outbox, &place, &letter, desk)?;
            }
            Err(reason) => {
                desk.say(format!("NOT SENT  {}: {reason}", place.display()))?;
                all = false;
            }
        }
    }
    Ok(all)
}

fn deliver_one(outbox: &Outbox, place: &Path, letter: &Letter, desk: &mut Desk<'_>) -> Result<bool, Fail> {
    match post::send(letter)? {
        Outcome::Taken { taken, refused } => {
            outbox.done(place)?;
            desk.say(format!("sent: the node took {taken} objects"))?;
            for reason in &refused {
                desk.say(format!("NOT TAKEN  {reason}"))?;
            }
            Ok(refused.is_empty())
        }
        Outcome::Later(reason) => {
            desk.say(format!(
                "QUEUED  {reason}; it waits in {} and goes with the next `kizuna sightings send`",
                place.display()
            ))?;
            Ok(false)
        }
        Outcome::Refused(reason) => {
            let aside = outbox.set_aside(place)?;
            desk.say(format!("NOT SENT  the node refused it: {reason}; it is kept in {}", aside.display()))?;
            Ok(false)
        }
    }
}

fn waiting(sending: &Sending, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let outbox = Outbox::at(&desk.path(&sending.outbox));
    let waiting = outbox.waiting().map_err(|error| unwritable(sending, &error))?;
    desk.say(format!("{} wait in {}", waiting.len(), sending.outbox.display()))?;
    for (place, letter) in &waiting {
        match letter {
            Ok(letter) if desk.json => desk.print_json(&serde_json::json!({
                "file": place, "to": letter.to, "label": letter.label, "objects": letter.objects.len(),
            }))?,
            Ok(letter) => desk.print(format!("{}  {}", place.display(), Shown::of(letter).first()))?,
            Err(reason) => desk.say(format!("{}: {reason}", place.display()))?,
        }
    }
    Ok(())
}

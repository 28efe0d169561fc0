//! `kizuna channel`, and packages: `kizuna export --package`, `kizuna import --package`, `kizuna verify package`.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use kizuna_app::attest::PublicKey;
use kizuna_app::package::verify::{Trusted, package, unsealed};
use kizuna_app::package::{Channel, Imported, NewIncoming, NewOutgoing, Outcome, PackageReport, What};
use kizuna_app::{AppError, Caller, Node};

use super::{naming, signing_key};
use crate::args::{ChannelCommand, Export, Import, VerifyPackage};
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: ChannelCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let caller = Caller::Operator;
    match command {
        ChannelCommand::Add { name, to, recipient, ceiling, rules } => {
            let new = NewOutgoing {
                name,
                to: naming::member(&*node.directory()?, &to)?.id,
                recipients: recipient,
                ceiling: label(node, &ceiling)?,
                rules: rules.map(|file| text(desk, &file)).transpose()?,
            };
            let channel = node.add_channel(&caller, new).map_err(said)?;
            Ok(desk.say(format!("packages to {to} go by {}", channel.name))?)
        }
        ChannelCommand::Expect { name, from, ceiling, signing_key, log, witness, rules } => {
            let member = naming::member(&*node.directory()?, &from)?.id;
            if let Some(key) = signing_key {
                let key = signing_key::public(node, &key)?;
                node.people(Caller::Operator).pin_signing_key(member, key)?;
            }
            let new = NewIncoming {
                name,
                from: member,
                ceiling: label(node, &ceiling)?,
                log,
                witnesses: witness,
                rules: rules.map(|file| text(desk, &file)).transpose()?,
            };
            let channel = node.expect_channel(&caller, new).map_err(said)?;
            desk.say(format!("packages from {from} are expected on {}; its recipient:", channel.name))?;
            Ok(desk.print(channel.recipient)?)
        }
        ChannelCommand::List => list(&node.channels(&caller)?, desk),
        ChannelCommand::Show { name } => show(&chosen(node, &name)?, desk),
        ChannelCommand::Report { name, last } => {
            let channels = chosen(node, &name)?;
            let reports: Vec<&PackageReport> = channels.iter().flat_map(|channel| &channel.reports).collect();
            let skip = last.map_or(0, |last| reports.len().saturating_sub(last));
            for report in &reports[skip..] {
                tell(report, desk)?;
            }
            Ok(())
        }
        ChannelCommand::Remove { name, expected } => {
            chosen(node, &name)?;
            node.remove_channel(&caller, &name, expected).map_err(said)?;
            Ok(desk.say(format!("removed {name}; what came by it stays"))?)
        }
    }
}

/// Writes a package into a file.
pub fn export(node: &Node, export: &Export, file: &Path, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let name = export.channel.as_deref().ok_or_else(|| Fail::usage("--package takes --channel NAME"))?;
    let who = naming::viewer(node, &export.viewer.email, "export a package")?;
    let what = match (&export.again, export.all, &export.query) {
        (Some(sequence), ..) => What::Again(*sequence),
        (None, true, _) => What::All,
        (None, false, Some(words)) => {
            let question = super::search::Question::new(words, &export.kinds, None)?;
            What::Selection(question.ask(&node.read(&who)?)?)
        }
        (None, false, None) => What::Since,
    };
    let path = desk.path(file);
    let beside = path.with_extension("part");
    let mut out = BufWriter::new(created(&beside)?);
    let exported = node.export_package(&who, name, &what, &mut out).map_err(said);
    let exported = match exported {
        Ok(exported) => exported,
        Err(fail) => {
            // Nothing that looks like a package stays behind.
            let _ = std::fs::remove_file(&beside);
            return Err(fail);
        }
    };
    let whole = out.into_inner().map_err(|error| Fail::work(error.to_string()))?;
    whole.sync_all()?;
    std::fs::rename(&beside, &path)?;
    if desk.json {
        return desk.print_json(&exported);
    }
    desk.say(format!(
        "package {} of {}: {} objects, {} octets in {}",
        exported.sequence,
        exported.channel,
        exported.objects,
        exported.octets,
        file.display()
    ))?;
    for (why, count) in &exported.left_out {
        desk.say(format!("{count} stay here: {why}"))?;
    }
    Ok(())
}

fn created(path: &Path) -> Result<File, Fail> {
    File::create(path).map_err(|error| Fail::work(format!("{}: {error}", path.display())))
}

/// Takes a package through the guard.
pub fn import(node: &Node, import: &Import, file: &Path, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let told = desk.progress;
    let progress = |done: u64, total: u64| {
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        told("package", count(done), count(total));
    };
    let caller = Caller::Operator;
    let channel = import.channel.as_deref();
    let imported = if file.as_os_str() == "-" {
        node.import_package(&caller, channel, &mut *desk.input, &progress)
    } else {
        let path = desk.path(file);
        let input = File::open(&path).map_err(|error| Fail::work(format!("{}: {error}", path.display())))?;
        node.import_package(&caller, channel, input, &progress)
    };
    let Imported { channel, report } = imported.map_err(said)?;
    if desk.json {
        desk.print_json(&Imported { channel, report: report.clone() })?;
    } else {
        if let Some(channel) = channel {
            desk.say(format!("channel {channel}"))?;
        }
        tell(&report, desk)?;
    }
    if report.outcome == Outcome::Passed {
        Ok(())
    } else {
        Err(Fail::work("the package did not pass the guard"))
    }
}

/// Checks a package without a node.
pub fn verify(asked: &VerifyPackage, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let log = |key: &String| key.parse().map_err(|error| Fail::usage(format!("{key:?}: {error}")));
    let key: PublicKey =
        asked.key.parse().map_err(|error| Fail::usage(format!("{:?}: {error}", asked.key)))?;
    let previous = asked.previous.as_deref().map(str::parse).transpose().map_err(Fail::usage)?;
    let trusted = Trusted {
        key,
        log: asked.log.as_ref().map(log).transpose()?,
        witnesses: asked.witness.iter().map(log).collect::<Result<_, _>>()?,
        previous,
    };
    let path = desk.path(&asked.file);
    let input = File::open(&path).map_err(|error| Fail::work(format!("{}: {error}", path.display())))?;
    let input = BufReader::new(input);
    let holds = |why: &dyn std::fmt::Display| Fail::work(format!("it does not hold: {why}"));
    let shown = match &asked.identity {
        Some(identity) => {
            let identity = text(desk, identity)?;
            let opened = unsealed(input, &identity).map_err(|why| match why {
                AppError::Invalid { .. } => Fail::usage(why.to_string()),
                other => holds(&other),
            })?;
            package(opened, &trusted)
        }
        None => package(input, &trusted),
    };
    let shown = shown.map_err(|why| holds(&why))?;
    if desk.json {
        return desk.print_json(&shown);
    }
    desk.print(format!(
        "package {} of {}, made {}: {} objects, each proven to be in the log {} of {} leaves",
        shown.sequence, shown.channel, shown.made, shown.objects, shown.log, shown.log_size
    ))?;
    desk.print(format!("digest {}", shown.digest))?;
    if let Some(previous) = &shown.previous {
        desk.print(format!("follows {previous}"))?;
    }
    for witness in &shown.witnesses {
        desk.print(format!("co-signed by {}", witness.name))?;
    }
    Ok(())
}

fn label(node: &Node, words: &str) -> Result<kizuna_app::access::Label, Fail> {
    node.label(words).map_err(|error| Fail::usage(format!("--ceiling: {error}")))
}

fn text(desk: &Desk<'_>, file: &Path) -> Result<String, Fail> {
    let path = desk.path(file);
    std::fs::read_to_string(&path).map_err(|error| Fail::work(format!("{}: {error}", path.display())))
}

fn chosen(node: &Node, name: &str) -> Result<Vec<Channel>, Fail> {
    match node.channel(&Caller::Operator, name) {
        Err(AppError::NotFound) => {
            Err(Fail::work(format!("there is no channel {name:?} (kizuna channel list)")))
        }
        found => Ok(found?),
    }
}

fn said(error: AppError) -> Fail {
    match error {
        AppError::NotFound => Fail::work("there is no such channel or package (kizuna channel list)"),
        AppError::Invalid { .. } => Fail::usage(error.to_string()),
        other => other.into(),
    }
}

fn list(channels: &[Channel], desk: &mut Desk<'_>) -> Result<(), Fail> {
    let titles = ["name", "direction", "member", "ceiling", "packages", "last", "missing"];
    desk.print_rows(&titles, channels, |channel| {
        let last = channel.last.map_or_else(|| "never".to_owned(), |at| at.to_string());
        vec![
            channel.name.clone(),
            channel.direction.to_owned(),
            channel.member_name.clone(),
            channel.ceiling.clone(),
            channel.sequence.to_string(),
            last,
            numbers(&channel.missing),
        ]
    })
}

fn numbers(missing: &[u64]) -> String {
    missing.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

fn show(channels: &[Channel], desk: &mut Desk<'_>) -> Result<(), Fail> {
    for channel in channels {
        if desk.json {
            desk.print_json(channel)?;
            continue;
        }
        let direction = if channel.direction == "in" { "from" } else { "to" };
        desk.print(format!(
            "{} {direction} {}, up to {}",
            channel.name, channel.member_name, channel.ceiling
        ))?;
        for recipient in &channel.recipients {
            desk.print(format!("encrypted to {recipient}"))?;
        }
        if !channel.missing.is_empty() {
            desk.print(format!("missing: {}", numbers(&channel.missing)))?;
        }
        for sent in &channel.sent {
            desk.print(format!(
                "{} left {}: {} objects, {} octets, digest {}",
                sent.sequence, sent.made, sent.objects, sent.octets, sent.digest
            ))?;
        }
        for report in &channel.reports {
            tell(report, desk)?;
        }
    }
    Ok(())
}

fn tell(report: &PackageReport, desk: &mut Desk<'_>) -> Result<(), Fail> {
    if desk.json {
        return desk.print_json(report);
    }
    let number = report.sequence.map_or_else(|| "a package".to_owned(), |number| format!("package {number}"));
    match report.outcome {
        Outcome::Passed => desk.print(format!(
            "{} {number} passed: {} objects, {} stored, {} known, {} in quarantine",
            report.at, report.objects, report.stored, report.known, report.quarantined
        ))?,
        Outcome::Refused => {
            desk.print(format!("{} {number} is refused (SHA-256 {})", report.at, report.sha256))?;
        }
    }
    for finding in &report.findings {
        desk.print(format!("  {finding}"))?;
    }
    if !report.skipped.is_empty() {
        desk.print(format!("  it went over what never came: {}", numbers(&report.skipped)))?;
    }
    if let Some(kept) = &report.kept {
        desk.print(format!("  kept as {kept}"))?;
    }
    Ok(())
}

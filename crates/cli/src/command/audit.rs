//! `kizuna audit`.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::Path;

use kizuna_app::access::Principal;
use kizuna_app::audit::{self, AuditQuestion, AuditShown, Exported};
use kizuna_app::people::threshold_text;
use kizuna_app::{Caller, Node};

use super::naming;
use crate::args::{Audit, AuditCommand, AuditLines};
use crate::desk::Desk;
use crate::fail::Fail;

/// Lines asked for in one step.
const PAGE: usize = 500;

pub fn run(node: &Node, typed: &Audit, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match &typed.command {
        None => lines(node, &typed.lines, desk),
        Some(AuditCommand::Export { to, after, before, as_email }) => {
            let who = naming::viewer(node, as_email, "audit export")?;
            let exported = export(node, &who, (*after, *before), to, desk)?;
            told(&exported, desk)
        }
        Some(AuditCommand::Check { from }) => check(from, desk),
        Some(AuditCommand::ReadsAbove { above, as_email }) => {
            reads_above(node, above.as_deref(), as_email.as_deref(), desk)
        }
    }
}

fn lines(node: &Node, typed: &AuditLines, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let email =
        typed.as_email.as_deref().ok_or_else(|| Fail::usage("say which auditor reads (--as EMAIL)"))?;
    let who = naming::viewer(node, email, "audit")?;
    let reading = node.read(&who)?;
    let asked = AuditQuestion {
        action: typed.action.clone(),
        actor: typed.actor.clone(),
        object: typed.object.clone(),
        after: typed.after,
        before: typed.before,
    };
    let mut found: Vec<AuditShown> = Vec::new();
    let mut cursor: Option<String> = None;
    while found.len() < typed.limit {
        let page = reading.audit(&asked, cursor.as_deref(), PAGE.min(typed.limit - found.len()))?;
        found.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    desk.print_rows(&["line", "at", "by", "action", "object", "detail"], &found, |line| {
        let object = match &line.object {
            None => String::new(),
            Some(kizuna_app::AuditObject::Readable(id)) => id.to_string(),
            Some(kizuna_app::AuditObject::Masked(_)) => "(not readable)".to_owned(),
        };
        let (at, detail) = (line.at.to_string(), shortened(&line.detail.to_string()));
        vec![line.number.to_string(), at, line.actor.clone(), line.action.clone(), object, detail]
    })?;
    if found.is_empty() {
        desk.say("no such line")?;
    }
    if cursor.is_some() {
        desk.say(format!("the newest {}; --limit prints more", found.len()))?;
    }
    Ok(())
}

fn shortened(text: &str) -> String {
    const SHOWN: usize = 100;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    format!("{}…", text.chars().take(SHOWN).collect::<String>())
}

fn export(
    node: &Node,
    who: &Principal,
    between: (Option<jiff::Timestamp>, Option<jiff::Timestamp>),
    to: &Path,
    desk: &mut Desk<'_>,
) -> Result<Exported, Fail> {
    let (after, before) = between;
    if to == Path::new("-") {
        return Ok(node.export_audit(who, after, before, desk.out)?);
    }
    let mut file = BufWriter::new(File::create_new(desk.path(to))?);
    let exported = node.export_audit(who, after, before, &mut file)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    Ok(exported)
}

/// Checks an exported file; needs no node.
pub fn check(from: &Path, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let checked = if from == Path::new("-") {
        audit::check_export(&mut BufReader::new(&mut *desk.input))?
    } else {
        audit::check_export(&mut BufReader::new(File::open(desk.path(from))?))?
    };
    if desk.json {
        return desk.print_json(&checked);
    }
    told(&checked, desk)?;
    desk.say("no line was altered, and none is missing between the first and the last")?;
    Ok(())
}

fn told(exported: &Exported, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let Exported { node, first, last, count, unchained, digest } = exported;
    desk.say(format!("{count} lines of the audit of {node}, {first} to {last}"))?;
    if *unchained > 0 {
        desk.say(format!("{unchained} of them are older than the chain: only their number can be checked"))?;
    }
    if let Some(digest) = digest {
        desk.say(format!("digest of the last line: {digest}"))?;
    }
    Ok(())
}

fn reads_above(
    node: &Node,
    above: Option<&str>,
    as_email: Option<&str>,
    desk: &mut Desk<'_>,
) -> Result<(), Fail> {
    if let Some(above) = above {
        let caller = match as_email {
            None => Caller::Operator,
            Some(email) => Caller::Person(naming::viewer(node, email, "audit reads-above")?),
        };
        node.people(caller).record_reads_above(above)?;
    }
    let now = threshold_text(node.directory()?.reads_above());
    let now = if now.is_empty() { "none" } else { now.as_str() };
    desk.print(now)?;
    Ok(())
}

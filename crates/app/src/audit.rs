//! The audit: read by auditors, exported for an oversight body, and checked without the node.

use std::io::{BufRead, Write};

use jiff::Timestamp;
use kizuna_access::{Directory, Principal, Role, leak};
use kizuna_stix::Id;
use kizuna_store::writer::{Actor, AuditEntry};
use kizuna_store::{AuditFilter, AuditObject, chain};
use serde_json::{Map, Value, json};

use crate::{AppError, Listing, Node, Reading};

/// Lines that an export reads in one step.
const STEP: usize = 1_000;
/// The version of the exported form.
const FORM: u64 = 1;

/// Which lines somebody asks for, in words.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditQuestion {
    /// What the action begins with, such as `rights.` or `content.read`.
    pub action: Option<String>,
    /// A person's address, `operator` or `node`.
    pub actor: Option<String>,
    pub object: Option<String>,
    /// Exclusive.
    pub after: Option<Timestamp>,
    /// Exclusive.
    pub before: Option<Timestamp>,
}

/// A line of the audit, with who did it in words.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AuditShown {
    pub number: u64,
    pub at: Timestamp,
    /// A person's address, `operator` or `node`.
    pub actor: String,
    pub action: String,
    /// Absent, readable, or masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<AuditObject>,
    pub detail: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// A line of an exported file, and where it stands.
type PlacedLine = (String, Map<String, Value>);

/// What an export holds, or a check of it found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Exported {
    /// The node's own member.
    pub node: String,
    pub first: u64,
    pub last: u64,
    pub count: u64,
    /// Lines from before the chain began: only their number can be checked.
    pub unchained: u64,
    /// The digest of the last line.
    pub digest: Option<String>,
}

impl Reading {
    /// Lines of the audit, newest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for who is no auditor.
    pub fn audit(
        &self,
        asked: &AuditQuestion,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Listing<AuditShown>, AppError> {
        self.needs_auditor()?;
        let question = format!("audit {asked:?}");
        let before: Option<u64> = cursor.map(|cursor| self.open_cursor(&question, cursor)).transpose()?;
        let filter = filter(self.directory(), asked)?;
        // One more than is shown tells whether there is more.
        let mut lines = self.view().audit(&filter, before, limit.saturating_add(1))?;
        let more = lines.len() > limit;
        lines.truncate(limit);
        let next = lines.last().filter(|_| more).map(|line| self.seal_cursor(&question, &line.number));
        let next = next.transpose()?;
        let shown = lines.into_iter().map(|line| AuditShown {
            number: line.number,
            at: line.at,
            actor: actor_text(self.directory(), &line.actor),
            action: line.action,
            object: line.object,
            detail: line.detail,
            digest: line.digest,
        });
        Ok(Listing { items: shown.collect(), next, more })
    }

    fn needs_auditor(&self) -> Result<(), AppError> {
        if self.reader().has(Role::Auditor) || leak::is(78) {
            return Ok(());
        }
        Err(AppError::Forbidden("this takes the role auditor".to_owned()))
    }
}

impl Node {
    /// Writes the audit between two instants (exclusive) as JSON Lines: a header, then every line in the order in which
    /// it was written. That it was exported is in the audit first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for who is no auditor; [`AppError::NotFound`] where there is no line.
    pub fn export_audit(
        &self,
        who: &Principal,
        after: Option<Timestamp>,
        before: Option<Timestamp>,
        out: &mut dyn Write,
    ) -> Result<Exported, AppError> {
        self.read(who)?.needs_auditor()?;
        self.store.writer().audit(AuditEntry {
            actor: Actor::Person(who.person()),
            action: "audit.exported".to_owned(),
            object: None,
            detail: json!({ "after": after, "before": before }),
        })?;
        let reading = self.read(who)?;
        let stretch = reading.view().audit_stretch(after, before)?.ok_or(AppError::NotFound)?;
        let directory = reading.directory();
        let own = directory.own_member();
        let node = own.map(|own| own.name.clone()).unwrap_or_default();
        let by = directory.person(who.person()).map(|person| person.email.clone());
        let header = json!({
            "kizuna-audit": FORM,
            "node": node,
            "member": own.map(|own| own.id.identity()),
            "exported": reading.now(),
            "by": by,
            "after": after,
            "before": before,
            "first": stretch.first,
            "last": stretch.last,
            "count": stretch.count,
            "previous": stretch.previous,
            "digest": stretch.digest,
        });
        let mut write = |line: &Value| {
            writeln!(out, "{line}")
                .map_err(|error| AppError::Unavailable(format!("the export cannot be written: {error}")))
        };
        write(&header)?;
        let mut unchained = 0;
        let mut next = stretch.first;
        while next <= stretch.last {
            let lines = reading.view().audit_sealed(next, stretch.last, STEP)?;
            let Some(last) = lines.last().and_then(|line| line["number"].as_u64()) else { break };
            next = last + 1;
            for line in lines {
                unchained += u64::from(line["digest"].is_null());
                write(&Value::Object(line))?;
            }
        }
        let (first, last, count, digest) = (stretch.first, stretch.last, stretch.count, stretch.digest);
        Ok(Exported { node, first, last, count, unchained, digest })
    }
}

/// Checks an exported audit without the node: that every line is as it was written, that none is missing between the
/// first and the last, and that identifiers which are shown are those that were committed to.
///
/// # Errors
/// [`AppError::Invalid`] with the line (counted from 1, the header's) at which it is wrong.
pub fn check_export(input: &mut dyn BufRead) -> Result<Exported, AppError> {
    let mut lines = input.lines().enumerate();
    let mut read = || -> Result<Option<PlacedLine>, AppError> {
        let Some((index, line)) = lines.next() else { return Ok(None) };
        let place = format!("line {}", index + 1);
        let line = line.map_err(|error| AppError::invalid(&place, error.to_string()))?;
        let line =
            serde_json::from_str(&line).map_err(|error| AppError::invalid(&place, error.to_string()))?;
        Ok(Some((place, line)))
    };
    let (_, header) = read()?.ok_or_else(|| AppError::invalid("line 1", "the file is empty"))?;
    if header.get("kizuna-audit").and_then(Value::as_u64) != Some(FORM) {
        return Err(AppError::invalid("line 1", "this is no header of an exported audit"));
    }
    let number = |name: &str| header.get(name).and_then(Value::as_u64).unwrap_or_default();
    let text =
        |map: &Map<String, Value>, name: &str| map.get(name).and_then(Value::as_str).map(str::to_owned);
    let (first, last) = (number("first"), number("last"));
    let mut expected = first;
    let mut previous = text(&header, "previous");
    let (mut count, mut unchained) = (0, 0);
    while let Some((place, line)) = read()? {
        let wrong = |rule: String| AppError::invalid(&place, rule);
        let found = line.get("number").and_then(Value::as_u64).unwrap_or_default();
        if found != expected {
            return Err(wrong(format!("this is line {found} of the audit where {expected} must stand")));
        }
        (expected, count) = (expected + 1, count + 1);
        if line.get("digest").is_none_or(Value::is_null) {
            if previous.is_some() {
                return Err(wrong("it has no digest, although the chain has begun".to_owned()));
            }
            unchained += 1;
            continue;
        }
        let begins = previous.is_none();
        if !begins && text(&line, "previous") != previous {
            return Err(wrong("it does not follow the line before it".to_owned()));
        }
        previous = Some(chain::check(&line).map_err(wrong)?);
    }
    let digest = text(&header, "digest");
    if count != number("count") || expected != last + 1 {
        let end = format!("the header says {} lines, up to {last}; {count} are there", number("count"));
        return Err(AppError::invalid("the end", end));
    }
    if digest.is_some() && digest != previous {
        return Err(AppError::invalid("the end", "the last line's digest is not the header's"));
    }
    Ok(Exported { node: text(&header, "node").unwrap_or_default(), first, last, count, unchained, digest })
}

/// Who did something, in words.
pub fn actor_text(directory: &Directory, actor: &Actor) -> String {
    match actor {
        Actor::Operator => "operator".to_owned(),
        Actor::Node => "node".to_owned(),
        Actor::Person(person) => {
            directory.person(*person).map_or_else(|| person.to_string(), |person| person.email.clone())
        }
    }
}

fn filter(directory: &Directory, asked: &AuditQuestion) -> Result<AuditFilter, AppError> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let actor = match given(&asked.actor).as_deref().map(str::trim) {
        None => None,
        Some("operator") => Some(Actor::Operator),
        Some("node") => Some(Actor::Node),
        Some(email) => {
            let known = directory.people().find(|person| person.email.eq_ignore_ascii_case(email));
            let unknown = || AppError::invalid("?actor", format!("nobody here has the address {email:?}"));
            Some(Actor::Person(known.ok_or_else(unknown)?.id))
        }
    };
    let object = given(&asked.object).map(|text| text.trim().parse::<Id>()).transpose();
    let object = object.map_err(|error| AppError::invalid("?object", error.to_string()))?;
    let prefix = given(&asked.action).unwrap_or_default().trim().to_owned();
    Ok(AuditFilter { prefix, actor, object, after: asked.after, before: asked.before })
}

#[cfg(test)]
mod tests;

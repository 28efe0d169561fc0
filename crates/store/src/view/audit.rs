//! The audit, as an auditor may read it: every entry, objects only where they are readable.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::{Role, leak};
use kizuna_stix::Id;
use serde_json::{Map, Value, json};

use super::View;
use crate::StoreError;
use crate::backend::{AuditAsk, AuditRow, Order};
use crate::chain;
use crate::clock::instant;
use crate::writer::Actor;

/// Lines read in one step.
const STEP: usize = 500;

/// The object that an entry of the audit concerns.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditObject {
    /// The auditor may read something of it.
    Readable(Id),
    /// The auditor may not: a digest with the entry's own salt, the same for no two entries.
    Masked(String),
}

/// A line of the audit as an auditor reads it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AuditLine {
    pub number: u64,
    pub at: Timestamp,
    pub actor: Actor,
    pub action: String,
    pub object: Option<AuditObject>,
    /// Identifiers of objects that the auditor may not read stand here as their salted digests.
    pub detail: Value,
    /// Its digest in the chain; none for lines from before the chain began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// Which lines an auditor asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// What the action begins with.
    pub prefix: String,
    pub actor: Option<Actor>,
    /// About this object, or naming it. Nothing is found where the auditor may not read it.
    pub object: Option<Id>,
    /// Exclusive.
    pub after: Option<Timestamp>,
    /// Exclusive.
    pub before: Option<Timestamp>,
}

/// An unbroken stretch of the audit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Chained {
    /// The number of its first line.
    pub first: u64,
    /// The number of its last line.
    pub last: u64,
    pub count: u64,
    /// The digest of the line before it, zeros before the first of all; none where the chain had not begun.
    pub previous: Option<String>,
    /// The digest of its last line.
    pub digest: Option<String>,
}

impl View {
    /// Lines of the audit, newest first; `before` is the number of the last line read. Nothing for who is no auditor.
    pub fn audit(
        &self,
        filter: &AuditFilter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditLine>, StoreError> {
        if !self.reader().has(Role::Auditor) {
            return Ok(Vec::new());
        }
        if let Some(id) = &filter.object
            && !self.holds(id)?
        {
            return Ok(Vec::new());
        }
        let holding = holding(filter)?;
        let mut end = before.and_then(|number| i64::try_from(number).ok()).unwrap_or(i64::MAX);
        let mut found = Vec::new();
        loop {
            let (after, before) = instants(filter.after, filter.before);
            let (prefix, order) = (filter.prefix.as_str(), Order::Newest);
            let ask = AuditAsk { numbers: 1..end, after, before, prefix, holding: &holding, order };
            let rows = self.snapshot.audit(&ask, STEP.min(limit.max(1)))?;
            let Some(oldest) = rows.last() else { return Ok(found) };
            end = oldest.number;
            for row in rows {
                if found.len() == limit {
                    return Ok(found);
                }
                if is_meant(filter, &row) {
                    found.push(self.audit_line(row)?);
                }
            }
        }
    }

    /// The stretch of the audit between two instants (exclusive), to be exported with [`Self::audit_sealed`]; none for
    /// who is no auditor, or where there is no line.
    pub fn audit_stretch(
        &self,
        after: Option<Timestamp>,
        before: Option<Timestamp>,
    ) -> Result<Option<Chained>, StoreError> {
        if !self.reader().has(Role::Auditor) {
            return Ok(None);
        }
        let (after, before) = instants(after, before);
        let Some((first, last)) = self.snapshot.audit_bounds(after, before)? else { return Ok(None) };
        let one = |number: i64| -> Result<Option<AuditRow>, StoreError> {
            Ok(self.snapshot.audit(&stretch(number..number + 1), 1)?.pop())
        };
        let previous = match one(first)? {
            Some(AuditRow { digest: Some(_), previous, .. }) => {
                Some(hex::encode(previous.unwrap_or_default()))
            }
            _ => None,
        };
        Ok(Some(Chained {
            first: first.unsigned_abs(),
            last: last.unsigned_abs(),
            count: (last - first + 1).unsigned_abs(),
            previous,
            digest: one(last)?.and_then(|row| row.digest).map(hex::encode),
        }))
    }

    /// Lines from one number on, oldest first, in the form over which the chain is taken: a commitment for every
    /// identifier, with keys for those that the auditor may read.
    pub fn audit_sealed(
        &self,
        from: u64,
        last: u64,
        limit: usize,
    ) -> Result<Vec<Map<String, Value>>, StoreError> {
        if !self.reader().has(Role::Auditor) {
            return Ok(Vec::new());
        }
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX - 1);
        let ask = stretch(number(from)..number(last) + 1);
        self.snapshot.audit(&ask, limit)?.iter().map(|row| self.sealed(row)).collect()
    }

    fn sealed(&self, row: &AuditRow) -> Result<Map<String, Value>, StoreError> {
        let previous = row.previous.unwrap_or_default();
        let mut line = chain::sealed(&previous, row.number, row.at, &row.salt, &row.entry)?;
        let mut named: BTreeSet<Id> = row.entry.object.iter().cloned().collect();
        chain::each_text(&mut row.entry.detail.clone(), &mut |text| {
            named.extend(chain::ids_in(text));
            Ok(())
        })?;
        let mut opened = Vec::new();
        for id in named {
            if self.holds(&id)? {
                let key = chain::key(&row.salt, id.as_str());
                let commitment = chain::commitment(&key, id.as_str());
                opened.push(json!({ "commitment": commitment, "id": id, "key": hex::encode(key) }));
            }
        }
        line.insert("opened".to_owned(), Value::Array(opened));
        line.insert("digest".to_owned(), row.digest.map(hex::encode).into());
        Ok(line)
    }

    fn audit_line(&self, row: AuditRow) -> Result<AuditLine, StoreError> {
        let AuditRow { number, at, salt, entry, digest, .. } = row;
        let object = match entry.object {
            None => None,
            Some(id) if self.holds(&id)? || leak::is(77) => Some(AuditObject::Readable(id)),
            Some(id) => Some(AuditObject::Masked(masked(&salt, &id))),
        };
        let mut detail = entry.detail;
        chain::each_text(&mut detail, &mut |text| self.mask_ids(&salt, text))?;
        Ok(AuditLine {
            number: number.unsigned_abs(),
            at: instant(at),
            actor: entry.actor,
            action: entry.action,
            object,
            detail,
            digest: digest.map(hex::encode),
        })
    }

    /// Replaces every identifier of an object that is not readable, also amid other words.
    fn mask_ids(&self, salt: &[u8], text: &mut String) -> Result<(), StoreError> {
        let named: Vec<Id> = chain::ids_in(text).collect();
        for id in named {
            if !self.holds(&id)? {
                *text = text.replace(id.as_str(), &masked(salt, &id));
            }
        }
        Ok(())
    }
}

/// Texts that the stored entry must hold: the narrower first.
fn holding(filter: &AuditFilter) -> Result<Vec<String>, StoreError> {
    let mut texts: Vec<String> = filter.object.iter().map(|id| id.as_str().to_owned()).collect();
    if let Some(actor) = &filter.actor {
        let text = serde_json::to_string(actor)
            .map_err(|e| StoreError::Engine(format!("an actor cannot be written: {e}")))?;
        texts.push(text);
    }
    Ok(texts)
}

fn is_meant(filter: &AuditFilter, row: &AuditRow) -> bool {
    let entry = &row.entry;
    let is_by = filter.actor.as_ref().is_none_or(|actor| entry.actor == *actor);
    let names = |id: &Id| {
        let mut found = entry.object.as_ref() == Some(id);
        let told = chain::each_text(&mut entry.detail.clone(), &mut |text| {
            found |= chain::ids_in(text).any(|named| named == *id);
            Ok(())
        });
        told.is_ok() && found
    };
    is_by && filter.object.as_ref().is_none_or(names)
}

fn stretch(numbers: std::ops::Range<i64>) -> AuditAsk<'static> {
    AuditAsk { numbers, after: i64::MIN, before: i64::MAX, prefix: "", holding: &[], order: Order::Oldest }
}

/// Both ends in microseconds.
fn instants(after: Option<Timestamp>, before: Option<Timestamp>) -> (i64, i64) {
    (after.map_or(i64::MIN, Timestamp::as_microsecond), before.map_or(i64::MAX, Timestamp::as_microsecond))
}

fn masked(salt: &[u8], id: &Id) -> String {
    chain::commitment(&chain::key(salt, id.as_str()), id.as_str())
}

//! The audit, as an auditor may read it: every entry, objects only where they are readable.

use jiff::Timestamp;
use kizuna_access::Role;
use kizuna_stix::Id;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::View;
use crate::StoreError;
use crate::backend::AuditRow;
use crate::clock::instant;
use crate::writer::Actor;

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
}

impl View {
    /// Entries of the audit whose action begins with `prefix`, newest first; `before` is the number of the last line
    /// read. Nothing for who is no auditor.
    pub fn audit(
        &self,
        prefix: &str,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditLine>, StoreError> {
        if !self.reader().has(Role::Auditor) {
            return Ok(Vec::new());
        }
        let before = before.and_then(|number| i64::try_from(number).ok()).unwrap_or(i64::MAX);
        let rows = self.snapshot.audit(prefix, before, limit)?;
        rows.into_iter().map(|row| self.audit_line(row)).collect()
    }

    fn audit_line(&self, row: AuditRow) -> Result<AuditLine, StoreError> {
        let AuditRow { number, at, salt, entry } = row;
        let object = match entry.object {
            None => None,
            Some(id) if self.holds(&id)? => Some(AuditObject::Readable(id)),
            Some(id) => Some(AuditObject::Masked(masked(&salt, id.as_str()))),
        };
        let mut detail = entry.detail;
        self.mask_ids(&salt, &mut detail)?;
        Ok(AuditLine {
            number: number.unsigned_abs(),
            at: instant(at),
            actor: entry.actor,
            action: entry.action,
            object,
            detail,
        })
    }

    /// The text with every identifier in it that is not readable replaced; nothing where there is none.
    fn text_masked(&self, salt: &[u8], text: &str) -> Result<Option<String>, StoreError> {
        let mut shown: Option<String> = None;
        let is_of_id = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        for word in text.split(|letter| !is_of_id(letter)) {
            // An identifier may have more hyphens about it than are its own.
            let Ok(id) = word.trim_matches('-').parse::<Id>() else { continue };
            if !self.holds(&id)? {
                let before = shown.as_deref().unwrap_or(text);
                shown = Some(before.replace(id.as_str(), &masked(salt, id.as_str())));
            }
        }
        Ok(shown)
    }

    /// Replaces every identifier of an object that is not readable, also amid other words.
    fn mask_ids(&self, salt: &[u8], value: &mut Value) -> Result<(), StoreError> {
        match value {
            Value::String(text) => {
                if let Some(shown) = self.text_masked(salt, text)? {
                    *text = shown;
                }
                Ok(())
            }
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.mask_ids(salt, item)),
            Value::Object(map) => map.values_mut().try_for_each(|item| self.mask_ids(salt, item)),
            _ => Ok(()),
        }
    }
}

fn masked(salt: &[u8], id: &str) -> String {
    let digest = Sha256::new().chain_update(salt).chain_update(id).finalize();
    format!("sha256:{}", hex::encode(digest))
}

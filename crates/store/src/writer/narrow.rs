//! Narrowing: a source takes its contributions back to its own member.
//!
//! What was given is never edited. For each contribution that others could read, in this order: it is marked dead,
//! so that nobody reads it any more; a *recall* under its old label tells those who could read it which version is
//! gone; the source's member gets the same bytes as a further contribution under a label of its own. Recalls are
//! objects like all others and travel like them; they say nothing beyond what their readers had.

use jiff::Timestamp;
use kizuna_access::{Label, MemberId};
use kizuna_stix::{Id, Object};
use serde_json::json;
use uuid::Uuid;

use super::desk::Desk;
use super::prepare::{self, Prepared};
use super::{Actor, AuditEntry};
use crate::StoreError;
use crate::backend::{Body, Flags, Row, Space};
use crate::clock::instant;
use crate::contribution::{Contribution, Outcome};
use crate::store::stored_object;

/// The type of a recall.
pub(crate) const RECALL: &str = "kizuna-recall";
/// The extension definition that describes it.
const EXTENSION: &str = "extension-definition--3f0e5b52-6f4b-5c0e-9a55-0d6c3f7c2b1d";

impl Desk<'_> {
    /// Narrows one version of an object, or all; how many contributions were narrowed.
    pub(super) fn narrow(
        &mut self,
        id: &Id,
        version: Option<Timestamp>,
        source: MemberId,
        actor: Actor,
    ) -> Result<u64, StoreError> {
        let number = self.term(Space::Member, &source.to_string())?;
        let version = version.map(prepare::nanos);
        let meant = |row: &Row| {
            row.source == number
                && row.dead_at.is_none()
                && version.is_none_or(|version| row.modified == Some(version))
        };
        let mut rows = self.ledger.rows_of(&id.key())?;
        rows.retain(meant);
        if rows.is_empty() {
            return Err(StoreError::NotFound);
        }
        let mut narrowed = 0;
        for row in rows {
            narrowed += u64::from(self.narrow_one(id, source, &row)?);
        }
        let detail = json!({ "source": source, "contributions": narrowed });
        self.audit(&AuditEntry {
            actor,
            action: "object.narrowed".into(),
            object: Some(id.clone()),
            detail,
        })?;
        Ok(narrowed)
    }

    /// Whether there was anything to narrow.
    fn narrow_one(&mut self, id: &Id, source: MemberId, row: &Row) -> Result<bool, StoreError> {
        let wide = self.label_of(row)?;
        let own = wide.only_own(source);
        if wide == own {
            return Ok(false);
        }
        let channel = self.channel_of(row)?;
        let at = self.ticks.next();
        self.ledger.kill(row.seq, at)?;
        self.ledger.set_flags(row.seq, row.flags.with(Flags::SHARED, true))?;

        let contribution = |object: Object, label: Label, authored: bool| Contribution {
            object,
            source,
            by: None,
            channel: channel.clone(),
            label,
            authored,
            dangling: Vec::new(),
            reliability: row.reliability,
        };
        let recalled = recall(id, source, row, instant(at))?;
        let stub = unsearchable(one(contribution(recalled, wide, true))?);
        self.contribute(stub)?;

        let Body { bytes, .. } = self.ledger.body(row.seq)?;
        let mut kept = one(contribution(stored_object(&bytes)?, own, row.flags.has(Flags::AUTHORED)))?;
        kept.flags = row.flags;
        let outcome = self.contribute(kept)?;
        debug_assert!(matches!(outcome, Outcome::Stored | Outcome::Duplicate));
        Ok(true)
    }
}

/// One contribution, prepared.
pub(super) fn one(contribution: Contribution) -> Result<Prepared, StoreError> {
    prepare::contributions(vec![contribution])?
        .pop()
        .ok_or_else(|| StoreError::Engine("nothing was prepared".into()))
}

/// A recall names what is gone; it does not answer searches for it.
fn unsearchable(mut stub: Prepared) -> Prepared {
    stub.references.clear();
    stub.observables.clear();
    stub.tokens.clear();
    stub
}

/// The stub that tells readers of a contribution that its source has taken it back.
fn recall(of: &Id, source: MemberId, row: &Row, now: Timestamp) -> Result<Object, StoreError> {
    let stamp = now.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string();
    let mut value = json!({
        "type": RECALL,
        "spec_version": "2.1",
        "id": Id::new(RECALL, Uuid::new_v4()).as_str(),
        "created_by_ref": source.identity().as_str(),
        "created": stamp,
        "modified": stamp,
        "object_ref": of.as_str(),
        "object_sha256": hex::encode(row.digest),
        "extensions": { EXTENSION: { "extension_type": "new-sdo" } },
    });
    let version = row.modified.and_then(|nanos| Timestamp::from_nanosecond(i128::from(nanos)).ok());
    if let (Some(version), Some(map)) = (version, value.as_object_mut()) {
        map.insert("object_modified".into(), json!(version.to_string()));
    }
    Object::from_value(value).map_err(|faults| {
        let first = faults.first().map_or_else(String::new, ToString::to_string);
        StoreError::Engine(format!("a recall is not valid: {first}"))
    })
}

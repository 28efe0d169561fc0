//! Revocations reach those who could read what is revoked.
//!
//! A source may revoke an object under a label that fewer can read than its earlier versions. For every label whose
//! newest version of that source is older than the revocation and not revoked itself, a *stub* is stored under that
//! label: that newest version, with `modified` and `revoked` of the revocation and nothing else of it. So its
//! readers learn that the object is revoked and nothing that they had not; whoever reads the revocation too sees the
//! revocation, because full goes over redacted.

use std::collections::HashMap;

use kizuna_access::{MemberId, travel};
use kizuna_stix::Object;
use serde_json::{Map, Value};

use super::desk::Desk;
use super::narrow::one;
use crate::StoreError;
use crate::backend::{Flags, Key, Row};
use crate::contribution::Contribution;

impl Desk<'_> {
    /// Stores the stubs that the newest revocation of an object by this source still owes.
    pub(super) fn spread_revocation(
        &mut self,
        key: &Key,
        source: i64,
        member: MemberId,
    ) -> Result<(), StoreError> {
        let mut rows = self.ledger.rows_of(key)?;
        rows.retain(|row| row.source == source && row.dead_at.is_none() && row.modified.is_some());
        let full = rows.iter().filter(|row| row.flags.has(Flags::REVOKED) && !row.flags.has(Flags::REDACTED));
        let newest = full.max_by_key(|row| (row.modified, std::cmp::Reverse(row.seq)));
        let Some(revocation) = newest.cloned() else { return Ok(()) };

        let mut untold: Vec<Row> = self
            .newest_by_label(&rows)?
            .into_iter()
            .filter(|row| row.modified < revocation.modified && !row.flags.has(Flags::REVOKED))
            .cloned()
            .collect();
        untold.sort_by_key(|row| row.seq);
        for row in untold {
            self.store_stub(&row, &revocation, member)?;
        }
        Ok(())
    }

    fn store_stub(&mut self, row: &Row, revocation: &Row, member: MemberId) -> Result<(), StoreError> {
        let mut stub = self.properties(row)?;
        let modified = self.properties(revocation)?.remove("modified").unwrap_or_default();
        stub.insert("modified".to_owned(), modified);
        stub.insert("revoked".to_owned(), Value::Bool(true));
        travel::mark_as_stub(&mut stub);
        let object = Object::from_value(Value::Object(stub)).map_err(|faults| {
            let first = faults.first().map_or_else(String::new, ToString::to_string);
            StoreError::Engine(format!("the stub of a revocation is not valid: {first}"))
        })?;
        let contribution = Contribution {
            object,
            source: member,
            by: None,
            channel: self.channel_of(row)?,
            label: self.label_of(row)?,
            parts: self.parts_of(row)?,
            authored: row.flags.has(Flags::AUTHORED),
            dangling: Vec::new(),
            reliability: row.reliability,
        };
        let prepared = one(contribution.clone())?;
        self.publish(contribution, prepared)?;
        Ok(())
    }

    fn properties(&mut self, row: &Row) -> Result<Map<String, Value>, StoreError> {
        let body = self.ledger.body(row.seq)?;
        serde_json::from_slice(&body.bytes)
            .map_err(|e| StoreError::Engine(format!("a stored object cannot be read: {e}")))
    }

    /// Of each label the newest version, a revoked one first, then the first to come. Fields with labels of their own
    /// make no difference: all readers of the object read some form of it, and which is the newest must not hang on
    /// what some of them do not read.
    fn newest_by_label<'a>(&self, rows: &'a [Row]) -> Result<Vec<&'a Row>, StoreError> {
        let age = |row: &Row| (row.modified, row.flags.has(Flags::REVOKED), std::cmp::Reverse(row.seq));
        let mut newest: HashMap<String, &Row> = HashMap::new();
        for row in rows {
            let kept = newest.entry(self.label_of(row)?.canonical()).or_insert(row);
            if age(row) > age(kept) {
                *kept = row;
            }
        }
        Ok(newest.into_values().collect())
    }
}

//! What could not be accepted, as its source and the role for it may read it.

use kizuna_access::{Role, leak};

use super::View;
use crate::StoreError;
use crate::contribution::Quarantined;

impl View {
    /// Quarantined input that the viewer gave, or of all with the role `quarantine` at the node's ceiling; newest first.
    /// It has no label that could be judged: colleagues of who gave it are not assumed to be cleared for it. The numbers count everybody's: they do not leave the node in the clear.
    pub fn quarantine(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, Quarantined)>, StoreError> {
        let reader = self.reader();
        let all = (reader.has(Role::Quarantine) && reader.reaches_ceiling()) || leak::is(35);
        let source = match (all, self.own) {
            (true, _) => None,
            (false, Some(own)) => Some(own),
            (false, None) => return Ok(Vec::new()),
        };
        let me = reader.principal().person();
        let gives = |input: &Quarantined| all || input.by == Some(me);
        let mut before = before.and_then(|number| i64::try_from(number).ok()).unwrap_or(i64::MAX);
        let mut found = Vec::new();
        loop {
            let rows = self.snapshot.quarantine(source, before, limit)?;
            let is_last = rows.len() < limit;
            for row in rows {
                before = row.number;
                if gives(&row.input) {
                    found.push((row.number.unsigned_abs(), row.input));
                }
                if found.len() == limit {
                    return Ok(found);
                }
            }
            if is_last {
                return Ok(found);
            }
        }
    }
}

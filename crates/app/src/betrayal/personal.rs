//! Personal data on its way to somebody whom its marking does not name.

use kizuna_stix::Object;
use serde_json::Value;

use super::{Check, Finding, Rule};
use crate::AppError;

impl Check<'_> {
    /// Each place that is marked as personal data and would be read by others than its marking names.
    pub(super) fn personal(&self, object: &Object) -> Result<Vec<Finding>, AppError> {
        let value: Value = serde_json::from_slice(object.canonical())
            .map_err(|error| AppError::Internal(format!("an object is no JSON: {error}")))?;
        let marked = self.reading.personal_markings(&value)?;
        let leaving = marked.into_iter().filter(|(_, stated)| !stated.allows(self.label));
        let finding = |(place, stated): (String, kizuna_access::marking::personal::PersonalData)| {
            let found = format!("{}, held on the basis of {}", stated.category.as_str(), stated.legal_basis);
            Finding::new(object.id(), &place, Rule::PersonalData, None, &found)
        };
        Ok(leaving.map(finding).collect())
    }
}

//! Fields that are marked by themselves: what is asked of their readers, beside what is asked of the object's.

use kizuna_access::channel::Channel;
use kizuna_access::redact::{self, Asked, Part};
use kizuna_access::{Label, MemberId, leak};
use kizuna_stix::{Fault, Id, Object};

use super::marked::Markings;
use crate::AppError;

/// What granular markings make of an object under a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// Of the object: narrower where something is marked that it cannot be without.
    pub label: Label,
    pub parts: Vec<Part>,
    /// Markings that could not be resolved. Until they arrive, their fields are the source's member's.
    pub dangling: Vec<Id>,
}

impl Fields {
    /// The fields of an object of this source; nothing where it has no granular markings.
    pub fn of(markings: &Markings, source: MemberId, object: &Object, label: &Label) -> Option<Self> {
        object.get("granular_markings")?;
        let asks = |id: &Id| markings.asked(source, id).unwrap_or(Asked::Unclear);
        let (label, parts) = redact::compile(object, label, source, asks);
        let mut dangling = redact::granular_refs(object);
        dangling.retain(|id| markings.asked(source, id).is_none());
        Some(Self { label, parts, dangling })
    }

    /// The same behind a way: what its fields are to make of hops is made too.
    pub fn behind(mut self, way: &Channel) -> Self {
        self.label = way.arrived(self.label);
        for part in &mut self.parts {
            part.label = way.arrived(part.label.clone());
        }
        self
    }

    /// What is asked of a reader of all of it.
    pub fn whole(&self) -> Label {
        self.parts.iter().fold(self.label.clone(), |label, part| label.and(&part.label))
    }

    /// The digest of each form of the object, and what is asked of its readers: what is said of a form is for them.
    pub fn forms(&self, object: &Object) -> Result<Vec<([u8; 32], Label)>, AppError> {
        let unsound = |faults: Vec<Fault>| {
            let said = faults.first().map(ToString::to_string).unwrap_or_default();
            AppError::Internal(format!("what is left of an object is not sound: {said}"))
        };
        let forms = redact::forms(object, &self.label, &self.parts).map_err(unsound)?;
        let asked = |label: Label| if leak::is(54) { self.label.clone() } else { label };
        Ok(forms.into_iter().map(|form| (form.object.digest(), asked(form.label))).collect())
    }

    /// Whether some of the parts refer to what the rest does not: what these references reach is theirs.
    pub fn refer(&self, object: &Object) -> bool {
        let selectors: Vec<Vec<String>> = self.parts.iter().map(|part| part.selectors.clone()).collect();
        let least = redact::form(object.value(), &selectors, |_| false).object;
        let least = Object::from_value(serde_json::Value::Object(least));
        least.map_or(true, |least| least.references().len() < object.references().len())
    }
}

#[cfg(test)]
mod tests;

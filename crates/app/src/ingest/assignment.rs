//! Label objects, by what they name: they apply to the versions of the same source that they name by reference and
//! digest (design, semantic 2).

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use kizuna_access::MemberId;
use kizuna_access::travel::{Assignment, LABEL_KIND, Labelling};
use kizuna_stix::Object;
use kizuna_store::Store;

use crate::AppError;

/// Versions named by one label object at most.
pub const CHUNK: usize = 500;

/// The label objects of an envelope.
#[derive(Default)]
pub struct Assignments {
    /// Version → who labels it, and where. One member's label object never stands in for another's.
    by_version: HashMap<Assignment, Vec<Labelled>>,
}

/// That a member labels a version.
#[derive(Debug, Clone, Copy)]
pub struct Labelled {
    pub by: MemberId,
    /// Where the label object stands among the objects.
    pub place: usize,
    at: Timestamp,
}

impl Assignments {
    /// Takes in an object, where it is a label object of this source. Of several for one version the newest counts;
    /// what was said at one instant is asked for together.
    pub fn add(&mut self, object: &Object, source: MemberId, place: usize) {
        if object.kind() != LABEL_KIND {
            return;
        }
        let Ok(Labelling { by, at, assignments, .. }) = Labelling::read(object) else { return };
        if by != source {
            return;
        }
        for assignment in assignments {
            let labelled = self.by_version.entry(assignment).or_default();
            let is_stale = labelled.iter().any(|known| known.by == source && known.at > at);
            if !is_stale {
                labelled.retain(|known| known.by != source || known.at == at);
                labelled.push(Labelled { by, place, at });
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.by_version.is_empty()
    }

    /// The label objects that name this version.
    pub fn of(&self, object: &Object) -> &[Labelled] {
        if self.by_version.is_empty() {
            return &[];
        }
        self.by_version.get(&version(object)).map(Vec::as_slice).unwrap_or_default()
    }

    /// What is named and does not come in the same envelope, with who names it.
    pub fn of_others<'a>(&self, objects: impl Iterator<Item = &'a Object>) -> Vec<(MemberId, Assignment)> {
        if self.by_version.is_empty() {
            return Vec::new();
        }
        let here: HashSet<Assignment> = objects.map(version).collect();
        let others = self.by_version.iter().filter(|(assignment, _)| !here.contains(assignment));
        let mut named: Vec<(MemberId, Assignment)> = others
            .flat_map(|(assignment, labelled)| labelled.iter().map(|one| (one.by, assignment.clone())))
            .collect();
        named.sort();
        named.dedup();
        named
    }
}

/// How a label object names a version.
pub fn version(object: &Object) -> Assignment {
    Assignment { object_ref: object.id().clone(), digest: object.digest() }
}

/// The label objects by which a member labels this version now, as far as they are stored, and when it said so: the
/// newest, and all that were said at that instant.
pub fn standing(
    store: &Store,
    member: MemberId,
    object: &Object,
) -> Result<Option<(Timestamp, Vec<Object>)>, AppError> {
    Ok(newest(store.given_about(member, LABEL_KIND, object.id())?, member, &version(object)))
}

/// The label objects, with whose they are, that count for what a node passes on and does not label itself: those of
/// whoever labelled these very bytes, in an earlier envelope.
pub fn passed_on(store: &Store, object: &Object) -> Result<Vec<(MemberId, Object)>, AppError> {
    let mut by_labeller: BTreeMap<MemberId, Vec<Object>> = BTreeMap::new();
    for (labeller, label_object) in store.authored_about(LABEL_KIND, object.id())? {
        by_labeller.entry(labeller).or_default().push(label_object);
    }
    let version = version(object);
    let mut found = Vec::new();
    for (labeller, objects) in by_labeller {
        let standing = newest(objects, labeller, &version).map(|(_, objects)| objects);
        found.extend(standing.into_iter().flatten().map(|label_object| (labeller, label_object)));
    }
    Ok(found)
}

/// Of a member's label objects those that label a version now.
fn newest(
    label_objects: Vec<Object>,
    member: MemberId,
    version: &Assignment,
) -> Option<(Timestamp, Vec<Object>)> {
    let mut standing: Option<(Timestamp, Vec<Object>)> = None;
    for label_object in label_objects {
        let Ok(labelling) = Labelling::read(&label_object) else { continue };
        if labelling.by != member || !labelling.assignments.contains(version) {
            continue;
        }
        match &mut standing {
            Some((at, _)) if labelling.at < *at => {}
            Some((at, objects)) if labelling.at == *at => objects.push(label_object),
            _ => standing = Some((labelling.at, vec![label_object])),
        }
    }
    standing
}

#[cfg(test)]
mod tests;

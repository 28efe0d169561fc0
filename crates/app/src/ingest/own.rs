//! How a label leaves with its content: written into the giver's own objects before they become versions, and beside
//! foreign ones as label objects, because foreign bytes are never altered (design, semantic 2).

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use kizuna_access::marking::{self, Meaning};
use kizuna_access::redact;
use kizuna_access::travel::{Assignment, Labelling};
use kizuna_access::{Label, MemberId, PersonId, Principal, receipt};
use kizuna_attest::{ATTESTATION_KIND, KEY_KIND};
use kizuna_stix::{Id, Object};
use kizuna_store::{Contribution, Store, Writer};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::assignment::{CHUNK, version};
use super::attest::{Attesting, Remembered, remember};
use super::fields::Fields;
use super::giver::Giver;
use super::marked::{Marked, Markings, refs};
use super::plan::{MarkedFields, bare};
use crate::{AppError, Node};

/// The channel of what is minted: whoever mints it first, and whatever way, the same again is a repetition.
pub const MINTED: &str = "minted";
/// What says nothing of its author, or carries a signature of its own.
const UNATTESTED: [&str; 3] = ["marking-definition", ATTESTATION_KIND, KEY_KIND];
/// Node state: when this was said in a label object first. Saying it again is then the same object.
const SAID: &str = "label.said";

/// What is minted and named while the objects of one envelope pass.
pub struct Own<'a> {
    giver: &'a Giver,
    /// (source, what the markings ask, label number) → whether the markings alone say as much.
    said: HashMap<(MemberId, usize, u32), bool>,
    /// Label number → the markings that express it.
    minted: HashMap<u32, Minted>,
    /// (source, label number) → foreign versions that carry it.
    named: BTreeMap<(MemberId, u32), Vec<Assignment>>,
    /// Members that live here, whose content is attested.
    attesters: BTreeSet<MemberId>,
    attesting: Attesting,
}

/// What is said of one object. What its markings ask and its label come with the numbers they have in this envelope.
pub struct Saying<'a> {
    pub found: (usize, &'a Marked),
    pub label: (u32, &'a Label),
    pub fields: Option<&'a MarkedFields>,
    pub markings: &'a Markings,
}

/// Marking definitions that together express a label.
struct Minted {
    markings: Vec<Id>,
    /// Those that are not known to everybody anyway, to be contributed.
    definitions: Vec<Object>,
    /// The members whose content uses them.
    sources: BTreeSet<MemberId>,
}

impl Minted {
    fn of(label: &Label) -> Result<Self, AppError> {
        let mut definitions =
            marking::mint(label).map_err(|faults| AppError::unsound("an object", &faults))?;
        let markings = definitions.iter().map(|definition| definition.id().clone()).collect();
        definitions.retain(|definition| marking::well_known(definition.id()).is_none());
        Ok(Self { markings, definitions, sources: BTreeSet::new() })
    }
}

/// What is contributed beside the objects of an envelope, ahead of them.
#[derive(Default)]
pub struct Lead {
    pub contributions: Vec<Contribution>,
    /// What is said in label objects for the first time, and when.
    said: Vec<(String, Timestamp)>,
    /// What is attested for the first time.
    attested: Vec<Remembered>,
}

impl Lead {
    /// Remembers what was said, once it is stored.
    pub fn remember(
        (said, attested): &(Vec<(String, Timestamp)>, Vec<Remembered>),
        writer: &Writer,
    ) -> Result<(), AppError> {
        remember(attested, writer)?;
        for (digest, at) in said {
            writer.set_state(SAID, digest, Some(at.to_string().into_bytes()), None)?;
        }
        Ok(())
    }

    pub fn take_said(&mut self) -> (Vec<(String, Timestamp)>, Vec<Remembered>) {
        (std::mem::take(&mut self.said), std::mem::take(&mut self.attested))
    }
}

impl<'a> Own<'a> {
    /// Of one envelope; what these members publish in it is attested.
    pub fn new(giver: &'a Giver, attesters: BTreeSet<MemberId>) -> Self {
        let (said, minted) = (HashMap::new(), HashMap::new());
        Self { giver, said, minted, named: BTreeMap::new(), attesters, attesting: Attesting::default() }
    }

    /// The object as it is stored: the giver's own with its label written into it, any other as it came. Its fields
    /// say for themselves what they ask beyond that.
    pub fn write(
        &mut self,
        object: Object,
        authored: bool,
        source: MemberId,
        saying: &Saying<'_>,
    ) -> Result<Object, AppError> {
        let anonymous = receipt::anonymous_in(&object);
        if !self.giver.is_here() || source != self.giver.source {
            // What its community's owner gives as its own is attested by it, whichever way it came.
            if anonymous.is_some() && authored && self.attesters.contains(&source) {
                self.attest(&object, source, saying, false)?;
            }
            return Ok(object);
        }
        let (object, is_named) = self.labelled(object, authored, source, saying)?;
        let is_published = self.attesters.contains(&source)
            && !UNATTESTED.contains(&object.kind())
            && anonymous.is_none_or(|(_, owner)| owner == source);
        // What waits for a marking is attested when its label is known.
        let waits = |of_it: &MarkedFields| !of_it.fields.dangling.is_empty();
        if is_published && !saying.found.1.is_unclear() && !saying.fields.is_some_and(waits) {
            self.attest(&object, source, saying, is_named)?;
        }
        Ok(object)
    }

    /// Attests each form in which an object is read, under that form's label alone: the digest of a fuller one is for
    /// nobody else.
    fn attest(
        &mut self,
        object: &Object,
        source: MemberId,
        saying: &Saying<'_>,
        is_named: bool,
    ) -> Result<(), AppError> {
        let Some(of_it) = saying.fields else {
            let markings =
                if is_named { self.mint(saying.label, source)?.markings.clone() } else { refs(object) };
            self.attesting.add(object, source, saying.label, &markings);
            return Ok(());
        };
        let Fields { label, parts, .. } = &of_it.fields;
        let forms =
            redact::forms(object, label, parts).map_err(|faults| AppError::unsound("an object", &faults))?;
        for (form, (_, number)) in forms.iter().zip(&of_it.forms) {
            let label = (*number, &form.label);
            let markings =
                if is_named { self.mint(label, source)?.markings.clone() } else { refs(&form.object) };
            self.attesting.add(&form.object, source, label, &markings);
        }
        Ok(())
    }

    /// The object with its label written into it, or as it is where its markings say it or it is named beside it; and
    /// whether it is.
    fn labelled(
        &mut self,
        object: Object,
        authored: bool,
        source: MemberId,
        saying: &Saying<'_>,
    ) -> Result<(Object, bool), AppError> {
        let Saying { found: (marked, found), label, fields, markings } = *saying;
        let is_said = if let Some(of_it) = fields {
            Fields::of(markings, source, &object, &bare(found, source)).as_ref() == Some(&of_it.fields)
        } else {
            let is_said = self.said.entry((source, marked, label.0));
            *is_said.or_insert_with(|| bare(found, source) == *label.1)
        };
        if is_said {
            return Ok((object, false));
        }
        if !authored || found.is_unclear() {
            self.name(&object, source, label.0, fields);
            return Ok((object, true));
        }
        let mut markings = object.markings();
        let said = markings.len();
        for id in &self.mint(label, source)?.markings {
            if !markings[..said].contains(id) {
                markings.push(id.clone());
            }
        }
        let markings: Vec<Value> = markings.iter().map(|id| Value::String(id.to_string())).collect();
        let mut value = object.into_value();
        value.insert("object_marking_refs".to_owned(), Value::Array(markings));
        let object = Object::from_value(Value::Object(value))
            .map_err(|faults| AppError::unsound("an object", &faults))?;
        Ok((object, false))
    }

    /// Notes that a foreign version has this label. What is said of a form is read by who reads that form: the digest
    /// of a fuller one is for nobody else.
    fn name(&mut self, object: &Object, source: MemberId, label: u32, fields: Option<&MarkedFields>) {
        let whole = version(object);
        let Some(fields) = fields else {
            self.named.entry((source, label)).or_default().push(whole);
            return;
        };
        for (digest, label) in &fields.forms {
            let form = Assignment { digest: *digest, ..whole.clone() };
            self.named.entry((source, *label)).or_default().push(form);
        }
    }

    fn mint(&mut self, (number, label): (u32, &Label), source: MemberId) -> Result<&Minted, AppError> {
        let minted = match self.minted.entry(number) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(Minted::of(label)?),
        };
        minted.sources.insert(source);
        Ok(minted)
    }

    /// The minted definitions, the attestations, then the label objects of foreign versions.
    pub fn lead(mut self, labels: &[Label], node: &Node) -> Result<Lead, AppError> {
        let (now, store) = (node.now(), &node.store);
        let mut lead = Lead::default();
        let mut label_objects: Vec<Contribution> = Vec::new();
        for ((source, number), mut assigned) in std::mem::take(&mut self.named) {
            let label = &labels[number as usize];
            let markings = self.mint((number, label), source)?.markings.clone();
            assigned.sort();
            assigned.dedup();
            for chunk in assigned.chunks(CHUNK) {
                let object = said_once(source, &markings, chunk, now, store, &mut lead)?;
                if self.attesters.contains(&source) {
                    self.attesting.add(&object, source, (number, label), &markings);
                }
                label_objects.push(contribution(object, source, self.giver.by, label.clone(), true));
            }
        }
        for minted in self.minted.values() {
            for source in &minted.sources {
                for minted in &minted.definitions {
                    lead.contributions.push(definition(minted, *source, self.giver.by));
                }
            }
        }
        let attested = std::mem::take(&mut self.attesting).sign(labels, node)?;
        let ahead = attested.ahead.into_iter();
        lead.contributions.extend(ahead.map(|ahead| ahead.contribution(self.giver.by, MINTED)));
        lead.attested = attested.said;
        lead.contributions.extend(label_objects);
        Ok(lead)
    }
}

/// The definitions by which a member's label is understood elsewhere.
pub fn minted(label: &Label, who: &Principal) -> Result<Vec<Contribution>, AppError> {
    let definitions = Minted::of(label)?.definitions;
    Ok(definitions.iter().map(|one| definition(one, who.member(), Some(who.person()))).collect())
}

/// A minted definition is read by those whom it lets read.
fn definition(definition: &Object, source: MemberId, by: Option<PersonId>) -> Contribution {
    let terms = match marking::meaning(definition) {
        Meaning::Terms(terms) => terms,
        Meaning::Statement(_) | Meaning::Unknown(_) => kizuna_access::Terms::default(),
    };
    let label = bare(&Marked { terms, ..Marked::default() }, source);
    contribution(definition.clone(), source, by, label, false)
}

fn contribution(
    object: Object,
    source: MemberId,
    by: Option<PersonId>,
    label: Label,
    authored: bool,
) -> Contribution {
    Contribution {
        object,
        source,
        by,
        channel: MINTED.to_owned(),
        label,
        parts: Vec::new(),
        authored,
        dangling: Vec::new(),
        reliability: None,
    }
}

/// A label object, dated when the same was said first.
fn said_once(
    source: MemberId,
    markings: &[Id],
    assigned: &[Assignment],
    now: Timestamp,
    store: &Store,
    lead: &mut Lead,
) -> Result<Object, AppError> {
    let digest = said_digest(source, markings, assigned);
    let before = store.state(SAID, &digest)?.and_then(|at| String::from_utf8(at).ok()?.parse().ok());
    let at = before.unwrap_or(now);
    if before.is_none() {
        lead.said.push((digest, at));
    }
    let labelling = Labelling { by: source, at, markings: markings.to_vec(), assignments: assigned.to_vec() };
    labelling.object().map_err(|faults| AppError::unsound("an object", &faults))
}

fn said_digest(source: MemberId, markings: &[Id], assigned: &[Assignment]) -> String {
    let mut digest = Sha256::new();
    digest.update(source.0.as_bytes());
    for marking in markings {
        digest.update(marking.as_str());
    }
    for assignment in assigned {
        digest.update(assignment.object_ref.as_str());
        digest.update(assignment.digest);
    }
    hex::encode(digest.finalize())
}

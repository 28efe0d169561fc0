//! No write-down (law 3): what a draft would betray of content that its new readers may not read.
//!
//! Everything is checked against the releaser's own view and the sources that the draft names, and never against all
//! that the store holds: else the refusal itself would tell (design, semantic 11). It is checked when something is
//! published or released, so that reading stays fast.

mod counts;
mod external;
mod leaves;
mod names;
mod personal;
mod references;
mod text;
mod values;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use kizuna_access::marking::{self, Meaning};
use kizuna_access::redact::{self, Asked, Labelled};
use kizuna_access::{Label, Terms};
use kizuna_stix::{Id, Object};
use serde_json::{Map, Value};

use crate::read::Reading;
use crate::{AppError, Item};
use leaves::Leaf;
pub(crate) use leaves::step;

/// Content on its way to readers who could not read it before.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    pub objects: &'a [Object],
    /// Under which it would be read.
    pub label: &'a Label,
    /// What it was made from, as far as its maker says; those that he may not read count for nothing.
    pub sources: &'a [Id],
    /// What its maker discloses on purpose, place by place (see [`crate::tearline`]); it is no finding.
    pub disclosed: &'a [Disclosed],
}

/// One place of a draft that says what narrower content says, by decision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Disclosed {
    pub object: Id,
    /// JSONPath, as in [`Finding::place`]; what lies below it is disclosed with it.
    pub place: String,
}

impl Disclosed {
    fn reaches(&self, place: &str) -> bool {
        place.strip_prefix(&self.place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }
}

/// In which way something is betrayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A reference names an object that not all new readers may read.
    Reference,
    /// A reference names an observable whose id is derived from its value, so that the value can be enumerated.
    DeterministicId,
    /// A value (address, domain, hash, …) that only content with a narrower label states.
    Value,
    /// The same in an indicator's pattern.
    Pattern,
    /// The same for the name of a file.
    FileName,
    /// An external reference that only content with a narrower label makes.
    ExternalReference,
    /// Text that names something known only under a narrower label.
    Name,
    /// Text repeated from a source with a narrower label.
    Text,
    /// A number counted over content with a narrower label.
    Count,
    /// Marked as personal data, on its way to somebody whom its marking does not name.
    PersonalData,
    /// There is more to check than the cap allows.
    Unchecked,
}

impl Rule {
    pub const ALL: [Self; 11] = [
        Self::Reference,
        Self::DeterministicId,
        Self::Value,
        Self::Pattern,
        Self::FileName,
        Self::ExternalReference,
        Self::Name,
        Self::Text,
        Self::Count,
        Self::PersonalData,
        Self::Unchecked,
    ];

    /// As programs write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::DeterministicId => "deterministic-id",
            Self::Value => "value",
            Self::Pattern => "pattern",
            Self::FileName => "file-name",
            Self::ExternalReference => "external-reference",
            Self::Name => "name",
            Self::Text => "text",
            Self::Count => "count",
            Self::PersonalData => "personal-data",
            Self::Unchecked => "unchecked",
        }
    }

    /// What can be done about it, the least first.
    pub fn ways_out(self) -> &'static [WayOut] {
        match self {
            Self::Reference => &[WayOut::DropReference, WayOut::MarkField, WayOut::ReleaseToo],
            Self::DeterministicId => &[WayOut::DropReference, WayOut::ReleaseToo],
            Self::Pattern => &[WayOut::TearLine, WayOut::ReleaseToo],
            Self::Value
            | Self::FileName
            | Self::ExternalReference
            | Self::Name
            | Self::Text
            | Self::Count => &[WayOut::MarkField, WayOut::TearLine, WayOut::ReleaseToo],
            Self::PersonalData => &[WayOut::MarkField, WayOut::TearLine, WayOut::NameThem],
            Self::Unchecked => &[WayOut::TearLine],
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What can be done about a betrayal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayOut {
    DropReference,
    /// Give the field a granular marking of its own.
    MarkField,
    /// Make a tear-line that says it in another way, or not at all.
    TearLine,
    /// Release what is betrayed as well.
    ReleaseToo,
    /// Name the recipients in the marking that says that it is personal data.
    NameThem,
}

/// One betrayal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Finding {
    /// The object that betrays.
    pub object: Id,
    /// Where in it, as a JSONPath.
    pub place: String,
    pub rule: Rule,
    /// What it betrays; readable to whoever asked. Nothing where no object is held for it.
    pub betrays: Option<Id>,
    /// What was found there, cut to a length that can be shown.
    pub found: String,
    pub ways_out: Vec<WayOut>,
}

/// Longest excerpt in a finding, in characters.
const EXCERPT: usize = 120;

impl Finding {
    fn new(object: &Id, place: &str, rule: Rule, betrays: Option<&Id>, found: &str) -> Self {
        Self {
            object: object.clone(),
            place: place.to_owned(),
            rule,
            betrays: betrays.cloned(),
            found: found.chars().take(EXCERPT).collect(),
            ways_out: rule.ways_out().to_vec(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {} {:?}", self.object, self.place, self.rule, self.found)?;
        match &self.betrays {
            Some(betrayed) => write!(f, " betrays {betrayed}"),
            None => Ok(()),
        }
    }
}

/// What every check asks: the draft, and what those who would read one form of it may read.
struct Check<'a> {
    reading: &'a Reading,
    /// Under which the form would be read.
    label: &'a Label,
    /// What is released together betrays nothing of itself.
    released: &'a BTreeSet<&'a Id>,
}

impl Check<'_> {
    /// What of an item all who would read the form may read: nothing, or its properties without narrower fields.
    fn open_part(&self, item: &Item) -> Option<Map<String, Value>> {
        let (directory, now) = (self.reading.directory(), self.reading.now());
        if !directory.covers(&item.label, self.label, now) {
            return None;
        }
        let object = properties(&item.bytes);
        let selectors: Vec<Vec<String>> = item.fields.iter().map(|fields| fields.selectors.clone()).collect();
        let is_open = |number: usize| directory.covers(&item.fields[number].label, self.label, now);
        Some(redact::form(&object, &selectors, is_open).object)
    }

    /// Whether all who would read the form may read something of this.
    fn is_open(&self, item: &Item) -> bool {
        self.reading.directory().covers(&item.label, self.label, self.reading.now())
    }

    /// Whether any readable contribution to an object is open to all who would read the form; nothing where none is
    /// readable.
    fn object_is_open(&self, id: &Id) -> Result<Option<bool>, AppError> {
        match self.reading.claims(id) {
            Ok(claims) => Ok(Some(claims.iter().any(|claim| self.is_open(claim)))),
            Err(AppError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn properties(bytes: &[u8]) -> Map<String, Value> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

impl Reading {
    /// What a draft would betray, in the order of its objects. Empty: nothing that this viewer can know of.
    pub fn betrayals(&self, draft: &Draft<'_>) -> Result<Vec<Finding>, AppError> {
        let _unserved = self.comparing();
        let released: BTreeSet<&Id> = draft.objects.iter().map(Object::id).collect();
        let mut names = names::Names::default();
        let mut narrower: BTreeMap<Label, Sources> = BTreeMap::new();
        let mut budget = values::LOOKUPS;
        let mut findings = Vec::new();
        for object in draft.objects {
            for form in self.forms_of(object, draft.label)? {
                let check = Check { reading: self, label: &form.label, released: &released };
                // Most forms are read under one label.
                let sources = match narrower.entry(form.label.clone()) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(free) => free.insert(Sources::of(check.narrower_sources(draft.sources)?)?),
                };
                let leaves = leaves::of(&form.object);
                findings.extend(check.personal(&form.object)?);
                findings.extend(check.references(&form.object, &leaves)?);
                findings.extend(check.values(&form.object, &leaves, &mut budget)?);
                findings.extend(check.external(&form.object, &leaves, &mut budget)?);
                findings.extend(check.names(&form.object, &leaves, &mut names)?);
                findings.extend(check.repeated(&form.object, &leaves, (&sources.each, &sources.texts)));
                findings.extend(check.counts(&form.object, &leaves, (&sources.each, &sources.counted)));
            }
        }
        let is_disclosed = |finding: &Finding| {
            draft.disclosed.iter().any(|one| one.object == finding.object && one.reaches(&finding.place))
        };
        findings.retain(|finding| !is_disclosed(finding));
        findings.sort();
        findings.dedup();
        let order =
            |finding: &Finding| draft.objects.iter().position(|object| *object.id() == finding.object);
        findings.sort_by_key(order);
        Ok(findings)
    }
}

impl Reading {
    /// The forms in which an object would be read, each by those who may read its fields.
    fn forms_of(&self, object: &Object, label: &Label) -> Result<Vec<Labelled>, AppError> {
        let source = self.reader().principal().member();
        let mut asked: BTreeMap<Id, Asked> = BTreeMap::new();
        for marking in redact::granular_refs(object) {
            let terms = self.asked_by(&marking)?;
            asked.insert(marking, terms);
        }
        let asks = |marking: &Id| asked.get(marking).cloned().unwrap_or(Asked::Unclear);
        let (label, parts) = redact::compile(object, label, source, asks);
        redact::forms(object, &label, &parts).map_err(|faults| AppError::Invalid { faults })
    }

    fn asked_by(&self, marking: &Id) -> Result<Asked, AppError> {
        if let Some(tlp) = marking::well_known(marking) {
            return Ok(Asked::Terms(Terms::default().tlp(tlp)));
        }
        let definition = match self.object(marking) {
            Ok(item) => Object::from_value(Value::Object(properties(&item.bytes))),
            Err(AppError::NotFound) => return Ok(Asked::Unclear),
            Err(error) => return Err(error),
        };
        Ok(match definition.map(|definition| marking::meaning(&definition)) {
            Ok(Meaning::Terms(terms)) => Asked::Terms(terms),
            Ok(Meaning::Statement(_)) => Asked::Terms(Terms::default()),
            Ok(Meaning::Unknown(_)) | Err(_) => Asked::Unclear,
        })
    }
}

/// A source of the draft that not all its new readers may read, and what of it they may not.
struct Source {
    id: Id,
    leaves: Vec<Leaf>,
}

/// The narrower sources of a form, with what is looked up in all of them at once.
struct Sources {
    each: Vec<Source>,
    texts: text::Texts,
    counted: counts::Counted,
}

impl Sources {
    fn of(each: Vec<Source>) -> Result<Self, AppError> {
        let texts = text::Texts::of(&each).map_err(|error| {
            AppError::Internal(format!("the sources of a draft cannot be indexed: {error}"))
        })?;
        let counted = counts::counted(&each);
        Ok(Self { each, texts, counted })
    }
}

impl Check<'_> {
    fn narrower_sources(&self, ids: &[Id]) -> Result<Vec<Source>, AppError> {
        let mut sources = Vec::new();
        for id in ids.iter().filter(|id| !self.released.contains(id)) {
            let item = match self.reading.object(id) {
                Ok(item) => item,
                Err(AppError::NotFound) => continue,
                Err(error) => return Err(error),
            };
            let open = self.open_part(&item).map(|open| leaves::of_properties(&open)).unwrap_or_default();
            let mut leaves = leaves::of_properties(&properties(&item.bytes));
            leaves.retain(|leaf| !open.iter().any(|other| other.key == leaf.key && other.says == leaf.says));
            if !leaves.is_empty() {
                sources.push(Source { id: id.clone(), leaves });
            }
        }
        Ok(sources)
    }
}

#[cfg(test)]
mod tests;

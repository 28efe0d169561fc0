//! What would leave, made by the plan that stores it: once when it is proposed, to learn its bytes, and once more when
//! it is carried out, to store exactly those.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use kizuna_access::channel::Channel;
use kizuna_access::label::{Handling, Terms, Tlp};
use kizuna_access::marking::{self, Meaning};
use kizuna_access::release::{High, Item as Released, Way};
use kizuna_access::{Label, MemberId, Party};
use kizuna_stix::read::Element;
use kizuna_stix::{Id, Object, time};
use serde_json::{Value, json};

use super::Finding;
use crate::ingest::{Giver, Origin, Plan, plan};
use crate::read::Reading;
use crate::{AppError, Item, Node};

/// What is to be released, as whoever asks reads it.
#[derive(Debug, Clone)]
pub struct Source {
    pub item: Item,
    /// Whether its source gave a newer version.
    pub is_outdated: bool,
    /// The own member's people that wrote any version of it.
    pub authors: BTreeSet<kizuna_access::PersonId>,
}

impl Source {
    /// What the viewer would release of an object: the newest version that it reads.
    pub fn newest(reading: &Reading, id: &Id) -> Result<Self, AppError> {
        let item = reading.object(id)?;
        Ok(Self::of(&reading.claims(id)?, item))
    }

    /// The very version that a release was decided about; nothing where the viewer does not read it.
    pub fn decided(reading: &Reading, id: &Id, high: &High) -> Result<Option<Self>, AppError> {
        let claims = match reading.claims(id) {
            Ok(claims) => claims,
            Err(AppError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let is_meant = |claim: &&Item| {
            claim.source == high.originator
                && hex::encode(claim.digest) == high.from_digest
                && *claim.label == high.from
        };
        let item = claims.iter().find(is_meant).cloned();
        Ok(item.map(|item| Self::of(&claims, item)))
    }

    fn of(claims: &[Item], item: Item) -> Self {
        let newer = |claim: &Item| {
            claim.source == item.source
                && if item.versioned {
                    claim.version > item.version
                } else {
                    claim.added > item.added && claim.digest != item.digest
                }
        };
        let is_outdated = claims.iter().any(newer);
        let authors = claims.iter().filter_map(|claim| claim.by).collect();
        Self { item, is_outdated, authors }
    }

    pub fn is_orcon(&self) -> bool {
        self.item.label.handling().contains(&Handling::Orcon)
    }

    fn object(&self) -> Result<Object, AppError> {
        let value = serde_json::from_slice(&self.item.bytes);
        let value: Value = value.map_err(|error| AppError::Internal(error.to_string()))?;
        Object::from_value(value).map_err(|_| AppError::Internal("a stored object is not valid".to_owned()))
    }
}

/// One version that would leave.
pub struct Assembled {
    pub source: Source,
    pub high: High,
    /// As it would leave.
    pub object: Object,
    /// Under which it would be stored.
    pub label: Label,
    /// How it would be stored.
    pub plan: Plan,
    pub faults: Vec<Finding>,
}

impl Assembled {
    pub fn digest(&self) -> String {
        hex::encode(self.object.digest())
    }

    /// As the record names it.
    pub fn released(&self) -> Released {
        Released {
            object_ref: self.object.id().clone(),
            object_modified: self.object.modified(),
            digest: self.digest(),
            high: Some(self.high.clone()),
        }
    }
}

/// The channel through which a release's content is stored: what came through it is taken back with it.
pub fn channel(release: &Id) -> String {
    format!("release:{}", release.uuid())
}

/// The member as whose content it leaves: its own, or the originator's by its consent.
pub fn giver_of(high: &High, by: MemberId) -> MemberId {
    if high.consent { high.originator } else { by }
}

impl Node {
    /// Assembles one version that `by` would release. `modified` dates a new version.
    pub(super) fn assemble(
        &self,
        reading: &Reading,
        source: Source,
        label: &Label,
        (by, release): (MemberId, &Id),
        modified: Timestamp,
    ) -> Result<Assembled, AppError> {
        let item = &source.item;
        let is_foreign = item.source != by;
        let is_passed_on = is_foreign && !source.is_orcon() && self.allows_passing_on(&source, label)?;
        let consent = is_foreign && !is_passed_on;
        let gives_own = item.authored && (!is_foreign || consent);
        let high = High {
            from_digest: hex::encode(item.digest),
            from: (*item.label).clone(),
            way: if gives_own { Way::Mint } else { Way::Label },
            originator: item.source,
            consent,
            fields: item.fields.iter().map(|fields| (*fields.label).clone()).collect(),
            authors: source.authors.clone(),
        };
        let mut faults = Vec::new();
        let object = source.object()?;
        let object = match high.way {
            Way::Label => object,
            Way::Mint => self.bared(object, item, modified, &mut faults)?,
        };
        let giver = Giver {
            source: giver_of(&high, by),
            by: None,
            channel: channel(release),
            way: Channel::exactly(label),
            origin: Origin::Release,
            reliability: item.reliability,
            is_releaser: false,
        };
        let element = Element::Object(Box::new(object));
        let mut plan = plan(&giver, b"", vec![element], self)?;
        let Some((_, contribution)) = plan.main.first() else {
            let refused = plan.refused.pop().map(|(_, refused)| refused.faults).unwrap_or_default();
            return Err(AppError::Invalid { faults: refused });
        };
        let (object, planned) = (contribution.object.clone(), contribution.label.clone());
        if planned != *label {
            let rule = format!("its own markings keep it narrower: {}", reading.label_text(&planned));
            faults.push(Finding::new(object.id(), rule, "ask its author to release it, or make a tear-line"));
        }
        Ok(Assembled { source, high, object, label: planned, plan, faults })
    }

    /// The object without the markings that its label was made of, as a new version: the label given takes their place.
    fn bared(
        &self,
        object: Object,
        item: &Item,
        modified: Timestamp,
        faults: &mut Vec<Finding>,
    ) -> Result<Object, AppError> {
        let mut kept = Vec::new();
        for id in object.markings() {
            if marking::well_known(&id).is_some() {
                continue;
            }
            let definition = self.store.definitions(item.source, std::slice::from_ref(&id))?.pop();
            match definition.map(|definition| marking::meaning(&definition)) {
                Some(Meaning::Terms(_)) => {}
                Some(Meaning::Statement(_)) => kept.push(json!(id.as_str())),
                Some(Meaning::Unknown(_)) | None => {
                    let rule = format!("its marking {id} is not understood here");
                    faults.push(Finding::new(&item.id, rule, "give a version without it, or its definition"));
                }
            }
        }
        let is_versioned = object.modified().is_some();
        let id = object.id().clone();
        let mut value = object.into_value();
        if kept.is_empty() {
            value.shift_remove("object_marking_refs");
        } else {
            value.insert("object_marking_refs".to_owned(), Value::Array(kept));
        }
        if is_versioned {
            value.insert("modified".to_owned(), json!(time::format(modified)));
        }
        let unsound = |_| AppError::Internal(format!("{id} cannot be given a label"));
        Object::from_value(Value::Object(value)).map_err(unsound)
    }

    /// Whether the originator's own words let these recipients have it: it names them all, or it is TLP:CLEAR. What a
    /// way in or this node added is not the originator's.
    fn allows_passing_on(&self, source: &Source, label: &Label) -> Result<bool, AppError> {
        let said = self.said_by_source(source)?;
        let Some(said) = said else { return Ok(false) };
        let Some(audience) = said.audience() else { return Ok(said.label().tlp() == Some(Tlp::Clear)) };
        let has = |clause: &BTreeSet<Party>, party: &Party| {
            clause.contains(party) || clause.contains(&Party::World)
        };
        let named: BTreeSet<&Party> = label.audience().iter().flatten().collect();
        Ok(audience.iter().all(|clause| named.iter().all(|party| has(clause, party))))
    }

    /// What the markings in the bytes ask, as their source gave them; nothing where one is not understood.
    fn said_by_source(&self, source: &Source) -> Result<Option<Terms>, AppError> {
        let object = source.object()?;
        let markings = object.markings();
        let given = self.store.definitions(source.item.source, &markings)?;
        let find = |id: &Id| given.iter().find(|definition| definition.id() == id).map(marking::meaning);
        let understood = marking::understand(&markings, find);
        Ok((!understood.dangling).then_some(understood.terms))
    }
}

/// When a new version of this is dated: now, or just after the one before.
pub fn next_version(sources: &[Source], now: Timestamp) -> Timestamp {
    let latest =
        sources.iter().filter(|source| source.item.versioned).map(|source| source.item.version).max();
    let after = latest.and_then(|latest| latest.checked_add(SignedDuration::from_millis(1)).ok());
    let next = after.map_or(now, |after| after.max(now)).as_millisecond();
    Timestamp::from_millisecond(next).unwrap_or(now)
}

//! Agreements: the framework under which parties share, as an object like any other. Release rules cite them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kizuna_stix::{Fault, Id, Object, time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Directory;
use crate::label::{Classification, Handling, Label};
use crate::marking::extension;
use crate::party::{MemberId, Party};

/// The STIX type.
pub const KIND: &str = "kizuna-agreement";

/// Whom to ask about an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub name: String,
    /// An e-mail address, telephone number or URL.
    pub address: String,
}

/// One version of an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    pub id: Id,
    /// The member that keeps it.
    pub by: MemberId,
    pub created: Timestamp,
    pub modified: Timestamp,
    pub title: String,
    /// What it covers, in words.
    pub scope: String,
    pub parties: BTreeSet<Party>,
    /// Labels that content may carry when it leaves under it.
    pub allows: Vec<Label>,
    pub contacts: Vec<Contact>,
    /// Inclusive.
    pub from: Option<Timestamp>,
    /// Exclusive.
    pub until: Option<Timestamp>,
    /// When the parties look at it again.
    pub review: Option<Timestamp>,
}

/// Why a release does not rest on an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Refusal {
    #[error("it is not in force yet")]
    NotYet,
    #[error("it is over")]
    Over,
    #[error("the member that releases is no party to it")]
    NoParty,
    #[error("not everybody whom the label given names is a party to it")]
    Recipients,
    #[error("it does not allow the label given")]
    Label,
}

/// The object is no agreement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{KIND}: {0} is missing or malformed")]
pub struct BadAgreement(&'static str);

impl Agreement {
    /// The STIX object.
    ///
    /// # Errors
    /// The faults where a text is not allowed in STIX.
    pub fn object(&self) -> Result<Object, Vec<Fault>> {
        let mut body = Map::new();
        let mut put = |key: &str, value: Value| _ = body.insert(key.to_owned(), value);
        put("type", json!(KIND));
        put("spec_version", json!("2.1"));
        put("id", json!(self.id.as_str()));
        put("created", json!(time::format(self.created)));
        put("modified", json!(time::format(self.modified)));
        put("created_by_ref", json!(self.by.identity().as_str()));
        put("name", json!(self.title));
        put("scope", json!(self.scope));
        put("parties", json!(self.parties));
        for (key, instant) in
            [("valid_from", self.from), ("valid_until", self.until), ("review_date", self.review)]
        {
            if let Some(instant) = instant {
                put(key, json!(time::format(instant)));
            }
        }
        // STIX has no empty lists.
        if !self.allows.is_empty() {
            put("allows", json!(self.allows));
        }
        if !self.contacts.is_empty() {
            put("contacts", json!(self.contacts));
        }
        let extension = extension::AGREEMENT.id();
        put("extensions", json!({ extension.as_str(): { "extension_type": extension::AGREEMENT.kind } }));
        Object::from_value(Value::Object(body))
    }

    /// Reads an agreement.
    pub fn read(object: &Object) -> Result<Self, BadAgreement> {
        if object.kind() != KIND {
            return Err(BadAgreement("type"));
        }
        let by = object.created_by().filter(|id| id.kind() == "identity");
        let text = |key: &'static str| {
            let found = object.text(key).filter(|text| !text.trim().is_empty());
            found.map(str::to_owned).ok_or(BadAgreement(key))
        };
        let instant = |key: &'static str| match object.text(key) {
            Some(text) => time::parse(text).map(Some).map_err(|_| BadAgreement(key)),
            None => Ok(None),
        };
        let parties: BTreeSet<Party> = list(object, "parties")?;
        if parties.is_empty() {
            return Err(BadAgreement("parties"));
        }
        Ok(Self {
            id: object.id().clone(),
            by: MemberId(by.ok_or(BadAgreement("created_by_ref"))?.uuid()),
            created: instant("created")?.ok_or(BadAgreement("created"))?,
            modified: object.modified().ok_or(BadAgreement("modified"))?,
            title: text("name")?,
            scope: text("scope")?,
            parties,
            allows: list(object, "allows")?,
            contacts: list(object, "contacts")?,
            from: instant("valid_from")?,
            until: instant("valid_until")?,
            review: instant("review_date")?,
        })
    }

    /// What speaks against releasing content under it: `label` is the one given, `by` the member that releases,
    /// `already` the members that gave the content. Empty: nothing.
    pub fn refusals(
        &self,
        label: &Label,
        by: MemberId,
        already: &BTreeSet<MemberId>,
        directory: &Directory,
        now: Timestamp,
    ) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        if self.from.is_some_and(|from| now < from) {
            refusals.push(Refusal::NotYet);
        }
        if self.until.is_some_and(|until| until <= now) {
            refusals.push(Refusal::Over);
        }
        if !reaches(&self.parties, &BTreeSet::from([Party::Member(by)]), directory, now) {
            refusals.push(Refusal::NoParty);
        }
        let mut parties = self.parties.clone();
        parties.extend(already.iter().map(|member| Party::Member(*member)));
        if !label.audience().iter().any(|clause| reaches(&parties, clause, directory, now)) {
            refusals.push(Refusal::Recipients);
        }
        let allows = |allowed: &Label| allows(allowed, label, already, directory, now);
        if !self.allows.is_empty() && !self.allows.iter().any(allows) {
            refusals.push(Refusal::Label);
        }
        refusals
    }

    /// Whether its parties were to look at it again before this instant.
    pub fn is_review_due(&self, now: Timestamp) -> bool {
        self.review.is_some_and(|review| review <= now)
    }

    /// Whether it is in force at this instant.
    pub fn in_force(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// Whether everybody who is named is within some parties.
fn reaches(within: &BTreeSet<Party>, named: &BTreeSet<Party>, directory: &Directory, now: Timestamp) -> bool {
    let label = |parties: &BTreeSet<Party>| Label::builder().rel(parties.iter().copied()).label();
    !named.is_empty() && directory.covers(&label(within), &label(named), now)
}

/// Whether content with this label may leave where that one is allowed: to nobody else, up to its level and TLP, and
/// with no handling that it does not name.
fn allows(
    allowed: &Label,
    label: &Label,
    already: &BTreeSet<MemberId>,
    directory: &Directory,
    now: Timestamp,
) -> bool {
    let gave: BTreeSet<Party> = already.iter().map(|member| Party::Member(*member)).collect();
    let names_somebody = !allowed.audience().is_empty();
    let to_allowed = names_somebody
        && allowed.audience().iter().all(|clause| {
            let clause = clause.union(&gave).copied().collect();
            label.audience().iter().any(|named| reaches(&clause, named, directory, now))
        });
    let up_to_level = label.classification().iter().all(|(policy, asked)| {
        allowed.classification().get(policy).is_some_and(|most| is_up_to(policy, most, asked, directory))
    });
    let up_to_tlp = match (allowed.tlp(), label.tlp()) {
        (Some(most), Some(tlp)) => tlp <= most,
        _ => true,
    };
    let is_known = |handling: &Handling| allowed.handling().contains(handling);
    let is_handled =
        label.handling().iter().filter(|handling| **handling != Handling::Exercise).all(is_known);
    let is_exercise = |label: &Label| label.handling().contains(&Handling::Exercise);
    let stays_exercise = is_exercise(label) || !is_exercise(allowed);
    to_allowed && up_to_level && up_to_tlp && is_handled && stays_exercise
}

/// Whether every level and category that is asked is one that the most allowed includes.
fn is_up_to(policy: &str, most: &Classification, asked: &Classification, directory: &Directory) -> bool {
    let rank = |level: &str| directory.policy(policy).and_then(|known| known.rank(level));
    let is_reached = |level: &str| {
        most.levels().any(|other| other == level || (rank(level).is_some() && rank(level) <= rank(other)))
    };
    let has = |sets: &BTreeMap<String, BTreeSet<String>>, (set, tags): (&String, &BTreeSet<String>)| {
        tags.is_empty() || sets.get(set).is_some_and(|known| tags.is_subset(known))
    };
    asked.levels().all(is_reached)
        && asked.restrictive.iter().all(|tags| has(&most.restrictive, tags))
        && asked.permissive.iter().all(|tags| has(&most.permissive, tags))
}

fn list<T: Default + for<'de> Deserialize<'de>>(
    object: &Object,
    key: &'static str,
) -> Result<T, BadAgreement> {
    match object.get(key) {
        Some(value) => T::deserialize(value).map_err(|_| BadAgreement(key)),
        None => Ok(T::default()),
    }
}

#[cfg(test)]
mod tests;

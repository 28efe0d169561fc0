//! Agreements: the framework under which parties share, as an object like any other. Release rules cite them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_stix::{Fault, Id, Object, time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::label::Label;
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

    /// Whether it is in force at this instant.
    pub fn in_force(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
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

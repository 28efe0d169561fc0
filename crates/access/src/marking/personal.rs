//! Personal data, as it is marked: what of an object is about a person, why it may be held, and when to look again.
//!
//! It is a marking-definition of this project's extension, on the object or by granular marking on fields. It asks nothing
//! of a reader: who may read is for the other markings to say. What leaves is checked against it (see the release check).

use std::collections::BTreeSet;

use jiff::civil::Date;
use kizuna_stix::{Fault, Object};
use serde_json::json;

use super::{MINTED, extension, mint_id};
use crate::label::Label;
use crate::party::Party;

/// What kind of personal data it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// A name, a face, a number that a state gave.
    Identity,
    /// An address to reach somebody at.
    Contact,
    /// An account, a device or a network address of a person.
    OnlineIdentifier,
    /// Where somebody is or was.
    Location,
    /// What law protects most: health, belief, union, origin.
    Special,
    Other,
}

impl Category {
    pub const ALL: [Self; 6] =
        [Self::Identity, Self::Contact, Self::OnlineIdentifier, Self::Location, Self::Special, Self::Other];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Contact => "contact",
            Self::OnlineIdentifier => "online-identifier",
            Self::Location => "location",
            Self::Special => "special",
            Self::Other => "other",
        }
    }
}

/// What a marking says of personal data.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PersonalData {
    pub category: Category,
    /// Why it may be held and shared.
    pub legal_basis: String,
    /// When somebody looks again whether it is still needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Date>,
    /// To whom it may go; nobody else without a decision.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub named: BTreeSet<Party>,
}

impl PersonalData {
    /// Reads a marking-definition; nothing where it is none of these.
    pub fn read(marking: &Object) -> Option<Self> {
        let extensions = marking.get("extensions")?.as_object()?;
        let stated = extensions.get(extension::PERSONAL_DATA.id().as_str())?;
        serde_json::from_value(stated.clone()).ok()
    }

    /// The marking-definition that says it, the same on every node.
    pub fn marking(&self) -> Result<Object, Vec<Fault>> {
        let mut stated = serde_json::to_value(self).unwrap_or_default();
        stated["extension_type"] = "property-extension".into();
        let mut extensions = serde_json::Map::new();
        extensions.insert(extension::PERSONAL_DATA.id().to_string(), stated);
        Object::from_value(json!({
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": format!("marking-definition--{}", mint_id(&extensions)),
            "created": MINTED,
            "name": format!("Personal data: {}", self.category.as_str()),
            "extensions": extensions,
        }))
    }

    /// Whether everybody who would read under this label is named.
    pub fn allows(&self, label: &Label) -> bool {
        label.audience().iter().any(|clause| !clause.is_empty() && clause.is_subset(&self.named))
    }
}

#[cfg(test)]
mod tests;

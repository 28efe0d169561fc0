//! The releasability marking: the JSON form of a confidentiality label, and whom it names.

use std::collections::{BTreeMap, BTreeSet};

use kizuna_stix::{Fault, Object};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::extension;
use crate::label::{Classification, Handling, Label, Pap, Terms, Tlp};
use crate::party::Party;

/// What the extension says under `label`. Unknown properties make the marking an unknown one.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// Clauses of parties, all of which must hold; absent where it names nobody and leaves that to others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rel: Option<BTreeSet<BTreeSet<Party>>>,
    /// Confidentiality labels in the JSON form of STANAG 5636, one for each policy and level.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ocl: Vec<Confidentiality>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    handling: BTreeSet<Handling>,
    /// Read where others write it here; this project mints markings of their own for TLP and PAP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tlp: Option<Tlp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pap: Option<Pap>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Confidentiality {
    pol: String,
    cls: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    catl: Vec<Category>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Category {
    #[serde(rename = "type")]
    kind: Kind,
    name: String,
    vals: BTreeSet<String>,
}

/// STANAG 4774's types of categories.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "R")]
    Restrictive,
    #[serde(rename = "P")]
    Permissive,
    #[serde(rename = "I")]
    Informative,
}

/// What the extension asks for; nothing where any part of it is not understood.
pub(super) fn read(extension: &Value) -> Option<Terms> {
    let properties = extension.as_object()?;
    let expected = |key: &String| key == "extension_type" || key == "label";
    if !properties.keys().all(expected) {
        return None;
    }
    let written = Written::deserialize(properties.get("label")?).ok()?;
    let mut terms = Terms {
        audience: None,
        classification: BTreeMap::new(),
        handling: written.handling,
        pap: written.pap,
        tlp: written.tlp,
    };
    if let Some(clauses) = written.rel {
        // No clause, like an empty one, is nobody.
        terms = if clauses.is_empty() { terms.rel([]) } else { clauses.into_iter().fold(terms, Terms::rel) };
    }
    for stated in written.ocl {
        let policy = stated.pol.clone();
        terms = terms.classified(&policy, stated.asks());
    }
    Some(terms)
}

impl Confidentiality {
    fn asks(self) -> Classification {
        let mut asked = Classification::level(self.cls);
        for category in self.catl {
            let (set, tags) = (category.name, category.vals);
            match category.kind {
                Kind::Restrictive => asked.restrictive.entry(set).or_default().extend(tags),
                Kind::Informative => asked.informative.entry(set).or_default().extend(tags),
                Kind::Permissive => {
                    let permitted = asked.permissive.entry(set).or_insert_with(|| tags.clone());
                    permitted.retain(|tag| tags.contains(tag));
                }
            }
        }
        asked
    }

    fn of(policy: &str, level: &str, categories: Vec<Category>) -> Self {
        Self { pol: policy.to_owned(), cls: level.to_owned(), catl: categories }
    }
}

/// The marking that says whom a label names, and its classification and handling.
pub(super) fn mint(label: &Label) -> Result<Object, Vec<Fault>> {
    let mut ocl = Vec::new();
    for (policy, asked) in label.classification() {
        ocl.push(Confidentiality::of(policy, &asked.level, categories(asked)));
        ocl.extend(asked.also.iter().map(|level| Confidentiality::of(policy, level, Vec::new())));
    }
    let written = Written {
        rel: Some(label.audience().clone()),
        ocl,
        handling: label.handling().clone(),
        tlp: None,
        pap: None,
    };
    // Serialising into a value has no way to fail for text keys; a null would be refused when read.
    let says = serde_json::to_value(&written).unwrap_or(Value::Null);
    super::marking(&extension::RELEASABILITY, "label", says)
}

fn categories(asked: &Classification) -> Vec<Category> {
    let of = |kind: Kind, sets: &BTreeMap<String, BTreeSet<String>>| -> Vec<Category> {
        sets.iter().map(|(set, tags)| Category { kind, name: set.clone(), vals: tags.clone() }).collect()
    };
    let mut all = of(Kind::Restrictive, &asked.restrictive);
    all.extend(of(Kind::Permissive, &asked.permissive));
    all.extend(of(Kind::Informative, &asked.informative));
    all
}

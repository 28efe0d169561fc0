//! Markings: how labels travel inside STIX.
//!
//! TLP travels as the standard marking-definition objects of TLP 2.0. Everything else a label asks for travels in
//! marking-definition objects of this project's extensions ([`extension`]), whose ids are derived from their content,
//! so that every node mints the same ones. [`meaning`] reads any marking-definition; what it does not understand
//! completely it says to be [`Meaning::Unknown`], and [`crate::compile`] then leaves the content to its source.

pub mod extension;
pub mod personal;
mod releasability;

use kizuna_stix::{Fault, Id, Object};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::form;
use crate::label::{Label, Pap, Terms, Tlp};
use crate::party::derived;

/// When every minted marking was "created": a constant, so that its bytes are the same on every node.
pub(crate) const MINTED: &str = "2026-01-01T00:00:00.000Z";

/// The extension by which TLP 2.0 is written in STIX, and when its objects were created.
const TLP_2: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";
const TLP_2_CREATED: &str = "2022-10-01T00:00:00.000Z";

/// The standard TLP 2.0 markings.
const TLP_2_MARKINGS: [(Tlp, Uuid); 5] = [
    (Tlp::Clear, Uuid::from_u128(0x9486_8c89_83c2_464b_929b_a1a8_aa3c_8487)),
    (Tlp::Green, Uuid::from_u128(0xbab4_a63c_aed9_4cf5_a766_dfca_5aba_c2bb)),
    (Tlp::Amber, Uuid::from_u128(0x55d9_20b0_5e8b_4f79_9ee9_91f8_68d9_b421)),
    (Tlp::AmberStrict, Uuid::from_u128(0x939a_9414_2ddd_4d32_a0cd_375e_a402_b003)),
    (Tlp::Red, Uuid::from_u128(0xe828_b379_4e03_4974_9ac4_e53a_884c_97c1)),
];

/// The standard TLP 1 markings; WHITE is read as CLEAR.
const TLP_1_MARKINGS: [(Tlp, Uuid); 4] = [
    (Tlp::Clear, Uuid::from_u128(0x613f_2e26_407d_48c7_9eca_b8e9_1df9_9dc9)),
    (Tlp::Green, Uuid::from_u128(0x3409_8fce_860f_48ae_8e50_ebd3_cc5e_41da)),
    (Tlp::Amber, Uuid::from_u128(0xf88d_31f6_486f_44da_b317_0133_3bde_0b82)),
    (Tlp::Red, Uuid::from_u128(0x5e57_c739_391a_4eb3_b6be_7d15_ca92_d5ed)),
];

/// What a marking-definition means here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// It asks this of a reader.
    Terms(Terms),
    /// It states something, such as a copyright, and asks nothing of a reader.
    Statement(String),
    /// It is not understood completely, for this reason; so it permits nobody but the source.
    Unknown(String),
}

/// What all markings of an object mean together: the first two arguments of [`crate::compile`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Understood {
    pub terms: Terms,
    /// Whether a marking is missing or not understood.
    pub dangling: bool,
}

/// The TLP of a standard marking, known by its id alone.
pub fn well_known(id: &Id) -> Option<Tlp> {
    if id.kind() != "marking-definition" {
        return None;
    }
    let uuid = id.uuid();
    let mut both = TLP_2_MARKINGS.iter().chain(&TLP_1_MARKINGS);
    both.find(|(_, known)| *known == uuid).map(|(tlp, _)| *tlp)
}

/// The id of the standard TLP 2.0 marking.
pub fn tlp_id(tlp: Tlp) -> Id {
    let known = TLP_2_MARKINGS.iter().find(|(level, _)| *level == tlp);
    Id::new("marking-definition", known.map(|(_, uuid)| *uuid).unwrap_or_default())
}

/// What a marking-definition object means. Its every part must be understood; parts that ask for different things are
/// all asked for.
pub fn meaning(marking: &Object) -> Meaning {
    if marking.kind() != "marking-definition" {
        return Meaning::Unknown(format!("a {} is no marking", marking.kind()));
    }
    if !is_sound_mint(marking) {
        return Meaning::Unknown("its id is derived from other content than its own".to_owned());
    }
    let mut parts = Vec::new();
    parts.extend(well_known(marking.id()).map(|tlp| Meaning::Terms(Terms::default().tlp(tlp))));
    parts.extend(marking.text("definition_type").map(|kind| by_definition(kind, marking.get("definition"))));
    if let Some(Value::Object(extensions)) = marking.get("extensions") {
        parts.extend(extensions.iter().map(|(id, extension)| by_extension(id, extension)));
    }
    let Some(first) = parts.pop() else {
        return Meaning::Unknown("it has neither a definition nor an extension".to_owned());
    };
    parts.into_iter().fold(first, both)
}

/// Whether a marking of this project's extensions that has a derived id has the one that its content gives. Everybody
/// refers to a minted marking by its id alone: other content under that id would relabel what others gave.
fn is_sound_mint(marking: &Object) -> bool {
    const DERIVED: usize = 5;
    let Some(Value::Object(extensions)) = marking.get("extensions") else { return true };
    let ours =
        [&extension::PAP, &extension::RELEASABILITY, &extension::PERSONAL_DATA].map(extension::Extension::id);
    let is_ours = ours.iter().any(|id| extensions.contains_key(id.as_str()));
    let id = marking.id().uuid();
    !is_ours || id.get_version_num() != DERIVED || id == mint_id(extensions)
}

fn mint_id(extensions: &Map<String, Value>) -> Uuid {
    let words = kizuna_stix::canonical::map_to_vec(extensions);
    derived("marking", &String::from_utf8_lossy(&words))
}

fn both(one: Meaning, other: Meaning) -> Meaning {
    match (one, other) {
        (Meaning::Unknown(why), _) | (_, Meaning::Unknown(why)) => Meaning::Unknown(why),
        (Meaning::Terms(one), Meaning::Terms(other)) => Meaning::Terms(one.and(&other)),
        (Meaning::Terms(terms), Meaning::Statement(_)) | (Meaning::Statement(_), Meaning::Terms(terms)) => {
            Meaning::Terms(terms)
        }
        (Meaning::Statement(one), Meaning::Statement(_)) => Meaning::Statement(one),
    }
}

fn by_definition(kind: &str, definition: Option<&Value>) -> Meaning {
    let text = |key: &str| definition.and_then(|definition| definition.get(key)).and_then(Value::as_str);
    let read = match kind.to_ascii_lowercase().as_str() {
        "statement" => text("statement").map(|statement| Meaning::Statement(statement.to_owned())),
        "tlp" => text("tlp").and_then(Tlp::from_word).map(|tlp| Meaning::Terms(Terms::default().tlp(tlp))),
        "pap" => text("pap").and_then(Pap::from_word).map(|pap| Meaning::Terms(Terms::default().pap(pap))),
        _ => None,
    };
    read.unwrap_or_else(|| Meaning::Unknown(format!("its definition of type {kind:?} is not understood")))
}

fn by_extension(id: &str, extension: &Value) -> Meaning {
    if id == extension::PERSONAL_DATA.id().as_str() {
        // It says what content is and asks nothing of a reader.
        let stated = serde_json::from_value::<personal::PersonalData>(extension.clone());
        if let Ok(stated) = stated {
            return Meaning::Statement(format!("personal data: {}", stated.category.as_str()));
        }
    }
    let read = if id == TLP_2 {
        let word = extension.get("tlp_2_0").and_then(Value::as_str);
        word.and_then(Tlp::from_word).map(|tlp| Terms::default().tlp(tlp))
    } else if id == extension::PAP.id().as_str() {
        let word = extension.get("pap").and_then(Value::as_str);
        word.and_then(Pap::from_word).map(|pap| Terms::default().pap(pap))
    } else if id == extension::RELEASABILITY.id().as_str() {
        releasability::read(extension)
    } else if id == form::IEP {
        form::read_iep(extension).map(|(terms, _)| terms)
    } else {
        None
    };
    read.map_or_else(|| Meaning::Unknown(format!("its extension {id} is not understood")), Meaning::Terms)
}

/// What an object's markings mean together. `find` gives the meaning of a marking-definition that the same source
/// gave; the standard TLP markings need none.
pub fn understand(markings: &[Id], find: impl Fn(&Id) -> Option<Meaning>) -> Understood {
    let mut understood = Understood::default();
    for id in markings {
        let known = well_known(id).map(|tlp| Meaning::Terms(Terms::default().tlp(tlp)));
        let given = find(id);
        let meaning = match (known, given) {
            (Some(known), Some(given)) => Some(both(known, given)),
            (known, given) => known.or(given),
        };
        match meaning {
            Some(Meaning::Terms(terms)) => understood.terms = understood.terms.and(&terms),
            Some(Meaning::Statement(_)) => {}
            Some(Meaning::Unknown(_)) | None => understood.dangling = true,
        }
    }
    understood
}

/// The marking-definition objects that say what a label says, the same on every node. An object carries the label by
/// referring to all of them.
///
/// # Errors
/// Never for a label that can exist; the faults if this program built an object that is none.
pub fn mint(label: &Label) -> Result<Vec<Object>, Vec<Fault>> {
    let mut minted = vec![releasability::mint(label)?];
    if let Some(tlp) = label.tlp() {
        minted.push(tlp_marking(tlp)?);
    }
    if let Some(pap) = label.pap() {
        minted.push(marking(&extension::PAP, "pap", json!(pap.as_str()))?);
    }
    Ok(minted)
}

/// The standard TLP 2.0 marking.
pub fn tlp_marking(tlp: Tlp) -> Result<Object, Vec<Fault>> {
    Object::from_value(json!({
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": tlp_id(tlp).as_str(),
        "created": TLP_2_CREATED,
        "name": format!("TLP:{}", tlp.as_str().to_ascii_uppercase()),
        "extensions": { TLP_2: { "extension_type": "property-extension", "tlp_2_0": tlp.as_str() } },
    }))
}

/// A marking of one of this project's extensions, with an id derived from what it says.
fn marking(extension: &extension::Extension, property: &str, says: Value) -> Result<Object, Vec<Fault>> {
    let mut body = Map::new();
    body.insert("extension_type".to_owned(), json!("property-extension"));
    body.insert(property.to_owned(), says);
    let mut extensions = Map::new();
    extensions.insert(extension.id().as_str().to_owned(), Value::Object(body));
    let id = mint_id(&extensions);
    Object::from_value(json!({
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": format!("marking-definition--{id}"),
        "created": MINTED,
        "extensions": extensions,
    }))
}

#[cfg(test)]
mod tests;

//! Labels in the forms that others use: each a lens that states what it cannot carry.
//!
//! | form | read | written |
//! |---|---|---|
//! | words of this project (`tlp:amber rel:JPN`) | yes | yes |
//! | STANAG 4774 XML | yes | yes |
//! | STANAG 5636 JSON (`{"ocl": …}`) | yes | yes |
//! | STIX marking definitions | yes | yes |
//! | STANAG 4778 binding of a file ([`stanag4778`]) | yes | yes |
//! | IEP 2.0 in STIX | yes | – |
//! | ACS 3.0 in STIX | yes | where an equivalence with the policy `ACS` is in force |
//!
//! What is read is never wider than what was written: a part that is not understood narrows, or the form is refused;
//! a part that a form cannot carry is put where others must refuse it, or the form is not written. Every such part is
//! a [`Loss`]. What this project writes it reads back as the same label.

pub mod acs;
mod beside;
mod iep;
pub mod stanag4774;
pub mod stanag4778;
mod stanag5636;
mod statement;

use jiff::Timestamp;
use kizuna_stix::Object;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::directory::Directory;
use crate::label::{Label, Terms};
use crate::loss::Loss;
use crate::marking::{self, Meaning};
use crate::spec::{self, Names};
use crate::xml::XmlError;

pub use beside::{Beside, alternatives};
pub(crate) use iep::{EXTENSION as IEP, read as read_iep};

/// Namespace of the categories that carry what others have no place for.
pub const CATEGORIES: &str = "urn:kizuna:label:1";

/// A form that a label can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    Words,
    Stanag4774,
    Stanag5636,
    Stix,
    Acs,
}

impl Form {
    pub const ALL: [Self; 5] = [Self::Words, Self::Stanag4774, Self::Stanag5636, Self::Stix, Self::Acs];

    /// As commands and the API name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Stanag4774 => "4774",
            Self::Stanag5636 => "json",
            Self::Stix => "stix",
            Self::Acs => "acs",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == word)
    }
}

/// What a form says beside the label itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Headings {
    /// Who labelled, as a URI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub originator: Option<String>,
    /// What kind of identifier that is, where it is no URI, such as `rfc822Name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub originator_kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Timestamp>,
}

/// What a label was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    Words,
    /// The originator's own label of the information.
    Originator,
    /// The same information under another policy.
    Alternative,
    /// The label of the metadata, not of the information.
    Metadata,
    Stanag5636,
    Binding,
    Stix,
    Iep,
    Acs,
}

/// A label as a form says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub source: Source,
    /// The audience is open where the form names none.
    pub terms: Terms,
    pub headings: Headings,
    pub losses: Vec<Loss>,
}

/// A label in a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    pub text: String,
    /// What those who know only the form do not get.
    pub losses: Vec<Loss>,
}

/// Why a label could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    #[error("{0}")]
    Xml(#[from] XmlError),
    #[error("{0}")]
    Words(#[from] spec::SpecError),
    #[error("{place}: {rule}")]
    Json { place: String, rule: String },
    /// It would be wider than the label.
    #[error("the form cannot carry {part}: {why}")]
    Unwritable { part: String, why: String },
}

impl FormError {
    fn json(place: impl Into<String>, rule: impl Into<String>) -> Self {
        Self::Json { place: place.into(), rule: rule.into() }
    }

    fn unwritable(part: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Unwritable { part: part.into(), why: why.into() }
    }
}

/// Writes a label in a form. `now` is when equivalences must be in force.
///
/// # Errors
/// Where the form would be wider than the label.
pub fn write(
    form: Form,
    label: &Label,
    headings: &Headings,
    directory: &Directory,
    now: Timestamp,
) -> Result<Written, FormError> {
    match form {
        Form::Words => Ok(Written { text: spec::display(label, directory), losses: Vec::new() }),
        Form::Stanag4774 => stanag4774::write(label, headings, directory),
        Form::Stanag5636 => stanag5636::write(label, headings, directory),
        Form::Stix => write_stix(label),
        Form::Acs => acs::write(label, headings, directory, now),
    }
}

fn write_stix(label: &Label) -> Result<Written, FormError> {
    let minted = marking::mint(label).map_err(|faults| {
        let told = faults.first().map(ToString::to_string).unwrap_or_default();
        FormError::unwritable("the label", told)
    })?;
    let objects: Vec<Value> = minted.iter().map(|object| Value::Object(object.value().clone())).collect();
    let text = serde_json::to_string_pretty(&objects).unwrap_or_default();
    let why = "others know this extension only if they announce it";
    Ok(Written { text, losses: vec![Loss::narrowed("releasability", why)] })
}

/// Reads a label in any form, told by its content.
///
/// # Errors
/// The place and the rule that does not hold.
pub fn read(text: &str, names: &impl Names) -> Result<Told, FormError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('<') {
        return stanag4774::read_any(text, names);
    }
    if text.starts_with('{') || text.starts_with('[') {
        let value: Value =
            serde_json::from_str(text).map_err(|error| FormError::json("$", error.to_string()))?;
        return read_json(&value, names);
    }
    let terms = spec::parse(text, names)?;
    Ok(Told { source: Source::Words, terms, headings: Headings::default(), losses: Vec::new() })
}

fn read_json(value: &Value, names: &impl Names) -> Result<Told, FormError> {
    if value.get("ocl").is_some() {
        return stanag5636::read(value, names);
    }
    let bundled = value.get("objects").and_then(Value::as_array).or(value.as_array());
    let all: Vec<&Value> = bundled.map_or_else(|| vec![value], |all| all.iter().collect());
    let is_marking = |value: &&Value| value["type"] == "marking-definition";
    let markings: Vec<&Value> = all.into_iter().filter(is_marking).collect();
    let Some((first, rest)) = markings.split_first() else {
        return Err(FormError::json("$", "neither ocl (STANAG 5636) nor a marking-definition is here"));
    };
    let mut told = read_marking(first, names)?;
    for marking in rest {
        let more = read_marking(marking, names)?;
        told.terms = told.terms.and(&more.terms);
        told.losses.extend(more.losses);
    }
    told.losses.sort();
    told.losses.dedup();
    Ok(told)
}

fn read_marking(value: &Value, names: &impl Names) -> Result<Told, FormError> {
    if let Some(extension) = value["extensions"].get(acs::EXTENSION) {
        return acs::read(extension, names);
    }
    if let Some(extension) = value["extensions"].get(IEP) {
        let (terms, losses) = read_iep(extension).ok_or_else(|| {
            FormError::json(format!("$.extensions.{IEP}"), "not an IEP 2.0 marking that is understood")
        })?;
        return Ok(Told { source: Source::Iep, terms, headings: Headings::default(), losses });
    }
    let object = Object::from_value(value.clone()).map_err(|faults| {
        let told = faults.first().map(ToString::to_string).unwrap_or_default();
        FormError::json("$", told)
    })?;
    let (terms, losses) = match marking::meaning(&object) {
        Meaning::Terms(terms) => (terms, Vec::new()),
        Meaning::Statement(text) => (
            Terms::default(),
            vec![Loss::displayed("statement", format!("asks nothing of a reader: {text}"))],
        ),
        Meaning::Unknown(why) => return Err(FormError::json("$", why)),
    };
    Ok(Told { source: Source::Stix, terms, headings: Headings::default(), losses })
}

#[cfg(test)]
mod tests;

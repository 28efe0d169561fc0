//! STANAG 5636: a confidentiality label in JSON, `{"ocl": {"pol", "cls", "catl", "dcr"}}`.
//!
//! Its categories have no identifiers; those of this project's say theirs in a member `uri`, and so does the policy.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::statement::{Category, Kind, Statement};
use super::{FormError, Headings, Source, Told, Written};
use crate::directory::Directory;
use crate::label::Label;
use crate::spec::Names;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    ocl: Confidentiality,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    context: Option<Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Confidentiality {
    pol: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    cls: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    catl: Vec<Tag>,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dcr: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    oid: Option<String>,
    /// When it is to be reviewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rvw: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tag {
    #[serde(rename = "type")]
    kind: Letter,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    vals: Vec<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Letter {
    R,
    P,
    I,
}

pub(super) fn write(label: &Label, headings: &Headings, directory: &Directory) -> Result<Written, FormError> {
    let (statement, losses) = Statement::of(label, headings, directory)?;
    let tag = |category: Category| Tag {
        kind: match category.kind {
            Kind::Restrictive => Letter::R,
            Kind::Permissive => Letter::P,
            Kind::Informative => Letter::I,
        },
        name: category.name,
        uri: category.uri,
        vals: category.values,
    };
    let ocl = Confidentiality {
        pol: statement.policy,
        uri: statement.uri,
        cls: statement.classification,
        catl: statement.categories.into_iter().map(tag).collect(),
        dcr: statement.headings.created,
        oid: statement.headings.originator,
        rvw: statement.headings.review,
    };
    let text = serde_json::to_string_pretty(&Document { ocl, context: None }).unwrap_or_default();
    Ok(Written { text, losses })
}

pub(super) fn read(value: &Value, names: &impl Names) -> Result<Told, FormError> {
    let document =
        Document::deserialize(value).map_err(|error| FormError::json("$.ocl", error.to_string()))?;
    let stated = document.ocl;
    let category = |tag: Tag| Category {
        kind: match tag.kind {
            Letter::R => Kind::Restrictive,
            Letter::P => Kind::Permissive,
            Letter::I => Kind::Informative,
        },
        name: tag.name,
        uri: tag.uri,
        values: tag.vals,
    };
    let statement = Statement {
        policy: stated.pol,
        uri: stated.uri,
        privacy_mark: None,
        classification: stated.cls,
        categories: stated.catl.into_iter().map(category).collect(),
        headings: Headings {
            originator: stated.oid,
            originator_kind: None,
            created: stated.dcr,
            review: stated.rvw,
        },
    };
    statement.told(Source::Stanag5636, names)
}

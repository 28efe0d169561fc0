//! The lens from STIX 2.0 to 2.1. Each loss, and each thing that had to be assumed, is a warning that stays
//! with the object.
//!
//! What 2.1 renamed is renamed, in granular selectors as well, so that a marking keeps to what it marks. What
//! 2.1 has no place for stays where it is, as a custom property.

use serde_json::{Map, Value, map::Entry};

use crate::Fault;
use crate::fault::Path;
use crate::pattern::{Pattern, upgrade_20};
use crate::validate::table::{self, Class};

mod container;
#[cfg(test)]
mod tests;

pub(crate) use container::split;

type Members = Map<String, Value>;

/// The types that STIX 2.0 defines. The other types of 2.1 are never taken for 2.0.
const TYPES_OF_20: [&str; 15] = [
    "attack-pattern",
    "campaign",
    "course-of-action",
    "identity",
    "indicator",
    "intrusion-set",
    "malware",
    "marking-definition",
    "observed-data",
    "relationship",
    "report",
    "sighting",
    "threat-actor",
    "tool",
    "vulnerability",
];

/// Whether an object is of STIX 2.0: it says so, or it says nothing and could be.
///
/// 2.1 requires `spec_version` of all but observables; 2.0 has it on the bundle alone. A foreign type that says
/// nothing counts as 2.0 when it has versions, as a domain object has.
pub fn is_20(object: &Members) -> bool {
    if let Some(version) = object.get("spec_version") {
        return version == "2.0";
    }
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
    let is_foreign = table::spec(kind).class == Class::Custom;
    let has_versions = object.contains_key("created") && object.contains_key("modified");
    TYPES_OF_20.contains(&kind) || (is_foreign && has_versions)
}

/// Makes a 2.0 object one of 2.1; the losses are warnings. The observables inside an observed-data stay there:
/// see [`split`].
pub(crate) fn object(object: &mut Members) -> Vec<Fault> {
    let mut losses = Vec::new();
    object.insert("spec_version".to_owned(), Value::from("2.1"));
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    match kind.as_str() {
        "indicator" => {
            rename(object, "labels", "indicator_types", &mut losses);
            pattern(object, &mut losses);
        }
        "malware" => {
            rename(object, "labels", "malware_types", &mut losses);
            family(object, &mut losses);
        }
        "report" => rename(object, "labels", "report_types", &mut losses),
        "threat-actor" => rename(object, "labels", "threat_actor_types", &mut losses),
        "tool" => rename(object, "labels", "tool_types", &mut losses),
        _ => {}
    }
    losses
}

fn loss(losses: &mut Vec<Fault>, path: &Path<'_>, what: impl std::fmt::Display) {
    losses.push(Fault::warning(path, format!("STIX 2.0 to 2.1: {what}")));
}

/// Moves a property to its new name, and the granular selectors that point at it.
fn rename(object: &mut Members, old: &str, new: &str, losses: &mut Vec<Fault>) {
    if object.contains_key(new) {
        if object.contains_key(old) {
            loss(losses, &Path::Root.key(old), format_args!("stays, as {new} is already there"));
        }
        return;
    }
    let Some(value) = object.remove(old) else { return };
    object.insert(new.to_owned(), value);
    let Some(Value::Array(markings)) = object.get_mut("granular_markings") else { return };
    for marking in markings {
        let Some(Value::Array(selectors)) = marking.get_mut("selectors") else { continue };
        for selector in selectors {
            let Some(rest) = selector.as_str().and_then(|selector| selector.strip_prefix(old)) else {
                continue;
            };
            if rest.is_empty() || rest.starts_with('.') {
                *selector = Value::String(format!("{new}{rest}"));
            }
        }
    }
}

/// 2.1 must know whether a malware is a family; 2.0 describes an instance unless its text says otherwise.
fn family(object: &mut Members, losses: &mut Vec<Fault>) {
    if let Entry::Vacant(entry) = object.entry("is_family") {
        entry.insert(Value::Bool(false));
        loss(
            losses,
            &Path::Root.key("is_family"),
            "2.0 does not say whether this is a family; assumed that it is not",
        );
    }
}

/// Properties of observables that 2.1 renamed: in a pattern they are only pointed out, since a pattern may be
/// signed or quoted elsewhere.
const RENAMED_PATHS: [(&str, &str); 9] = [
    ("file:created", "file:ctime"),
    ("file:modified", "file:mtime"),
    ("file:accessed", "file:atime"),
    ("directory:created", "directory:ctime"),
    ("directory:modified", "directory:mtime"),
    ("directory:accessed", "directory:atime"),
    ("process:binary_ref", "process:image_ref"),
    ("windows-registry-key:modified ", "windows-registry-key:modified_time"),
    ("user-account:password_last_changed", "user-account:credential_last_changed"),
];

fn pattern(object: &mut Members, losses: &mut Vec<Fault>) {
    let place = Path::Root.key("pattern");
    object.entry("pattern_type").or_insert_with(|| Value::from("stix"));
    let Some(Value::String(text)) = object.get_mut("pattern") else { return };
    if Pattern::parse(text).is_err()
        && let Ok(upgraded) = upgrade_20(text)
    {
        *text = upgraded.to_string();
    }
    for (old, new) in RENAMED_PATHS {
        if text.contains(old) {
            loss(
                losses,
                &place,
                format_args!("{} is called {new}; the pattern was left as it is", old.trim_end()),
            );
        }
    }
}

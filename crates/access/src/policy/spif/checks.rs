//! Rules that a policy must hold as a whole.

use std::collections::BTreeSet;

use roxmltree::Node;

use super::NAMESPACE;
use crate::policy::{Policy, TagSet};
use crate::xml::{XmlError, error_at};

/// Longest name, in characters.
const NAME_LIMIT: usize = 100;
/// Most levels.
const LEVEL_LIMIT: usize = 32;
/// Most equivalences: every date of one is an instant at which rights may change.
const EQUIVALENCE_LIMIT: usize = 256;

pub(super) fn check(policy: &Policy, root: Node<'_, '_>) -> Result<(), XmlError> {
    let at = |name: &str, rule: String| error_at(first(root, name), rule);
    check_name("the policy's name", &policy.id).map_err(|rule| at("securityPolicyId", rule))?;
    check_oid(&policy.oid).map_err(|rule| at("securityPolicyId", rule))?;
    for other in &policy.equivalent {
        let known = |rule: String| at("equivalentPolicies", rule);
        check_name("a policy's name", &other.name).map_err(known)?;
        check_oid(&other.oid).map_err(known)?;
        if other.oid == policy.oid {
            return Err(known("a policy is not equivalent to itself".to_owned()));
        }
    }
    let names = policy.equivalent.iter().map(|other| other.name.as_str());
    once("equivalent policy", names).map_err(|rule| at("equivalentPolicies", rule))?;
    check_levels(policy).map_err(|rule| at("securityClassifications", rule))?;
    if policy.equivalences.len() > EQUIVALENCE_LIMIT {
        return Err(at("securityClassifications", format!("more than {EQUIVALENCE_LIMIT} equivalences")));
    }
    check_sets(&policy.sets).map_err(|rule| at("securityCategoryTagSets", rule))
}

fn first<'a, 'i>(root: Node<'a, 'i>, name: &str) -> Node<'a, 'i> {
    root.children().find(|child| child.has_tag_name((NAMESPACE, name))).unwrap_or(root)
}

fn check_levels(policy: &Policy) -> Result<(), String> {
    let levels = &policy.levels;
    if levels.is_empty() {
        return Err("a policy has at least one level".to_owned());
    }
    if levels.len() > LEVEL_LIMIT {
        return Err(format!("more than {LEVEL_LIMIT} levels"));
    }
    for level in levels {
        check_name("a level's name", &level.id)?;
    }
    once("level", levels.iter().map(|level| level.id.as_str()))?;
    once("lacv of a level", levels.iter().map(|level| level.lacv.to_string()))?;
    // Two levels on one step would be a choice that no reader of a label could see.
    once("hierarchy of a level", levels.iter().map(|level| level.hierarchy.to_string()))
}

fn check_sets(sets: &[TagSet]) -> Result<(), String> {
    once("tag set", sets.iter().map(|set| set.name.as_str()))?;
    for set in sets {
        check_name("a tag set's name", &set.name)?;
        check_oid(&set.oid)?;
        let categories = set.tags.iter().flat_map(|tag| &tag.categories);
        for category in categories {
            check_name("a category's name", &category.id)?;
        }
    }
    Ok(())
}

fn check_name(what: &str, name: &str) -> Result<(), String> {
    if name.is_empty() || name.chars().count() > NAME_LIMIT {
        return Err(format!("{what} has 1 to {NAME_LIMIT} characters"));
    }
    if name.chars().any(char::is_control) || name.trim() != name {
        return Err(format!("{what} ({name:?}) has control characters or white space around it"));
    }
    Ok(())
}

/// Numbers with dots between them (X.660), at least two.
fn check_oid(oid: &str) -> Result<(), String> {
    let plain = |arc: &str| {
        let digits = !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit());
        digits && (arc == "0" || !arc.starts_with('0'))
    };
    if oid.len() <= 200 && oid.contains('.') && oid.split('.').all(plain) {
        return Ok(());
    }
    Err(format!("{oid:?} is not an object identifier such as 2.25.1234"))
}

/// No two are the same to a reader who does not look at case.
fn once<T: AsRef<str>>(what: &str, all: impl Iterator<Item = T>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for one in all {
        if !seen.insert(one.as_ref().to_lowercase()) {
            return Err(format!("the {what} {:?} is there twice", one.as_ref()));
        }
    }
    Ok(())
}

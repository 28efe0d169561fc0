//! From a policy to a SPIF that [`super::read`] reads back as the same policy.

use super::{EXTENSION, NAMESPACE};
use crate::policy::{Equivalence, Names, Policy, Tag, TagType};
use crate::xml::Writer;

/// The policy as a SPIF, schema 2.1.
pub fn write(policy: &Policy) -> String {
    let mut out = Writer::new();
    out.start("SPIF").attribute("xmlns", NAMESPACE).attribute("xmlns:kz", EXTENSION);
    out.attribute("schemaVersion", "2.1").attribute("version", &policy.version.to_string());
    out.attribute("creationDate", &policy.created).attribute("originatorDN", &policy.originator);
    // The arcs of X.841 for what may be done with a policy, as every SPIF carries them.
    out.attribute("keyIdentifier", "");
    out.attribute("privilegeId", "2.16.840.1.101.2.1.8.3").attribute("rbacId", "2.16.840.1.101.2.1.8.3");
    identified(&mut out, "securityPolicyId", &policy.id, &policy.oid);
    for (language, name) in &policy.names {
        out.text_with("kz:name", ("xml:lang", language), name);
    }
    if !policy.equivalent.is_empty() {
        out.start("equivalentPolicies");
        for other in &policy.equivalent {
            identified(&mut out, "equivalentPolicy", &other.name, &other.oid);
        }
        out.end();
    }
    levels(&mut out, policy);
    sets(&mut out, policy);
    out.finish()
}

fn identified(out: &mut Writer, element: &'static str, name: &str, oid: &str) {
    out.start(element).attribute("name", name).attribute("id", oid);
    out.end();
}

fn levels(out: &mut Writer, policy: &Policy) {
    out.start("securityClassifications");
    for level in &policy.levels {
        out.start("securityClassification").attribute("name", &level.id);
        out.attribute("lacv", &level.lacv.to_string()).attribute("hierarchy", &level.hierarchy.to_string());
        out.attribute("color", &level.colour);
        if level.obsolete {
            out.attribute("obsolete", "true");
        }
        for stated in policy.equivalences.iter().filter(|one| one.level == level.id) {
            equivalence(out, policy, stated);
        }
        marking_data(out, &level.names);
        out.end();
    }
    out.end();
}

fn equivalence(out: &mut Writer, policy: &Policy, stated: &Equivalence) {
    let Some(other) = policy.equivalent.iter().find(|other| other.oid == stated.oid) else { return };
    out.start("equivalentClassification").attribute("policyRef", &other.name);
    out.attribute("lacv", &stated.lacv.to_string()).attribute("applied", stated.applied.as_str());
    for (name, instant) in [("kz:from", stated.from), ("kz:until", stated.until)] {
        if let Some(instant) = instant {
            out.attribute(name, &instant.to_string());
        }
    }
    out.end();
}

fn marking_data(out: &mut Writer, names: &Names) {
    for (language, phrase) in names {
        out.start("markingData").attribute("xml:lang", language).attribute("phrase", phrase);
        out.text("code", "pageTopBottom");
        out.end();
    }
}

fn sets(out: &mut Writer, policy: &Policy) {
    if policy.sets.is_empty() {
        return;
    }
    out.start("securityCategoryTagSets");
    for set in &policy.sets {
        out.start("securityCategoryTagSet").attribute("name", &set.name).attribute("id", &set.oid);
        for tag in &set.tags {
            one_tag(out, tag);
        }
        out.end();
    }
    out.end();
}

fn one_tag(out: &mut Writer, tag: &Tag) {
    out.start("securityCategoryTag").attribute("name", &tag.name);
    match tag.kind {
        TagType::Restrictive => out.attribute("tagType", "restrictive"),
        TagType::Permissive => out.attribute("tagType", "permissive"),
        TagType::EnumeratedRestrictive => {
            out.attribute("tagType", "enumerated").attribute("enumType", "restrictive")
        }
        TagType::EnumeratedPermissive => {
            out.attribute("tagType", "enumerated").attribute("enumType", "permissive")
        }
        TagType::Informative => {
            out.attribute("tagType", "tagType7").attribute("tag7Encoding", "securityAttributes")
        }
    };
    if tag.single {
        out.attribute("singleSelection", "true");
    }
    for category in &tag.categories {
        out.start("tagCategory").attribute("name", &category.id);
        out.attribute("lacv", &category.lacv.to_string());
        marking_data(out, &category.names);
        out.end();
    }
    out.end();
}

//! Relationship objects (STIX 2.1 §5) and meta objects (§7).

use super::{
    ANYTHING, CONFIDENCE, CREATOR, Class, EXTERNAL_REFERENCES, Form, GRANULAR_MARKINGS, MARKING, Rule, Spec,
    TEXTS, Target, opt, req,
};
use crate::validate::rules;

/// What may be at an end of a relationship (STIX 2.1 §5.1.1).
const END: Form = Form::Identifier(Target::Except(&[
    "bundle",
    "language-content",
    "marking-definition",
    "relationship",
    "sighting",
]));

pub(super) static RELATIONSHIP: Spec = {
    let mut spec = Spec::new("relationship", "§5.1", Class::Relationship)
        .rules(&[Rule::After("start_time", "stop_time")]);
    spec.properties = &[
        opt("description", Form::Text),
        req("relationship_type", Form::Text),
        req("source_ref", END),
        opt("start_time", Form::Time),
        opt("stop_time", Form::Time),
        req("target_ref", END),
    ];
    spec
};

pub(super) static SIGHTING: Spec = {
    let mut spec = Spec::new("sighting", "§5.2", Class::Relationship)
        .rules(&[Rule::NotBefore("first_seen", "last_seen")]);
    spec.properties = &[
        opt("count", Form::Integer(0, 999_999_999)),
        opt("description", Form::Text),
        opt("first_seen", Form::Time),
        opt("last_seen", Form::Time),
        opt("observed_data_refs", Form::List(&Form::Identifier(Target::Only(&["observed-data"])))),
        req("sighting_of_ref", Form::Identifier(Target::Class(Class::Domain))),
        opt("summary", Form::Bool),
        opt("where_sighted_refs", Form::List(&Form::Identifier(Target::Only(&["identity", "location"])))),
    ];
    spec
};

pub(super) static LANGUAGE_CONTENT: Spec = {
    let mut spec =
        Spec::new("language-content", "§7.1", Class::Meta).rules(&[Rule::Check(rules::language_content)]);
    spec.properties = &[
        opt("confidence", CONFIDENCE),
        req("contents", Form::Dictionary),
        req("created", Form::Time),
        opt("created_by_ref", CREATOR),
        opt("extensions", Form::Extensions),
        opt("external_references", EXTERNAL_REFERENCES),
        opt("granular_markings", GRANULAR_MARKINGS),
        opt("id", Form::Elsewhere),
        opt("labels", TEXTS),
        req("modified", Form::Time),
        opt("object_marking_refs", Form::List(&MARKING)),
        opt("object_modified", Form::Time),
        req("object_ref", ANYTHING),
        opt("revoked", Form::Bool),
        opt("spec_version", Form::Elsewhere),
        opt("type", Form::Elsewhere),
    ];
    spec
};

pub(super) static MARKING_DEFINITION: Spec = {
    let mut spec = Spec::new("marking-definition", "§7.2.1", Class::Meta)
        .rules(&[Rule::Check(rules::marking_definition)]);
    spec.properties = &[
        req("created", Form::Time),
        opt("created_by_ref", CREATOR),
        opt("definition", Form::Elsewhere),
        opt("definition_type", Form::Text),
        opt("extensions", Form::Extensions),
        opt("external_references", EXTERNAL_REFERENCES),
        opt("granular_markings", GRANULAR_MARKINGS),
        opt("id", Form::Elsewhere),
        opt("name", Form::Text),
        opt("object_marking_refs", Form::List(&MARKING)),
        opt("spec_version", Form::Elsewhere),
        opt("type", Form::Elsewhere),
    ];
    spec
};

static EXTENSION_TYPES: &[&str] =
    &["new-sdo", "new-sco", "new-sro", "property-extension", "toplevel-property-extension"];

pub(super) static EXTENSION_DEFINITION: Spec = {
    let mut spec = Spec::new("extension-definition", "§7.3", Class::Meta);
    spec.properties = &[
        req("created", Form::Time),
        req("created_by_ref", CREATOR),
        opt("description", Form::Text),
        opt("extension_properties", TEXTS),
        req("extension_types", Form::List(&Form::Enum(EXTENSION_TYPES))),
        opt("external_references", EXTERNAL_REFERENCES),
        opt("granular_markings", GRANULAR_MARKINGS),
        opt("id", Form::Elsewhere),
        opt("labels", TEXTS),
        req("modified", Form::Time),
        req("name", Form::Text),
        opt("object_marking_refs", Form::List(&MARKING)),
        opt("revoked", Form::Bool),
        req("schema", Form::Text),
        opt("spec_version", Form::Elsewhere),
        opt("type", Form::Elsewhere),
        req("version", Form::Text),
    ];
    spec
};

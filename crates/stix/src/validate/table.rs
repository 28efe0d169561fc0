//! What STIX 2.1 says of each type and property, as data. The engine in [`super`] reads it.
//!
//! Every list of properties is sorted by name, so that one pass over an object's members (which are sorted as
//! well) finds each in the table without searching; a test holds the order.

use serde_json::{Map, Value};

use super::shape;
use crate::Fault;
use crate::fault::Path;

mod cyber;
mod domain;
mod extension;
mod meta;
mod part;
#[cfg(test)]
mod tests;

/// What a value must look like.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    Text,
    /// A term of an open vocabulary: any text is accepted (STIX 2.1 §2.14).
    Vocabulary,
    /// A term of a closed enumeration.
    Enum(&'static [&'static str]),
    Bool,
    /// An integer within both bounds.
    Integer(i64, i64),
    /// A number within both bounds.
    Float(f64, f64),
    Time,
    Hex,
    Base64,
    Language,
    /// A text of a certain shape, and what is said of one that has another.
    Shaped(fn(&str) -> bool, &'static str),
    Hashes,
    Dictionary,
    /// A dictionary whose values are observables that refer to each other by its keys.
    Container,
    Identifier(Target),
    /// Another structure, by its own table.
    Part(&'static Spec),
    /// A list with at least one item.
    List(&'static Form),
    Extensions,
    /// Checked by the engine or by a rule of its own.
    Elsewhere,
}

/// What an identifier may point to. Types that STIX does not define may stand anywhere, since nobody but
/// their author knows their class.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    Any,
    Only(&'static [&'static str]),
    Except(&'static [&'static str]),
    Class(Class),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Domain,
    Relationship,
    /// A cyber-observable.
    Cyber,
    Meta,
    /// A type that STIX does not define.
    Custom,
    /// A structure inside an object.
    Part,
}

#[derive(Debug)]
pub(crate) struct Property {
    pub name: &'static str,
    pub form: Form,
    pub required: bool,
}

const fn opt(name: &'static str, form: Form) -> Property {
    Property { name, form, required: false }
}

const fn req(name: &'static str, form: Form) -> Property {
    Property { name, form, required: true }
}

/// A rule about several properties of one object.
#[derive(Debug)]
pub(crate) enum Rule {
    /// The second timestamp is not before the first.
    NotBefore(&'static str, &'static str),
    /// The second timestamp is after the first.
    After(&'static str, &'static str),
    AnyOf(&'static [&'static str]),
    NotBoth(&'static str, &'static str),
    /// Where the first is present, the second must be.
    Needs(&'static str, &'static str),
    /// Anything else.
    Check(fn(&Map<String, Value>, &Path<'_>, &mut Vec<Fault>)),
}

#[derive(Debug)]
pub(crate) struct Spec {
    pub name: &'static str,
    /// The section of STIX 2.1, such as `§4.7`.
    pub section: &'static str,
    pub class: Class,
    /// Its own properties, sorted.
    pub properties: &'static [Property],
    /// Those it shares with its class, sorted.
    pub common: &'static [Property],
    pub rules: &'static [Rule],
    /// Its predefined extensions.
    pub extensions: &'static [&'static Spec],
    /// The properties that make up a deterministic id (STIX 2.1 §2.9); none: the id is random.
    pub identifying: &'static [&'static str],
}

impl Spec {
    const fn new(name: &'static str, section: &'static str, class: Class) -> Self {
        let common = match class {
            Class::Domain | Class::Relationship => COMMON,
            Class::Cyber => COMMON_CYBER,
            Class::Custom => COMMON_CUSTOM,
            Class::Meta | Class::Part => &[],
        };
        Self { name, section, class, properties: &[], common, rules: &[], extensions: &[], identifying: &[] }
    }

    const fn domain(name: &'static str, section: &'static str, properties: &'static [Property]) -> Self {
        let mut spec = Self::new(name, section, Class::Domain);
        spec.properties = properties;
        spec
    }

    const fn cyber(
        name: &'static str,
        section: &'static str,
        identifying: &'static [&'static str],
        properties: &'static [Property],
    ) -> Self {
        let mut spec = Self::new(name, section, Class::Cyber);
        spec.identifying = identifying;
        spec.properties = properties;
        spec
    }

    const fn part(name: &'static str, section: &'static str, properties: &'static [Property]) -> Self {
        let mut spec = Self::new(name, section, Class::Part);
        spec.properties = properties;
        spec
    }

    const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
    }

    const fn extensions(mut self, extensions: &'static [&'static Spec]) -> Self {
        self.extensions = extensions;
        self
    }
}

/// The table entry of a type; [`CUSTOM`] for one that STIX does not define.
pub(crate) fn spec(kind: &str) -> &'static Spec {
    match TYPES.binary_search_by(|spec| spec.name.cmp(kind)) {
        Ok(at) => TYPES[at],
        Err(_) => &CUSTOM,
    }
}

/// Every type of STIX 2.1 but the bundle, sorted by name.
pub(crate) static TYPES: &[&Spec] = &[
    &cyber::ARTIFACT,
    &domain::ATTACK_PATTERN,
    &cyber::AUTONOMOUS_SYSTEM,
    &domain::CAMPAIGN,
    &domain::COURSE_OF_ACTION,
    &cyber::DIRECTORY,
    &cyber::DOMAIN_NAME,
    &cyber::EMAIL_ADDR,
    &cyber::EMAIL_MESSAGE,
    &meta::EXTENSION_DEFINITION,
    &cyber::FILE,
    &domain::GROUPING,
    &domain::IDENTITY,
    &domain::INCIDENT,
    &domain::INDICATOR,
    &domain::INFRASTRUCTURE,
    &domain::INTRUSION_SET,
    &cyber::IPV4_ADDR,
    &cyber::IPV6_ADDR,
    &meta::LANGUAGE_CONTENT,
    &domain::LOCATION,
    &cyber::MAC_ADDR,
    &domain::MALWARE,
    &domain::MALWARE_ANALYSIS,
    &meta::MARKING_DEFINITION,
    &cyber::MUTEX,
    &cyber::NETWORK_TRAFFIC,
    &domain::NOTE,
    &domain::OBSERVED_DATA,
    &domain::OPINION,
    &cyber::PROCESS,
    &meta::RELATIONSHIP,
    &domain::REPORT,
    &meta::SIGHTING,
    &cyber::SOFTWARE,
    &domain::THREAT_ACTOR,
    &domain::TOOL,
    &cyber::URL,
    &cyber::USER_ACCOUNT,
    &domain::VULNERABILITY,
    &cyber::WINDOWS_REGISTRY_KEY,
    &cyber::X509_CERTIFICATE,
];

/// A type that STIX does not define: its common properties are checked where it has them.
pub(crate) static CUSTOM: Spec = Spec::new("", "§3.2", Class::Custom);

const MEDIA_TYPE: Form = Form::Shaped(shape::is_media_type, "must be a media type (type/subtype)");
const CHARACTER_SET: Form =
    Form::Shaped(shape::is_character_set, "must be the name of a character set at IANA");
const URI: Form = Form::Shaped(shape::is_uri, "must be a URI (RFC 3986)");
const TEXTS: Form = Form::List(&Form::Text);
const TERMS: Form = Form::List(&Form::Vocabulary);
/// Of I-JSON; reading holds it.
pub(crate) const LARGEST_INTEGER: i64 = (1 << 53) - 1;
const INTEGER: Form = Form::Integer(-LARGEST_INTEGER, LARGEST_INTEGER);
const COUNT: Form = Form::Integer(0, LARGEST_INTEGER);
const PORT: Form = Form::Integer(0, 65_535);
const ANYTHING: Form = Form::Identifier(Target::Any);
const ANYTHINGS: Form = Form::List(&ANYTHING);
const MARKING: Form = Form::Identifier(Target::Only(&["marking-definition"]));
const CREATOR: Form = Form::Identifier(Target::Only(&["identity"]));
const CONFIDENCE: Form = Form::Integer(0, 100);
const EXTERNAL_REFERENCES: Form = Form::List(&Form::Part(&part::EXTERNAL_REFERENCE));
const GRANULAR_MARKINGS: Form = Form::List(&Form::Part(&part::GRANULAR_MARKING));
const KILL_CHAIN_PHASES: Form = Form::List(&Form::Part(&part::KILL_CHAIN_PHASE));

/// STIX 2.1 §3.2, for domain and relationship objects. `id`, `type` and `spec_version` are the engine's.
static COMMON: &[Property] = &[
    opt("confidence", CONFIDENCE),
    req("created", Form::Time),
    opt("created_by_ref", CREATOR),
    opt("extensions", Form::Extensions),
    opt("external_references", EXTERNAL_REFERENCES),
    opt("granular_markings", GRANULAR_MARKINGS),
    opt("id", Form::Elsewhere),
    opt("labels", TEXTS),
    opt("lang", Form::Language),
    req("modified", Form::Time),
    opt("object_marking_refs", Form::List(&MARKING)),
    opt("revoked", Form::Bool),
    opt("spec_version", Form::Elsewhere),
    opt("type", Form::Elsewhere),
];

static COMMON_CUSTOM: &[Property] = &[
    opt("confidence", CONFIDENCE),
    opt("created", Form::Time),
    opt("created_by_ref", CREATOR),
    opt("extensions", Form::Extensions),
    opt("external_references", EXTERNAL_REFERENCES),
    opt("granular_markings", GRANULAR_MARKINGS),
    opt("id", Form::Elsewhere),
    opt("labels", TEXTS),
    opt("lang", Form::Language),
    opt("modified", Form::Time),
    opt("object_marking_refs", Form::List(&MARKING)),
    opt("revoked", Form::Bool),
    opt("spec_version", Form::Elsewhere),
    opt("type", Form::Elsewhere),
];

static COMMON_CYBER: &[Property] = &[
    opt("defanged", Form::Bool),
    opt("extensions", Form::Extensions),
    opt("granular_markings", GRANULAR_MARKINGS),
    opt("id", Form::Elsewhere),
    opt("object_marking_refs", Form::List(&MARKING)),
    opt("spec_version", Form::Elsewhere),
    opt("type", Form::Elsewhere),
];

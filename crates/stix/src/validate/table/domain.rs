//! Domain objects (STIX 2.1 §4).

use super::{ANYTHINGS, Class, Form, KILL_CHAIN_PHASES, Rule, Spec, TERMS, TEXTS, Target, opt, req};
use crate::validate::rules;

const SEEN_IN_ORDER: Rule = Rule::NotBefore("first_seen", "last_seen");
const SOFTWARE: Form = Form::Identifier(Target::Only(&["software"]));
const CYBER: Form = Form::Identifier(Target::Class(Class::Cyber));

pub(super) static ATTACK_PATTERN: Spec = Spec::domain(
    "attack-pattern",
    "§4.1",
    &[
        opt("aliases", TEXTS),
        opt("description", Form::Text),
        opt("kill_chain_phases", KILL_CHAIN_PHASES),
        req("name", Form::Text),
    ],
);

pub(super) static CAMPAIGN: Spec = Spec::domain(
    "campaign",
    "§4.2",
    &[
        opt("aliases", TEXTS),
        opt("description", Form::Text),
        opt("first_seen", Form::Time),
        opt("last_seen", Form::Time),
        req("name", Form::Text),
        opt("objective", Form::Text),
    ],
)
.rules(&[SEEN_IN_ORDER]);

pub(super) static COURSE_OF_ACTION: Spec =
    Spec::domain("course-of-action", "§4.3", &[opt("description", Form::Text), req("name", Form::Text)]);

pub(super) static GROUPING: Spec = Spec::domain(
    "grouping",
    "§4.4",
    &[
        req("context", Form::Vocabulary),
        opt("description", Form::Text),
        opt("name", Form::Text),
        req("object_refs", ANYTHINGS),
    ],
);

pub(super) static IDENTITY: Spec = Spec::domain(
    "identity",
    "§4.5",
    &[
        opt("contact_information", Form::Text),
        opt("description", Form::Text),
        opt("identity_class", Form::Vocabulary),
        req("name", Form::Text),
        opt("roles", TEXTS),
        opt("sectors", TERMS),
    ],
);

pub(super) static INCIDENT: Spec =
    Spec::domain("incident", "§4.6", &[opt("description", Form::Text), req("name", Form::Text)]);

pub(super) static INDICATOR: Spec = Spec::domain(
    "indicator",
    "§4.7",
    &[
        opt("description", Form::Text),
        opt("indicator_types", TERMS),
        opt("kill_chain_phases", KILL_CHAIN_PHASES),
        opt("name", Form::Text),
        req("pattern", Form::Text),
        req("pattern_type", Form::Vocabulary),
        opt("pattern_version", Form::Text),
        req("valid_from", Form::Time),
        opt("valid_until", Form::Time),
    ],
)
.rules(&[Rule::After("valid_from", "valid_until"), Rule::Check(rules::indicator)]);

pub(super) static INFRASTRUCTURE: Spec = Spec::domain(
    "infrastructure",
    "§4.8",
    &[
        opt("aliases", TEXTS),
        opt("description", Form::Text),
        opt("first_seen", Form::Time),
        opt("infrastructure_types", TERMS),
        opt("kill_chain_phases", KILL_CHAIN_PHASES),
        opt("last_seen", Form::Time),
        req("name", Form::Text),
    ],
)
.rules(&[SEEN_IN_ORDER]);

pub(super) static INTRUSION_SET: Spec = Spec::domain(
    "intrusion-set",
    "§4.9",
    &[
        opt("aliases", TEXTS),
        opt("description", Form::Text),
        opt("first_seen", Form::Time),
        opt("goals", TEXTS),
        opt("last_seen", Form::Time),
        req("name", Form::Text),
        opt("primary_motivation", Form::Vocabulary),
        opt("resource_level", Form::Vocabulary),
        opt("secondary_motivations", TERMS),
    ],
)
.rules(&[SEEN_IN_ORDER]);

pub(super) static LOCATION: Spec = Spec::domain(
    "location",
    "§4.10",
    &[
        opt("administrative_area", Form::Text),
        opt("city", Form::Text),
        opt("country", Form::Text),
        opt("description", Form::Text),
        opt("latitude", Form::Float(-90.0, 90.0)),
        opt("longitude", Form::Float(-180.0, 180.0)),
        opt("name", Form::Text),
        opt("postal_code", Form::Text),
        opt("precision", Form::Float(0.0, f64::INFINITY)),
        opt("region", Form::Vocabulary),
        opt("street_address", Form::Text),
    ],
)
.rules(&[
    Rule::Needs("latitude", "longitude"),
    Rule::Needs("longitude", "latitude"),
    Rule::Needs("precision", "latitude"),
    Rule::Check(rules::location),
]);

pub(super) static MALWARE: Spec = Spec::domain(
    "malware",
    "§4.11",
    &[
        opt("aliases", TEXTS),
        opt("architecture_execution_envs", TERMS),
        opt("capabilities", TERMS),
        opt("description", Form::Text),
        opt("first_seen", Form::Time),
        opt("implementation_languages", TERMS),
        req("is_family", Form::Bool),
        opt("kill_chain_phases", KILL_CHAIN_PHASES),
        opt("last_seen", Form::Time),
        opt("malware_types", TERMS),
        opt("name", Form::Text),
        opt("operating_system_refs", Form::List(&SOFTWARE)),
        opt("sample_refs", Form::List(&Form::Identifier(Target::Only(&["artifact", "file"])))),
    ],
)
.rules(&[SEEN_IN_ORDER, Rule::Check(rules::malware)]);

pub(super) static MALWARE_ANALYSIS: Spec = Spec::domain(
    "malware-analysis",
    "§4.12",
    &[
        opt("analysis_definition_version", Form::Text),
        opt("analysis_ended", Form::Time),
        opt("analysis_engine_version", Form::Text),
        opt("analysis_sco_refs", Form::List(&CYBER)),
        opt("analysis_started", Form::Time),
        opt("configuration_version", Form::Text),
        opt("host_vm_ref", SOFTWARE),
        opt("installed_software_refs", Form::List(&SOFTWARE)),
        opt("modules", TEXTS),
        opt("operating_system_ref", SOFTWARE),
        req("product", Form::Text),
        opt("result", Form::Vocabulary),
        opt("result_name", Form::Text),
        opt("sample_ref", Form::Identifier(Target::Only(&["file", "network-traffic", "artifact"]))),
        opt("submitted", Form::Time),
        opt("version", Form::Text),
    ],
)
.rules(&[
    Rule::AnyOf(&["result", "analysis_sco_refs"]),
    Rule::NotBefore("analysis_started", "analysis_ended"),
]);

pub(super) static NOTE: Spec = Spec::domain(
    "note",
    "§4.13",
    &[
        opt("abstract", Form::Text),
        opt("authors", TEXTS),
        req("content", Form::Text),
        req("object_refs", ANYTHINGS),
    ],
);

pub(super) static OBSERVED_DATA: Spec = Spec::domain(
    "observed-data",
    "§4.14",
    &[
        req("first_observed", Form::Time),
        req("last_observed", Form::Time),
        req("number_observed", Form::Integer(1, 999_999_999)),
        opt(
            "object_refs",
            Form::List(&Form::Identifier(Target::Except(&[
                "bundle",
                "extension-definition",
                "language-content",
                "marking-definition",
            ]))),
        ),
        opt("objects", Form::Container),
    ],
)
.rules(&[
    Rule::NotBefore("first_observed", "last_observed"),
    Rule::AnyOf(&["object_refs", "objects"]),
    Rule::NotBoth("object_refs", "objects"),
]);

static OPINIONS: &[&str] = &["strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"];

pub(super) static OPINION: Spec = Spec::domain(
    "opinion",
    "§4.15",
    &[
        opt("authors", TEXTS),
        opt("explanation", Form::Text),
        req("object_refs", ANYTHINGS),
        req("opinion", Form::Enum(OPINIONS)),
    ],
);

pub(super) static REPORT: Spec = Spec::domain(
    "report",
    "§4.16",
    &[
        opt("description", Form::Text),
        req("name", Form::Text),
        req("object_refs", ANYTHINGS),
        req("published", Form::Time),
        opt("report_types", TERMS),
    ],
);

pub(super) static THREAT_ACTOR: Spec = Spec::domain(
    "threat-actor",
    "§4.17",
    &[
        opt("aliases", TEXTS),
        opt("description", Form::Text),
        opt("first_seen", Form::Time),
        opt("goals", TEXTS),
        opt("last_seen", Form::Time),
        req("name", Form::Text),
        opt("personal_motivations", TERMS),
        opt("primary_motivation", Form::Vocabulary),
        opt("resource_level", Form::Vocabulary),
        opt("roles", TERMS),
        opt("secondary_motivations", TERMS),
        opt("sophistication", Form::Vocabulary),
        opt("threat_actor_types", TERMS),
    ],
)
.rules(&[SEEN_IN_ORDER]);

pub(super) static TOOL: Spec = Spec::domain(
    "tool",
    "§4.18",
    &[
        opt("aliases", TEXTS),
        opt("description", Form::Text),
        opt("kill_chain_phases", KILL_CHAIN_PHASES),
        req("name", Form::Text),
        opt("tool_types", TERMS),
        opt("tool_version", Form::Text),
    ],
);

pub(super) static VULNERABILITY: Spec =
    Spec::domain("vulnerability", "§4.19", &[opt("description", Form::Text), req("name", Form::Text)]);

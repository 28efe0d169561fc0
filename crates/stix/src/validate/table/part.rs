//! Structures that objects of many types share.

use super::{Form, MARKING, Rule, Spec, TEXTS, URI, opt, req};

/// `STIX 2.1 §2.5`.
pub(super) static EXTERNAL_REFERENCE: Spec = Spec::part(
    "external-reference",
    "§2.5",
    &[
        opt("description", Form::Text),
        opt("external_id", Form::Text),
        opt("hashes", Form::Hashes),
        req("source_name", Form::Text),
        opt("url", URI),
    ],
)
.rules(&[
    Rule::AnyOf(&["description", "url", "external_id"]),
    Rule::Check(crate::validate::rules::external_reference),
]);

pub(super) static KILL_CHAIN_PHASE: Spec = Spec::part(
    "kill-chain-phase",
    "§2.11",
    &[req("kill_chain_name", Form::Text), req("phase_name", Form::Text)],
);

/// Whether the selectors resolve is checked by [`crate::validate::granular`].
pub(super) static GRANULAR_MARKING: Spec = Spec::part(
    "granular-marking",
    "§7.2.3",
    &[opt("lang", Form::Language), opt("marking_ref", MARKING), req("selectors", TEXTS)],
)
.rules(&[Rule::AnyOf(&["lang", "marking_ref"]), Rule::NotBoth("lang", "marking_ref")]);

pub(super) static MIME_PART: Spec = Spec::part(
    "email-mime-component",
    "§6.6.2",
    &[
        opt("body", Form::Text),
        opt("body_raw_ref", Form::Identifier(super::Target::Only(&["artifact", "file"]))),
        opt("content_disposition", Form::Text),
        opt("content_type", Form::Text),
    ],
)
.rules(&[Rule::AnyOf(&["body", "body_raw_ref"])]);

pub(super) static REGISTRY_VALUE: Spec = Spec::part(
    "windows-registry-value",
    "§6.17.2",
    &[opt("data", Form::Text), opt("data_type", Form::Enum(REGISTRY_DATA_TYPES)), opt("name", Form::Text)],
)
.rules(&[Rule::AnyOf(&["name", "data", "data_type"])]);

static REGISTRY_DATA_TYPES: &[&str] = &[
    "REG_NONE",
    "REG_SZ",
    "REG_EXPAND_SZ",
    "REG_BINARY",
    "REG_DWORD",
    "REG_DWORD_BIG_ENDIAN",
    "REG_DWORD_LITTLE_ENDIAN",
    "REG_LINK",
    "REG_MULTI_SZ",
    "REG_RESOURCE_LIST",
    "REG_FULL_RESOURCE_DESCRIPTION",
    "REG_RESOURCE_REQUIREMENTS_LIST",
    "REG_QWORD",
    "REG_INVALID_TYPE",
];

pub(super) static X509_V3: Spec = Spec::part(
    "x509-v3-extensions",
    "§6.18.2",
    &[
        opt("authority_key_identifier", Form::Text),
        opt("basic_constraints", Form::Text),
        opt("certificate_policies", Form::Text),
        opt("crl_distribution_points", Form::Text),
        opt("extended_key_usage", Form::Text),
        opt("inhibit_any_policy", Form::Text),
        opt("issuer_alternative_name", Form::Text),
        opt("key_usage", Form::Text),
        opt("name_constraints", Form::Text),
        opt("policy_constraints", Form::Text),
        opt("policy_mappings", Form::Text),
        opt("private_key_usage_period_not_after", Form::Time),
        opt("private_key_usage_period_not_before", Form::Time),
        opt("subject_alternative_name", Form::Text),
        opt("subject_directory_attributes", Form::Text),
        opt("subject_key_identifier", Form::Text),
    ],
)
.rules(&[Rule::Check(crate::validate::rules::not_empty)]);

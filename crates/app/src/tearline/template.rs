//! Templates: which fields of which kind of object a tear-line takes over.

use kizuna_access::sanitisation::Treatment;

/// How much a tear-line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Template {
    /// What a tool needs to detect: indicators and observables, nothing about who, whom and why.
    #[default]
    Indicator,
    /// The same with what kind of malware and behaviour it indicates, and how these relate.
    Context,
    /// The same under a report with a text written for its readers.
    Advisory,
}

impl Template {
    pub const ALL: [Self; 3] = [Self::Indicator, Self::Context, Self::Advisory];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Indicator => "indicator",
            Self::Context => "context",
            Self::Advisory => "advisory",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|template| template.as_str() == word)
    }

    /// Whether objects of a kind are taken at all. `is_observable`: whether it is an SCO.
    pub(super) fn takes(self, kind: &str, is_observable: bool) -> bool {
        let context = matches!(
            kind,
            "malware" | "attack-pattern" | "tool" | "vulnerability" | "infrastructure" | "relationship"
        );
        kind == "indicator" || is_observable || (context && self != Self::Indicator)
    }

    /// What is done with a property where nobody chose otherwise.
    pub(super) fn treats(self, kind: &str, property: &str, is_observable: bool) -> Treatment {
        let disclosed =
            is_observable && STATED.contains(&property) || kind == "indicator" && property == "pattern";
        if disclosed {
            return Treatment::Disclosed;
        }
        let detection = NEEDED.contains(&property);
        let context = self != Self::Indicator && CONTEXT.contains(&property);
        if detection || context { Treatment::Kept } else { Treatment::Dropped }
    }
}

/// What observables state, by which a tool finds them.
const STATED: [&str; 13] = [
    "value",
    "hashes",
    "name",
    "key",
    "number",
    "subject",
    "serial_number",
    "protocols",
    "src_port",
    "dst_port",
    "src_ref",
    "dst_ref",
    "issuer",
];
/// Without which the object says nothing.
const NEEDED: [&str; 12] = [
    "pattern",
    "pattern_type",
    "pattern_version",
    "valid_from",
    "valid_until",
    "indicator_types",
    "relationship_type",
    "source_ref",
    "target_ref",
    "is_family",
    "start_time",
    "stop_time",
];
/// What describes behaviour and nobody in particular.
const CONTEXT: [&str; 9] = [
    "name",
    "kill_chain_phases",
    "malware_types",
    "tool_types",
    "infrastructure_types",
    "confidence",
    "lang",
    "external_references",
    "capabilities",
];

//! What a source says of an indicator besides its value.

use serde::{Deserialize, Serialize};

/// Shared by all entries of one indicator.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The indicator's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Ids of ATT&CK techniques (`T1566.001`) that the source's relationships or kill chains name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub techniques: Vec<String>,
    /// `object_marking_refs`, as they are: what is reported of a hit carries them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markings: Vec<String>,
    /// The permissible actions that a marking or label states: `PAP:RED`, `PAP:AMBER`, `PAP:GREEN`, `PAP:CLEAR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pap: Option<String>,
    /// Whether the pattern needs more than this one value; then a hit says *look closer*.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

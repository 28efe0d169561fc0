//! Hits as others read them.

pub mod ecs;
mod page;
mod reason;
mod sighting;
#[cfg(test)]
mod tests;
pub mod timeline;

use jiff::Timestamp;
use serde::Serialize;

use crate::index::What;
use crate::sigma::Level;
use crate::sweep::{Hit, Sought};
use crate::yara::Matched;

pub use page::{Language, Page};
pub use sighting::Sightings;

/// The kind of a hit that a Sigma rule made.
pub const RULE: &str = "sigma";
/// The kind of a hit that a YARA rule made.
pub const YARA: &str = "yara";

/// Strings of a YARA rule that are shown to people; programs are given more.
const SHOWN: usize = 4;

/// One hit, as `--json` prints it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Line {
    pub path: String,
    /// From one.
    pub line: u64,
    /// The indicator's value as it was given.
    pub value: String,
    pub kind: &'static str,
    /// The id of the indicator.
    pub indicator: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// The indicator's name, where it has one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// How grave the rule takes what it finds to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// The tags of the rule, as they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub techniques: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pap: Option<String>,
    /// Set where the indicator's pattern needs more than this value.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// The other lines without which it would be no hit: `path:line`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// The file of rules that the YARA rule is from.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Where the rule is explained.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// The strings of the YARA rule that were found, and at which bytes of the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub strings: Vec<Matched>,
}

impl Line {
    /// What is known of an entry without any hit.
    pub fn of_entry<'a>(sought: impl Into<Sought<'a>>, entry: u32) -> Self {
        let sought = sought.into();
        let index = sought.index;
        if let Some(head) = sought.yara_head(entry) {
            return Self {
                value: head.name.clone(),
                kind: YARA,
                indicator: head.id.clone(),
                name: head.description.clone(),
                tags: head.tags.clone(),
                techniques: head.techniques.clone(),
                pap: head.pap.clone(),
                namespace: head.namespace.clone(),
                reference: head.reference.clone(),
                ..Self::default()
            };
        }
        if let Some(head) = sought.sigma_head(entry) {
            return Self {
                value: head.title.clone(),
                kind: RULE,
                indicator: head.said.as_ref().map_or_else(|| head.id.clone(), |said| said.id.clone()),
                name: head.title.clone(),
                pap: head.said.as_ref().and_then(|said| said.about.pap.clone()),
                level: head.level,
                tags: head.tags.clone(),
                techniques: head.techniques(),
                ..Self::default()
            };
        }
        let about = index.about(entry).cloned().unwrap_or_default();
        Self {
            value: index.given(entry).to_owned(),
            kind: index.entry(entry).what.name(),
            indicator: index.id(entry),
            name: about.name,
            techniques: about.techniques,
            pap: about.pap,
            partial: about.partial && index.entry(entry).what != What::Pattern,
            ..Self::default()
        }
    }

    pub fn of<'a>(sought: impl Into<Sought<'a>>, hit: &Hit) -> Self {
        Self {
            path: hit.path.clone(),
            line: hit.line,
            time: hit.time,
            asset: hit.asset.clone(),
            also: hit.also.iter().map(|(path, line)| format!("{path}:{line}")).collect(),
            strings: hit.strings.clone(),
            ..Self::of_entry(sought, hit.entry)
        }
    }

    /// The hit for people, in one line; control characters in paths and values stay out of the terminal.
    pub fn text(&self) -> String {
        let mut text = format!("{}:{}  {:<12} {}", self.path, self.line, self.kind, self.value);
        if let Some(level) = self.level {
            text.push_str("  ");
            text.push_str(level.name());
        }
        if !self.name.is_empty() && self.name != self.value {
            text.push_str("  ");
            text.push_str(&self.name);
        }
        if !self.strings.is_empty() {
            text.push_str("  ");
            text.push_str(&self.places());
        }
        text.replace(char::is_control, "\u{fffd}")
    }

    /// The strings that were found, each with the first byte at which it stands: `$a@0, $b@512`.
    pub fn places(&self) -> String {
        let shown = self.strings.iter().take(SHOWN);
        let place = |string: &Matched| string.at.first().map(|at| format!("{}@{at}", string.id));
        let mut places: Vec<String> = shown.filter_map(place).collect();
        if self.strings.len() > SHOWN {
            places.push("…".to_owned());
        }
        places.join(", ")
    }
}

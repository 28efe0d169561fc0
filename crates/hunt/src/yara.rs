//! YARA rules: what whole files hold, not lines.
//!
//! Owns which rules are taken, what is said of them, and how a file is asked about. The language and its engine are
//! `yara-x`'s, which is in builds with the feature `yara` only. Refuses rules that would read other files, rules that were
//! compiled elsewhere, and silence: a rule that cannot be looked for is named with its reason, and so is a file that was not
//! asked about.
//!
//! Start at [`Loader`], which makes [`Rules`]; a [`Scanner`] of each thread asks them about files.

#[cfg(not(feature = "yara"))]
#[path = "yara/absent.rs"]
mod engine;
#[cfg(feature = "yara")]
#[path = "yara/engine.rs"]
mod engine;
#[cfg_attr(not(feature = "yara"), allow(dead_code, reason = "asked by the engine"))]
mod external;
#[cfg_attr(not(feature = "yara"), allow(dead_code, reason = "asked by the engine"))]
mod head;
mod recognise;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::index::{Carried, Said, Texts};

pub use engine::Scanner;
pub use recognise::{Recognised, recognise};

/// Whether this build can look for YARA rules.
pub const IS_HERE: bool = cfg!(feature = "yara");

/// Bytes of one file of rules; the largest collections that are published in one file have about 12 MiB.
pub const MAX_BYTES: usize = 64 << 20;
/// Bytes of all files of rules together.
const MAX_ALL: usize = 512 << 20;
/// Places of one string that are told of.
pub const MAX_PLACES: usize = 16;
/// Strings of one rule that are told of.
pub const MAX_STRINGS: usize = 64;

/// How far a file is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file; it is held in memory, and so is each of the archives around it.
    pub bytes: u64,
    /// Time for one file, in whole seconds.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 256 << 20, time: Duration::from_mins(1) }
    }
}

/// What a rule says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The id of the indicator that says what the rule looks for: made from the id that its author gave it, else from its
    /// text, so that everybody with the same rule has the same id.
    pub id: String,
    pub name: String,
    /// The file it was read from.
    pub namespace: String,
    pub description: String,
    /// Where it is explained.
    pub reference: String,
    pub tags: Vec<String>,
    /// Ids of ATT&CK techniques among its tags, and in its metadata where those are about ATT&CK.
    pub techniques: Vec<String>,
    /// Ids of the marking definitions of the TLP level that it names.
    pub markings: Vec<String>,
    /// The permissible actions that it names: `PAP:RED`, `PAP:AMBER`, `PAP:GREEN`, `PAP:CLEAR`.
    pub pap: Option<String>,
    /// The rule itself, with the imports of its file.
    pub text: Arc<str>,
    /// Whether it came as an indicator, which others know by its id.
    pub is_known: bool,
}

impl Head {
    /// Takes over what the indicator around the rule says.
    #[cfg_attr(not(feature = "yara"), allow(dead_code, reason = "asked by the engine"))]
    fn told_by(&mut self, said: &Said) {
        let own = (std::mem::take(&mut self.techniques), std::mem::take(&mut self.markings), self.pap.take());
        let about = said.with(own.0, own.1, own.2);
        self.id.clone_from(&said.id);
        (self.techniques, self.markings, self.pap) = (about.techniques, about.markings, about.pap);
        if self.description.is_empty() {
            self.description = about.name;
        }
        self.is_known = true;
    }
}

/// A rule or a file of rules that is not looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    pub source: String,
    /// From one; zero where no line is to blame.
    pub line: u64,
    /// The rule, where it is one.
    pub rule: String,
    pub reason: String,
}

/// A string of a rule, and where in the file it stands. Never what stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// `$a`
    pub id: String,
    /// Offsets in bytes, the first [`MAX_PLACES`] of them. Where a rule only asks whether the string is there at all, the first.
    pub at: Vec<u64>,
}

/// A rule that a file matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub rule: u32,
    pub strings: Vec<Matched>,
}

impl Found {
    /// Where the first of its strings stands.
    pub fn first(&self) -> Option<u64> {
        self.strings.iter().filter_map(|string| string.at.first().copied()).min()
    }
}

/// Collects files of rules.
#[derive(Debug, Default)]
pub struct Loader {
    sources: Vec<Source>,
    refused: Vec<Refused>,
    fingerprint: Uuid,
    bytes: usize,
    carried: Texts,
}

/// A file of rules.
#[derive(Debug)]
#[cfg_attr(not(feature = "yara"), allow(dead_code, reason = "read by the engine"))]
struct Source {
    name: String,
    text: Vec<u8>,
    /// Known when all are there: an indicator may come again and say more.
    said: Option<Said>,
}

impl Loader {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a file of rules; one that has the very bytes of an earlier one adds nothing.
    pub fn read(&mut self, name: &str, text: Vec<u8>) {
        if !self.sources.iter().any(|source| source.text == text) {
            self.take(name.to_owned(), text);
        }
    }

    /// Takes the rules of an indicator in a bundle.
    pub fn read_carried(&mut self, file: &str, carried: Carried) {
        if let Some((name, text)) = self.carried.take(file, carried) {
            self.take(name, text.into_bytes());
        }
    }

    fn take(&mut self, name: String, text: Vec<u8>) {
        self.fingerprint = Uuid::new_v5(&self.fingerprint, &text);
        self.bytes += text.len();
        let reason = if !IS_HERE {
            "holds YARA rules, which this build cannot look for: build it with `--features yara`, as releases are"
                .to_owned()
        } else if recognise(&text) == Recognised::Compiled {
            "holds compiled YARA rules; give their source".to_owned()
        } else if text.len() > MAX_BYTES {
            format!("has more than {MAX_BYTES} bytes")
        } else if self.bytes > MAX_ALL {
            format!("is left out, since all YARA rules together have more than {MAX_ALL} bytes")
        } else {
            self.sources.push(Source { name, text, said: None });
            return;
        };
        self.refused.push(Refused { source: name, line: 0, rule: String::new(), reason });
    }

    /// The rules that can be looked for, and those that cannot.
    pub fn finish(mut self) -> (Rules, Vec<Refused>) {
        for source in &mut self.sources {
            source.said = self.carried.said(&source.name).cloned();
        }
        let (heads, engine) = engine::compile(&mut self.sources, &mut self.refused);
        (Rules { heads, engine, fingerprint: self.fingerprint }, self.refused)
    }
}

/// Rules that are looked for. The number of a rule is its place.
#[derive(Debug, Default)]
#[cfg_attr(not(feature = "yara"), allow(dead_code, reason = "read by the engine"))]
pub struct Rules {
    heads: Vec<Head>,
    engine: engine::Compiled,
    fingerprint: Uuid,
}

impl Rules {
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    pub fn head(&self, rule: u32) -> &Head {
        &self.heads[rule as usize]
    }

    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// Changes with the rules.
    pub fn fingerprint(&self) -> Uuid {
        self.fingerprint
    }
}

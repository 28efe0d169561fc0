//! Rules that a bundle carries: indicators whose patterns are in a language of their own (STIX 2.1 §6.7, pattern types).

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::About;

/// A language of rules that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Sigma,
    Yara,
}

/// An indicator that is a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    pub language: Language,
    /// One rule, or several.
    pub text: String,
    pub said: Said,
}

/// What the indicator around a rule says. What is reported of the rule is reported of the indicator, under its markings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The indicator's.
    pub id: String,
    pub about: About,
}

impl Language {
    /// The pattern type of this name; nothing where such rules are not looked for.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "sigma" => Some(Self::Sigma),
            "yara" => Some(Self::Yara),
            _ => None,
        }
    }
}

impl Carried {
    /// What the rule is called where no file of rules holds it: by the file of the bundle and the indicator.
    fn source(&self, file: &str) -> String {
        format!("{file}: {}", self.said.id)
    }
}

/// Rules that were taken of bundles: each text of an indicator once, under a name that no other has.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    /// By the indicator and a digest of the text, since an indicator has another text in another version.
    names: HashMap<(String, String), String>,
    said: HashMap<String, Said>,
}

impl Texts {
    /// Takes a rule: what it is called, and its text. Nothing where the same text came with its indicator before; then what
    /// is said of it now is added, so that the strictest holds.
    pub fn take(&mut self, file: &str, carried: Carried) -> Option<(String, String)> {
        let digest = format!("{:x}", Sha256::digest(carried.text.as_bytes()));
        let key = (carried.said.id.clone(), digest.clone());
        if let Some(said) = self.names.get(&key).and_then(|name| self.said.get_mut(name)) {
            let About { techniques, markings, pap, .. } = carried.said.about;
            said.about = said.with(techniques, markings, pap);
            return None;
        }
        let plain = carried.source(file);
        let short = format!("{plain} {}", &digest[..12]);
        let whole = format!("{plain} {digest}");
        let is_free = |name: &String| !self.said.contains_key(name);
        let name = [plain, short].into_iter().find(is_free).unwrap_or(whole);
        self.names.insert(key, name.clone());
        self.said.insert(name.clone(), carried.said);
        Some((name, carried.text))
    }

    /// What the indicator around the rules of this name says; nothing for what no bundle carried.
    pub fn said(&self, name: &str) -> Option<&Said> {
        self.said.get(name)
    }
}

impl Said {
    /// Adds what a rule says of itself to what its indicator says: all techniques and markings, and the stricter PAP.
    pub fn with(&self, techniques: Vec<String>, markings: Vec<String>, pap: Option<String>) -> About {
        let mut about = self.about.clone();
        about.techniques.extend(techniques);
        about.techniques.sort_unstable();
        about.techniques.dedup();
        for marking in markings {
            if !about.markings.contains(&marking) {
                about.markings.push(marking);
            }
        }
        about.pap = about.pap.into_iter().chain(pap).min_by_key(|pap| strictness(pap));
        about
    }
}

/// The strictest of the permissible actions first.
pub(super) fn strictness(pap: &str) -> u8 {
    match pap {
        "PAP:RED" => 0,
        "PAP:AMBER" => 1,
        "PAP:GREEN" => 2,
        _ => 3,
    }
}

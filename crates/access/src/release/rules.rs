//! The rules of a node: how many people a release takes, and who may write for others without one.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use kizuna_stix::canonical;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::label::{Handling, Tlp};
use crate::party::{MemberId, Party};
use crate::{Directory, Label, policy};

/// The most people that a rule may ask for.
const MOST: u8 = 9;

/// What a rule is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum On {
    /// All content; more special rules add to it.
    Everything,
    /// This level of a policy, and those above it up to the next one that has a rule.
    Level {
        policy: String,
        level: String,
    },
    /// This level of the Traffic Light Protocol, and stricter ones up to the next one that has a rule.
    Tlp(Tlp),
    Handling(Handling),
}

/// The text names nothing that a rule can be about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is nothing that a rule can be about: everything, class:POLICY/LEVEL, tlp:LEVEL, orcon or exercise"
)]
pub struct BadOn(String);

impl fmt::Display for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("everything"),
            Self::Level { policy, level } => write!(f, "class:{policy}/{level}"),
            Self::Tlp(tlp) => write!(f, "tlp:{}", tlp.as_str()),
            Self::Handling(handling) => f.write_str(handling.as_str()),
        }
    }
}

impl FromStr for On {
    type Err = BadOn;

    fn from_str(text: &str) -> Result<Self, BadOn> {
        let bad = || BadOn(text.chars().take(60).collect());
        if text == "everything" {
            return Ok(Self::Everything);
        }
        if let Some(level) = text.strip_prefix("tlp:") {
            return Tlp::from_word(level).map(Self::Tlp).ok_or_else(bad);
        }
        if let Some((policy, level)) = text.strip_prefix("class:").and_then(|rest| rest.split_once('/')) {
            return Ok(Self::Level { policy: policy.to_owned(), level: level.to_owned() });
        }
        let handling = Handling::ALL.into_iter().find(|handling| handling.as_str() == text);
        handling.map(Self::Handling).ok_or_else(bad)
    }
}

/// Who may write content for others directly, in place of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direct {
    /// Whoever writes.
    Writers,
    /// Who holds the role releaser.
    Releasers,
    Nobody,
}

impl Direct {
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|direct| direct.as_str() == word)
    }

    pub const ALL: [Self; 3] = [Self::Writers, Self::Releasers, Self::Nobody];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Writers => "writers",
            Self::Releasers => "releasers",
            Self::Nobody => "nobody",
        }
    }
}

/// What a release takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Needs {
    /// Different releasers, none of them author or proposer; at least one.
    pub releasers: u8,
    /// Whether the originator's member must agree, whoever else does.
    pub originator: bool,
    pub direct: Direct,
    /// Whether it must rest on an agreement.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub basis: bool,
}

const ONE: Needs = Needs { releasers: 1, originator: false, direct: Direct::Writers, basis: false };
const TWO: Needs = Needs { releasers: 2, originator: false, direct: Direct::Nobody, basis: false };
const STRICT: Needs = Needs { direct: Direct::Writers, ..TWO };
const CONSENT: Needs = Needs { releasers: 1, originator: true, direct: Direct::Writers, basis: false };

impl Needs {
    /// What both ask for.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            releasers: self.releasers.max(other.releasers),
            originator: self.originator || other.originator,
            direct: self.direct.max(other.direct),
            basis: self.basis || other.basis,
        }
    }
}

/// A rule that may not be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRule {
    #[error("a release takes at least one person and at most {MOST}")]
    People,
    #[error("originator controlled content is never released without its originator")]
    Orcon,
    #[error("there is no level {level:?} in policy {policy:?}")]
    Level { policy: String, level: String },
    #[error("a rule on drafts would do nothing: a draft that is released is one no more")]
    Draft,
}

/// The rules that were set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RuleSet(BTreeMap<On, Needs>);

impl RuleSet {
    /// Sets a rule, or with nothing goes back to the default.
    pub fn set(&mut self, on: On, needs: Option<Needs>) {
        match needs {
            Some(needs) => _ = self.0.insert(on, needs),
            None => _ = self.0.remove(&on),
        }
    }
}

/// The rules in force: what was set, over the defaults.
///
/// Defaults: one releaser for everything; two from the second level of a policy on, for every level of a policy that
/// this node does not know, and from TLP:AMBER+STRICT on; the originator's consent for ORCON. Where one is enough,
/// writing for others directly is open to all who write; where two are needed, to nobody, except that AMBER+STRICT,
/// to which markings without a TLP are narrowed by one with, stays open to all.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    set: &'a BTreeMap<On, Needs>,
    directory: &'a Directory,
}

impl<'a> Rules<'a> {
    pub(crate) fn new(set: &'a RuleSet, directory: &'a Directory) -> Self {
        Self { set: &set.0, directory }
    }

    /// Whether a rule may be set.
    pub fn allows(&self, on: &On, needs: Option<&Needs>) -> Result<(), BadRule> {
        match on {
            On::Level { policy, level } => {
                let known = self.directory.policy(policy);
                if known.is_none_or(|known| known.rank(level).is_none()) {
                    return Err(BadRule::Level { policy: policy.clone(), level: level.clone() });
                }
            }
            On::Handling(Handling::Draft) => return Err(BadRule::Draft),
            On::Handling(Handling::Orcon) if needs.is_some_and(|needs| !needs.originator) => {
                return Err(BadRule::Orcon);
            }
            On::Everything | On::Tlp(_) | On::Handling(_) => {}
        }
        match needs {
            Some(needs) if !(1..=MOST).contains(&needs.releasers) => Err(BadRule::People),
            _ => Ok(()),
        }
    }

    /// Every rule in force, and whether it was set here; the defaults for policies that this node knows.
    pub fn in_force(&self) -> Vec<(On, Needs, bool)> {
        let mut places = vec![On::Everything];
        for policy in self.directory.policies() {
            let on = |level: &policy::Level| On::Level { policy: policy.id.clone(), level: level.id.clone() };
            places.extend(policy.levels.iter().map(on));
        }
        places.extend(Tlp::ALL.map(On::Tlp));
        places.extend([On::Handling(Handling::Orcon), On::Handling(Handling::Exercise)]);
        let more: Vec<On> = self.set.keys().filter(|on| !places.contains(on)).cloned().collect();
        places.extend(more);
        let rule = |on: On| {
            let needs = match &on {
                On::Everything => self.everything(),
                On::Level { policy, level } => self.at_level(policy, level),
                On::Tlp(tlp) => self.at_tlp(*tlp),
                On::Handling(handling) => self.at_handling(*handling),
            };
            let is_set = self.set.contains_key(&on);
            (on, needs, is_set)
        };
        places.into_iter().map(rule).collect()
    }

    /// What content with this label takes.
    pub fn needs(&self, label: &Label) -> Needs {
        let mut needs = self.everything();
        for (policy, asked) in label.classification() {
            for level in asked.levels() {
                needs = needs.and(self.at_level(policy, level));
            }
        }
        if let Some(tlp) = label.tlp() {
            needs = needs.and(self.at_tlp(tlp));
        }
        for handling in label.handling() {
            needs = needs.and(self.at_handling(*handling));
        }
        needs
    }

    fn everything(&self) -> Needs {
        self.set.get(&On::Everything).copied().unwrap_or(ONE)
    }

    /// The rule of the highest level at or below this one that has one; the lowest two have one by default.
    fn at_level(&self, policy: &str, level: &str) -> Needs {
        let Some(known) = self.directory.policy(policy) else { return TWO };
        let Some(rank) = known.rank(level) else { return TWO };
        for below in (0..=rank).rev() {
            let on = On::Level { policy: policy.to_owned(), level: known.levels[below].id.clone() };
            if let Some(needs) = self.set.get(&on) {
                return *needs;
            }
            match below {
                0 => return ONE,
                1 => return TWO,
                _ => {}
            }
        }
        TWO
    }

    fn at_tlp(&self, tlp: Tlp) -> Needs {
        for below in Tlp::ALL.into_iter().filter(|level| *level <= tlp).rev() {
            if let Some(needs) = self.set.get(&On::Tlp(below)) {
                return *needs;
            }
            match below {
                Tlp::Red => return TWO,
                Tlp::AmberStrict => return STRICT,
                Tlp::Clear | Tlp::Green | Tlp::Amber => {}
            }
        }
        ONE
    }

    fn at_handling(&self, handling: Handling) -> Needs {
        let default = if handling == Handling::Orcon { CONSENT } else { ONE };
        self.set.get(&On::Handling(handling)).copied().unwrap_or(default)
    }

    /// Names the rules in force together with the policies that these labels use: a digest, in hexadecimal. Another
    /// version, another decision.
    pub fn version<'l>(&self, labels: impl IntoIterator<Item = &'l Label>) -> String {
        let mut policies = BTreeMap::new();
        for name in labels.into_iter().flat_map(|label| label.classification().keys()) {
            let known = self.directory.policy(name);
            let known = known.map(|policy| {
                let levels: Vec<&str> = policy.levels.iter().map(|level| level.id.as_str()).collect();
                json!({ "oid": policy.oid, "version": policy.version, "levels": levels })
            });
            policies.insert(name.clone(), known);
        }
        let rules: Vec<serde_json::Value> = self.set.iter().map(|rule| json!(rule)).collect();
        let says = json!({ "defaults": 1, "rules": rules, "policies": policies });
        let bytes = says.as_object().map(canonical::map_to_vec).unwrap_or_default();
        hex::encode(&Sha256::digest(bytes)[..16])
    }
}

/// Whether a label lets anybody read beside this member and its own people: content under another one stays at home.
pub fn reaches_others(label: &Label, member: MemberId, directory: &Directory) -> bool {
    let is_own = |party: &Party| match party {
        Party::Member(named) => *named == member,
        Party::Person(person) => directory.person(*person).is_some_and(|person| person.member == member),
        Party::World | Party::Country(_) | Party::Community(_) | Party::ClientsOf(_) => false,
    };
    !label.audience().iter().any(|clause| clause.iter().all(is_own))
}

#[cfg(test)]
mod tests;

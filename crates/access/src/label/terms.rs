//! Terms: what some markings ask for. Unlike a label they may leave the audience unsaid.

use std::collections::{BTreeMap, BTreeSet};

use super::audience::{self, Audience};
use super::{Classification, Handling, Label, Pap, Tlp};
use crate::party::Party;

/// What some of the markings on a piece of content ask for, part by part; TLP, for one, names nobody.
///
/// Also the builder of a [`Label`]. Clauses are kept as they were said until terms become a label, so that the order
/// of markings does not matter: only then is it known whether TLP:RED or a draft counts members and persons alone.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Terms {
    /// `None`: nothing is said. `Some` of nothing: nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) audience: Option<Audience>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) classification: BTreeMap<String, Classification>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) handling: BTreeSet<Handling>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pap: Option<Pap>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tlp: Option<Tlp>,
}

impl Terms {
    /// Adds a clause: a reader must be in one of these parties.
    #[must_use]
    pub fn rel(mut self, parties: impl IntoIterator<Item = Party>) -> Self {
        let clause = Audience::from([parties.into_iter().collect()]);
        self.audience = Some(audience::both(self.audience.as_ref().unwrap_or(&clause), &clause));
        self
    }

    /// Asks for this TLP, or a stricter one asked for already.
    #[must_use]
    pub fn tlp(mut self, tlp: Tlp) -> Self {
        self.tlp = self.tlp.max(Some(tlp));
        self
    }

    /// Asks for this PAP, or a stricter one asked for already.
    #[must_use]
    pub fn pap(mut self, pap: Pap) -> Self {
        self.pap = self.pap.max(Some(pap));
        self
    }

    /// Asks for a level of a policy, beside what is asked for already.
    #[must_use]
    pub fn class(self, policy: &str, level: &str) -> Self {
        self.classified(policy, Classification::level(level))
    }

    /// Asks for a level and categories of a policy, beside what is asked for already.
    #[must_use]
    pub fn classified(mut self, policy: &str, asked: Classification) -> Self {
        let asked = match self.classification.get(policy) {
            Some(said) => said.and(&asked, policy),
            None => asked.normal(policy),
        };
        self.classification.insert(policy.to_owned(), asked);
        self
    }

    #[must_use]
    pub fn handling(mut self, handling: Handling) -> Self {
        self.handling.insert(handling);
        self
    }

    /// What is asked beside the TLP.
    #[must_use]
    pub fn without_tlp(self) -> Self {
        Self { tlp: None, ..self }
    }

    /// What both ask for. Commutative, associative, idempotent; terms that say nothing are neutral.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.audience = match (&self.audience, &other.audience) {
            (Some(one), Some(two)) => Some(audience::both(one, two)),
            (one, two) => one.as_ref().or(two.as_ref()).cloned(),
        };
        for (policy, asked) in &other.classification {
            both = both.classified(policy, asked.clone());
        }
        both.handling.extend(&other.handling);
        both.pap = both.pap.max(other.pap);
        both.tlp = both.tlp.max(other.tlp);
        both
    }

    /// Whether nothing is said at all: such content is unmarked.
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// The clauses said, if any were.
    pub fn audience(&self) -> Option<&BTreeSet<BTreeSet<Party>>> {
        self.audience.as_ref()
    }

    /// These terms, and from `default` each part on which they are silent: the audience, TLP, PAP, and the
    /// classification policy by policy. Handling adds up.
    #[must_use]
    pub fn or(&self, default: &Label) -> Self {
        let mut filled = self.clone();
        filled.audience.get_or_insert_with(|| default.audience.clone());
        for (policy, asked) in &default.classification {
            filled.classification.entry(policy.clone()).or_insert_with(|| asked.clone());
        }
        filled.handling.extend(&default.handling);
        filled.pap = filled.pap.or(default.pap);
        filled.tlp = filled.tlp.or(default.tlp);
        filled
    }

    /// The label of content with these terms and no others. Without an audience it is nobody's.
    pub fn label(&self) -> Label {
        let said = self.audience.clone().unwrap_or_default();
        let draft = self.handling.contains(&Handling::Draft);
        let red = self.tlp == Some(Tlp::Red) && !crate::leak::is(11);
        let audience = if draft || red { audience::named_only(&said) } else { audience::normal(&said) };
        let normal =
            |(policy, asked): (&String, &Classification)| (policy.clone(), asked.clone().normal(policy));
        Label {
            audience,
            classification: self.classification.iter().map(normal).collect(),
            handling: self.handling.clone(),
            pap: self.pap,
            tlp: self.tlp,
        }
    }
}

impl From<&Label> for Terms {
    fn from(label: &Label) -> Self {
        label.terms()
    }
}

//! Labels as plain data.

use std::collections::{BTreeMap, BTreeSet};

use super::Name;

/// Whom a label names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    World,
    Country(String),
    Community(Name),
    Member(Name),
    ClientsOf(Name),
    Person(Name),
}

/// Strictest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tlp {
    Clear,
    Green,
    Amber,
    AmberStrict,
    Red,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Handling {
    Orcon,
    Exercise,
    Draft,
    OneHop,
    ThisNode,
}

/// What one policy asks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Asks {
    pub level: String,
    pub restrictive: BTreeMap<String, BTreeSet<String>>,
    pub permissive: BTreeMap<String, BTreeSet<String>>,
}

/// A label. All parts must permit; a reader must be in one party of every clause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Label {
    pub audience: BTreeSet<BTreeSet<Party>>,
    pub asks: BTreeMap<String, Asks>,
    pub tlp: Option<Tlp>,
    pub handling: BTreeSet<Handling>,
}

impl Label {
    /// One clause.
    pub fn naming(parties: impl IntoIterator<Item = Party>) -> Self {
        Self { audience: BTreeSet::from([parties.into_iter().collect()]), ..Self::default() }
    }

    /// One member only.
    pub fn own(member: &str) -> Self {
        Self::naming([Party::Member(member.to_owned())])
    }

    /// And one of these too.
    #[must_use]
    pub fn and(mut self, parties: impl IntoIterator<Item = Party>) -> Self {
        self.audience.insert(parties.into_iter().collect());
        self
    }

    #[must_use]
    pub fn tlp(mut self, tlp: Tlp) -> Self {
        self.tlp = Some(tlp);
        self
    }

    #[must_use]
    pub fn handling(mut self, handling: Handling) -> Self {
        self.handling.insert(handling);
        self
    }

    /// A level of the policy EXERCISE.
    #[must_use]
    pub fn level(mut self, level: &str) -> Self {
        level.clone_into(&mut self.asks.entry("EXERCISE".to_owned()).or_default().level);
        self
    }

    /// A level of this policy.
    #[must_use]
    pub fn level_of(mut self, policy: &str, level: &str) -> Self {
        level.clone_into(&mut self.asks.entry(policy.to_owned()).or_default().level);
        self
    }

    /// A restrictive tag of the policy EXERCISE; say the level first.
    #[must_use]
    pub fn restrictive(mut self, set: &str, tag: &str) -> Self {
        let asks = self.asks.entry("EXERCISE".to_owned()).or_default();
        asks.restrictive.entry(set.to_owned()).or_default().insert(tag.to_owned());
        self
    }

    /// A permissive tag of the policy EXERCISE; say the level first.
    #[must_use]
    pub fn permissive(mut self, set: &str, tag: &str) -> Self {
        let asks = self.asks.entry("EXERCISE".to_owned()).or_default();
        asks.permissive.entry(set.to_owned()).or_default().insert(tag.to_owned());
        self
    }

    /// Whether some clause names this party.
    pub fn names(&self, party: &Party) -> bool {
        self.audience.iter().any(|clause| clause.contains(party))
    }
}

impl Label {
    /// The same meaning in one form: under TLP:RED and for drafts only members and persons count; `World` stands
    /// alone or not at all; no clause contains another; a label that can name nobody has no clause.
    #[must_use]
    pub fn normal(&self) -> Self {
        let by_name = self.tlp == Some(Tlp::Red) || self.handling.contains(&Handling::Draft);
        let counts = |party: &&Party| !by_name || matches!(party, Party::Member(_) | Party::Person(_));
        let clauses: BTreeSet<BTreeSet<Party>> =
            self.audience.iter().map(|clause| clause.iter().filter(counts).cloned().collect()).collect();
        let nobody = clauses.iter().any(BTreeSet::is_empty);
        let world = BTreeSet::from([Party::World]);
        let mut kept: BTreeSet<BTreeSet<Party>> =
            clauses.iter().filter(|clause| !clause.contains(&Party::World)).cloned().collect();
        if nobody {
            kept.clear();
        } else if kept.is_empty() && !clauses.is_empty() {
            kept.insert(world);
        }
        let implied =
            |clause: &BTreeSet<Party>| kept.iter().any(|other| other != clause && other.is_subset(clause));
        let audience = kept.iter().filter(|clause| !implied(clause)).cloned().collect();
        Self { audience, ..self.clone() }
    }
}

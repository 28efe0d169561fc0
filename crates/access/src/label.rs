//! Labels: the compiled meaning of all markings on a piece of content.

#[cfg(test)]
pub(crate) mod arbitrary;
mod audience;
mod classification;
mod terms;

use std::collections::{BTreeMap, BTreeSet};

use crate::party::{MemberId, Party, PersonId};

pub(crate) use audience::is_named;
pub use classification::Classification;
pub use terms::Terms;

/// Traffic Light Protocol 2.0, strictest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tlp {
    Clear,
    Green,
    Amber,
    #[serde(rename = "amber+strict")]
    AmberStrict,
    Red,
}

impl Tlp {
    pub const ALL: [Self; 5] = [Self::Clear, Self::Green, Self::Amber, Self::AmberStrict, Self::Red];

    /// As labels and markings write it, in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::AmberStrict => "amber+strict",
            Self::Red => "red",
        }
    }

    /// Reads either version's word, in any case; TLP 1 `white` is CLEAR.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        if word == "white" {
            return Some(Self::Clear);
        }
        Self::ALL.into_iter().find(|tlp| tlp.as_str() == word)
    }
}

/// Permissible Actions Protocol, strictest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pap {
    Clear,
    Green,
    Amber,
    Red,
}

impl Pap {
    pub const ALL: [Self; 4] = [Self::Clear, Self::Green, Self::Amber, Self::Red];

    /// As labels and markings write it, in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
        }
    }

    /// Reads the word in any case; the older `white` is CLEAR.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        if word == "white" {
            return Some(Self::Clear);
        }
        Self::ALL.into_iter().find(|pap| pap.as_str() == word)
    }
}

/// What may be done with content beyond who may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handling {
    /// Originator controlled: a recipient's node neither passes on nor derives.
    Orcon,
    /// Invented content that never mixes with real content.
    Exercise,
    /// Not yet a version: never federated, readable only by persons of the members it names who may write.
    Draft,
    /// To be passed to nodes that are linked with the one where it was written, and no further. On those it counts as
    /// [`Handling::ThisNode`] too (MISP: distribution *connected communities*).
    OneHop,
    /// To stay on the node where it is: no other node reads it, whatever it announces (MISP: distribution *this
    /// community only*).
    ThisNode,
}

impl Handling {
    pub const ALL: [Self; 5] = [Self::Orcon, Self::Exercise, Self::Draft, Self::OneHop, Self::ThisNode];
    /// What other nodes are given, where they honour it.
    pub const TRAVELS: [Self; 3] = [Self::Orcon, Self::Exercise, Self::OneHop];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Orcon => "orcon",
            Self::Exercise => "exercise",
            Self::Draft => "draft",
            Self::OneHop => "one-hop",
            Self::ThisNode => "this-node",
        }
    }
}

/// The compiled meaning of all markings on a piece of content, in one normal form: equal meaning, equal label,
/// equal canonical text, on every node.
///
/// All parts must permit a reader. The audience is a conjunction of disjunctions: a reader must be in one party
/// of *every* clause. An empty conjunction permits nobody: a label that names nobody is nobody's.
///
/// The normal form: no clause contains another; `World` stands alone or not at all; under TLP:RED and for drafts
/// only members and persons are named (nobody else would count), and a clause that names none makes the label
/// nobody's; of the levels of a known policy only the highest is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(from = "Written")]
pub struct Label {
    // The fields stand in alphabetical order, so that the derived serialisation has sorted keys.
    pub(crate) audience: BTreeSet<BTreeSet<Party>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) classification: BTreeMap<String, Classification>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) handling: BTreeSet<Handling>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pap: Option<Pap>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tlp: Option<Tlp>,
}

/// A label as somebody wrote it, perhaps not in normal form.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    audience: BTreeSet<BTreeSet<Party>>,
    #[serde(default)]
    classification: BTreeMap<String, Classification>,
    #[serde(default)]
    handling: BTreeSet<Handling>,
    #[serde(default)]
    pap: Option<Pap>,
    #[serde(default)]
    tlp: Option<Tlp>,
}

impl From<Written> for Label {
    fn from(written: Written) -> Self {
        let Written { audience, classification, handling, pap, tlp } = written;
        Terms { audience: Some(audience), classification, handling, pap, tlp }.label()
    }
}

/// The text is not the canonical JSON of a label.
#[derive(Debug, thiserror::Error)]
#[error("not a label in canonical JSON")]
pub struct BadLabel(#[from] serde_json::Error);

/// Why one's own content may not carry a label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelFault {
    #[error(
        "TLP:RED content must name the members or persons who may read it; a country or community is not enough"
    )]
    RedNamesNobody,
    #[error("a draft is its own member's: its audience must name that member")]
    DraftNamesNobody,
    #[error("the label permits nobody to read: no party can satisfy all its conditions")]
    Nobody,
}

impl Label {
    /// Readable by one member only.
    pub fn own(member: MemberId) -> Self {
        Self::builder().rel([Party::Member(member)]).label()
    }

    /// Starts from nothing said; finish with [`Terms::label`].
    pub fn builder() -> Terms {
        Terms::default()
    }

    pub fn audience(&self) -> &BTreeSet<BTreeSet<Party>> {
        &self.audience
    }

    /// Policy id → what it asks.
    pub fn classification(&self) -> &BTreeMap<String, Classification> {
        &self.classification
    }

    pub fn tlp(&self) -> Option<Tlp> {
        self.tlp
    }

    pub fn pap(&self) -> Option<Pap> {
        self.pap
    }

    pub fn handling(&self) -> &BTreeSet<Handling> {
        &self.handling
    }

    /// Whether some clause of the audience names this party: what a community's collections hold.
    pub fn names(&self, party: &Party) -> bool {
        self.audience.iter().any(|clause| clause.contains(party))
    }

    /// The persons that the audience names.
    pub fn persons(&self) -> impl Iterator<Item = PersonId> {
        self.audience.iter().flatten().filter_map(|party| match party {
            Party::Person(person) => Some(*person),
            _ => None,
        })
    }

    /// The label of what carries both: whoever reads it must be permitted by each (design, semantic 1).
    ///
    /// Commutative, associative, idempotent, and never wider than either. It equals the intersection where both
    /// carry the same TLP; a stricter TLP of one also takes from the other whom only a looser TLP let in. So does a
    /// label without TLP, which lets no clients in: with a TLP that would, AMBER+STRICT results.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.narrowed(&Terms {
            tlp: other.tlp.or(self.tlp.map(|tlp| tlp.max(Tlp::AmberStrict))),
            ..other.terms()
        })
    }

    /// This label with further conditions; parts on which they are silent stay as they are. Never wider.
    #[must_use]
    pub fn narrowed(&self, terms: &Terms) -> Self {
        let mut both = self.terms().and(terms);
        // Everybody is neutral, also to TLP:RED, under which a clause of everybody would be nobody.
        if let Some(asked) = &terms.audience {
            if audience::is_everybody(&self.audience) {
                both.audience = Some(asked.clone());
            } else if audience::is_everybody(asked) {
                both.audience = Some(self.audience.clone());
            }
        }
        if self.tlp.is_none() && terms.tlp.is_some() {
            both.tlp = both.tlp.max(Some(Tlp::AmberStrict));
        }
        both.label()
    }

    /// The same, said part by part.
    pub fn terms(&self) -> Terms {
        Terms {
            audience: Some(self.audience.clone()),
            classification: self.classification.clone(),
            handling: self.handling.clone(),
            pap: self.pap,
            tlp: self.tlp,
        }
    }

    /// Whether it is certain, without knowing who everybody is, that nobody is meant: no clause, clauses of
    /// countries alone, of members alone or of persons alone that have none in common (a member is in one country
    /// and is itself), or a permissive category without any tag.
    ///
    /// A client of two such members could satisfy both clauses under AMBER; it is not meant, and nobody loses
    /// more than content that no party was named for.
    pub fn audience_is_empty(&self) -> bool {
        let no_tag_permits = self.classification.values().any(Classification::permits_nobody);
        no_tag_permits || audience::is_empty(&self.audience)
    }

    /// Whether it is certain that no member is named by both audiences (see [`Self::audience_is_empty`]).
    pub fn disjoint(&self, other: &Self) -> bool {
        audience::is_empty(&audience::normal(&audience::both(&self.audience, &other.audience)))
    }

    /// The same label for the source's member only. The other conditions stay: all markings must permit.
    #[must_use]
    pub fn only_own(&self, source: MemberId) -> Self {
        let mut terms = self.terms();
        terms.audience = None;
        for classification in terms.classification.values_mut() {
            classification.permissive.retain(|_, tags| !tags.is_empty());
        }
        terms.rel([Party::Member(source)]).label()
    }

    /// This label, or where it is certain to be nobody's, the same for the source's member only.
    #[must_use]
    pub fn or_own(self, source: MemberId) -> Self {
        if self.audience_is_empty() { self.only_own(source) } else { self }
    }

    /// This label with one member added to every clause: an author goes on reading what it releases to others.
    #[must_use]
    pub fn including(&self, member: MemberId) -> Self {
        let mut terms = self.terms();
        let clauses = self.audience.iter().cloned().map(|mut clause| {
            clause.insert(Party::Member(member));
            clause
        });
        terms.audience = Some(clauses.collect());
        terms.label()
    }

    /// This label without one way of handling.
    #[must_use]
    pub fn without(&self, handling: Handling) -> Self {
        let mut terms = self.terms();
        terms.handling.remove(&handling);
        terms.label()
    }

    /// The same for what came from another node: what was to make one hop has made it.
    #[must_use]
    pub fn after_hop(mut self) -> Self {
        if self.handling.contains(&Handling::OneHop) {
            self.handling.insert(Handling::ThisNode);
        }
        self
    }

    /// The same for what is told to whoever gave content with this label: that may go back where the content came from,
    /// also over a node that carries it.
    #[must_use]
    pub fn on_the_way_back(&self) -> Self {
        let back = self.without(Handling::Orcon);
        if back.handling.contains(&Handling::OneHop) { back.without(Handling::ThisNode) } else { back }
    }

    /// Whether one's own content may carry this label (design, semantic 3).
    pub fn check_own(&self) -> Result<(), LabelFault> {
        if !self.audience_is_empty() {
            return Ok(());
        }
        if self.audience.is_empty() && self.tlp == Some(Tlp::Red) {
            return Err(LabelFault::RedNamesNobody);
        }
        if self.audience.is_empty() && self.handling.contains(&Handling::Draft) {
            return Err(LabelFault::DraftNamesNobody);
        }
        Err(LabelFault::Nobody)
    }

    /// The label as JSON with sorted keys and no white space: equal labels, equal text.
    pub fn canonical(&self) -> String {
        // Serialising maps with text keys and enums into memory has no way to fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Self::canonical`] wrote.
    pub fn from_canonical(text: &str) -> Result<Self, BadLabel> {
        Ok(serde_json::from_str(text)?)
    }
}

#[cfg(test)]
mod tests;

//! Labels put into words for a reader.

use std::collections::{BTreeMap, BTreeSet};

use kizuna_access::label::{Classification, Handling, Pap, Tlp};
use kizuna_access::policy::Policy;
use kizuna_access::{CommunityId, Directory, Label, MemberId, Party, PersonId};

use kizuna_app::Reading;

use crate::language::Language;
use crate::levels;
use crate::view::{Banner, LabelView, Level, Mark, Run};

/// A label in the reader's language, with the names that are known.
pub fn view(t: Language, label: &Label, names: &dyn Names) -> LabelView {
    let clause = |clause: &BTreeSet<Party>| {
        let known = clause.iter().filter(|party| names.knows(party));
        let mut parties: Vec<String> = known.map(|named| party(t, named, names)).collect();
        if parties.len() < clause.len() {
            parties.push(t.say("party-others"));
        }
        parties
    };
    LabelView {
        levels: levels_of(t, label.classification(), names),
        audience: label.audience().iter().map(clause).collect(),
        marks: marks(t, label.tlp(), label.pap(), label.handling()),
    }
}

/// What stands over a page that shows these labels: the one they share, or the highest of each part.
pub fn banner<'a>(
    t: Language,
    labels: impl IntoIterator<Item = &'a Label>,
    names: &dyn Names,
) -> Option<Banner> {
    let distinct: BTreeSet<&Label> = labels.into_iter().collect();
    let mut all = distinct.iter();
    let first = all.next()?;
    if distinct.len() == 1 {
        return Some(Banner { label: view(t, first, names), mixed: false });
    }
    let mut highest: BTreeMap<String, Classification> = BTreeMap::new();
    for (policy, asked) in distinct.iter().flat_map(|label| label.classification()) {
        let kept = highest.entry(policy.clone()).or_insert_with(|| asked.clone());
        if rank(names, policy, &asked.level) > rank(names, policy, &kept.level) {
            *kept = asked.clone();
        }
    }
    let tlp = distinct.iter().filter_map(|label| label.tlp()).max();
    let pap = distinct.iter().filter_map(|label| label.pap()).max();
    let handling = distinct.iter().flat_map(|label| label.handling()).copied().collect();
    let label = LabelView {
        levels: levels_of(t, &highest, names),
        audience: Vec::new(),
        marks: marks(t, tlp, pap, &handling),
    };
    Some(Banner { label, mixed: true })
}

/// A party as a reader knows it.
pub fn party(t: Language, party: &Party, names: &dyn Names) -> String {
    let known = match party {
        Party::World => Some(t.say("party-world")),
        Party::Country(country) => Some(country.to_string()),
        Party::Community(id) => names.community(*id),
        Party::Member(id) => names.member(*id),
        Party::ClientsOf(id) => names.member(*id).map(|name| t.with("party-clients", "name", &name)),
        Party::Person(id) => names.person(*id).map(|email| t.with("party-person", "name", &email)),
    };
    known.unwrap_or_else(|| t.say("party-unknown"))
}

/// Where the names of parties are known.
pub trait Names {
    /// Whether a party may be named at all; those that may not stand together as one.
    fn knows(&self, _party: &Party) -> bool {
        true
    }
    fn member(&self, id: MemberId) -> Option<String>;
    fn community(&self, id: CommunityId) -> Option<String>;
    /// A person's address.
    fn person(&self, id: PersonId) -> Option<String>;
    /// A policy, by the id that labels write.
    fn policy(&self, id: &str) -> Option<&Policy>;
}

/// The names that a viewer may know.
impl Names for Reading {
    fn knows(&self, party: &Party) -> bool {
        Reading::knows(self, party)
    }

    fn member(&self, id: MemberId) -> Option<String> {
        Names::member(self.directory(), id)
    }

    fn community(&self, id: CommunityId) -> Option<String> {
        Names::community(self.directory(), id)
    }

    fn person(&self, id: PersonId) -> Option<String> {
        Names::person(self.directory(), id)
    }

    fn policy(&self, id: &str) -> Option<&Policy> {
        self.directory().policy(id)
    }
}

impl Names for Directory {
    fn member(&self, id: MemberId) -> Option<String> {
        self.member(id).map(|member| member.name.clone())
    }

    fn community(&self, id: CommunityId) -> Option<String> {
        self.community(id).map(|community| community.name.clone())
    }

    fn person(&self, id: PersonId) -> Option<String> {
        self.person(id).map(|person| person.email.clone())
    }

    fn policy(&self, id: &str) -> Option<&Policy> {
        self.policy(id)
    }
}

fn rank(names: &dyn Names, policy: &str, level: &str) -> Option<usize> {
    names.policy(policy)?.rank(level)
}

fn levels_of(
    t: Language,
    classification: &BTreeMap<String, Classification>,
    names: &dyn Names,
) -> Vec<Level> {
    let mut levels = Vec::new();
    for (policy, asked) in classification {
        let mut categories = tags(&asked.restrictive);
        categories.extend(tags(&asked.permissive));
        categories.extend(tags(&asked.informative));
        for word in asked.levels() {
            levels.push(level(t, policy, word, std::mem::take(&mut categories), names));
        }
    }
    levels
}

fn level(t: Language, policy: &str, word: &str, categories: Vec<String>, names: &dyn Names) -> Level {
    // A level that this node does not know is shown as the highest: it asks for something that nobody here holds.
    const UNKNOWN: u8 = 3;
    let known = names.policy(policy).and_then(|policy| policy.level(word));
    let translated = known.and_then(|level| level.names.get(t.tag())).filter(|_| t.tag() != "en");
    let translated = translated.map(|name| Run::new(t.tag(), name.clone()));
    let rank =
        rank(names, policy, word).map_or(UNKNOWN, |rank| u8::try_from(rank).unwrap_or(UNKNOWN).min(UNKNOWN));
    let class = known.map(|_| levels::class(policy, word)).unwrap_or_default();
    Level { policy: policy.to_owned(), original: Run::new("", word), translated, categories, rank, class }
}

fn tags(sets: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let line = |(set, tags): (&String, &BTreeSet<String>)| {
        format!("{set}: {}", Vec::from_iter(tags.clone()).join(", "))
    };
    sets.iter().map(line).collect()
}

fn marks(t: Language, tlp: Option<Tlp>, pap: Option<Pap>, handling: &BTreeSet<Handling>) -> Vec<Mark> {
    let mark = |word: String, class, meaning: &str| Mark { word, class, meaning: t.say(meaning) };
    let mut marks = Vec::new();
    if let Some(tlp) = tlp {
        let word = format!("TLP:{}", tlp.as_str().to_uppercase());
        let (class, meaning) = match tlp {
            Tlp::Clear => ("tlp-clear", "tlp-clear"),
            Tlp::Green => ("tlp-green", "tlp-green"),
            Tlp::Amber => ("tlp-amber", "tlp-amber"),
            Tlp::AmberStrict => ("tlp-amber", "tlp-amber-strict"),
            Tlp::Red => ("tlp-red", "tlp-red"),
        };
        marks.push(mark(word, class, meaning));
    }
    if let Some(pap) = pap {
        let word = format!("PAP:{}", pap.as_str().to_uppercase());
        let class = match pap {
            Pap::Clear => "pap-clear",
            Pap::Green => "pap-green",
            Pap::Amber => "pap-amber",
            Pap::Red => "pap-red",
        };
        marks.push(mark(word, class, class));
    }
    for value in handling {
        let word = value.as_str().to_uppercase();
        let meaning = match value {
            Handling::Orcon => "handling-orcon",
            Handling::Exercise => "handling-exercise",
            Handling::Draft => "handling-draft",
            Handling::OneHop => "handling-one-hop",
            Handling::ThisNode => "handling-this-node",
        };
        marks.push(mark(word, "handling", meaning));
    }
    marks
}

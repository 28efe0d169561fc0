//! One viewer's facts, and the decision.

mod explain;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::Label;
use crate::honours::Honours;
use crate::label::{Classification, Handling, Tlp};
use crate::party::{KeyId, MemberId, Party, PersonId};
use crate::rights::Role;

pub use explain::{Rule, Step};

/// Somebody who has been authenticated. Only [`crate::Directory`] makes one; a `View` checks it again, in its own
/// read transaction, each time it is opened.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principal {
    pub(crate) person: PersonId,
    pub(crate) member: MemberId,
    pub(crate) key: Option<KeyId>,
    /// Whether what its system honours is left out of account.
    pub(crate) regardless: bool,
}

impl Principal {
    /// The same, as it would read if its system honoured everything: to count what is held back from it. Nothing that is
    /// read so may be given to it.
    #[must_use]
    pub fn regardless_of_honours(&self) -> Self {
        Self { regardless: true, ..self.clone() }
    }

    pub fn person(&self) -> PersonId {
        self.person
    }

    pub fn member(&self) -> MemberId {
        self.member
    }

    pub fn key(&self) -> Option<KeyId> {
        self.key
    }
}

/// Since when, and from which content on, a label is readable.
///
/// Content that arrived at or after `floor` became readable at `gained`; [`Timestamp::MIN`] in either means from the
/// start. A label may have several grants: a later one with a lower floor opened older content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// When this grant began, by the store's clock.
    pub gained: Timestamp,
    /// Content that arrived before this instant stays hidden (`from-joining` communities).
    pub floor: Timestamp,
}

/// Whether a viewer may read what carries a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Hidden,
    /// Never empty; `gained` strictly increases, `floor` strictly decreases.
    Readable(Vec<Grant>),
}

impl Decision {
    /// Since when content that arrived at `arrival` is readable: [`Timestamp::MIN`] for always, nothing where it is
    /// hidden. Its place in the viewer's order is the later of this and its arrival.
    pub fn gained_for(&self, arrival: Timestamp) -> Option<Timestamp> {
        let Self::Readable(grants) = self else { return None };
        grants.iter().find(|grant| grant.floor <= arrival).map(|grant| grant.gained)
    }
}

/// What is held under one policy, as its version of that time orders its levels.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Held {
    /// Every level that is met: the highest and those below it.
    pub(crate) levels: BTreeSet<String>,
    pub(crate) highest: String,
    pub(crate) categories: BTreeMap<String, BTreeSet<String>>,
    /// The policy under which it is held, where it counts here by an equivalence.
    pub(crate) by: Option<String>,
}

/// What is true of a viewer at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Facts {
    /// The parties that the viewer is in, sorted, each with the arrival from which on it opens content.
    pub(crate) direct: Vec<(Party, Timestamp)>,
    /// The same, and those that it counts as where clients do.
    pub(crate) as_client: Vec<(Party, Timestamp)>,
    pub(crate) held: BTreeMap<String, Held>,
    /// Whether drafts of its member are open to it.
    pub(crate) may_draft: bool,
    /// Whether it comes with a key of a member that lives elsewhere: for its node, as far as is known.
    pub(crate) is_elsewhere: bool,
    /// What the system behind it expresses and honours; nothing where that is left to whoever reads.
    pub(crate) honours: Option<Honours>,
}

/// All that the reading of objects hangs on beside what is stored, as far as a viewer brings it: whoever stands alike is
/// answered alike, to the byte.
///
/// That is the member (whose own contributions, and whose choices of copies, go first) and every fact that decides on
/// labels, with the instants since which it holds. A person's own name is left out where no label can name it, so
/// that colleagues with the same clearances stand alike. Roles that open more than objects are no part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Standing {
    member: MemberId,
    history: Vec<(Timestamp, Facts)>,
}

impl Facts {
    /// What is left where no label names this person.
    fn without(&self, person: PersonId) -> Self {
        let mut rest = self.clone();
        let is_other = |(party, _): &(Party, Timestamp)| *party != Party::Person(person);
        rest.direct.retain(is_other);
        rest.as_client.retain(is_other);
        rest
    }

    /// The arrival from which on content with this label is readable; nothing where none is.
    fn floor(&self, label: &Label) -> Option<Timestamp> {
        if label.handling.contains(&Handling::Draft) && !self.may_draft && !crate::leak::is(12) {
            return None;
        }
        if self.is_elsewhere && label.handling.contains(&Handling::ThisNode) {
            return None;
        }
        if self.honours.as_ref().is_some_and(|honours| honours.unmet(label).is_some()) {
            return None;
        }
        let meets = |(policy, asked): (&String, &Classification)| self.meets(policy, asked);
        if !label.classification.iter().all(meets) {
            return None;
        }
        self.audience_floor(label)
    }

    /// In one party of every clause: the latest of the clauses' floors.
    fn audience_floor(&self, label: &Label) -> Option<Timestamp> {
        let mut floors = label.audience.iter().map(|clause| self.clause_floor(label, clause));
        let first = floors.next()?;
        if crate::leak::is(1) {
            return floors.chain([first]).flatten().min();
        }
        floors.try_fold(first?, |latest, floor| Some(latest.max(floor?)))
    }

    /// In some party of the clause: the earliest of their floors.
    fn clause_floor(&self, label: &Label, clause: &BTreeSet<Party>) -> Option<Timestamp> {
        let parties = if clients_read(label) { &self.as_client } else { &self.direct };
        let named_only = names_only(label);
        let counts = |party: &&Party| !named_only || crate::label::is_named(party);
        let floor = |party: &Party| {
            let found = parties.binary_search_by(|(known, _)| known.cmp(party)).ok()?;
            Some(parties[found].1)
        };
        clause.iter().filter(counts).filter_map(floor).min()
    }

    /// Whether this clearance meets what a policy asks. An unknown policy or level is met by nobody.
    fn meets(&self, policy: &str, asked: &Classification) -> bool {
        let Some(held) = self.held.get(policy) else { return crate::leak::is(4) };
        let level_met = |level: &str| held.levels.contains(level);
        let holds =
            |set: &String, tag: &String| held.categories.get(set).is_some_and(|held| held.contains(tag));
        let holds_all = asked.restrictive.iter().all(|(set, tags)| tags.iter().all(|tag| holds(set, tag)));
        let holds_one = asked.permissive.iter().all(|(set, tags)| tags.iter().any(|tag| holds(set, tag)));
        (asked.levels().all(level_met) || crate::leak::is(4))
            && (holds_all || crate::leak::is(5))
            && holds_one
    }
}

/// Whether clients read with those who are named: AMBER and below say so; without TLP nothing does.
fn clients_read(label: &Label) -> bool {
    let permits = match label.tlp {
        Some(Tlp::Clear | Tlp::Green | Tlp::Amber) => true,
        Some(Tlp::AmberStrict) => crate::leak::is(3),
        Some(Tlp::Red) | None => false,
    };
    permits && !label.handling.contains(&Handling::Draft)
}

/// Whether only members and persons named count.
fn names_only(label: &Label) -> bool {
    let red = label.tlp == Some(Tlp::Red) && !crate::leak::is(11);
    red || label.handling.contains(&Handling::Draft)
}

/// One viewer's facts at one epoch and time.
#[derive(Debug, Clone)]
pub struct Reader {
    principal: Principal,
    roles: BTreeSet<Role>,
    read_only: bool,
    /// Since which instant what holds; the first since [`Timestamp::MIN`], and the last now.
    history: Vec<(Timestamp, Arc<Facts>)>,
    valid_until: Option<Timestamp>,
    reaches_ceiling: bool,
}

/// What a reader is made of.
pub(crate) struct Compiled {
    pub(crate) roles: BTreeSet<Role>,
    pub(crate) read_only: bool,
    pub(crate) history: Vec<(Timestamp, Arc<Facts>)>,
    pub(crate) valid_until: Option<Timestamp>,
    pub(crate) reaches_ceiling: bool,
}

impl Reader {
    pub(crate) fn new(principal: Principal, compiled: Compiled) -> Self {
        let Compiled { roles, read_only, history, valid_until, reaches_ceiling } = compiled;
        Self { principal, roles, read_only, history, valid_until, reaches_ceiling }
    }

    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Whether the viewer holds this role now.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    pub fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    /// The policies under which the viewer holds anything now.
    pub fn policies(&self) -> impl Iterator<Item = String> {
        self.history.last().into_iter().flat_map(|(_, facts)| facts.held.keys().cloned())
    }

    /// Whether the viewer may write: an analyst, releaser or admin whose key is not read-only.
    pub fn may_write(&self) -> bool {
        !self.read_only && Role::DRAFTING.iter().any(|role| self.has(*role))
    }

    /// Whether the viewer holds all that the node's ceiling allows, which reading the quarantine asks for.
    pub fn reaches_ceiling(&self) -> bool {
        self.reaches_ceiling
    }

    /// The one gate: whether this viewer may read what carries this label, and since when.
    ///
    /// A right held since the viewer exists has no beginning; one gained later begins at that instant, also where it
    /// had been held and lost before.
    pub fn decide(&self, label: &Label) -> Decision {
        let Some((_, now)) = self.history.last() else { return Decision::Hidden };
        if now.floor(label).is_none() {
            return Decision::Hidden;
        }
        let mut grants: Vec<Grant> = Vec::new();
        for (since, facts) in &self.history {
            match facts.floor(label) {
                Some(floor) => extend(&mut grants, *since, floor),
                None if crate::leak::is(13) => {}
                None => grants.clear(),
            }
        }
        Decision::Readable(grants)
    }

    /// Every instant at which older content with this label became readable, whether or not it still is: the dates
    /// at which such content arrived were told then, and later dates must not fall behind them.
    pub fn gains(&self, label: &Label) -> Vec<Grant> {
        let mut gains = Vec::new();
        let mut before: Option<Timestamp> = None;
        for (since, facts) in &self.history {
            let floor = facts.floor(label);
            let opens = floor.filter(|floor| before.is_none_or(|before| *floor < before));
            if let Some(floor) = opens.filter(|_| *since != Timestamp::MIN) {
                gains.push(Grant { gained: *since, floor });
            }
            before = floor;
        }
        gains
    }

    /// Whether the viewer may read content with this label that arrived at `arrival`.
    pub fn can_read(&self, label: &Label, arrival: Timestamp) -> bool {
        self.floor(label).is_some_and(|floor| floor <= arrival)
    }

    /// The arrival from which on content with this label is readable now; nothing where none is.
    pub fn floor(&self, label: &Label) -> Option<Timestamp> {
        self.history.last().and_then(|(_, facts)| facts.floor(label))
    }

    /// Since when content with this label that arrived at `arrival` is readable (see [`Decision::gained_for`]).
    pub fn gained_for(&self, label: &Label, arrival: Timestamp) -> Option<Timestamp> {
        self.decide(label).gained_for(arrival)
    }

    /// How the viewer stands now. `is_named` says whether any label that is decided for it names the person itself.
    pub fn standing(&self, is_named: bool) -> Standing {
        let person = self.principal.person;
        let facts = |facts: &Facts| if is_named { facts.clone() } else { facts.without(person) };
        let known = self.history.iter().filter(|_| !crate::leak::is(79));
        let history = known.map(|(since, held)| (*since, facts(held))).collect();
        Standing { member: self.principal.member, history }
    }

    /// The next instant at which a dated rule may change a decision.
    pub fn valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }
}

/// Takes up the floor that holds since an instant. A lower one opens older content then; a higher one takes content
/// away from the earlier grants.
fn extend(grants: &mut Vec<Grant>, since: Timestamp, floor: Timestamp) {
    let reaches = grants.iter().position(|grant| grant.floor <= floor);
    match reaches {
        Some(first) => {
            grants.truncate(first + 1);
            grants[first].floor = floor;
        }
        None => grants.push(Grant { gained: since, floor }),
    }
}

#[cfg(test)]
mod tests;

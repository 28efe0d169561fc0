//! What a viewer holds under each policy: directly, or by one equivalence in force.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Directory;
use crate::policy::{self, Policy};
use crate::reader::{Held, Principal};
use crate::rights::{Clearance, Holder};

/// What one holder's clearance is worth under one policy.
struct Worth {
    rank: usize,
    categories: BTreeMap<String, BTreeSet<String>>,
    /// The policy that it is held under, where it counts by an equivalence.
    by: Option<String>,
}

impl Directory {
    /// Person ∧ member ∧ key ∧ node (design, semantic 12), policy by policy.
    ///
    /// A person holds only what was granted to that person. For member, key and node a clearance is a ceiling: none
    /// set is no further limit, so that a fresh node works once a person is cleared; one that is set lowers every
    /// policy under which it is worth nothing to nothing, and takes every category it does not list.
    pub(super) fn clearance_at(&self, who: &Principal, at: Timestamp) -> BTreeMap<String, Held> {
        let Some(granted) = self.clearance_of(&Holder::Person(who.person), at) else {
            return BTreeMap::new();
        };
        let mut all = BTreeMap::new();
        for policy in self.policies_at(at) {
            let Some(mut worth) = self.worth(granted, policy, at) else { continue };
            if self.ceilings(who, at).all(|ceiling| self.lower(&mut worth, ceiling, policy, at)) {
                all.insert(policy.id.clone(), held(worth, policy));
            }
        }
        all
    }

    /// What is held directly under this policy, and never more; else what is held under another counts as, by one
    /// equivalence between the two and without its categories. No chain: only what was granted is translated.
    fn worth(&self, clearance: &Clearance, policy: &Policy, at: Timestamp) -> Option<Worth> {
        if let Some(cleared) = clearance.0.get(&policy.id) {
            let rank = policy.rank(&cleared.level)?;
            return Some(Worth { rank, categories: cleared.categories.clone(), by: None });
        }
        let mut best: Option<(usize, &str)> = None;
        for (id, cleared) in &clearance.0 {
            let Some(from) = self.policy_at(id, at) else { continue };
            let Some(rank) = from.rank(&cleared.level) else { continue };
            let reached = policy::reaches(from, rank, policy, at);
            let reached = reached.max(self.chained(from, rank, policy, at));
            if reached.is_some() && reached > best.map(|(rank, _)| rank) {
                best = reached.map(|rank| (rank, id.as_str()));
            }
        }
        let (rank, by) = best?;
        Some(Worth { rank, categories: BTreeMap::new(), by: Some(by.to_owned()) })
    }

    /// Seeded leak 62: what is reached over a third policy. Nothing, otherwise.
    fn chained(&self, from: &Policy, rank: usize, to: &Policy, at: Timestamp) -> Option<usize> {
        if !crate::leak::is(62) {
            return None;
        }
        let between = self.policies_at(at).filter(|via| via.oid != from.oid && via.oid != to.oid);
        let over = |via: &Policy| policy::reaches(via, policy::reaches(from, rank, via, at)?, to, at);
        between.filter_map(over).max()
    }

    /// Lowers what is held to a ceiling; `false` where nothing is left of it.
    fn lower(&self, held: &mut Worth, ceiling: &Clearance, policy: &Policy, at: Timestamp) -> bool {
        let Some(top) = self.worth(ceiling, policy, at) else { return false };
        held.rank = held.rank.min(top.rank);
        held.categories.retain(|set, tags| {
            let Some(allowed) = top.categories.get(set) else { return false };
            tags.retain(|tag| allowed.contains(tag));
            !tags.is_empty()
        });
        true
    }

    /// Whether what this viewer holds is all that the node's ceiling allows, under every policy.
    pub(super) fn reaches_ceiling(&self, who: &Principal, at: Timestamp) -> bool {
        let Some(ceiling) = self.clearance_of(&Holder::Node, at) else { return true };
        let is_level = |(id, cleared): (&String, &crate::rights::Cleared)| {
            self.policy_at(id, at).is_some_and(|policy| policy.rank(&cleared.level).is_some())
        };
        if !ceiling.0.iter().all(is_level) {
            return false;
        }
        let holds = self.clearance_at(who, at);
        self.policies_at(at).all(|policy| {
            let Some(top) = self.worth(ceiling, policy, at) else { return true };
            let Some(held) = holds.get(&policy.id) else { return false };
            let reaches = policy.levels.get(top.rank).is_some_and(|level| held.levels.contains(&level.id));
            let mut sets = top.categories.iter().filter(|(_, tags)| !tags.is_empty());
            reaches
                && sets.all(|(set, tags)| held.categories.get(set).is_some_and(|held| tags.is_subset(held)))
        })
    }

    fn clearance_of(&self, holder: &Holder, at: Timestamp) -> Option<&Clearance> {
        let set = self.clearances.get(holder)?;
        set.iter().rev().find(|(since, _)| *since <= at).map(|(_, clearance)| clearance)
    }

    /// The ceilings over a viewer that were set by then.
    fn ceilings(&self, who: &Principal, at: Timestamp) -> impl Iterator<Item = &Clearance> {
        let holders = holders(who).skip(1).filter(|holder| *holder != Holder::Node || !crate::leak::is(9));
        holders.filter_map(move |holder| self.clearance_of(&holder, at))
    }

    /// Every instant at which what this viewer holds may have changed or may change. One that never held anything
    /// hangs on no policy.
    pub(super) fn clearance_instants(&self, who: &Principal) -> Vec<Timestamp> {
        let set = holders(who).filter_map(|holder| self.clearances.get(&holder)).flatten();
        let mut instants: Vec<Timestamp> = set.map(|(at, _)| *at).collect();
        if self.clearances.contains_key(&Holder::Person(who.person)) {
            instants.extend(self.policy_instants());
        }
        instants
    }
}

fn held(worth: Worth, policy: &Policy) -> Held {
    let levels = policy.levels.iter().take(worth.rank + 1).map(|level| level.id.clone()).collect();
    let highest = policy.levels.get(worth.rank).map(|level| level.id.clone()).unwrap_or_default();
    Held { levels, highest, categories: worth.categories, by: worth.by }
}

/// Whose clearances meet in this viewer's, the person first.
fn holders(who: &Principal) -> impl Iterator<Item = Holder> + use<> {
    let always = [Holder::Person(who.person), Holder::Member(who.member), Holder::Node];
    always.into_iter().chain(who.key.map(Holder::Key))
}

//! Policies at an instant, and what a clearance under one is worth under another.

use super::{Instant, Oracle, SECOND};
use crate::script::{Applied, Clearance, Equivalence, Held, Op, Policy};

impl Oracle {
    /// The policy as it was last imported by then; EXERCISE needs no import.
    fn policy(&self, name: &str, at: Instant) -> Option<Policy> {
        let imported = self.until(at).rev().find_map(|(_, op)| match op {
            Op::ImportPolicy(policy) if policy.name == name => Some(policy.clone()),
            _ => None,
        });
        let exercise = || Policy::new("EXERCISE", &["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"]);
        imported.or_else(|| (name == "EXERCISE").then(exercise))
    }

    /// The names of all policies that were known then.
    pub(super) fn policies(&self, at: Instant) -> Vec<String> {
        let mut names = vec!["EXERCISE".to_owned()];
        for (_, op) in self.until(at) {
            if let Op::ImportPolicy(policy) = op
                && !names.contains(&policy.name)
            {
                names.push(policy.name.clone());
            }
        }
        names
    }

    /// Where a level stands; unknown policies and levels have no place and are met by nobody.
    pub(super) fn rank(&self, policy: &str, level: &str, at: Instant) -> Option<usize> {
        self.policy(policy, at)?.levels.iter().position(|name| name == level)
    }

    /// The instants at which what policies say may change.
    pub(super) fn policy_instants(op: &Op) -> Vec<Instant> {
        let Op::ImportPolicy(policy) = op else { return Vec::new() };
        let dates = policy.equivalences.iter().flat_map(|one| [one.from, one.until]);
        dates.flatten().map(|second| second * SECOND).collect()
    }

    /// What a clearance is worth under a policy: what it says of that policy itself, or else the most that one step
    /// from another policy, on a level that is held, gives; without categories then.
    pub(super) fn worth(&self, clearance: &Clearance, policy: &str, at: Instant) -> Option<Held> {
        if let Some(held) = clearance.get(policy) {
            self.rank(policy, &held.level, at)?;
            return Some(held.clone());
        }
        let mut given: Vec<String> = Vec::new();
        for (other, held) in clearance {
            given.extend(self.one_step(other, &held.level, policy, at));
        }
        let level = given.into_iter().max_by_key(|level| self.rank(policy, level, at))?;
        Some(Held { level, ..Held::default() })
    }

    /// The levels of `to` that whoever holds `level` under `from` has by an equivalence in force between these two.
    fn one_step(&self, from: &str, level: &str, to: &str, at: Instant) -> Vec<String> {
        let (Some(theirs), Some(ours)) = (self.policy(from, at), self.policy(to, at)) else {
            return Vec::new();
        };
        let holds = |needed: &str| {
            let (held, needed) = (self.rank(from, level, at), self.rank(from, needed, at));
            held.zip(needed).is_some_and(|(held, needed)| held >= needed)
        };
        let exists = |level: &String| ours.levels.contains(level);
        let mut found = Vec::new();
        for one in ours.equivalences.iter().filter(|one| one.other.0 == from && in_force(one, at)) {
            if one.applied != Applied::In && holds(&one.other.1) && exists(&one.level) {
                found.push(one.level.clone());
            }
        }
        for one in theirs.equivalences.iter().filter(|one| one.other.0 == to && in_force(one, at)) {
            if one.applied != Applied::Out && holds(&one.level) && exists(&one.other.1) {
                found.push(one.other.1.clone());
            }
        }
        found
    }
}

fn in_force(one: &Equivalence, at: Instant) -> bool {
    one.from.is_none_or(|from| from * SECOND <= at) && one.until.is_none_or(|until| at < until * SECOND)
}

//! Random policies: two beside EXERCISE, whose equivalences begin and end while a script runs.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, IteratorRandom};

use super::World;
use crate::script::{Applied, Clearance, Held, Label, Op, Policy, Second};

/// Levels of the policies, lowest first. ISLE lies between EXERCISE and MOOR: a chain over it must not hold.
const ISLE: [&str; 5] = ["OPEN", "SERVICE", "GUARDED", "CLOSED", "SEALED"];
const MOOR: [&str; 3] = ["GREY", "PEAT", "BLACK"];

/// A label's level under one of the policies.
pub(super) fn level(random: &mut StdRng, label: Label) -> Label {
    match random.random_range(0..6) {
        0 => label.level_of("MOOR", "GREY"),
        1 => label.level_of("MOOR", "PEAT"),
        2 => label.level_of("ISLE", "OPEN"),
        3 => label.level_of("ISLE", "SERVICE"),
        4 => label.level_of("ISLE", "GUARDED"),
        _ => label.level_of("ISLE", "CLOSED"),
    }
}

/// A first clearance, of some under ISLE or MOOR as well or instead.
pub(super) fn grant(random: &mut StdRng, exercise: Clearance) -> Clearance {
    let held = |level: &str| Held { level: level.to_owned(), ..Held::default() };
    let mut clearance = if random.random_bool(0.2) { Clearance::new() } else { exercise };
    if random.random_bool(0.2) {
        clearance.insert("ISLE".to_owned(), held(ISLE.choose(random).copied().unwrap_or("OPEN")));
    }
    if random.random_bool(0.15) {
        clearance.insert("MOOR".to_owned(), held(MOOR.choose(random).copied().unwrap_or("GREY")));
    }
    clearance
}

impl World {
    /// The policies' first versions.
    pub(super) fn import_first_policies(&mut self, random: &mut StdRng) {
        for policy in [Policy::new("ISLE", &ISLE), Policy::new("MOOR", &MOOR)] {
            let policy = self.with_equivalences(random, policy);
            self.policies.insert(policy.name.clone(), policy.clone());
            self.opening.push(Op::ImportPolicy(policy));
        }
    }

    /// A newer version, with other equivalences and now and then other levels.
    pub(super) fn import_policy(&mut self, random: &mut StdRng) -> Option<Op> {
        let mut policy = self.policies.values().choose(random)?.next();
        if random.random_bool(0.15) && policy.levels.len() > 3 {
            policy.levels.swap(1, 2);
        }
        // Who holds the level that is gone holds nothing under this policy.
        if random.random_bool(0.1) {
            policy.levels.retain(|level| level != "SEALED");
        }
        let policy = self.with_equivalences(random, policy);
        self.policies.insert(policy.name.clone(), policy.clone());
        Some(policy.imported())
    }

    /// Besides EXERCISE, what is held under a policy by its newest version's levels.
    pub(super) fn with_other_policies(&self, random: &mut StdRng, exercise: Clearance) -> Clearance {
        grant(random, exercise)
            .into_iter()
            .filter(|(name, held)| {
                self.policies.get(name).is_none_or(|policy| policy.levels.contains(&held.level))
            })
            .collect()
    }

    fn with_equivalences(&self, random: &mut StdRng, policy: Policy) -> Policy {
        let pairs: &[(&str, (&str, &str))] = if policy.name == "ISLE" {
            &[
                ("OPEN", ("EXERCISE", "UNCLASSIFIED")),
                ("SERVICE", ("EXERCISE", "RESTRICTED")),
                ("CLOSED", ("EXERCISE", "SECRET")),
            ]
        } else {
            &[("GREY", ("ISLE", "OPEN")), ("PEAT", ("ISLE", "SERVICE")), ("BLACK", ("ISLE", "SEALED"))]
        };
        let mut stated = policy;
        for (level, other) in pairs {
            if !random.random_bool(0.75) {
                continue;
            }
            let applied = [Applied::Both, Applied::Out, Applied::In].choose(random).copied();
            let (from, until) = self.dates(random);
            stated = stated.equals(level, *other, applied.unwrap_or(Applied::Both), from, until);
        }
        stated
    }

    /// Dates around now, in their order.
    fn dates(&self, random: &mut StdRng) -> (Option<Second>, Option<Second>) {
        let from = random.random_bool(0.4).then(|| self.now + random.random_range(-20..25));
        let begins = from.unwrap_or(self.now);
        let until = random.random_bool(0.5).then(|| begins + random.random_range(1..40));
        (from, until)
    }
}

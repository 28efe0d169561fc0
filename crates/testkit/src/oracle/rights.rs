//! Who is who at an instant, found by reading the whole history again each time.

use std::collections::{BTreeMap, BTreeSet};

use super::{Instant, Oracle, SECOND};
use crate::script::{Clearance, Held, Holder, Op, Role, Viewer};

impl Oracle {
    pub(super) fn until(&self, at: Instant) -> impl DoubleEndedIterator<Item = (Instant, &Op)> {
        self.events.iter().filter(move |event| event.at <= at).map(|event| (event.at, &event.op))
    }

    /// Every instant at which anything may have changed, up to `now`.
    pub(super) fn instants(&self, now: Instant) -> BTreeSet<Instant> {
        let mut instants = BTreeSet::new();
        for event in &self.events {
            instants.insert(event.at);
            instants.extend(Self::policy_instants(&event.op));
            if let Op::Join { from, until, .. } = &event.op {
                instants.extend([from, until].into_iter().flatten().map(|second| second * SECOND));
            }
        }
        instants.retain(|at| *at <= now);
        instants.insert(now);
        instants
    }

    /// The member that a person belongs to.
    pub(super) fn member_of(&self, person: &str) -> Option<&str> {
        self.events.iter().find_map(|event| match &event.op {
            Op::AddPerson { name, member, .. } if name == person => Some(member.as_str()),
            _ => None,
        })
    }

    pub(super) fn country_of(&self, member: &str) -> Option<&str> {
        self.events.iter().find_map(|event| match &event.op {
            Op::AddMember { name, country } if name == member => Some(country.as_str()),
            _ => None,
        })
    }

    /// Since when this viewer exists.
    pub(super) fn since(&self, viewer: &Viewer) -> Option<Instant> {
        let added = |op: &Op| match op {
            Op::AddPerson { name, .. } => *name == viewer.person,
            Op::AddKey { name, .. } => viewer.key.as_ref() == Some(name),
            _ => false,
        };
        self.events.iter().filter(|event| added(&event.op)).map(|event| event.at).max()
    }

    /// Whether account and key are valid at this instant.
    pub(super) fn exists(&self, viewer: &Viewer, now: Instant) -> bool {
        let removed = |op: &Op| matches!(op, Op::RemovePerson { person } if *person == viewer.person);
        let known =
            self.until(now).any(|(_, op)| matches!(op, Op::AddPerson { name, .. } if *name == viewer.person));
        if !known || self.until(now).any(|(_, op)| removed(op)) {
            return false;
        }
        let Some(key) = &viewer.key else { return true };
        let revoked = |op: &Op| matches!(op, Op::RevokeKey { name } if name == key);
        let valid = |op: &Op| match op {
            Op::AddKey { name, person, expires, .. } => {
                name == key && *person == viewer.person && expires.is_none_or(|end| now < end * SECOND)
            }
            _ => false,
        };
        self.until(now).any(|(_, op)| valid(op)) && !self.until(now).any(|(_, op)| revoked(op))
    }

    pub(super) fn roles(&self, person: &str, at: Instant) -> BTreeSet<Role> {
        let given = self.until(at).rev().find_map(|(_, op)| match op {
            Op::AddPerson { name, roles, .. } if name == person => Some(roles),
            Op::SetRoles { person: name, roles } if name == person => Some(roles),
            _ => None,
        });
        given.cloned().unwrap_or_default()
    }

    /// From which arrival on a member may read through a community at this instant, if it is in it.
    pub(super) fn joined(&self, member: &str, community: &str, at: Instant) -> Option<Instant> {
        let last = self.until(at).rev().find(|(_, op)| match op {
            Op::Join { community: c, member: m, .. } | Op::Leave { community: c, member: m } => {
                c == community && m == member
            }
            _ => false,
        });
        let Some((recorded, Op::Join { from, until, .. })) = last else { return None };
        let from = from.map_or(recorded, |second| second * SECOND);
        let begun = from <= at;
        let over = until.is_some_and(|second| second * SECOND <= at);
        let from_joining = self.events.iter().any(
            |event| matches!(&event.op, Op::AddCommunity { name, from_joining: true } if name == community),
        );
        (begun && !over).then_some(if from_joining { from } else { Instant::MIN })
    }

    /// Those whose client a member is.
    pub(super) fn serving(&self, member: &str, at: Instant) -> BTreeSet<String> {
        let mut serving = BTreeSet::new();
        for (_, op) in self.until(at) {
            match op {
                Op::ClientOf { client, of } if client == member => {
                    serving.insert(of.clone());
                }
                Op::NotClientOf { client, of } if client == member => {
                    serving.remove(of);
                }
                _ => {}
            }
        }
        serving
    }

    fn clearance(&self, holder: &Holder, at: Instant) -> Option<&Clearance> {
        self.until(at).rev().find_map(|(_, op)| match op {
            Op::SetClearance { holder: of, clearance } if of == holder => Some(clearance),
            _ => None,
        })
    }

    /// Person ∧ member ∧ key ∧ node: what each of them is worth under one policy, as far as it was ever set. A person
    /// to whom nothing was granted holds nothing; the others only lower.
    pub(super) fn held(&self, viewer: &Viewer, policy: &str, at: Instant) -> Option<Vec<Held>> {
        let person = self.clearance(&Holder::Person(viewer.person.clone()), at)?;
        let mut all = vec![self.worth(person, policy, at)?];
        let member = self.member_of(&viewer.person).map(|name| Holder::Member(name.to_owned()));
        let key = viewer.key.clone().map(Holder::Key);
        for ceiling in [Some(Holder::Node), member, key].into_iter().flatten() {
            let Some(clearance) = self.clearance(&ceiling, at) else { continue };
            all.push(self.worth(clearance, policy, at)?);
        }
        Some(all)
    }

    /// Whether a viewer reaches the node's ceiling under every policy under which it is worth something.
    pub(super) fn at_ceiling(&self, viewer: &Viewer, at: Instant) -> bool {
        let nothing = BTreeMap::new();
        let ceiling = self.clearance(&Holder::Node, at).unwrap_or(&nothing);
        if !ceiling.iter().all(|(policy, top)| self.rank(policy, &top.level, at).is_some()) {
            return false;
        }
        self.policies(at).iter().all(|policy| {
            let Some(top) = self.worth(ceiling, policy, at) else { return true };
            let Some(all) = self.held(viewer, policy, at) else { return false };
            all.iter().all(|held| {
                let level = self.rank(policy, &held.level, at) >= self.rank(policy, &top.level, at);
                let holds = |(set, tags): (&String, &BTreeSet<String>)| {
                    held.categories.get(set).is_some_and(|held| tags.is_subset(held))
                };
                level && top.categories.iter().all(holds)
            })
        })
    }
}

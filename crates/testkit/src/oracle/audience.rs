//! Whether a label permits a viewer, part by part, as the design says it.

use std::collections::BTreeSet;

use super::{Instant, Oracle};
use crate::script::{Asks, Handling, Label, Party, Role, Tlp, Viewer};

impl Oracle {
    /// Whether this viewer may read, at `at`, content that arrived at `arrival` under this label.
    pub(super) fn permits(&self, viewer: &Viewer, label: &Label, arrival: Instant, at: Instant) -> bool {
        let Some(member) = self.member_of(&viewer.person) else { return false };
        if label.audience.is_empty() {
            return false;
        }
        let draft = label.handling.contains(&Handling::Draft);
        let writes = [Role::Analyst, Role::Releaser, Role::Admin];
        if draft && !self.roles(&viewer.person, at).iter().any(|role| writes.contains(role)) {
            return false;
        }
        let asks_met = label.asks.iter().all(|(policy, asks)| self.cleared(viewer, policy, asks, at));
        let named = |clause: &BTreeSet<Party>| {
            clause.iter().any(|party| self.in_party(viewer, member, party, label, arrival, at))
        };
        asks_met && label.audience.iter().all(named)
    }

    /// Whether the viewer counts as in this party, for this label.
    fn in_party(
        &self,
        viewer: &Viewer,
        member: &str,
        party: &Party,
        label: &Label,
        arrival: Instant,
        at: Instant,
    ) -> bool {
        let by_name_only = label.tlp == Some(Tlp::Red) || label.handling.contains(&Handling::Draft);
        if by_name_only && !matches!(party, Party::Member(_) | Party::Person(_)) {
            return false;
        }
        if let Party::Person(name) = party {
            return *name == viewer.person;
        }
        if self.member_in_party(member, party, arrival, at) {
            return true;
        }
        let down_to_amber = matches!(label.tlp, Some(Tlp::Clear | Tlp::Green | Tlp::Amber));
        let clients_count = down_to_amber && !label.handling.contains(&Handling::Draft);
        clients_count && self.serving(member, at).iter().any(|of| self.named(of, party, arrival, at))
    }

    /// Whether a member is in a party itself.
    fn member_in_party(&self, member: &str, party: &Party, arrival: Instant, at: Instant) -> bool {
        match party {
            Party::ClientsOf(of) => self.serving(member, at).contains(of),
            other => self.named(member, other, arrival, at),
        }
    }

    /// Whether a party names a member: as itself, by its country or by a community that it is in.
    fn named(&self, member: &str, party: &Party, arrival: Instant, at: Instant) -> bool {
        match party {
            Party::World => true,
            Party::Country(code) => self.country_of(member) == Some(code.as_str()),
            Party::Community(community) => {
                self.joined(member, community, at).is_some_and(|floor| floor <= arrival)
            }
            Party::Member(name) => name == member,
            Party::ClientsOf(_) | Party::Person(_) => false,
        }
    }

    /// Whether every clearance that counts meets what a policy asks.
    fn cleared(&self, viewer: &Viewer, policy: &str, asks: &Asks, at: Instant) -> bool {
        let Some(asked) = self.rank(policy, &asks.level, at) else { return false };
        let Some(all) = self.held(viewer, policy, at) else { return false };
        let level =
            all.iter().all(|held| self.rank(policy, &held.level, at).is_some_and(|rank| rank >= asked));
        let holds = |set: &String, tag: &String| {
            all.iter().all(|held| held.categories.get(set).is_some_and(|tags| tags.contains(tag)))
        };
        let every = asks.restrictive.iter().all(|(set, tags)| tags.iter().all(|tag| holds(set, tag)));
        let one = asks.permissive.iter().all(|(set, tags)| tags.iter().any(|tag| holds(set, tag)));
        level && every && one
    }
}

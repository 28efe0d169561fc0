//! The audience: clauses of parties, all of which must hold, in one normal form.

use std::collections::BTreeSet;

use crate::party::Party;

pub(crate) type Clause = BTreeSet<Party>;
pub(crate) type Audience = BTreeSet<Clause>;

/// The minimal clauses of a conjunction. As no party is ever negated, equal meaning gives equal clauses.
/// No clause at all, or an empty one, is nobody; `World` alone is everybody.
pub(super) fn normal(audience: &Audience) -> Audience {
    if audience.iter().any(BTreeSet::is_empty) {
        return Audience::new();
    }
    let asking: Vec<&Clause> = audience.iter().filter(|clause| !clause.contains(&Party::World)).collect();
    if asking.is_empty() && !audience.is_empty() {
        return Audience::from([Clause::from([Party::World])]);
    }
    let implied = |clause: &Clause| asking.iter().any(|other| *other != clause && other.is_subset(clause));
    asking.iter().filter(|clause| !implied(clause)).map(|clause| (*clause).clone()).collect()
}

/// The conjunction of two audiences as said, every clause kept. Nobody absorbs.
pub(super) fn both(one: &Audience, other: &Audience) -> Audience {
    let nobody = |audience: &Audience| audience.is_empty() || audience.iter().any(BTreeSet::is_empty);
    if nobody(one) || nobody(other) { Audience::new() } else { one.union(other).cloned().collect() }
}

/// Whether this is everybody, in normal form.
pub(super) fn is_everybody(audience: &Audience) -> bool {
    audience.len() == 1 && audience.iter().all(|clause| clause.contains(&Party::World))
}

/// Whether a party is a member or a person by name.
pub(crate) fn is_named(party: &Party) -> bool {
    matches!(party, Party::Member(_) | Party::Person(_))
}

/// What is left when only members and persons count: nobody, where a clause has none.
pub(super) fn named_only(audience: &Audience) -> Audience {
    let named = |clause: &Clause| clause.iter().filter(|party| is_named(party)).copied().collect::<Clause>();
    normal(&audience.iter().map(named).collect())
}

/// Whether nobody can be meant, whoever everybody is.
pub(super) fn is_empty(audience: &Audience) -> bool {
    if audience.is_empty() || audience.iter().any(BTreeSet::is_empty) {
        return true;
    }
    let countries_only = |clause: &&Clause| clause.iter().all(|party| matches!(party, Party::Country(_)));
    let members_only = |clause: &&Clause| clause.iter().all(|party| matches!(party, Party::Member(_)));
    let persons_only = |clause: &&Clause| clause.iter().all(|party| matches!(party, Party::Person(_)));
    nothing_in_common(audience.iter().filter(countries_only))
        || nothing_in_common(audience.iter().filter(members_only))
        || nothing_in_common(audience.iter().filter(persons_only))
}

fn nothing_in_common<'a>(mut clauses: impl Iterator<Item = &'a Clause>) -> bool {
    let Some(first) = clauses.next() else { return false };
    let mut common = first.clone();
    for clause in clauses {
        common.retain(|party| clause.contains(party));
    }
    common.is_empty()
}

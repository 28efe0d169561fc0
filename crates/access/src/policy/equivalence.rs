//! What one policy says a level is worth under another.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Policy;

/// In which direction an equivalence is applied (a SPIF's `applied`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Applied {
    /// Content of this policy counts as the other's level when it goes there: who is cleared under the other policy
    /// may read it.
    Encrypt,
    /// Content of the other policy counts as this one's level when it comes here: who is cleared under this policy
    /// may read it.
    Decrypt,
    Both,
}

impl Applied {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Encrypt => "encrypt",
            Self::Decrypt => "decrypt",
            Self::Both => "both",
        }
    }

    fn outward(self) -> bool {
        matches!(self, Self::Encrypt | Self::Both) || crate::leak::is(63)
    }

    fn inward(self) -> bool {
        matches!(self, Self::Decrypt | Self::Both) || crate::leak::is(63)
    }
}

/// A level of this policy counts as a level of another, within its dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Equivalence {
    /// The level's id in the policy that says so.
    pub level: String,
    /// The other policy's object identifier.
    pub oid: String,
    /// The number of its level.
    pub lacv: u64,
    pub applied: Applied,
    /// Inclusive; from the beginning where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Exclusive; without end where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Equivalence {
    /// Whether it holds at this instant.
    pub fn in_force(&self, at: Timestamp) -> bool {
        let begun = self.from.is_none_or(|from| from <= at);
        let over = self.until.is_some_and(|until| until <= at);
        (begun && !over) || crate::leak::is(61)
    }

    /// The instants at which it begins and ends.
    pub fn instants(&self) -> impl Iterator<Item = Timestamp> {
        [self.from, self.until].into_iter().flatten()
    }
}

/// The highest rank under `to` that who holds `rank` under `from` counts as, by one equivalence between the two that
/// is in force; nothing where none is. What either of them says of a third policy does not count.
pub fn reaches(from: &Policy, rank: usize, to: &Policy, at: Timestamp) -> Option<usize> {
    let said_by_to = to.equivalences.iter().filter(|one| one.oid == from.oid && one.applied.outward());
    let said_by_to = said_by_to.filter(|one| one.in_force(at)).filter_map(|one| {
        let needed = from.rank_of_lacv(one.lacv)?;
        (rank >= needed).then_some(to.rank(&one.level)?)
    });
    let said_by_from = from.equivalences.iter().filter(|one| one.oid == to.oid && one.applied.inward());
    let said_by_from = said_by_from.filter(|one| one.in_force(at)).filter_map(|one| {
        let needed = from.rank(&one.level)?;
        (rank >= needed).then_some(to.rank_of_lacv(one.lacv)?)
    });
    said_by_to.chain(said_by_from).max()
}

/// When next an equivalence between two policies ends, whichever of them says it.
pub fn ends_next(one: &Policy, other: &Policy, after: Timestamp) -> Option<Timestamp> {
    let of = |policy: &Policy, oid: &str| -> Option<Timestamp> {
        let said = policy.equivalences.iter().filter(|said| said.oid == oid);
        said.filter_map(|said| said.until).filter(|until| *until > after).min()
    };
    of(one, &other.oid).into_iter().chain(of(other, &one.oid)).min()
}

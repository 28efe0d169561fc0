//! Policies as plain data.

use super::{Name, Op, Second};

/// In which direction an equivalence is applied, seen from the policy that states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applied {
    /// Who is cleared under the other policy reads content of this one.
    Out,
    /// Who is cleared under this policy reads content of the other one.
    In,
    Both,
}

/// A level of a policy counts as a level of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Equivalence {
    pub level: Name,
    /// The other policy, and its level.
    pub other: (Name, Name),
    pub applied: Applied,
    /// Inclusive.
    pub from: Option<Second>,
    /// Exclusive.
    pub until: Option<Second>,
}

/// A version of a policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Policy {
    pub name: Name,
    pub version: u64,
    /// Lowest first.
    pub levels: Vec<Name>,
    pub equivalences: Vec<Equivalence>,
}

impl Policy {
    /// The first version, without equivalences.
    pub fn new(name: &str, levels: &[&str]) -> Self {
        let levels = levels.iter().map(|level| (*level).to_owned()).collect();
        Self { name: name.to_owned(), version: 1, levels, equivalences: Vec::new() }
    }

    /// And this level counts as that one of another policy.
    #[must_use]
    pub fn equals(
        mut self,
        level: &str,
        other: (&str, &str),
        applied: Applied,
        from: Option<Second>,
        until: Option<Second>,
    ) -> Self {
        let (level, other) = (level.to_owned(), (other.0.to_owned(), other.1.to_owned()));
        self.equivalences.push(Equivalence { level, other, applied, from, until });
        self
    }

    /// The next version, without equivalences.
    #[must_use]
    pub fn next(&self) -> Self {
        Self { version: self.version + 1, equivalences: Vec::new(), ..self.clone() }
    }

    /// As an operation.
    pub fn imported(self) -> Op {
        Op::ImportPolicy(self)
    }
}

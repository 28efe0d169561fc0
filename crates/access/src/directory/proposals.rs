//! Changes of rights that take two people: what was proposed, and what became of it.
//!
//! Raising a clearance or a ceiling takes two people (design, semantic 12). A role by which one could confirm one's own
//! proposal, or release, or read past one's member, is a change of the same kind. Whose admin may propose what is for
//! the use case to say; that the second person is another one is said here, where nothing passes it by.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::allows::{ensure, refused};
use super::{Directory, RightsError};
use crate::party::PersonId;
use crate::rights::{Clearance, Holder, Proposed, Role};

/// How long a proposal may be confirmed.
const DAYS_OPEN: i64 = 14;
/// Longest reason, in characters.
const REASON_LIMIT: usize = 1_000;

/// A change that one person proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub id: Uuid,
    pub change: Proposed,
    pub by: PersonId,
    pub reason: String,
    pub made: Timestamp,
    /// Exclusive.
    pub until: Timestamp,
    pub settled: Option<Settled>,
}

/// What became of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    pub at: Timestamp,
    pub by: PersonId,
    /// Whether it was carried out, or dropped.
    pub confirmed: bool,
}

impl Proposal {
    /// Whether it can be confirmed still.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.settled.is_none() && now < self.until
    }
}

impl Directory {
    /// Every proposal, oldest first.
    pub fn proposals(&self) -> impl Iterator<Item = &Proposal> {
        self.proposals.iter()
    }

    pub fn proposal(&self, id: Uuid) -> Option<&Proposal> {
        self.proposals.iter().find(|known| known.id == id)
    }

    /// Whether this clearance holds more than what the holder has: a higher level, a further policy or category. For
    /// member, key and node a clearance is a ceiling, and none is the highest of all.
    pub fn raises(&self, holder: &Holder, clearance: &Clearance) -> bool {
        let held = match (self.clearance(holder), holder) {
            (Some(held), _) => held,
            (None, Holder::Person(_)) => return !clearance.0.is_empty(),
            (None, Holder::Node | Holder::Member(_) | Holder::Key(_)) => return false,
        };
        let is_within = |(policy, wanted): (&String, &crate::rights::Cleared)| {
            let Some(has) = held.0.get(policy) else { return false };
            let rank = |level: &str| self.policy(policy).and_then(|known| known.rank(level));
            let (Some(wants), Some(top)) = (rank(&wanted.level), rank(&has.level)) else { return false };
            let mut sets = wanted.categories.iter();
            wants <= top
                && sets.all(|(set, tags)| {
                    tags.is_empty() || has.categories.get(set).is_some_and(|held| tags.is_subset(held))
                })
        };
        !clearance.0.iter().all(is_within)
    }

    pub(super) fn propose(&mut self, id: Uuid, change: &Proposed, by: PersonId, reason: &str, at: Timestamp) {
        let until = at.checked_add(SignedDuration::from_hours(24 * DAYS_OPEN)).unwrap_or(Timestamp::MAX);
        let (change, reason) = (change.clone(), reason.to_owned());
        self.proposals.push(Proposal { id, change, by, reason, made: at, until, settled: None });
    }

    /// Settles a proposal; the change that is to be carried out, where it was confirmed.
    pub(super) fn settle(
        &mut self,
        id: Uuid,
        by: PersonId,
        confirmed: bool,
        at: Timestamp,
    ) -> Option<Proposed> {
        let proposal = self.proposals.iter_mut().find(|known| known.id == id)?;
        proposal.settled = Some(Settled { at, by, confirmed });
        confirmed.then(|| proposal.change.clone())
    }

    pub(super) fn allows_proposal(
        &self,
        id: Uuid,
        change: &Proposed,
        by: PersonId,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), RightsError> {
        ensure(self.proposal(id).is_none(), || RightsError::Exists(format!("proposal {id}")))?;
        self.needs_admin(by)?;
        let length = reason.trim().chars().count();
        ensure((1..=REASON_LIMIT).contains(&length), || {
            refused(format!("a proposal says why, in up to {REASON_LIMIT} characters"))
        })?;
        self.allows_proposed(change, now)
    }

    pub(super) fn allows_settling(
        &self,
        id: Uuid,
        by: PersonId,
        confirmed: bool,
        now: Timestamp,
    ) -> Result<(), RightsError> {
        let proposal = self.proposal(id).ok_or_else(|| RightsError::Unknown(format!("proposal {id}")))?;
        ensure(proposal.settled.is_none(), || refused("the proposal is settled already"))?;
        ensure(now < proposal.until, || refused("the proposal has expired"))?;
        if !confirmed {
            return if proposal.by == by { Ok(()) } else { self.needs_admin(by) };
        }
        self.needs_admin(by)?;
        ensure(proposal.by != by, || refused("another person confirms than the one who proposed"))?;
        ensure(proposal.change.person() != Some(by), || refused("nobody confirms what he gains himself"))?;
        self.needs_admin(proposal.by)
            .map_err(|_| refused("who proposed it is no admin any more: propose it anew"))?;
        self.allows_proposed(&proposal.change, now)
    }

    fn allows_proposed(&self, change: &Proposed, now: Timestamp) -> Result<(), RightsError> {
        match change {
            Proposed::Clearance { holder, clearance } => self.allows_clearance(holder, clearance, now),
            Proposed::Roles { person, .. } => self.need_person(*person).map(drop),
        }
    }

    fn needs_admin(&self, person: PersonId) -> Result<(), RightsError> {
        let is_admin = self.need_person(person)?.roles().contains(&Role::Admin);
        ensure(is_admin, || refused("this takes the role admin"))
    }
}

#[cfg(test)]
mod tests;

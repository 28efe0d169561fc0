//! What receipts about one object say together: a fold that does not depend on their order, nor on how often one is
//! counted in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kizuna_stix::Id;

use super::{By, Receipt, State};
use crate::party::{CommunityId, MemberId};

/// What is known of one state at one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// When it was reached first.
    pub since: Timestamp,
    /// When it was said last.
    pub last: Timestamp,
    /// Of what was said last; of two said at one instant the larger.
    pub count: Option<u64>,
    pub note: Option<String>,
}

impl Reached {
    fn of(receipt: &Receipt) -> Self {
        Self {
            since: receipt.created,
            last: receipt.modified,
            count: receipt.count,
            note: receipt.note.clone(),
        }
    }

    fn and(&mut self, other: &Self) {
        let since = self.since.min(other.since);
        let (one, two) = ((self.last, self.count, &self.note), (other.last, other.count, &other.note));
        if two > one {
            *self = other.clone();
        }
        self.since = since;
    }
}

/// Everything that one recipient told about an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told(pub BTreeMap<State, Reached>);

impl Told {
    /// How far the recipient is: what it said last of that, and of what was said at one instant what goes furthest. A
    /// node that says only later that something was delivered does not take anything back.
    pub fn state(&self) -> Option<State> {
        let progress = self.0.iter().filter(|(state, _)| state.is_progress());
        let rank = |(state, reached): &(&State, &Reached)| match state {
            State::Delivered => (0, Timestamp::MIN, **state),
            State::Read => (1, Timestamp::MIN, **state),
            _ => (2, reached.last, **state),
        };
        progress.max_by_key(rank).map(|(state, _)| *state)
    }

    /// When any of these states was reached first.
    pub fn first(&self, states: &[State]) -> Option<Timestamp> {
        states.iter().filter_map(|state| self.0.get(state)).map(|reached| reached.since).min()
    }
}

/// What all receipts about one object say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fold {
    pub members: BTreeMap<MemberId, Told>,
    /// Each anonymous receipt by its id, which tells nothing of whose it is.
    anonymous: BTreeMap<(CommunityId, State, Id), Reached>,
}

impl Fold {
    /// Counts a receipt in. One that was counted before changes nothing.
    pub fn add(&mut self, receipt: &Receipt) {
        let reached = Reached::of(receipt);
        match receipt.by {
            By::Member(member) => {
                let told = &mut self.members.entry(member).or_default().0;
                let known = told.entry(receipt.state).or_insert_with(|| reached.clone());
                known.and(&reached);
            }
            By::Anonymous { community, .. } => {
                let key = (community, receipt.state, receipt.id.clone());
                let known = self.anonymous.entry(key).or_insert_with(|| reached.clone());
                known.and(&reached);
            }
        }
    }

    /// What two folds say together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (member, told) in &other.members {
            let known = self.members.entry(*member).or_default();
            for (state, reached) in &told.0 {
                known.0.entry(*state).or_insert_with(|| reached.clone()).and(reached);
            }
        }
        for (key, reached) in &other.anonymous {
            self.anonymous.entry(key.clone()).or_insert_with(|| reached.clone()).and(reached);
        }
        self
    }

    /// How many members of each community said anonymously that they reached each state, and how often in all.
    pub fn counts(&self) -> BTreeMap<(CommunityId, State), (usize, u64)> {
        let mut counts: BTreeMap<(CommunityId, State), (usize, u64)> = BTreeMap::new();
        for ((community, state, _), reached) in &self.anonymous {
            let (members, times) = counts.entry((*community, *state)).or_default();
            *members += 1;
            *times = times.saturating_add(reached.count.unwrap_or(1));
        }
        counts
    }

    /// The communities in which somebody said something without a name.
    pub fn communities(&self) -> BTreeSet<CommunityId> {
        self.anonymous.keys().map(|(community, _, _)| *community).collect()
    }
}

impl<'a> FromIterator<&'a Receipt> for Fold {
    fn from_iter<T: IntoIterator<Item = &'a Receipt>>(receipts: T) -> Self {
        let mut fold = Self::default();
        receipts.into_iter().for_each(|receipt| fold.add(receipt));
        fold
    }
}

//! Places by person: nobody takes all of the node's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kizuna_access::PersonId;

use crate::{Failure, Permit};

/// Into so many parts places are shared out: a person has one part at most.
const PARTS: usize = 4;

/// Places taken by each person; by nobody, those of requests that present nothing.
pub(crate) struct Shares {
    most: usize,
    taken: Mutex<HashMap<Option<PersonId>, usize>>,
}

/// A place among those of one person, given back when dropped.
pub(crate) struct Share {
    shares: Arc<Shares>,
    person: Option<PersonId>,
}

/// A place for a stream, given back when dropped.
pub struct StreamPlace {
    pub(crate) _place: Permit,
    pub(crate) _share: Share,
}

impl Shares {
    /// Of so many places.
    pub fn of(places: usize) -> Arc<Self> {
        Arc::new(Self { most: (places / PARTS).max(1), taken: Mutex::default() })
    }

    /// A place for this person.
    ///
    /// # Errors
    /// 503 with `Retry-After` where the person has as many as one may have.
    pub fn take(self: &Arc<Self>, person: Option<PersonId>) -> Result<Share, Failure> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(person).or_default();
        if *count >= self.most {
            return Err(Failure::busy());
        }
        *count += 1;
        Ok(Share { shares: Arc::clone(self), person })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.shares.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.get(&self.person).copied().unwrap_or_default();
        if count > 1 {
            taken.insert(self.person, count - 1);
        } else {
            taken.remove(&self.person);
        }
    }
}

#[cfg(test)]
mod tests;

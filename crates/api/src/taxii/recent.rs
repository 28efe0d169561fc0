//! Statuses on their way to the store.
//!
//! Objects are durable when a client is answered. Their status need not be: it is kept right after, and until then it
//! can be asked for here, so that adding costs one synchronisation of the disk rather than two.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use kizuna_access::PersonId;

/// Whose status, and under which API root and id.
pub(super) type Place = (PersonId, String);

static RECENT: LazyLock<Mutex<HashMap<Place, Vec<u8>>>> = LazyLock::new(Mutex::default);

/// A status that can be asked for while this is held.
pub(super) struct Recent(Place);

impl Recent {
    pub(super) fn hold(place: Place, status: Vec<u8>) -> Self {
        statuses().insert(place.clone(), status);
        Self(place)
    }

    pub(super) fn find(place: &Place) -> Option<Vec<u8>> {
        statuses().get(place).cloned()
    }
}

impl Drop for Recent {
    fn drop(&mut self) {
        statuses().remove(&self.0);
    }
}

fn statuses() -> MutexGuard<'static, HashMap<Place, Vec<u8>>> {
    RECENT.lock().unwrap_or_else(PoisonError::into_inner)
}

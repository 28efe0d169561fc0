//! The bypass: named, reasoned, audited.

use std::path::Path;

use super::Store;
use crate::StoreError;

/// The bypass, for the operator at the machine: explains, checks, backs up.
pub struct Dangerous {
    store: Store,
}

impl Dangerous {
    pub(super) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Writes a consistent copy of everything to a file that does not exist yet.
    pub fn copy_to(&self, target: &Path) -> Result<(), StoreError> {
        self.store.inner.backend.copy_to(target)
    }
}

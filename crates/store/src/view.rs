//! The store as one viewer may read it.

use kizuna_access::{Directory, Reader};
use kizuna_stix::Id;

use crate::StoreError;
use crate::contribution::Quarantined;
use crate::query::{Count, Item, Page, Search, Selection, Start};

/// The store as one viewer may read it, in one consistent read transaction. There is no other way to read.
pub struct View {}

impl View {
    /// The viewer's facts.
    pub fn reader(&self) -> &Reader {
        unreachable!()
    }

    /// The directory at this view's epoch.
    pub fn directory(&self) -> &Directory {
        unreachable!()
    }

    /// Objects in the viewer's order of arrivals.
    pub fn page(&self, _selection: &Selection, _start: Start, _limit: usize) -> Result<Page, StoreError> {
        unreachable!()
    }

    /// Search hits, newest arrival first.
    pub fn search(
        &self,
        _search: &Search,
        _before: Option<crate::Position>,
        _limit: usize,
    ) -> Result<Page, StoreError> {
        unreachable!()
    }

    /// How many a search finds, counting no further than `cap`.
    pub fn count(&self, _search: &Search, _cap: u64) -> Result<Count, StoreError> {
        unreachable!()
    }

    /// The newest readable version.
    pub fn object(&self, _id: &Id) -> Result<Option<Item>, StoreError> {
        unreachable!()
    }

    /// The winner of each readable version, oldest first.
    pub fn versions(&self, _id: &Id) -> Result<Vec<Item>, StoreError> {
        unreachable!()
    }

    /// Every readable contribution to an object, in order of arrival: what its sources claim.
    pub fn claims(&self, _id: &Id) -> Result<Vec<Item>, StoreError> {
        unreachable!()
    }

    /// Quarantined input of the viewer's own member, or of all with the role `quarantine`; newest first.
    pub fn quarantine(
        &self,
        _before: Option<u64>,
        _limit: usize,
    ) -> Result<Vec<(u64, Quarantined)>, StoreError> {
        unreachable!()
    }
}

//! Narrowing: the source takes its contribution back to its own member.

use jiff::Timestamp;
use kizuna_access::MemberId;
use kizuna_stix::Id;

use super::Actor;
use super::desk::Desk;
use crate::StoreError;

impl Desk<'_> {
    pub(super) fn narrow(
        &mut self,
        _id: &Id,
        _version: Option<Timestamp>,
        _source: MemberId,
        _actor: Actor,
    ) -> Result<u64, StoreError> {
        Err(StoreError::NotFound)
    }
}

//! The directory: who everybody is, as a fold over the log of rights.

use jiff::Timestamp;

use crate::party::PersonId;
use crate::reader::{Principal, Reader};
use crate::rights::{Recorded, Rights};

/// Who everybody is and may what, at one policy epoch, with the history that tells since when.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    epoch: u64,
}

/// An event that the directory does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RightsError {
    #[error("there is no {0}")]
    Unknown(String),
    #[error("{0} exists already")]
    Exists(String),
    #[error("{0}")]
    Refused(String),
}

/// Why nobody was authenticated. One case on purpose: which of the reasons it was is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such key, or it is no longer valid")]
pub struct NotAuthenticated;

impl Directory {
    /// The policy epoch: the number of the last event applied.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Whether this event may be recorded next.
    pub fn allows(&self, _rights: &Rights, _now: Timestamp) -> Result<(), RightsError> {
        Ok(())
    }

    /// Applies the next event of the log. Events that were recorded are never refused.
    pub fn apply(&mut self, recorded: &Recorded) {
        self.epoch = recorded.epoch;
    }

    /// Who presents this API key.
    pub fn authenticate_key(
        &self,
        _secret: &[u8; 32],
        _now: Timestamp,
    ) -> Result<Principal, NotAuthenticated> {
        Err(NotAuthenticated)
    }

    /// The principal of a person who signed in to the pages.
    pub fn authenticate_person(
        &self,
        _person: PersonId,
        _now: Timestamp,
    ) -> Result<Principal, NotAuthenticated> {
        Err(NotAuthenticated)
    }

    /// This principal's facts now, or nothing where its account or key is no longer valid.
    pub fn reader(&self, _who: &Principal, _now: Timestamp) -> Result<Reader, NotAuthenticated> {
        Err(NotAuthenticated)
    }
}

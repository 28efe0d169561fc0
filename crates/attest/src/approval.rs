//! What an approver agreed to, as a statement that is verified with the approver's own key.

use jiff::Timestamp;
use kizuna_access::PersonId;
use kizuna_access::release::{Approval, Release};
use kizuna_access::rights::Signer;

use crate::signature::{Purpose, Seal};
use crate::verified::Statement;

/// One person's agreement to what a release says, as it was found: nothing is proven by holding one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    pub person: PersonId,
    at: Timestamp,
    payload: Vec<u8>,
    seal: Seal,
}

impl Agreement {
    /// The agreement of an approval to what this release says now; nothing where the approval is for something else,
    /// or has no signature.
    pub fn of(release: &Release, approval: &Approval) -> Option<Self> {
        if approval.statement != hex::encode(release.digest()) {
            return None;
        }
        let seal =
            Seal { key: approval.fingerprint.parse().ok()?, signature: approval.signature.parse().ok()? };
        Some(Self { person: approval.person, at: approval.at, payload: release.statement(), seal })
    }
}

impl Statement for Agreement {
    const PURPOSE: Purpose = Purpose::Approval;

    fn signer(&self) -> Signer {
        Signer::Person(self.person)
    }

    fn at(&self) -> Timestamp {
        self.at
    }

    fn payload(&self) -> Vec<u8> {
        self.payload.clone()
    }

    fn seal(&self) -> Seal {
        self.seal
    }
}

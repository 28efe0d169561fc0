//! Approvals are signed with their approver's own key, over the statement that they approve.

use jiff::Timestamp;
use kizuna_access::Principal;
use kizuna_access::release::{Approval, Release, Standing, judge};
use kizuna_attest::{Agreement, Purpose};

use crate::{AppError, Node};

impl Node {
    /// Signs what a release says now.
    pub(super) fn sign_approval(&self, who: &Principal, release: &Release) -> Result<Approval, AppError> {
        let seal = self.approver_sign(who, Purpose::Approval, &release.statement())?;
        // Signing may have begun the key, which counts from then on.
        let at = self.store.now()?.max(self.now());
        Ok(Approval {
            person: who.person(),
            statement: hex::encode(release.digest()),
            fingerprint: seal.key.to_string(),
            signature: seal.signature.to_string(),
            at,
        })
    }

    /// Announces the keys of those who approved, with their members' word, to whom it is released: by these the approvals
    /// are checked elsewhere.
    pub(super) fn tell_approvers(&self, release: &Release) -> Result<(), AppError> {
        let directory = self.directory()?;
        for approval in &release.approvals {
            let Some(member) = directory.person(approval.person).map(|person| person.member) else {
                continue;
            };
            self.tell_approver(approval.person, member, &release.decided.label)?;
        }
        Ok(())
    }

    /// Judges a release as of now. A signature counts while the key that made it does: a key that was revoked since
    /// takes its approvals with it.
    pub(super) fn judge_release(&self, release: &Release, now: Timestamp) -> Result<Standing, AppError> {
        let directory = self.directory()?;
        let ring = self.key_ring()?;
        let verified = |approval: &Approval| {
            let agreement = Agreement::of(release, approval);
            agreement.is_some_and(|agreement| ring.verify(agreement, now).is_ok())
        };
        Ok(judge(release, &directory, verified, now))
    }
}

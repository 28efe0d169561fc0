//! Approvals are signed with their approver's own key, over the statement that they approve.

use jiff::Timestamp;
use kizuna_access::Principal;
use kizuna_access::release::{Approval, Release, Standing, judge};
use kizuna_attest::{Purpose, Seal, Signer};

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

    /// Judges a release as of now. A signature counts while the key that made it does: a key that was revoked since
    /// takes its approvals with it.
    pub(super) fn judge_release(&self, release: &Release, now: Timestamp) -> Result<Standing, AppError> {
        let directory = self.directory()?;
        let ring = self.key_ring()?;
        let payload = release.statement();
        let verified = |approval: &Approval| {
            let (Ok(key), Ok(signature)) = (approval.fingerprint.parse(), approval.signature.parse()) else {
                return false;
            };
            let (signer, seal) = (Signer::Person(approval.person), Seal { key, signature });
            ring.check(signer, Purpose::Approval, &payload, &seal, approval.at, now).is_ok()
        };
        Ok(judge(release, &directory, verified, now))
    }
}

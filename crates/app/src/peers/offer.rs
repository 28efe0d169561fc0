//! What a peer offers, and which of it is wanted here.

use kizuna_federation::offer::{Answer, Held, OFFERED, Offer};

pub use kizuna_federation::offer::Answer as Wanted;

use crate::{AppError, Reading};

impl Reading {
    /// Which of the versions that are offered this viewer should send. What it may not read here is wanted as if it were
    /// not here: so nothing is learned of it.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where more is offered than is answered at once.
    pub fn wanted(&self, offer: &[u8]) -> Result<Wanted, AppError> {
        let offer: Offer = serde_json::from_slice(offer)
            .map_err(|error| AppError::invalid("$", format!("this is no offer: {error}")))?;
        if offer.versions.len() > OFFERED {
            let rule = format!("at most {OFFERED} versions are offered at once");
            return Err(AppError::invalid("$.versions", rule));
        }
        let asking = self.reader().principal().member();
        let mut wanted = Vec::new();
        for (place, offered) in offer.versions.iter().enumerate() {
            let claims = self.view().claims(&offered.id)?;
            let held = claims.iter().map(|claim| Held {
                digest: claim.digest,
                source: claim.source,
                authored: claim.authored,
            });
            if offered.is_wanted(asking, &held.collect::<Vec<_>>()) {
                wanted.push(place);
            }
        }
        Ok(Answer { wanted })
    }
}

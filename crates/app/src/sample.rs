//! An invented exercise data set, so that the first page is never empty.
//!
//! Its states, companies and actors are fictional and bear the names of the exercise world that sharing communities
//! use; its addresses are those set apart for documentation (RFC 5737, RFC 6761). Nothing in it happened.

mod scene;
mod threats;
mod traces;
mod world;

use kizuna_access::{MemberId, Principal};
use serde_json::{Value, json};

use crate::ingest::{Delivery, Report};
use crate::{AppError, Node};
use scene::Scene;

/// Each part with its label, beside the giver's own member as audience.
const OPEN: &str = "exercise tlp:green";
const RESTRICTED: &str = "exercise tlp:amber class:EXERCISE/RESTRICTED";
const SECRET: &str = "exercise tlp:amber+strict class:EXERCISE/SECRET";

impl Node {
    /// Loads the invented exercise data set as the caller's own content. Loading it again changes nothing. Parts of it
    /// are classified: who is not cleared for EXERCISE does not see them.
    pub fn load_sample(&self, who: &Principal) -> Result<Report, AppError> {
        load(who.member(), |bytes, delivery| self.ingest(who, bytes, delivery))
    }

    /// The same for the operator at the machine, as the node's own member's.
    pub fn import_sample(&self) -> Result<Report, AppError> {
        let own = self.directory()?.own_member().map(|own| own.id);
        let own = own.ok_or_else(|| AppError::Unavailable("this node has no member yet".to_owned()))?;
        load(own, |bytes, delivery| self.import(bytes, delivery))
    }
}

fn load(
    author: MemberId,
    give: impl Fn(&[u8], &Delivery<'_>) -> Result<Report, AppError>,
) -> Result<Report, AppError> {
    let mut whole = Report::default();
    for (label, objects) in parts(author) {
        let bytes = json!({ "objects": objects }).to_string();
        let part = give(bytes.as_bytes(), &Delivery { label: Some(label), ..Delivery::default() })?;
        whole.total += part.total;
        whole.stored += part.stored;
        whole.duplicates += part.duplicates;
        whole.quarantined += part.quarantined;
        whole.warned += part.warned;
        whole.items.extend(part.items);
        whole.reasons.extend(part.reasons);
    }
    Ok(whole)
}

/// The data set as one member's own content: labels, and the objects under each.
fn parts(author: MemberId) -> Vec<(&'static str, Vec<Value>)> {
    let mut open = Scene::new(author);
    world::tell(&mut open);
    threats::tell_openly(&mut open);
    traces::tell(&mut open);
    let mut restricted = Scene::new(author);
    threats::tell_restricted(&mut restricted);
    let mut secret = Scene::new(author);
    threats::tell_secret(&mut secret);
    vec![(OPEN, open.objects()), (RESTRICTED, restricted.objects()), (SECRET, secret.objects())]
}

#[cfg(test)]
mod tests;

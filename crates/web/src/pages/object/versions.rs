//! Versions, each with what its sources claim.

use kizuna_app::{Item, Reading};

use crate::label;
use crate::moment::Moment;
use crate::preferences::Preferences;
use crate::view::object::{Claim, Version};

/// Newest first. `winners` are the versions that are served, `claims` every readable contribution.
pub(super) fn versions(
    preferences: &Preferences,
    reading: &Reading,
    winners: &[Item],
    claims: &[Item],
    shown: &Item,
) -> Vec<Version> {
    let claim = |item: &Item, winner: &Item| Claim {
        source: reading.member_name(item.source),
        authored: item.authored,
        served: item.position == winner.position,
        digest: hex::encode(item.digest),
        added: Moment::new(item.added, &preferences.zone),
        label: label::view(preferences.language, &item.label, reading),
        reliability: item.reliability,
    };
    let version = |winner: &Item| {
        let of_it = claims.iter().filter(|item| item.version == winner.version);
        let mut given: Vec<Claim> = of_it.map(|item| claim(item, winner)).collect();
        if given.is_empty() {
            given.push(claim(winner, winner));
        }
        given.sort_by_key(|claim| !claim.served);
        Version {
            href: format!("/objects/{}?version={}", winner.id, winner.version),
            version: Moment::new(winner.version, &preferences.zone),
            current: winner.version == shown.version,
            claims: given,
        }
    };
    winners.iter().rev().map(version).collect()
}

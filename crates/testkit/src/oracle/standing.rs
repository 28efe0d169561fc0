//! Which of several contributions to an object a viewer sees, and where the object stands for it.

use std::collections::BTreeMap;

use super::{Instant, Oracle, Place, Row};
use crate::script::{Op, Seen, Standing, Version, Viewer};

/// The winner of one version, for one viewer.
#[derive(Debug, Clone)]
pub(super) struct Winner<'a> {
    pub row: &'a Row,
    pub place: Place,
    pub version: Version,
    pub disputed: bool,
    /// All rows of the voice that have the winning bytes.
    pub same: Vec<Readable<'a>>,
}

/// A readable row and its place.
pub(super) type Readable<'a> = (&'a Row, Place);

impl Row {
    pub(super) fn version(&self) -> Version {
        let content = &self.given.content;
        let versioned = crate::stix::versioned(content.object);
        match (self.recall, versioned) {
            (true, _) => Version::Recall(versioned.then_some(content.modified)),
            (false, true) => Version::At(content.modified),
            (false, false) => Version::Bytes(content.variant),
        }
    }
}

impl Oracle {
    /// Every row of an object that the viewer may read, in its order.
    pub(super) fn claims_of(&self, viewer: &Viewer, object: u32, now: Instant) -> Vec<Readable<'_>> {
        let rows = self.rows.iter().filter(|row| row.given.content.object == object && !row.recall);
        let mut readable: Vec<Readable<'_>> =
            rows.filter_map(|row| Some((row, self.place(viewer, row, now)?))).collect();
        readable.sort_by_key(|(_, place)| *place);
        readable
    }

    /// Whose contributions make the versions of an object for this viewer: its author, who is the first readable
    /// source that owns the identity it names, where the first readable claim names that identity too; else the source that the viewer's member chose to follow; else the
    /// member itself; else the source of what arrived first.
    fn voice<'a>(&self, viewer: &Viewer, claims: &[Readable<'a>]) -> Option<&'a str> {
        let by_seq = |wanted: &dyn Fn(&Row) -> bool| {
            let wanted = claims.iter().filter(|(row, _)| wanted(row));
            wanted.min_by_key(|(row, _)| row.seq).map(|(row, _)| row.given.source.as_str())
        };
        let member = self.member_of(&viewer.person).unwrap_or_default();
        let first =
            claims.iter().min_by_key(|(row, _)| row.seq).map(|(row, _)| &row.given.content.created_by);
        by_seq(&|row| row.given.authored && Some(&row.given.content.created_by) == first)
            .or_else(|| self.followed_of(member, claims))
            .or_else(|| by_seq(&|row| row.given.source == member))
            .or_else(|| claims.first().map(|(row, _)| row.given.source.as_str()))
    }

    /// The source that a member follows, by the first claim whose creator it follows somebody for who gave the object.
    fn followed_of<'a>(&self, member: &str, claims: &[Readable<'a>]) -> Option<&'a str> {
        let mut claims = claims.to_vec();
        claims.sort_by_key(|(row, _)| row.seq);
        claims.iter().find_map(|(row, _)| {
            let followed = self.followed(member, row)?;
            claims.iter().map(|(row, _)| row.given.source.as_str()).find(|source| *source == followed)
        })
    }

    /// The source that a member follows for what this row's creator made.
    fn followed(&self, member: &str, row: &Row) -> Option<&str> {
        let creator = row.given.content.created_by.as_deref()?;
        let chosen = self.events.iter().rev().find_map(|event| match &event.op {
            Op::Follow(follow) if follow.member == member && follow.created_by == creator => {
                Some(Some(follow.source.as_str()))
            }
            Op::Unfollow { member: who, created_by } if who == member && created_by == creator => Some(None),
            _ => None,
        });
        chosen.flatten()
    }

    /// The winner of each version that the voice gave, oldest version first. What others gave stands beside it, as
    /// claims.
    pub(super) fn versions_of(&self, viewer: &Viewer, object: u32, now: Instant) -> Vec<Winner<'_>> {
        let claims = self.claims_of(viewer, object, now);
        let Some(voice) = self.voice(viewer, &claims) else { return Vec::new() };
        let versioned = crate::stix::versioned(object);
        let mut groups: BTreeMap<(Version, &[u8]), Vec<Readable<'_>>> = BTreeMap::new();
        for claim in claims.iter().filter(|(row, _)| row.given.source == voice) {
            let bytes: &[u8] = if versioned { &[] } else { &claim.0.digest };
            groups.entry((claim.0.version(), bytes)).or_default().push(*claim);
        }
        let mut winners: Vec<Winner<'_>> =
            groups.into_iter().filter_map(|((version, _), group)| winner(version, &group, &claims)).collect();
        if !versioned {
            winners.sort_by_key(|winner| winner.place);
        }
        winners
    }

    /// Every recall that the viewer may read, each the only version of itself.
    pub(super) fn recalls(&self, viewer: &Viewer, now: Instant) -> Vec<Winner<'_>> {
        let recalls = self.rows.iter().filter(|row| row.recall);
        recalls
            .filter_map(|row| {
                let place = self.place(viewer, row, now)?;
                Some(Winner { row, place, version: row.version(), disputed: false, same: vec![(row, place)] })
            })
            .collect()
    }

    /// What a viewer sees of one row.
    pub(super) fn seen(&self, viewer: &Viewer, winner: &Winner<'_>, now: Instant) -> Seen {
        let row = winner.row;
        let content = &row.given.content;
        let versions = self.versions_of(viewer, content.object, now);
        // A recall is an object of its own, by its source, which nobody revokes.
        let revoked = !row.recall && versions.last().is_some_and(|newest| newest.row.given.content.revoked);
        Seen {
            object: content.object,
            version: winner.version,
            variant: (!row.recall).then_some(content.variant),
            source: row.given.source.clone(),
            authored: row.recall || row.given.authored,
            standing: if revoked { Standing::Revoked } else { Standing::Stands },
            disputed: winner.disputed,
            reliability: row.given.reliability,
            label: row.label.clone(),
        }
    }
}

/// The winning bytes of a version (of what the voice gave: as its author first, then full over redacted,
/// then the lowest digest), by the first
/// row that has them.
fn winner<'a>(version: Version, group: &[Readable<'a>], claims: &[Readable<'a>]) -> Option<Winner<'a>> {
    let best =
        &group.iter().min_by_key(|(row, _)| (!row.given.authored, row.redacted, &row.digest))?.0.digest;
    let same: Vec<Readable<'a>> = group.iter().filter(|(row, _)| row.digest == *best).copied().collect();
    let (row, place) = same.iter().copied().min_by_key(|(_, place)| *place)?;
    Some(Winner { row, place, version, disputed: disputed(row, claims), same })
}

/// Whether another source gave other bytes for the version of this row; without `modified`, other bytes at all.
pub(super) fn disputed(row: &Row, claims: &[Readable<'_>]) -> bool {
    let differs = |other: &Row| {
        let beside = match row.version() {
            Version::At(_) => other.version() == row.version(),
            Version::Bytes(_) | Version::Recall(_) => true,
        };
        beside && other.given.source != row.given.source && other.digest != row.digest
    };
    claims.iter().any(|(other, _)| differs(other))
}

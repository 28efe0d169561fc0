//! Which of several contributions to an object a viewer sees, and where the object stands for it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Instant, Oracle, Place, Row};
use crate::script::{Content, Op, Seen, Standing, Version, Viewer};

/// The winner of one version, for one viewer.
#[derive(Debug, Clone)]
pub(super) struct Winner<'a> {
    pub row: Claim<'a>,
    pub place: Place,
    pub version: Version,
    pub disputed: bool,
    /// All rows of the voice that have the winning bytes.
    pub same: Vec<Readable<'a>>,
}

/// A row as a viewer gets it.
#[derive(Debug, Clone)]
pub(super) struct Claim<'a> {
    pub row: &'a Row,
    /// Its parts that the viewer reads, by number.
    pub read: BTreeSet<usize>,
    /// What is left of it without the others.
    pub content: Content,
    pub digest: Vec<u8>,
    /// Whether it is less than another row of the same source and version, as far as the viewer reads what it lacks;
    /// or the stub of a revocation.
    pub redacted: bool,
}

/// A readable row and its place.
pub(super) type Readable<'a> = (Claim<'a>, Place);

impl<'a> Claim<'a> {
    fn of(row: &'a Row, read: BTreeSet<usize>) -> Self {
        let content = row.content_of(&read);
        let digest = if row.recall { row.digest.clone() } else { row.digest_of(&read) };
        Self { row, read, content, digest, redacted: row.redacted }
    }

    /// Whether a viewer cannot tell it from another.
    fn is_like(&self, other: &Self) -> bool {
        let (given, others) = (&self.row.given, &other.row.given);
        (&given.source, &given.channel) == (&others.source, &others.channel)
            && self.row.label == other.row.label
            && self.row.parts_of(&self.read) == other.row.parts_of(&other.read)
            && self.digest == other.digest
    }

    /// What is left without some of the parts that are read.
    fn lesser(&self) -> Vec<Vec<u8>> {
        let read: Vec<usize> = self.read.iter().copied().collect();
        let sets = 0..(1_usize << read.len()) - 1;
        let set = |bits: usize| {
            read.iter().enumerate().filter(move |(at, _)| bits & (1 << at) != 0).map(|(_, part)| *part)
        };
        sets.map(|bits| self.row.digest_of(&set(bits).collect())).collect()
    }
}

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
        let mut readable: Vec<Readable<'_>> = Vec::new();
        for row in rows {
            let Some(place) = self.place(viewer, row, now) else { continue };
            let claim = Claim::of(row, self.parts_read(viewer, row, now));
            if !readable.iter().any(|(other, _)| other.is_like(&claim)) {
                readable.push((claim, place));
            }
        }
        let lesser: BTreeSet<(String, Version, Vec<u8>)> = readable
            .iter()
            .flat_map(|(claim, _)| {
                let of = (claim.row.given.source.clone(), claim.row.version());
                claim.lesser().into_iter().map(move |digest| (of.0.clone(), of.1, digest))
            })
            .collect();
        for (claim, _) in &mut readable {
            let less = (claim.row.given.source.clone(), claim.row.version(), claim.digest.clone());
            claim.redacted |= lesser.contains(&less);
        }
        readable.sort_by_key(|(_, place)| *place);
        readable
    }

    /// Whose contributions make the versions of an object for this viewer: its author, who is the first readable
    /// source that owns the identity it names, where the first readable claim names that identity too; else the source that the viewer's member chose to follow; else the
    /// member itself; else the source of what arrived first.
    fn voice<'a>(&self, viewer: &Viewer, claims: &[Readable<'a>]) -> Option<&'a str> {
        let by_seq = |wanted: &dyn Fn(&Row) -> bool| {
            let wanted = claims.iter().map(|(claim, _)| claim.row).filter(|row| wanted(row));
            wanted.min_by_key(|row| row.seq).map(|row| row.given.source.as_str())
        };
        let member = self.member_of(&viewer.person).unwrap_or_default();
        let first = claims
            .iter()
            .map(|(claim, _)| claim.row)
            .min_by_key(|row| row.seq)
            .map(|row| &row.given.content.created_by);
        by_seq(&|row| row.given.authored && Some(&row.given.content.created_by) == first)
            .or_else(|| self.followed_of(member, claims))
            .or_else(|| by_seq(&|row| row.given.source == member))
            .or_else(|| claims.first().map(|(claim, _)| claim.row.given.source.as_str()))
    }

    /// The source that a member follows, by the first claim whose creator it follows somebody for who gave the object.
    fn followed_of<'a>(&self, member: &str, claims: &[Readable<'a>]) -> Option<&'a str> {
        let mut rows: Vec<&'a Row> = claims.iter().map(|(claim, _)| claim.row).collect();
        rows.sort_by_key(|row| row.seq);
        rows.iter().find_map(|row| {
            let followed = self.followed(member, row)?;
            rows.iter().map(|row| row.given.source.as_str()).find(|source| *source == followed)
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
        for claim in claims.iter().filter(|(claim, _)| claim.row.given.source == voice) {
            let bytes: &[u8] = if versioned { &[] } else { &claim.0.digest };
            groups.entry((claim.0.row.version(), bytes)).or_default().push(claim.clone());
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
                let (claim, version) = (Claim::of(row, row.recalled.clone()), row.version());
                let same = vec![(claim.clone(), place)];
                Some(Winner { row: claim, place, version, disputed: false, same })
            })
            .collect()
    }

    /// What a viewer sees of one row.
    pub(super) fn seen(&self, viewer: &Viewer, winner: &Winner<'_>, now: Instant) -> Seen {
        let (claim, row) = (&winner.row, winner.row.row);
        let content = &row.given.content;
        let versions = self.versions_of(viewer, content.object, now);
        // A recall is an object of its own, by its source, which nobody revokes.
        let revoked = !row.recall && versions.last().is_some_and(|newest| newest.row.content.revoked);
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
            fields: if row.recall { BTreeMap::new() } else { row.fields_of(&claim.read) },
            digest: claim.digest.clone(),
        }
    }
}

/// The winning bytes of a version (of what the voice gave: as its author first, then full over redacted,
/// then the lowest digest), by the first
/// row that has them.
fn winner<'a>(version: Version, group: &[Readable<'a>], claims: &[Readable<'a>]) -> Option<Winner<'a>> {
    let best =
        group.iter().min_by_key(|(claim, _)| (!claim.row.given.authored, claim.redacted, &claim.digest))?;
    let best = &best.0.digest;
    let same: Vec<Readable<'a>> = group.iter().filter(|(claim, _)| claim.digest == *best).cloned().collect();
    let (row, place) = same.iter().min_by_key(|(_, place)| *place)?.clone();
    let disputed = disputed(&row, claims);
    Some(Winner { row, place, version, disputed, same })
}

/// Whether another source gave other bytes for the version of this row; without `modified`, other bytes at all.
pub(super) fn disputed(claim: &Claim<'_>, claims: &[Readable<'_>]) -> bool {
    let row = claim.row;
    let differs = |other: &Claim<'_>| {
        let beside = match row.version() {
            Version::At(_) => other.row.version() == row.version(),
            Version::Bytes(_) | Version::Recall(_) => true,
        };
        beside && other.row.given.source != row.given.source && other.digest != claim.digest
    };
    claims.iter().any(|(other, _)| differs(other))
}

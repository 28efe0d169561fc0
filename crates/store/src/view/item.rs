//! From rows to items: what stands for an object, and how it looks to the viewer.

use bytes::Bytes;
use jiff::Timestamp;
use kizuna_access::{leak, overlay};
use kizuna_stix::{Fault, Id};
use serde::Deserialize as _;

use super::View;
use crate::StoreError;
use crate::arrival::Arrival;
use crate::backend::{Body, Flags, Key, Moment, Row};
use crate::clock::instant;
use crate::query::{Fields, Item, Selection};
use crate::store::stored_object;
use crate::winner::{self, Claim, Version};

/// Which stripes and sources a question admits. What it does not admit still counts when the winner is found.
pub(super) struct Admit {
    /// By stripe number.
    stripes: Vec<bool>,
    source: Option<i64>,
    nobody: bool,
}

impl Admit {
    pub fn everything(view: &View) -> Self {
        Self { stripes: vec![true; view.catalog.stripes().len() + 1], source: None, nobody: false }
    }

    pub fn selection(view: &View, selection: &Selection) -> Result<Self, StoreError> {
        let mut stripes = vec![false; view.catalog.stripes().len() + 1];
        for stripe in view.catalog.stripes() {
            if let Some(entry) = usize::try_from(stripe.id).ok().and_then(|index| stripes.get_mut(index)) {
                *entry = view.selects_stripe(selection, stripe.id)?;
            }
        }
        let source = if selection.own { view.own } else { None };
        Ok(Self { stripes, source, nobody: selection.own && view.own.is_none() })
    }

    pub fn stripe(&self, stripe: i64) -> bool {
        usize::try_from(stripe).ok().and_then(|index| self.stripes.get(index)).copied().unwrap_or(false)
    }

    pub fn row(&self, row: &Row) -> bool {
        !self.nobody && self.source.is_none_or(|source| row.source == source) && self.stripe(row.stripe)
    }
}

/// A contribution that is served, with what was computed about it.
#[derive(Debug, Clone)]
pub(super) struct Served {
    pub row: Row,
    pub arrival: Arrival,
    pub revoked: bool,
    pub disputed: bool,
}

/// An object as it stands for the viewer.
pub(super) struct Standing {
    claims: Vec<Claim>,
    arrivals: Vec<Arrival>,
    /// Oldest first; never empty.
    pub versions: Vec<Version>,
    pub revoked: bool,
}

impl Standing {
    /// What is served for one of its versions, where the question admits any of it.
    pub fn served(&self, version: &Version) -> Option<Served> {
        let index = version.served?;
        Some(Served {
            row: self.claims[index].row.clone(),
            arrival: self.arrivals[index],
            revoked: self.revoked,
            disputed: version.disputed,
        })
    }

    /// Every readable contribution, in order of arrival.
    pub fn claimed(&self) -> Vec<Served> {
        let mut indexes: Vec<usize> = (0..self.claims.len()).collect();
        indexes.sort_by_key(|index| self.claims[*index].order);
        indexes
            .into_iter()
            .map(|index| {
                let row = self.claims[index].row.clone();
                let differs = self.claims.iter().any(|other| {
                    other.row.source != row.source
                        && other.row.modified == row.modified
                        && other.row.digest != row.digest
                });
                Served { row, arrival: self.arrivals[index], revoked: self.revoked, disputed: differs }
            })
            .collect()
    }
}

impl View {
    /// How an object stands for the viewer, or nothing where it may read none of it.
    pub(super) fn standing(&self, key: &Key, admit: &Admit) -> Result<Option<Standing>, StoreError> {
        let mut claims = Vec::new();
        let mut arrivals = Vec::new();
        let mut hidden = Vec::new();
        for row in self.snapshot.rows_of(key)? {
            let Some(arrival) = self.arrival_on(23, &row) else {
                hidden.push(row);
                continue;
            };
            let order = self.timeline().order(arrival, row.seq);
            let admitted = admit.row(&row);
            let speaks = row.flags.has(Flags::AUTHORED);
            claims.push(Claim { row, order, admitted, speaks, redacted: false });
            arrivals.push(arrival);
        }
        self.settle_forms(&mut claims, &mut arrivals)?;
        let followed = self.hear(&mut claims)?;
        let mut versions = winner::versions(&claims, followed, self.own);
        let Some(newest) = versions.last_mut() else { return Ok(None) };
        let mut revoked = newest.revoked;
        if leak::is(24) && hidden.iter().any(|row| row.modified > newest.modified) {
            newest.served = None;
        }
        if leak::is(31) {
            newest.disputed |=
                hidden.iter().any(|row| row.modified == newest.modified && row.digest != newest.digest);
        }
        if leak::is(32) {
            revoked |= hidden.iter().any(|row| row.flags.has(Flags::REVOKED));
        }
        Ok(Some(Standing { claims, arrivals, versions, revoked }))
    }

    /// Settles whose claims speak as the author's, and gives the source that the viewer's member follows where none
    /// does. Only where several sources gave an object do its claims have to be opened for that.
    fn hear(&self, claims: &mut [Claim]) -> Result<Option<i64>, StoreError> {
        let several = claims.windows(2).any(|pair| pair[0].row.source != pair[1].row.source);
        if !several {
            return Ok(None);
        }
        let seqs: Vec<i64> = claims.iter().map(|claim| claim.row.seq).collect();
        let bodies = self.snapshot.bodies(&seqs)?;
        let created = |body: &Body| serde_json::from_slice::<Created>(&body.bytes).unwrap_or_default();
        let created: Vec<Created> = bodies.iter().map(created).collect();
        for (claim, said) in claims.iter_mut().zip(&created) {
            // A member's identity is its own, whatever the bytes say; so is its overlay over an object.
            let source = self.catalog.member(claim.row.source)?;
            let is_over = |object: &Id| claim.row.key == overlay::id(source, object).key();
            let is_its_own =
                claim.row.key == source.identity().key() || said.object_ref.as_ref().is_some_and(is_over);
            claim.speaks &= said.created_by_ref == created[0].created_by_ref || is_its_own;
        }
        if claims.iter().any(|claim| claim.speaks) {
            return Ok(None);
        }
        let member = self.reader.principal().member();
        for author in created.iter().filter_map(|said| said.created_by_ref.as_ref()) {
            let followed = self.directory.follows(member, author);
            let gave = |source: &i64| claims.iter().any(|claim| claim.row.source == *source);
            let number = followed.and_then(|source| self.catalog.member_number(source)).filter(gave);
            if number.is_some() {
                return Ok(number);
            }
        }
        Ok(None)
    }

    /// When a served contribution arrived, in microseconds.
    pub(super) fn added(&self, row: &Row, arrival: Arrival) -> i64 {
        self.timeline().added(arrival, Moment { seq: row.seq, at: row.at, tick: row.tick })
    }

    /// Reads the bodies and makes items.
    pub(super) fn items(&self, served: Vec<Served>) -> Result<Vec<Item>, StoreError> {
        let seqs: Vec<i64> = served.iter().map(|served| served.row.seq).collect();
        let bodies = self.snapshot.bodies(&seqs)?;
        served.into_iter().zip(bodies).map(|(served, body)| self.item(served, body)).collect()
    }

    fn item(&self, served: Served, body: Body) -> Result<Item, StoreError> {
        let Served { row, arrival, revoked, disputed } = served;
        let added = instant(self.added(&row, arrival));
        let by = row.by.filter(|_| self.own == Some(row.source));
        let version = match row.modified {
            Some(nanos) => modified(nanos, &body),
            None => added,
        };
        let shown = self.shown(&row, body)?;
        Ok(Item {
            id: self.catalog.id_of(&row)?,
            version,
            versioned: row.modified.is_some(),
            digest: shown.digest,
            bytes: shown.bytes,
            fields: shown.fields,
            label: self.catalog.label_of(&row)?.clone(),
            source: self.catalog.member(row.source)?,
            by: by.map(|person| self.catalog.person(person)).transpose()?,
            authored: row.flags.has(Flags::AUTHORED),
            reliability: row.reliability,
            added,
            stored: instant(row.at),
            position: self.timeline().position(arrival, row.seq),
            revoked,
            disputed,
            warnings: shown.warnings,
        })
    }

    /// The bytes of a row as this viewer gets them.
    fn shown(&self, row: &Row, body: Body) -> Result<Shown, StoreError> {
        if !row.flags.has(Flags::GRANULAR) {
            let Body { bytes, warnings, .. } = body;
            return Ok(Shown { bytes, digest: row.digest, fields: Vec::new(), warnings });
        }
        let form = self.form(row, &body)?;
        let as_stored = form.whole || body.warnings.is_empty() || leak::is(50);
        // Warnings name places and values of fields that may be missing here.
        let warnings =
            if as_stored { body.warnings } else { stored_object(&form.bytes)?.warnings().to_vec() };
        Ok(Shown { bytes: form.bytes, digest: form.digest, fields: form.fields, warnings })
    }

    /// Whether anything of an object is readable.
    pub fn holds(&self, id: &Id) -> Result<bool, StoreError> {
        let rows = self.snapshot.rows_of(&id.key())?;
        Ok(rows.iter().any(|row| self.arrival(row).is_some()))
    }
}

/// What goes out of a row.
struct Shown {
    bytes: Bytes,
    digest: [u8; 32],
    fields: Vec<Fields>,
    warnings: Vec<Fault>,
}

/// Who an object says made it, and what it is over.
#[derive(Default, serde::Deserialize)]
struct Created {
    created_by_ref: Option<Id>,
    #[serde(default, deserialize_with = "id_if_any")]
    object_ref: Option<Id>,
}

/// A reference where there is a sound one: anything else under this name says nothing about who made an object.
fn id_if_any<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Id>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_str().and_then(|text| text.parse().ok()))
}

#[derive(serde::Deserialize)]
struct Modified {
    modified: Timestamp,
}

/// A stored `modified`. The few that lie outside what 64 bits of nanoseconds reach are read from the object.
fn modified(nanos: i64, body: &Body) -> Timestamp {
    if nanos != i64::MIN && nanos != i64::MAX {
        return Timestamp::from_nanosecond(i128::from(nanos)).unwrap_or(Timestamp::MIN);
    }
    serde_json::from_slice::<Modified>(&body.bytes).map_or(Timestamp::MIN, |object| object.modified)
}

//! What a viewer gets of objects some of whose fields have labels of their own.
//!
//! Where not every part is readable, the form without the others stands in the place of the stored bytes everywhere:
//! its digest decides which bytes win, its words, values and references answer searches.

use std::collections::HashSet;

use bytes::Bytes;
use kizuna_access::{leak, redact};
use kizuna_stix::{Object, canonical};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::View;
use crate::StoreError;
use crate::arrival::Arrival;
use crate::backend::{Body, Flags, Row};
use crate::query::Fields;
use crate::winner::Claim;

/// An object as the viewer gets it.
pub(super) struct Form {
    pub bytes: Bytes,
    pub digest: [u8; 32],
    pub fields: Vec<Fields>,
    /// Whether these are the stored bytes.
    pub whole: bool,
}

/// One contribution as far as the viewer can tell it from others: who reads the same of two, under the same labels,
/// by the same way from the same source, has got one of them twice.
#[derive(PartialEq, Eq, Hash)]
struct Likeness {
    source: i64,
    channel: i64,
    /// Of the object and of the parts that the viewer reads.
    labels: Vec<String>,
    digest: [u8; 32],
}

impl View {
    /// Which parts of a row's object the viewer reads, in the order of its labels.
    pub(super) fn parts_read(&self, row: &Row) -> Result<Vec<bool>, StoreError> {
        let count = self.catalog.meaning_of(row)?.parts.len();
        let stripe = self.catalog.stripe(row.stripe);
        let rule = stripe.and_then(|stripe| self.mask.rule(stripe.label));
        Ok((0..count).map(|part| rule.is_some_and(|rule| rule.reads_part(part, row.seq))).collect())
    }

    /// What the viewer gets of a row with parts.
    pub(super) fn form(&self, row: &Row, body: &Body) -> Result<Form, StoreError> {
        let read = self.parts_read(row)?;
        let parts = &self.catalog.meaning_of(row)?.parts;
        let is_read = |part: usize| read.get(part).copied().unwrap_or(false);
        let told = |part: usize, selectors: Vec<String>| {
            parts.get(part).map(|label| Fields { label: label.clone(), selectors })
        };
        if read.iter().all(|read| *read) {
            let fields =
                body.parts.iter().cloned().enumerate().filter_map(|(part, fields)| told(part, fields));
            return Ok(Form {
                bytes: body.bytes.clone(),
                digest: row_digest(body),
                fields: fields.collect(),
                whole: true,
            });
        }
        let form = redact::form(&properties(body)?, &body.parts, is_read);
        let bytes =
            if leak::is(41) { body.bytes.clone() } else { canonical::map_to_vec(&form.object).into() };
        let digest = if leak::is(45) { row_digest(body) } else { Sha256::digest(&bytes).into() };
        let mut fields: Vec<Fields> =
            form.parts.into_iter().filter_map(|(part, selectors)| told(part, selectors)).collect();
        if leak::is(55) {
            let hidden = body.parts.iter().cloned().enumerate().filter(|(part, _)| !is_read(*part));
            fields.extend(hidden.filter_map(|(part, selectors)| told(part, selectors)));
        }
        Ok(Form { bytes, digest, fields, whole: false })
    }

    /// What the viewer gets of a row with parts, as an object.
    pub(super) fn form_object(&self, row: &Row) -> Result<Object, StoreError> {
        let body = self.body(row)?;
        crate::store::stored_object(&self.form(row, &body)?.bytes)
    }

    fn body(&self, row: &Row) -> Result<Body, StoreError> {
        self.snapshot.bodies(&[row.seq])?.pop().ok_or(StoreError::NotFound)
    }

    /// Puts what the viewer gets in the place of what is stored, where a claim has parts: digests are those of forms;
    /// a claim that the viewer cannot tell from an earlier one is none; and one that says less than another of the
    /// same source and version is redacted, as far as the viewer reads what it lacks.
    pub(super) fn settle_forms(
        &self,
        claims: &mut Vec<Claim>,
        arrivals: &mut Vec<Arrival>,
    ) -> Result<(), StoreError> {
        if !claims.iter().any(|claim| claim.row.flags.has(Flags::GRANULAR)) {
            return Ok(());
        }
        let mut lesser: HashSet<(i64, Option<i64>, [u8; 32])> = HashSet::new();
        let mut known: HashSet<Likeness> = HashSet::new();
        let mut distinct = Vec::with_capacity(claims.len());
        for claim in claims.iter_mut() {
            let row = &mut claim.row;
            let mut labels = vec![self.catalog.label_of(row)?.canonical()];
            if row.flags.has(Flags::GRANULAR) {
                let body = self.body(row)?;
                let read = self.parts_read(row)?;
                let parts = self.catalog.meaning_of(row)?.parts.iter().zip(&read);
                labels.extend(parts.filter(|(_, read)| **read).map(|(label, _)| label.canonical()));
                if !leak::is(44) {
                    row.digest = self.form(row, &body)?.digest;
                }
                let forms = lesser_forms(&body, &read)?;
                lesser.extend(forms.into_iter().map(|digest| (row.source, row.modified, digest)));
            }
            let likeness = Likeness { source: row.source, channel: row.channel, labels, digest: row.digest };
            distinct.push(known.insert(likeness) || leak::is(53));
        }
        for claim in claims.iter_mut() {
            let row = &claim.row;
            claim.redacted = lesser.contains(&(row.source, row.modified, row.digest));
        }
        let mut keep = distinct.iter();
        claims.retain(|_| keep.next().copied().unwrap_or(true));
        let mut keep = distinct.iter();
        arrivals.retain(|_| keep.next().copied().unwrap_or(true));
        Ok(())
    }
}

/// The digests of what is left without some of the parts that are read.
fn lesser_forms(body: &Body, read: &[bool]) -> Result<Vec<[u8; 32]>, StoreError> {
    let parts: Vec<usize> = (0..read.len()).filter(|part| read[*part]).collect();
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let object = properties(body)?;
    let all = 1_usize << parts.len().min(redact::MOST_FORMS);
    let mut digests = Vec::new();
    for bits in 0..all - 1 {
        let shown =
            |part: usize| parts.iter().position(|of| *of == part).is_some_and(|at| bits & (1 << at) != 0);
        let form = redact::form(&object, &body.parts, shown);
        digests.push(Sha256::digest(canonical::map_to_vec(&form.object)).into());
    }
    Ok(digests)
}

fn row_digest(body: &Body) -> [u8; 32] {
    Sha256::digest(&body.bytes).into()
}

fn properties(body: &Body) -> Result<Map<String, Value>, StoreError> {
    serde_json::from_slice(&body.bytes)
        .map_err(|e| StoreError::Engine(format!("a stored object cannot be read: {e}")))
}

#[cfg(test)]
mod tests;

//! What can be worked out before the writer's turn: bytes, digests, references, observables, tokens.

use std::sync::Arc;

use kizuna_access::redact::{self, Labelled, Part};
use kizuna_access::{Label, MemberId, PersonId, travel};
use kizuna_stix::observable::{self, Observable};
use kizuna_stix::{Id, Object};
use rand::RngCore;

use crate::StoreError;
use crate::backend::{Flags, Key, Space};
use crate::catalog::Composite;
use crate::contribution::Contribution;
use crate::tokens;

/// A contribution ready to be written.
pub(crate) struct Prepared {
    pub key: Key,
    pub uuid: [u8; 16],
    pub kind: String,
    pub source: MemberId,
    pub by: Option<PersonId>,
    pub channel: String,
    /// The label's canonical text.
    pub label: Arc<str>,
    pub parts: Vec<Part>,
    pub modified: Option<i64>,
    pub digest: [u8; 32],
    pub salt: [u8; 16],
    pub bytes: Vec<u8>,
    pub warnings: Option<String>,
    pub flags: Flags,
    pub reliability: Option<char>,
    pub references: Vec<Key>,
    pub observables: Vec<Observable>,
    pub tokens: String,
    pub dangling: Vec<Key>,
}

/// Contributions from which on a second thread pays for itself.
const SHARED: usize = 128;

/// Prepares contributions on the caller's thread, and many of them on a second one beside it.
pub(crate) fn contributions(mut contributions: Vec<Contribution>) -> Result<Vec<Prepared>, StoreError> {
    if contributions.len() < SHARED {
        return in_order(contributions);
    }
    let second = contributions.split_off(contributions.len() / 2);
    std::thread::scope(|scope| {
        let second = scope.spawn(|| in_order(second));
        let mut prepared = in_order(contributions)?;
        let second =
            second.join().map_err(|_| StoreError::Engine("contributions could not be prepared".into()))?;
        prepared.extend(second?);
        Ok(prepared)
    })
}

fn in_order(contributions: Vec<Contribution>) -> Result<Vec<Prepared>, StoreError> {
    let mut prepared = Vec::with_capacity(contributions.len());
    // Most of a batch has one label.
    let mut last: Option<(Label, Arc<str>)> = None;
    for contribution in contributions {
        let contribution = folded(contribution);
        let label = match &last {
            Some((label, text)) if *label == contribution.label => Arc::clone(text),
            _ => {
                let text: Arc<str> = contribution.label.canonical().into();
                last = Some((contribution.label.clone(), Arc::clone(&text)));
                text
            }
        };
        prepared.push(one(contribution, label)?);
    }
    Ok(prepared)
}

/// A contribution whose parts can be taken out; those that cannot narrow the whole.
fn folded(contribution: Contribution) -> Contribution {
    if contribution.parts.is_empty() {
        return contribution;
    }
    let (label, parts) = redact::fold(&contribution.object, &contribution.label, &contribution.parts);
    Contribution { label, parts, ..contribution }
}

fn one(contribution: Contribution, text: Arc<str>) -> Result<Prepared, StoreError> {
    let Contribution { object, source, by, channel, label, parts, authored, dangling, reliability } =
        contribution;
    let indexed = Indexed::of(&object, &label, &parts)?;
    let id = object.id();
    let warnings = if object.warnings().is_empty() { None } else { Some(json(object.warnings())?) };
    let flags = Flags::default()
        .with(Flags::AUTHORED, authored)
        .with(Flags::REVOKED, object.revoked())
        .with(Flags::REDACTED, travel::is_stub(&object))
        .with(Flags::WARNED, warnings.is_some())
        .with(Flags::GRANULAR, !parts.is_empty());
    Ok(Prepared {
        key: id.key(),
        uuid: *id.uuid().as_bytes(),
        kind: object.kind().to_owned(),
        source,
        by,
        channel,
        label: text,
        parts,
        modified: object.modified().map(nanos),
        digest: object.digest(),
        salt: salt(),
        warnings,
        flags,
        reliability,
        references: indexed.references,
        observables: indexed.observables,
        tokens: indexed.tokens,
        dangling: keys(&dangling),
        bytes: object.canonical().to_vec(),
    })
}

/// What a contribution is found by in text: the same as when it was written.
pub(crate) fn tokens(object: &Object, label: &Label, parts: &[Part]) -> Result<String, StoreError> {
    Ok(Indexed::of(object, label, parts)?.tokens)
}

/// What a contribution is found by: the objects it refers to, the values it states, its words.
pub(crate) type Found = (Vec<Key>, Vec<Observable>, String);

/// What a contribution is found by: the same as when it was written.
pub(crate) fn found(object: &Object, label: &Label, parts: &[Part]) -> Result<Found, StoreError> {
    let Indexed { references, observables, tokens } = Indexed::of(object, label, parts)?;
    Ok((references, observables, tokens))
}

/// What an object is found by.
struct Indexed {
    references: Vec<Key>,
    observables: Vec<Observable>,
    tokens: String,
}

impl Indexed {
    /// Of every form that a reader may get, since what is taken out may leave something else to be said.
    fn of(object: &Object, label: &Label, parts: &[Part]) -> Result<Self, StoreError> {
        let mut indexed = Self {
            references: keys(&object.references()),
            observables: observables(object),
            tokens: tokens::of_object(object),
        };
        if parts.is_empty() {
            return Ok(indexed);
        }
        for form in forms(object, label, parts)?.iter().skip(1) {
            indexed.references.extend(keys(&form.object.references()));
            indexed.observables.extend(observables(&form.object));
            indexed.tokens = tokens::joined(&indexed.tokens, &tokens::of_object(&form.object));
        }
        indexed.references.sort_unstable();
        indexed.references.dedup();
        indexed.observables.sort();
        indexed.observables.dedup();
        Ok(indexed)
    }
}

/// Every form of an object that a reader may get, the whole one first.
pub(crate) fn forms(object: &Object, label: &Label, parts: &[Part]) -> Result<Vec<Labelled>, StoreError> {
    redact::forms(object, label, parts).map_err(|faults| {
        let first = faults.first().map_or_else(String::new, ToString::to_string);
        StoreError::Engine(format!("what is left of an object is not valid: {first}"))
    })
}

impl Prepared {
    /// The text under which its labels are interned: that of its label, or of all labels where it has parts.
    pub fn interned(&self) -> Result<(Space, String), StoreError> {
        if self.parts.is_empty() {
            return Ok((Space::Label, self.label.to_string()));
        }
        let unreadable = |_| StoreError::Engine("a label cannot be read back".to_owned());
        let label = Label::from_canonical(&self.label).map_err(unreadable)?;
        let parts = self.parts.iter().map(|part| part.label.clone()).collect();
        Ok((Space::Composite, json(&Composite { label, parts })?))
    }

    /// The selectors of its parts as JSON.
    pub fn selectors(&self) -> Result<Option<String>, StoreError> {
        if self.parts.is_empty() {
            return Ok(None);
        }
        let selectors: Vec<&Vec<String>> = self.parts.iter().map(|part| &part.selectors).collect();
        json(&selectors).map(Some)
    }
}

fn observables(object: &Object) -> Vec<Observable> {
    let mut values = observable::of_object(object);
    values.sort();
    values.dedup();
    values
}

fn keys(ids: &[Id]) -> Vec<Key> {
    let mut keys: Vec<Key> = ids.iter().map(Id::key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Nanoseconds, saturating: a `modified` before 1677 or after 2262 keeps its order towards all others.
pub(crate) fn nanos(instant: jiff::Timestamp) -> i64 {
    let nanos = instant.as_nanosecond();
    i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
}

/// Random bytes that keep a digest from being guessed.
pub(crate) fn salt() -> [u8; 16] {
    let mut salt = [0; 16];
    rand::rng().fill_bytes(&mut salt);
    salt
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Engine(format!("an entry cannot be written: {e}")))
}

//! What can be worked out before the writer's turn: bytes, digests, references, observables, tokens.

use std::sync::Arc;

use kizuna_access::{Label, MemberId, PersonId, travel};
use kizuna_stix::observable::{self, Observable};
use kizuna_stix::{Id, Object};
use rand::RngCore;

use crate::StoreError;
use crate::backend::{Flags, Key};
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

fn one(contribution: Contribution, label: Arc<str>) -> Result<Prepared, StoreError> {
    let Contribution { object, source, by, channel, label: _, authored, dangling, reliability } =
        contribution;
    let id = object.id();
    let warnings = if object.warnings().is_empty() { None } else { Some(json(object.warnings())?) };
    let flags = Flags::default()
        .with(Flags::AUTHORED, authored)
        .with(Flags::REVOKED, object.revoked())
        .with(Flags::REDACTED, travel::is_stub(&object))
        .with(Flags::WARNED, warnings.is_some());
    Ok(Prepared {
        key: id.key(),
        uuid: *id.uuid().as_bytes(),
        kind: object.kind().to_owned(),
        source,
        by,
        channel,
        label,
        modified: object.modified().map(nanos),
        digest: object.digest(),
        salt: salt(),
        warnings,
        flags,
        reliability,
        references: keys(&object.references()),
        observables: observables(&object),
        tokens: tokens::of_object(&object),
        dangling: keys(&dangling),
        bytes: object.canonical().to_vec(),
    })
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

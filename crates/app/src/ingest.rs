//! Ingest: the way of an envelope from bytes to contributions.
//!
//! bytes → `unpack` → `stix::read` → `plan` (markings, labels, what is refused) → `batches` (durable) → `settle` (what
//! waited for a marking, what is recalled) → [`Report`]. What an envelope says of itself (definitions in any order, labels of referencing objects) counts over
//! the whole envelope, however it is batched to the writer.

mod assignment;
mod attest;
mod batches;
mod closure;
mod entry;
mod fields;
mod giver;
mod known;
mod marked;
mod own;
mod plan;
mod proof;
mod raw;
mod settle;
mod tally;
mod unpack;

use jiff::Timestamp;
use kizuna_stix::Fault;
use kizuna_stix::read::Limits;
use uuid::Uuid;

pub(crate) use entry::store_plan;
pub(crate) use giver::{Giver, Origin, PEER, labelled, terms, with_source};
pub(crate) use known::{Acquainted, Known};
pub(crate) use plan::{AHEAD, Plan, plan};

/// Where an envelope is put: the channel, which gives what is unmarked its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    /// A command or the native API without a collection: the own member is the default audience.
    #[default]
    Own,
    /// A writable collection of [`crate::People::roots`].
    Collection(Uuid),
}

/// How an envelope is delivered.
#[derive(Default)]
pub struct Delivery<'a> {
    pub target: Target,
    /// A label in words, such as `tlp:amber rel:JPN,EST class:EXERCISE/SECRET orcon`, that narrows and defaults what
    /// comes through this channel.
    pub label: Option<&'a str>,
    /// The source's reliability by the Admiralty scale, `A`–`F`.
    pub reliability: Option<char>,
    /// Caps on this envelope where they are tighter than the node's.
    pub limits: Option<Limits>,
    /// Called as batches are stored: objects done, objects in all.
    pub progress: Option<&'a (dyn Fn(usize, usize) + Sync)>,
    /// Per-item results kept in the report; counts go on beyond. 0 keeps only what was quarantined, up to a cap.
    pub items: usize,
}

/// What became of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemOutcome {
    Stored,
    /// The same source gave the same bytes under the same label through the same channel before: a success.
    Duplicate,
    /// Kept byte for byte with its reasons, for its source to look at.
    Quarantined,
}

/// One object of the envelope, in its order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ItemReport {
    /// As it was written, where it could be read.
    pub id: Option<String>,
    pub version: Option<Timestamp>,
    pub outcome: ItemOutcome,
    /// Reasons of a quarantine; warnings of what was stored.
    pub faults: Vec<Fault>,
}

/// What became of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Report {
    pub total: usize,
    pub stored: usize,
    pub duplicates: usize,
    pub quarantined: usize,
    /// Objects stored with warnings.
    pub warned: usize,
    /// Bounded by [`Delivery::items`].
    pub items: Vec<ItemReport>,
    /// Each reason with how often it occurred, most frequent first, bounded.
    pub reasons: Vec<(String, usize)>,
}

#[cfg(test)]
pub(crate) use proof::tests as sites;

#[cfg(test)]
pub(crate) mod tests;

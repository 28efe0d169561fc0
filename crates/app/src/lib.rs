//! Use cases: what a node can be asked to do, by a person, a program, a page or the command line.
//!
//! Owns the pipeline of an envelope, sign-in, sealed cursors, peers, and who may call which of them. Refuses to know
//! HTTP, HTML and terminals. Every call blocks until it is done (and durable, where it writes): call from a blocking
//! thread.
//!
//! Start at [`Node`].

pub mod agreements;
pub mod alerts;
pub mod as_seen;
pub mod audit;
pub mod backup;
pub mod betrayal;
pub mod changes;
pub mod check;
pub mod cursor;
pub mod erasure;
pub mod error;
pub mod explain;
pub mod forecast;
pub mod generate;
pub mod ingest;
pub mod kept;
#[cfg(all(test, feature = "seeded-leaks"))]
mod leaks;
pub mod log;
pub mod node;
pub mod notices;
mod originator;
pub mod overlay;
pub mod package;
pub mod peers;
pub mod people;
pub mod personal;
pub mod read;
pub mod receipts;
mod record;
pub mod release;
pub mod requests;
pub mod requirements;
pub mod sample;
pub mod schedule;
pub mod sign_in;
pub mod signing;
pub mod tearline;
pub mod vitals;
pub mod warninglist;

// The vocabulary of the crates below, for callers that may not import them.
pub use kizuna_access as access;
pub use kizuna_attest as attest;
pub use kizuna_stix as stix;
pub use kizuna_stix::read::Limits;
pub use kizuna_store::baseline;
pub use kizuna_tlog as tlog;

pub use error::AppError;
pub use explain::Explanation;
pub use ingest::{Delivery, ItemOutcome, ItemReport, Report, Target};
pub use kizuna_store::query::{Count, Fields, Item, Position, Search, Selection, Start, Versions};
pub use kizuna_store::{AuditObject, Clock, Quarantined, SystemClock};
pub use node::{Config, Node};
pub use people::{Caller, Collection, People, Root};
pub use read::{From, Listing, Reading};

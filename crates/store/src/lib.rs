//! The store: contributions in, views out.
//!
//! Owns what is written and the one way to read it. All gate logic (which rows a viewer may see, in which order,
//! which of several contributions wins) lives here above the engines, in plain Rust over [`backend::Snapshot`]; an
//! engine only keeps rows and indexes. Refuses to know formats other than STIX, transports and use cases.
//!
//! Start at [`Store`]; read through [`View`]; write through [`Writer`].

pub mod archive;
mod arrival;
mod backend;
pub mod baseline;
mod catalog;
pub mod chain;
pub mod clock;
pub mod contribution;
mod log;
mod mask;
mod postgres;
pub mod query;
mod roll;
mod sqlite;
pub mod store;
#[cfg(test)]
mod story;
mod tokens;
pub mod view;
pub mod vitals;
mod winner;
pub mod writer;

pub use clock::{Clock, SystemClock};
pub use contribution::{Contribution, Outcome, Quarantined, Relabelled, Waiting};
pub use query::{Page, Position, Search, Selection, Versions};
pub use roll::{Footing, Roll};
pub use store::{Checked, Dangerous, Log, Lost, Options, Sealed, Store, StoreError, Stored};
pub use view::{AuditFilter, AuditLine, AuditObject, Chained, Logged, Spot, View};
pub use writer::Writer;

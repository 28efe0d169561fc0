//! TAXII 2.1 (OASIS Standard, 2021-06-10): messages, media types, filters, paging.
//!
//! Owns what stands on the wire, for a server and for a client alike. Refuses to know about sockets, clocks, views
//! and what an object means: objects pass through as the bytes they are.
//!
//! Start at [`filter::Filter`] for what a client asks and at [`message`] for what it is told.

pub mod filter;
pub mod instant;
pub mod media;
pub mod message;

pub use filter::{Filter, FilterError, Match, Versions};
pub use message::{
    ApiRoot, Collection, Collections, Discovery, Envelope, ErrorMessage, Manifest, ManifestRecord, Status,
    StatusDetail, VersionList,
};

/// The header that says when the first object of a page became readable (§3.3).
pub const DATE_ADDED_FIRST: &str = "x-taxii-date-added-first";
/// The header that says when the last one did (§3.3): the next `added_after`.
pub const DATE_ADDED_LAST: &str = "x-taxii-date-added-last";

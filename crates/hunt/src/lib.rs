//! The sweep: logs and files against every indicator that partners share, without a server.
//!
//! Owns the index of indicators ([`index`]), the scan of text for them ([`scan`]), and rules over events ([`sigma`]) and
//! over whole files ([`yara`]). Refuses servers, stores and the network: it is given files, and gives hits.
//!
//! Start at [`index::Builder`] and [`scan::Scanner`].

pub mod event;
pub mod generate;
pub mod index;
pub mod input;
pub mod machine;
pub mod marking;
pub mod output;
pub mod pattern;
pub mod scan;
pub mod sigma;
pub mod sweep;
pub mod warning;
pub mod yara;

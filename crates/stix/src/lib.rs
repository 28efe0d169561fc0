//! STIX 2.1: reading and validating objects, identifiers, canonical bytes, the pattern language and the
//! normal forms of observables.
//!
//! Pure: no clock, no I/O, no async. Time and limits are arguments.
//!
//! Start at [`read::read`], which turns bytes into [`Object`]s and says of everything else why not.

pub mod canonical;
pub mod fault;
pub mod id;
mod json;
pub mod object;
pub mod observable;
pub mod pattern;
pub mod read;
pub mod time;
pub mod upgrade;
pub mod validate;

pub use fault::{Fault, Severity};
pub use id::Id;
pub use object::Object;

//! What nodes say to one another, and what follows from it: who goes first ([`lane`]), how much
//! goes at once ([`pace`]), which versions the other side lacks ([`offer`]), when a peer that failed is tried again
//! ([`backoff`]), how two nodes come to know each other ([`enrolment`]), what leaves on a disk ([`package`]) and what is let in from one ([`guard`]).
//!
//! Owns envelopes, sync and transfer as state machines. Refuses clocks, randomness, storage and transport: they are
//! arguments.

pub mod backoff;
pub mod capability;
pub mod enrolment;
pub mod guard;
pub mod lane;
pub mod offer;
pub mod pace;
pub mod package;
pub mod transport;

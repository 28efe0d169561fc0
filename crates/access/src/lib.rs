//! Who may read what.
//!
//! Owns parties, labels, clearances, policies and the one decision [`Reader::decide`]; refuses to know about
//! storage, transport and formats. Pure: the time is an argument.
//!
//! Start at [`label::Label`] (what content asks for), [`directory::Directory`] (who everybody is, as a fold
//! over the log of rights) and [`reader::Reader`] (one viewer's facts, against which labels are decided).

pub mod address;
pub mod agreement;
pub mod alert;
pub mod channel;
pub mod directory;
pub mod form;
pub mod honours;
pub mod industry;
pub mod label;
pub mod leak;
pub mod loss;
pub mod marking;
pub mod overlay;
pub mod party;
pub mod policy;
pub mod reader;
pub mod receipt;
pub mod redact;
pub mod release;
pub mod request;
pub mod requirement;
pub mod rights;
pub mod sanitisation;
pub mod spec;
#[cfg(test)]
mod story;
pub mod threshold;
pub mod travel;
pub mod xml;

pub use channel::{Channel, compile};
pub use directory::Directory;
pub use honours::{Honours, Unmet};
pub use label::{Label, Terms};
pub use party::{CommunityId, Country, KeyId, MemberId, Party, PersonId};
pub use reader::{Decision, Grant, Principal, Reader, Standing};
pub use rights::{Recorded, Rights, Role};

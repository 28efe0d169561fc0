//! What pages show, as plain data: each page's template and the pieces it is made of.
//!
//! Nothing here reads the node or decides anything; [`crate::pages`] fills it in.

pub mod audit;
pub mod channels;
pub mod collections;
pub mod demo;
pub mod enrolment;
pub mod explain;
pub mod failure;
pub mod foresee;
pub mod form;
pub mod help;
pub mod home;
pub mod import;
pub mod judgement;
pub mod label;
pub mod log;
pub mod marking;
pub mod members;
pub mod notices;
pub mod object;
pub mod page;
pub mod peers;
pub mod personal;
pub mod policies;
pub mod quarantine;
pub mod reach;
pub mod release;
pub mod requirements;
pub mod row;
pub mod search;
pub mod sign_in;
pub mod tearline;
pub mod zone;

pub use form::Faults;
pub use label::{Banner, LabelView, Level, Mark};
pub use page::{Here, Page, Person};
pub use row::{Row, Run, Value};

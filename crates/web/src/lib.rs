//! Pages for people: server-rendered, without scripts if need be, in the reader's language.
//!
//! Owns templates, translations, the style sheet and how labels, times and values look. Refuses to decide anything:
//! what a reader may read and do is said by the node.
//!
//! Start at [`routes`], then [`view`], what each page shows.

pub mod asset;
pub mod demo;
pub mod icon;
mod label;
pub mod language;
mod levels;
pub mod moment;
mod multipart;
mod pages;
pub mod preferences;
pub mod view;

pub use pages::{CONTENT_SECURITY_POLICY, routes};

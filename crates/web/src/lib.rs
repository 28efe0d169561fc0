//! Pages for people: server-rendered, without scripts if need be, in the reader's language.
//!
//! Owns templates, translations, the style sheet and how labels, times and values look. Refuses to decide anything:
//! what a reader may read and do is said by the node.
//!
//! Start at [`view`], what each page shows.

pub mod asset;
pub mod icon;
pub mod language;
pub mod moment;
pub mod preferences;
pub mod view;

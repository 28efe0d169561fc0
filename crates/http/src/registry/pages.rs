//! Pages for people. Declared here, served by the pages' own crate.

use super::OutputPath;

/// Every page.
pub static ALL: &[&OutputPath] = &[];

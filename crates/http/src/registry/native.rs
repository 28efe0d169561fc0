//! The native API, under `/api/v1/`.

use super::OutputPath;

/// All of them.
pub static ALL: &[&OutputPath] = &[];

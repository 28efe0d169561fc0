//! What a form of something cannot carry, as data.

use serde::Serialize;

/// How a part came to differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It is not in the result.
    Dropped,
    /// The result asks for more than was said: it is read by fewer.
    Narrowed,
    /// It is kept as text, and asks nothing of a reader.
    Displayed,
}

/// One part that is not carried as it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Loss {
    pub kind: Kind,
    /// Which part, such as `pap` or `level EXERCISE/RESTRICTED`.
    pub part: String,
    /// English, for people.
    pub why: String,
}

impl Loss {
    pub(crate) fn dropped(part: impl Into<String>, why: impl Into<String>) -> Self {
        Self { kind: Kind::Dropped, part: part.into(), why: why.into() }
    }

    pub(crate) fn narrowed(part: impl Into<String>, why: impl Into<String>) -> Self {
        Self { kind: Kind::Narrowed, part: part.into(), why: why.into() }
    }

    pub(crate) fn displayed(part: impl Into<String>, why: impl Into<String>) -> Self {
        Self { kind: Kind::Displayed, part: part.into(), why: why.into() }
    }
}

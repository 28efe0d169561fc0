//! One value that is looked for.

use kizuna_stix::observable::Kind;

pub(super) const ENTRY_BYTES: usize = 24;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum What {
    /// A value of that kind.
    Value(Kind),
    /// The host of one or more URLs: finding it leads to them, and is no hit.
    Host,
    /// A STIX pattern that is more than one exact value; the text is in the arena.
    Pattern,
    #[default]
    Nothing,
}

/// The code of [`What::Host`]; kinds are numbered from one.
const HOST: u8 = 200;
/// The code of [`What::Pattern`].
const PATTERN: u8 = 201;

impl What {
    fn code(self) -> u8 {
        match self {
            Self::Value(kind) => kind.code(),
            Self::Host => HOST,
            Self::Pattern => PATTERN,
            Self::Nothing => 0,
        }
    }

    fn from_code(code: u8) -> Self {
        match Kind::from_code(code) {
            Some(kind) => Self::Value(kind),
            None if code == HOST => Self::Host,
            None if code == PATTERN => Self::Pattern,
            None => Self::Nothing,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Value(kind) => kind.name(),
            Self::Host => "host",
            Self::Pattern => "stix-pattern",
            Self::Nothing => "nothing",
        }
    }
}

/// Set where a domain is a public suffix: it matches itself, never what is registered below it.
pub(super) const EXACT: u8 = 1;
/// Set where a line can satisfy a part of the pattern only if one of the pattern's values is found in it.
pub(super) const ANCHORED: u8 = 2;

/// Where the parts of one value lie in the arena.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Entry {
    pub(super) normal_at: u32,
    pub(super) given_at: u32,
    pub(super) id_at: u32,
    /// One more than the place in the list of what is said; zero for nothing.
    pub(super) about: u32,
    pub(super) normal_length: u16,
    pub(super) given_length: u16,
    pub(super) id_length: u8,
    pub(super) flags: u8,
    pub what: What,
}

impl Entry {
    /// Whether only the value itself matches, not what lies below it.
    pub fn is_exact(&self) -> bool {
        self.flags & EXACT != 0
    }

    /// Whether only lines with one of the pattern's values have to be looked at.
    pub fn is_anchored(&self) -> bool {
        self.flags & ANCHORED != 0
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let four = |at: usize| {
            bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |four| u32::from_le_bytes(*four))
        };
        let two = |at: usize| {
            bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |two| u16::from_le_bytes(*two))
        };
        let one = |at: usize| bytes.get(at).copied().unwrap_or_default();
        Self {
            normal_at: four(0),
            given_at: four(4),
            id_at: four(8),
            about: four(12),
            normal_length: two(16),
            given_length: two(18),
            id_length: one(20),
            flags: one(21),
            what: What::from_code(one(22)),
        }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.normal_at.to_le_bytes());
        out.extend_from_slice(&self.given_at.to_le_bytes());
        out.extend_from_slice(&self.id_at.to_le_bytes());
        out.extend_from_slice(&self.about.to_le_bytes());
        out.extend_from_slice(&self.normal_length.to_le_bytes());
        out.extend_from_slice(&self.given_length.to_le_bytes());
        out.extend_from_slice(&[self.id_length, self.flags, self.what.code(), 0]);
    }
}

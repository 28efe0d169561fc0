//! All indicators of a sweep, in one image that is probed where it lies: in memory or in a mapped file.
//!
//! Owns keys, filters and the table. A text asks with a key ([`key`]); the filter says *no* nearly always, from one
//! word of memory; the table says which entries have the key; the scanner compares bytes.
//!
//! Start at [`Builder`] or [`Index::open`].

mod about;
mod build;
mod carried;
mod entry;
mod filter;
mod image;
pub(crate) mod key;
pub(crate) mod network;
mod read;
pub(crate) mod route;
mod sections;
#[cfg(test)]
mod tests;

pub use about::About;
pub use build::{Builder, Context, Refused};
pub(crate) use carried::Texts;
pub use carried::{Carried, Language, Said};
pub use entry::{Entry, What};
pub use image::ImageError;
pub use read::{ReadError, Taken};

use std::sync::Arc;

use uuid::Uuid;

use crate::machine::Mapped;
use entry::ENTRY_BYTES;

/// Bytes of one part of the image, whoever holds them.
#[derive(Debug, Clone)]
pub(crate) enum Section {
    Owned(Vec<u8>),
    Mapped(Arc<Mapped>, std::ops::Range<usize>),
}

impl Section {
    #[inline]
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Mapped(map, range) => map.get(range.clone()).unwrap_or_default(),
        }
    }
}

/// The namespace of ids for indicators that came without one; itself made from a name, by RFC 9562 §5.5.
const NAMELESS: &[u8] = b"urn:kizuna:hunt:indicator";

/// The indicators of a sweep.
#[derive(Debug)]
pub struct Index {
    entries: Section,
    slots: Section,
    filter: Section,
    /// One bit for each last label (or file extension) that any dotted indicator has.
    endings: Section,
    /// One bit for each /24 in which an IPv4 indicator or network lies.
    blocks: Section,
    networks4: Section,
    networks6: Section,
    /// One bit for each length and last byte of the words by which literals are found.
    words: Section,
    arena: Section,
    about: Vec<About>,
    facts: Facts,
}

/// What a scanner has to look for at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "one for each thing to look for")]
pub struct Facts {
    pub entries: u32,
    pub slots: u64,
    pub dotted: bool,
    pub ipv4: bool,
    pub ipv6: bool,
    pub long: bool,
    pub mail: bool,
    pub ja4: bool,
    pub mac: bool,
    pub registry: bool,
    pub literals: bool,
    /// Whether any URL names a port.
    pub ports: bool,
    pub networks: bool,
    /// How many patterns there are that are more than one exact value.
    #[serde(default)]
    pub patterns: u32,
    /// Values given more than once, counted without the first.
    pub repeated: u64,
    /// How many values and patterns are looked for; an older image does not say.
    #[serde(default)]
    pub values: Option<u32>,
}

impl Facts {
    /// What two parts of one index hold together, but for what is known of the whole only.
    fn and(self, other: Self) -> Self {
        let values = self.values.unwrap_or_default() + other.values.unwrap_or_default();
        Self {
            dotted: self.dotted | other.dotted,
            ipv4: self.ipv4 | other.ipv4,
            ipv6: self.ipv6 | other.ipv6,
            long: self.long | other.long,
            mail: self.mail | other.mail,
            ja4: self.ja4 | other.ja4,
            mac: self.mac | other.mac,
            registry: self.registry | other.registry,
            literals: self.literals | other.literals,
            ports: self.ports | other.ports,
            networks: self.networks | other.networks,
            patterns: self.patterns + other.patterns,
            values: Some(values),
            ..self
        }
    }
}

impl Index {
    pub fn facts(&self) -> Facts {
        self.facts
    }

    /// How many values are looked for; hosts of URLs, which only lead to them, are not counted.
    pub fn len(&self) -> usize {
        let counted = || {
            let leads = |number: &u32| matches!(self.entry(*number).what, What::Host | What::Nothing);
            (0..self.facts.entries).filter(|number| !leads(number)).count()
        };
        self.facts.values.map_or_else(counted, |values| values as usize)
    }

    pub fn is_empty(&self) -> bool {
        self.facts.entries == 0
    }

    /// Bytes of memory or of the mapped file.
    pub fn bytes(&self) -> usize {
        self.sections().iter().map(|section| section.bytes().len()).sum()
    }

    /// A number that follows from all that is looked for; for telling sweeps apart, not against forgery.
    pub fn fingerprint(&self) -> u64 {
        let entries = key::of(key::Seed::Word, self.entries.bytes());
        entries ^ key::of(key::Seed::Place, self.arena.bytes()).rotate_left(1)
    }

    fn sections(&self) -> [&Section; 9] {
        [
            &self.entries,
            &self.slots,
            &self.filter,
            &self.endings,
            &self.blocks,
            &self.networks4,
            &self.networks6,
            &self.words,
            &self.arena,
        ]
    }

    /// Entry `number`; one that matches nothing where the image is damaged.
    #[inline]
    pub fn entry(&self, number: u32) -> Entry {
        let start = number as usize * ENTRY_BYTES;
        self.entries.bytes().get(start..start + ENTRY_BYTES).map(Entry::from_bytes).unwrap_or_default()
    }

    /// The normal form of an entry's value.
    #[inline]
    pub fn normal(&self, entry: &Entry) -> &[u8] {
        self.slice(entry.normal_at, entry.normal_length.into())
    }

    /// The value as its source gave it.
    pub fn given(&self, number: u32) -> &str {
        let entry = self.entry(number);
        std::str::from_utf8(self.slice(entry.given_at, entry.given_length.into())).unwrap_or_default()
    }

    /// The id that the source gave the indicator, else one that follows from its kind and normal form.
    pub fn id(&self, number: u32) -> String {
        let entry = self.entry(number);
        let id = self.slice(entry.id_at, entry.id_length.into());
        if let (false, Ok(id)) = (id.is_empty(), std::str::from_utf8(id)) {
            return id.to_owned();
        }
        let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, NAMELESS);
        let mut name = entry.what.name().as_bytes().to_vec();
        name.push(b':');
        name.extend_from_slice(self.normal(&entry));
        format!("indicator--{}", Uuid::new_v5(&space, &name))
    }

    /// Whether the source gave the indicator an id.
    pub fn is_named(&self, number: u32) -> bool {
        self.entry(number).id_length > 0
    }

    /// The entries that are patterns.
    pub fn patterns(&self) -> Vec<u32> {
        let mut left = self.facts.patterns;
        let mut found = Vec::new();
        for number in 0..self.facts.entries {
            if left == 0 {
                break;
            }
            if self.entry(number).what == What::Pattern {
                found.push(number);
                left -= 1;
            }
        }
        found
    }

    /// Entries with the same number here belong to the same indicator; zero says nothing.
    pub fn source(&self, number: u32) -> u32 {
        self.entry(number).about
    }

    /// What the source said of the indicator besides its value.
    pub fn about(&self, number: u32) -> Option<&About> {
        let place = self.entry(number).about.checked_sub(1)?;
        self.about.get(place as usize)
    }

    fn slice(&self, at: u32, length: usize) -> &[u8] {
        let at = at as usize;
        self.arena.bytes().get(at..at + length).unwrap_or_default()
    }

    /// The parts that every candidate asks, looked up once.
    pub(crate) fn probes(&self) -> Probes<'_> {
        Probes {
            filter: self.filter.bytes(),
            endings: self.endings.bytes(),
            blocks: self.blocks.bytes(),
            words: self.words.bytes(),
            slots: self.slots.bytes(),
            count: self.facts.slots,
        }
    }

    /// The entries of the networks that hold an IPv4 address.
    pub(crate) fn networks4(&self, address: u32, found: &mut Vec<u32>) {
        network::holding(self.networks4.bytes(), u128::from(address), found);
    }

    /// The entries of the networks that hold an IPv6 address.
    pub(crate) fn networks6(&self, address: u128, found: &mut Vec<u32>) {
        network::holding(self.networks6.bytes(), address, found);
    }
}

/// The parts of an index that are asked for every candidate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Probes<'a> {
    filter: &'a [u8],
    endings: &'a [u8],
    blocks: &'a [u8],
    words: &'a [u8],
    slots: &'a [u8],
    count: u64,
}

impl<'a> Probes<'a> {
    /// Whether the filter admits the key; `false` is certain.
    #[inline]
    pub fn admits(&self, key: u64) -> bool {
        filter::admits(self.filter, key)
    }

    /// The entries under a key; others that share its 32-bit tag may be among them.
    #[inline]
    pub fn under(&self, key: u64) -> filter::Found<'a> {
        filter::Found::new(self.slots, self.count, key)
    }

    /// Whether any dotted indicator ends in this label, by its key.
    #[inline]
    pub fn has_ending(&self, key: u64) -> bool {
        filter::bit(self.endings, key as usize & 0xffff)
    }

    /// Whether an indicator or network touches the /24 of this address.
    #[inline]
    pub fn touches(&self, address: u32) -> bool {
        filter::bit(self.blocks, (address >> 8) as usize)
    }

    /// Whether the literals' words include one of that length and last byte.
    #[inline]
    pub fn has_word(&self, length: usize, last: u8) -> bool {
        filter::bit(self.words, (length.min(63) << 8) | usize::from(last | 0x20))
    }
}

//! From values to the image.

use std::sync::Arc;

use ahash::HashSet;
use kizuna_stix::observable::{Kind, Observable, registrable_domain};

use super::entry::{ANCHORED, ENTRY_BYTES, EXACT, Entry, What};
use super::network;
use super::route::Route;
use super::sections::{Image, Values, slice};
use super::{About, Index, Section};
use crate::warning::Warninglists;

/// Bytes that the arena may have: offsets are 32 bits.
const MAX_ARENA: usize = u32::MAX as usize - (1 << 20);
/// Entries that the image may have.
const MAX_ENTRIES: usize = 200_000_000;

/// Why a value is not looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("is no {0}")]
    NotOfKind(Kind),
    #[error("is of no kind that can be looked for")]
    NoKind,
    #[error("has no word by which it could be found")]
    NoWord,
    #[error("is longer than is looked for")]
    TooLong,
    #[error("does not fit: the index is full")]
    Full,
    #[error("is in the warninglist `{0}`")]
    Listed(String),
}

/// Collects values; parts made apart are joined by [`Builder::join`].
#[derive(Debug, Default)]
pub struct Builder {
    pub(super) arena: Vec<u8>,
    /// As they stand in the image: ten million entries are not copied once more.
    entries: Vec<u8>,
    pub(super) about: Vec<About>,
    /// Keys that the filter will hold, counted generously.
    keys: usize,
    hosts: HashSet<u64>,
    warnings: Vec<Arc<Warninglists>>,
}

/// What is said of a value besides itself: the id of its indicator, and a number from [`Builder::say`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    pub id: &'a str,
    pub about: u32,
}

impl Builder {
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out what these lists hold too, from now on.
    pub fn heed(&mut self, warnings: Arc<Warninglists>) {
        self.warnings.push(warnings);
    }

    /// An empty one that leaves out the same.
    pub(super) fn sibling(&self) -> Self {
        Self { warnings: self.warnings.clone(), ..Self::default() }
    }

    /// Takes the room at once that a list will need: so many times what was collected.
    pub(super) fn expect(&mut self, times: usize) {
        self.arena.reserve_exact(self.arena.len().saturating_mul(times).min(MAX_ARENA));
        self.entries.reserve_exact(self.entries.len().saturating_mul(times).min(MAX_ENTRIES * ENTRY_BYTES));
    }

    /// Keeps what is said of an indicator; the number goes into the [`Context`] of its values.
    pub fn say(&mut self, about: About) -> u32 {
        self.about.push(about);
        self.about.len() as u32
    }

    /// Adds a value of a known kind, as it is given.
    pub fn add(&mut self, kind: Kind, given: &str, context: Context<'_>) -> Result<(), Refused> {
        let observable = Observable::new(kind, given).ok_or(Refused::NotOfKind(kind))?;
        self.add_observable(&observable, given, context)
    }

    /// Adds a value that is in its normal form already.
    pub fn add_observable(
        &mut self,
        observable: &Observable,
        given: &str,
        context: Context<'_>,
    ) -> Result<(), Refused> {
        if let Some(list) = self.warnings.iter().find_map(|warnings| warnings.holding(observable)) {
            return Err(Refused::Listed(list.to_owned()));
        }
        let what = What::Value(observable.kind);
        let normal = observable.value.as_str();
        let route = Route::of(what, normal).ok_or(Refused::NoWord)?;
        let longest = usize::from(u16::MAX);
        if normal.len() > longest || given.len() > longest || context.id.len() > usize::from(u8::MAX) {
            return Err(Refused::TooLong);
        }
        let room = normal.len() + given.len() + context.id.len();
        if self.arena.len() + room > MAX_ARENA || self.len() >= MAX_ENTRIES {
            return Err(Refused::Full);
        }
        if observable.kind == Kind::Url {
            self.lead_from_host(observable);
        }
        let mut flags = 0;
        if observable.kind == Kind::Domain && registrable_domain(normal).is_none() {
            flags |= EXACT;
        }
        let normal_at = self.keep(normal);
        let given_at = if given == normal { normal_at } else { self.keep(given) };
        let id_at = if context.id.is_empty() { 0 } else { self.keep(context.id) };
        self.keys += keys_of(route, normal);
        let entry = Entry {
            normal_at,
            given_at,
            id_at,
            about: context.about,
            normal_length: normal.len() as u16,
            given_length: given.len() as u16,
            id_length: context.id.len() as u8,
            flags,
            what,
        };
        entry.write(&mut self.entries);
        Ok(())
    }

    /// Adds a pattern: its canonical text, the text as given, and whether only lines with one of its values can satisfy a
    /// part of it.
    pub fn add_pattern(
        &mut self,
        normal: &str,
        given: &str,
        anchored: bool,
        context: Context<'_>,
    ) -> Result<(), Refused> {
        let longest = usize::from(u16::MAX);
        if normal.len() > longest || given.len() > longest || context.id.len() > usize::from(u8::MAX) {
            return Err(Refused::TooLong);
        }
        let room = normal.len() + given.len() + context.id.len();
        if self.arena.len() + room > MAX_ARENA || self.len() >= MAX_ENTRIES {
            return Err(Refused::Full);
        }
        let normal_at = self.keep(normal);
        let given_at = if given == normal { normal_at } else { self.keep(given) };
        let id_at = if context.id.is_empty() { 0 } else { self.keep(context.id) };
        let entry = Entry {
            normal_at,
            given_at,
            id_at,
            about: context.about,
            normal_length: normal.len() as u16,
            given_length: given.len() as u16,
            id_length: context.id.len() as u8,
            flags: if anchored { ANCHORED } else { 0 },
            what: What::Pattern,
        };
        entry.write(&mut self.entries);
        Ok(())
    }

    /// A URL is found by its host first: one entry for each host, however many URLs are there.
    fn lead_from_host(&mut self, url: &Observable) {
        let Some(host) = url.implied() else { return };
        let Some(route) = Route::of(What::Host, &host.value) else { return };
        let Some(key) = route.key(host.value.as_bytes()) else { return };
        if !self.hosts.insert(key) {
            return;
        }
        let normal_at = self.keep(&host.value);
        self.keys += keys_of(route, &host.value);
        let entry = Entry {
            normal_at,
            given_at: normal_at,
            normal_length: host.value.len() as u16,
            given_length: host.value.len() as u16,
            what: What::Host,
            ..Entry::default()
        };
        entry.write(&mut self.entries);
    }

    fn keep(&mut self, text: &str) -> u32 {
        let at = self.arena.len() as u32;
        self.arena.extend_from_slice(text.as_bytes());
        at
    }

    /// Appends what another builder collected, which keeps its room and nothing else.
    pub fn join(&mut self, other: &mut Self) -> Result<(), Refused> {
        if self.arena.len() + other.arena.len() > MAX_ARENA || self.len() + other.len() > MAX_ENTRIES {
            return Err(Refused::Full);
        }
        let base = self.arena.len() as u32;
        let said = self.about.len() as u32;
        self.arena.extend_from_slice(&other.arena);
        self.about.append(&mut other.about);
        self.keys += std::mem::take(&mut other.keys);
        self.entries.reserve(other.entries.len());
        for bytes in other.entries.chunks_exact(ENTRY_BYTES) {
            let mut entry = Entry::from_bytes(bytes);
            if entry.what == What::Host && !self.lead(&entry, &other.arena) {
                entry.what = What::Nothing;
            }
            entry.normal_at += base;
            entry.given_at += base;
            entry.id_at += base;
            if entry.about > 0 {
                entry.about += said;
            }
            entry.write(&mut self.entries);
        }
        other.arena.clear();
        other.entries.clear();
        other.hosts.clear();
        Ok(())
    }

    /// Whether this host of URLs is the first of its name here.
    fn lead(&mut self, entry: &Entry, arena: &[u8]) -> bool {
        let normal = slice(arena, entry.normal_at, entry.normal_length.into());
        let key = std::str::from_utf8(normal).ok().and_then(|text| Route::of(What::Host, text)?.key(normal));
        key.is_some_and(|key| self.hosts.insert(key))
    }

    /// How many entries were collected.
    pub fn len(&self) -> usize {
        self.entries.len() / ENTRY_BYTES
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The index of all that was collected; the same value with the same id stands in it once.
    pub fn build(self) -> Index {
        let image = Image::of(Values { entries: &self.entries, arena: &self.arena }, self.keys);
        Index {
            entries: Section::Owned(self.entries),
            slots: Section::Owned(image.slots),
            filter: Section::Owned(image.filter),
            endings: Section::Owned(image.endings),
            blocks: Section::Owned(image.blocks),
            networks4: Section::Owned(network::section(image.networks4)),
            networks6: Section::Owned(network::section(image.networks6)),
            words: Section::Owned(image.words),
            arena: Section::Owned(self.arena),
            about: self.about,
            facts: image.facts,
        }
    }
}

/// Keys of one value in the filter: a name with dots is also led to by its endings.
fn keys_of(route: Route, normal: &str) -> usize {
    match route {
        Route::Dotted(length) => {
            memchr::memchr_iter(b'.', &normal.as_bytes()[normal.len() - length..]).count()
        }
        _ => 1,
    }
}

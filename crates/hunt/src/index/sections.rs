//! The sections of the image that follow from entries.

use super::Facts;
use super::entry::{ENTRY_BYTES, Entry, What};
use super::filter;
use super::key::{self, Seed};
use super::network::Range;
use super::route::{Route, place};

/// Bits of the filters for endings, /24 blocks and words.
const ENDING_BITS: usize = 1 << 16;
const BLOCK_BITS: usize = 1 << 24;
const WORD_BITS: usize = 1 << 14;

pub(super) fn slice(arena: &[u8], at: u32, length: usize) -> &[u8] {
    arena.get(at as usize..at as usize + length).unwrap_or_default()
}

/// What was collected, to be read.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) entries: &'a [u8],
    pub(super) arena: &'a [u8],
}

impl Values<'_> {
    fn count(self) -> usize {
        self.entries.len() / ENTRY_BYTES
    }

    fn entry(self, number: u32) -> Entry {
        let at = number as usize * ENTRY_BYTES;
        self.entries.get(at..at + ENTRY_BYTES).map(Entry::from_bytes).unwrap_or_default()
    }

    fn normal(&self, entry: &Entry) -> &[u8] {
        slice(self.arena, entry.normal_at, entry.normal_length.into())
    }

    fn id(&self, entry: &Entry) -> &[u8] {
        slice(self.arena, entry.id_at, entry.id_length.into())
    }

    /// The way to an entry's value; none for what is left out.
    fn route(&self, entry: &Entry) -> Option<Route> {
        Route::of(entry.what, std::str::from_utf8(self.normal(entry)).ok()?)
    }
}

/// The table of the image: each value once for each id.
pub(super) struct Table {
    pub(super) slots: Vec<u8>,
    pub(super) count: u64,
    /// Values left out because the same stands there already.
    pub(super) repeated: u64,
}

impl Table {
    pub(super) fn of(values: Values<'_>) -> Self {
        let count = filter::slots_for(values.count());
        let mut table = Self { slots: vec![0; count as usize * 8], count, repeated: 0 };
        for number in 0..values.count() as u32 {
            let entry = values.entry(number);
            let key = values.route(&entry).and_then(|route| route.key(values.normal(&entry)));
            match key {
                Some(key) if table.has(key, &entry, values) => table.repeated += 1,
                Some(key) => filter::put(&mut table.slots, count, key, number),
                None => {}
            }
        }
        table
    }

    /// Whether the same value with the same id is in the table already.
    fn has(&self, key: u64, entry: &Entry, values: Values<'_>) -> bool {
        filter::Found::new(&self.slots, self.count, key).map(|number| values.entry(number)).any(|other| {
            other.what == entry.what
                && values.normal(&other) == values.normal(entry)
                && values.id(&other) == values.id(entry)
        })
    }
}

/// The parts of the image that follow from entries, but for the table.
pub(super) struct Image {
    pub(super) filter: Vec<u8>,
    pub(super) endings: Vec<u8>,
    pub(super) blocks: Vec<u8>,
    pub(super) words: Vec<u8>,
    pub(super) networks4: Vec<Range>,
    pub(super) networks6: Vec<Range>,
    pub(super) facts: Facts,
}

impl Image {
    pub(super) fn of(values: Values<'_>, keys: usize) -> Self {
        let mut image = Self {
            filter: filter::filter_of(keys),
            endings: vec![0; ENDING_BITS / 8],
            blocks: Vec::new(),
            words: vec![0; WORD_BITS / 8],
            networks4: Vec::new(),
            networks6: Vec::new(),
            facts: Facts::default(),
        };
        for number in 0..values.count() as u32 {
            image.put(number, values);
        }
        image.put_pointers();
        image
    }

    fn put(&mut self, number: u32, values: Values<'_>) {
        let entry = values.entry(number);
        if entry.what == What::Pattern {
            self.facts.patterns += 1;
        }
        let normal = values.normal(&entry);
        let Some(route) = values.route(&entry) else { return };
        match route {
            Route::Dotted(length) => {
                self.facts.dotted = true;
                self.put_endings(normal, length);
            }
            Route::Ipv4(address) => {
                self.facts.ipv4 = true;
                self.touch(address, address);
            }
            Route::Network4(first, last) => {
                self.facts.ipv4 = true;
                self.facts.networks = true;
                self.touch(first, last);
                self.networks4.push(Range { first: first.into(), last: last.into(), entry: number });
            }
            Route::Network6(first, last) => {
                self.facts.ipv6 = true;
                self.networks6.push(Range { first, last, entry: number });
            }
            Route::Ipv6(_) => self.facts.ipv6 = true,
            Route::Long(_) => self.facts.long = true,
            Route::Mail => self.facts.mail = true,
            Route::Ja4 => self.facts.ja4 = true,
            Route::Mac => self.facts.mac = true,
            Route::Registry => self.facts.registry = true,
            Route::Place => {
                self.facts.ports |=
                    place(normal).iter().take_while(|byte| **byte != b'/').any(|byte| *byte == b':');
            }
            Route::Word(start, length) => {
                self.facts.literals = true;
                let last = normal[start + length - 1];
                filter::set_bit(&mut self.words, (length.min(63) << 8) | usize::from(last | 0x20));
            }
        }
        if let Some(key) = route.key(normal) {
            filter::admit(&mut self.filter, key);
        }
    }

    /// The scanner goes from ending to ending, the shortest of two labels first, as long as the filter admits them.
    fn put_endings(&mut self, normal: &[u8], length: usize) {
        let end = normal.len();
        let name = &normal[end - length..];
        let mut dots = 0;
        for (position, byte) in name.iter().enumerate().rev() {
            if *byte != b'.' {
                continue;
            }
            dots += 1;
            let ending = length - position - 1;
            if dots == 1 {
                let key = key::of_ending(Seed::Ending, normal, end, ending);
                filter::set_bit(&mut self.endings, key as usize & (ENDING_BITS - 1));
            } else {
                filter::admit(&mut self.filter, key::of_ending(Seed::Dotted, normal, end, ending));
            }
        }
    }

    /// Names under which addresses are asked for their hosts lead to those addresses.
    fn put_pointers(&mut self) {
        for (zone, wanted) in [("in-addr.arpa", self.facts.ipv4), ("ip6.arpa", self.facts.ipv6)] {
            if wanted {
                self.facts.dotted = true;
                let ending = key::of_ending(Seed::Ending, zone.as_bytes(), zone.len(), 4);
                filter::set_bit(&mut self.endings, ending as usize & (ENDING_BITS - 1));
                filter::admit(&mut self.filter, key::of(Seed::Dotted, zone.as_bytes()));
            }
        }
    }

    fn touch(&mut self, first: u32, last: u32) {
        if self.blocks.is_empty() {
            self.blocks = vec![0; BLOCK_BITS / 8];
        }
        for block in (first >> 8)..=(last >> 8) {
            filter::set_bit(&mut self.blocks, block as usize);
        }
    }
}

//! The sections of the image that follow from entries.
//!
//! Filter and table are larger than any cache, and what is written to them lies anywhere: so keys are made for a stretch
//! of entries, sorted by the part of the filter and of the table in which they will lie, and written part by part, each
//! thread to parts of its own.

use std::ops::Range;
use std::thread;

use super::Facts;
use super::entry::{ENTRY_BYTES, Entry, What};
use super::filter::{self, PARTS, Put, Stretch};
use super::key::{self, Seed};
use super::network;
use super::route::{Route, place};

/// Bits of the filters for endings, /24 blocks and words.
const ENDING_BITS: usize = 1 << 16;
const BLOCK_BITS: usize = 1 << 24;
const WORD_BITS: usize = 1 << 14;

/// Entries whose keys are held at once: about 40 MB of keys.
const STRETCH: usize = 1 << 20;
/// Entries for which a further thread pays.
const SHARE: usize = 1 << 15;
/// Threads that fill, at most.
const THREADS: usize = 16;

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

    /// Whether two entries are the same value with the same id.
    fn are_same(&self, one: u32, other: u32) -> bool {
        let (one, other) = (self.entry(one), self.entry(other));
        one.what == other.what && self.normal(&one) == self.normal(&other) && self.id(&one) == self.id(&other)
    }
}

/// The parts of the image that follow from entries.
pub(super) struct Image {
    pub(super) slots: Vec<u8>,
    pub(super) filter: Vec<u8>,
    pub(super) endings: Vec<u8>,
    pub(super) blocks: Vec<u8>,
    pub(super) words: Vec<u8>,
    pub(super) networks4: Vec<network::Range>,
    pub(super) networks6: Vec<network::Range>,
    pub(super) facts: Facts,
}

impl Image {
    /// Of these values; `keys` is at least the number of keys that the filter will hold.
    pub(super) fn of(values: Values<'_>, keys: usize) -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let threads = (values.count() / SHARE).clamp(1, processors.min(THREADS));
        Self::on(threads, values, keys)
    }

    fn on(threads: usize, values: Values<'_>, keys: usize) -> Self {
        let count = values.count();
        let mut table = Table::of(count, keys);
        let share = count.min(STRETCH).div_ceil(threads);
        let mut makers: Vec<Maker> = (0..threads).map(|_| Maker::new(share)).collect();
        for start in (0..count).step_by(STRETCH) {
            let stretch = start..count.min(start + STRETCH);
            let share = stretch.len().div_ceil(threads);
            thread::scope(|scope| {
                for (number, maker) in makers.iter_mut().enumerate() {
                    let from = (start + number * share).min(stretch.end);
                    let own = from as u32..(from + share).min(stretch.end) as u32;
                    scope.spawn(move || maker.make(values, own));
                }
            });
            table.fill(&makers, values);
        }
        let mut first = makers.swap_remove(0);
        for maker in makers {
            first.join(maker);
        }
        first.put_pointers();
        table.fill(std::slice::from_ref(&first), values);
        table.finish(values);
        let entries = count as u32;
        let values = Some(first.facts.values.unwrap_or_default());
        let (slots, repeated) = (table.count, table.repeated);
        Self {
            slots: table.slots,
            filter: table.filter,
            endings: first.endings,
            blocks: first.blocks,
            words: first.words,
            networks4: first.networks4,
            networks6: first.networks6,
            facts: Facts { entries, slots, repeated, values, ..first.facts },
        }
    }
}

/// Filter and table.
struct Table {
    filter: Vec<u8>,
    slots: Vec<u8>,
    /// Slots.
    count: u64,
    /// Values left out because the same stands there already.
    repeated: u64,
    /// Keys and entries whose chains leave the stretch of the thread that puts them.
    beyond: Vec<(u64, u32)>,
}

impl Table {
    fn of(entries: usize, keys: usize) -> Self {
        let count = filter::slots_for(entries);
        Self {
            filter: filter::filter_of(keys),
            slots: vec![0; count as usize * 8],
            count,
            repeated: 0,
            beyond: Vec::new(),
        }
    }

    /// Takes the keys that the makers hold, in the order of the entries, on as many threads as there are makers.
    fn fill(&mut self, makers: &[Maker], values: Values<'_>) {
        let words = self.filter.len() / 8;
        let slots = self.count;
        let parts = PARTS.div_ceil(makers.len());
        let filters = self.filter.chunks_mut(words / PARTS * parts * 8);
        let tables = self.slots.chunks_mut(slots as usize / PARTS * parts * 8);
        let mut filled = Vec::new();
        thread::scope(|scope| {
            let threads: Vec<_> = filters
                .zip(tables)
                .enumerate()
                .map(|(number, (filter, table))| {
                    let own = number * parts..PARTS.min((number + 1) * parts);
                    scope.spawn(move || {
                        let first = words / PARTS * own.start;
                        for part in own.clone() {
                            for key in makers.iter().flat_map(|maker| &maker.filter[part]) {
                                filter::admit(filter, first, words, *key);
                            }
                        }
                        let first = slots / PARTS as u64 * own.start as u64;
                        fill_table(Stretch::new(table, first, slots), makers, own, values)
                    })
                })
                .collect();
            for thread in threads {
                filled.push(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
        });
        for (repeated, beyond) in filled {
            self.repeated += repeated;
            self.beyond.extend(beyond);
        }
    }

    /// Puts the entries whose chains left a stretch.
    fn finish(&mut self, values: Values<'_>) {
        for (key, entry) in std::mem::take(&mut self.beyond) {
            let same = |other| values.are_same(entry, other);
            let repeated = filter::put_beyond(&mut self.slots, self.count, key, entry, same);
            self.repeated += u64::from(repeated);
        }
    }
}

/// Fills one stretch of the table; gives how many values stand there already, and those whose chains leave it.
fn fill_table(
    mut stretch: Stretch<'_>,
    makers: &[Maker],
    parts: Range<usize>,
    values: Values<'_>,
) -> (u64, Vec<(u64, u32)>) {
    let mut repeated = 0;
    let mut beyond = Vec::new();
    for part in parts {
        for (key, entry) in makers.iter().flat_map(|maker| &maker.table[part]) {
            match stretch.put(*key, *entry, |other| values.are_same(*entry, other)) {
                Put::Done => {}
                Put::Repeated => repeated += 1,
                Put::Beyond => beyond.push((*key, *entry)),
            }
        }
    }
    (repeated, beyond)
}

/// Makes keys, and what is small of the image, from the entries of one thread.
struct Maker {
    /// Keys by the part of the filter in which they lie.
    filter: Vec<Vec<u64>>,
    /// Keys and entries by the part of the table.
    table: Vec<Vec<(u64, u32)>>,
    endings: Vec<u8>,
    blocks: Vec<u8>,
    words: Vec<u8>,
    networks4: Vec<network::Range>,
    networks6: Vec<network::Range>,
    facts: Facts,
}

impl Maker {
    /// One that will make the keys of so many entries at once.
    fn new(entries: usize) -> Self {
        // A fourth more, since no part gets exactly its share; names have two keys or more in the filter.
        let share = (entries / PARTS) * 5 / 4 + 16;
        Self {
            filter: (0..PARTS).map(|_| Vec::with_capacity(share * 2)).collect(),
            table: (0..PARTS).map(|_| Vec::with_capacity(share)).collect(),
            endings: vec![0; ENDING_BITS / 8],
            blocks: Vec::new(),
            words: vec![0; WORD_BITS / 8],
            networks4: Vec::new(),
            networks6: Vec::new(),
            facts: Facts::default(),
        }
    }

    /// Forgets the keys that it holds, and makes those of these entries.
    fn make(&mut self, values: Values<'_>, entries: Range<u32>) {
        self.forget();
        for number in entries {
            self.put(number, values);
        }
    }

    fn forget(&mut self) {
        self.filter.iter_mut().for_each(Vec::clear);
        self.table.iter_mut().for_each(Vec::clear);
    }

    fn put(&mut self, number: u32, values: Values<'_>) {
        let entry = values.entry(number);
        match entry.what {
            What::Host | What::Nothing => {}
            What::Pattern => {
                self.facts.patterns += 1;
                self.count();
            }
            What::Value(_) => self.count(),
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
                let range = network::Range { first: first.into(), last: last.into(), entry: number };
                self.networks4.push(range);
            }
            Route::Network6(first, last) => {
                self.facts.ipv6 = true;
                self.networks6.push(network::Range { first, last, entry: number });
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
            self.admit(key);
            self.table[filter::part_of_table(key)].push((key, number));
        }
    }

    fn count(&mut self) {
        *self.facts.values.get_or_insert(0) += 1;
    }

    fn admit(&mut self, key: u64) {
        self.filter[filter::part_of_filter(key)].push(key);
    }

    /// The scanner goes from ending to ending, the shortest of two labels first, as long as the filter admits them.
    fn put_endings(&mut self, normal: &[u8], length: usize) {
        let end = normal.len();
        let name = &normal[end - length..];
        let mut dots = 0;
        for position in memchr::memrchr_iter(b'.', name) {
            dots += 1;
            let ending = length - position - 1;
            if dots == 1 {
                let key = key::of_ending(Seed::Ending, normal, end, ending);
                filter::set_bit(&mut self.endings, key as usize & (ENDING_BITS - 1));
            } else {
                self.admit(key::of_ending(Seed::Dotted, normal, end, ending));
            }
        }
    }

    /// Names under which addresses are asked for their hosts lead to those addresses. Forgets all other keys.
    fn put_pointers(&mut self) {
        self.forget();
        for (zone, wanted) in [("in-addr.arpa", self.facts.ipv4), ("ip6.arpa", self.facts.ipv6)] {
            if wanted {
                self.facts.dotted = true;
                let ending = key::of_ending(Seed::Ending, zone.as_bytes(), zone.len(), 4);
                filter::set_bit(&mut self.endings, ending as usize & (ENDING_BITS - 1));
                self.admit(key::of(Seed::Dotted, zone.as_bytes()));
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

    /// Takes over what another made, but for its keys.
    fn join(&mut self, other: Self) {
        unite(&mut self.endings, other.endings);
        unite(&mut self.blocks, other.blocks);
        unite(&mut self.words, other.words);
        self.networks4.extend(other.networks4);
        self.networks6.extend(other.networks6);
        self.facts = self.facts.and(other.facts);
    }
}

/// Sets every bit that is set in the other; one that is empty has none.
fn unite(bits: &mut Vec<u8>, other: Vec<u8>) {
    if bits.is_empty() {
        *bits = other;
        return;
    }
    bits.iter_mut().zip(other).for_each(|(bits, other)| *bits |= other);
}

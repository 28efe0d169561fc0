//! The filter before the table, and the table.
//!
//! The filter is a Bloom filter split into words of 64 bits: a key sets and asks four bits of one word, so that an
//! answer costs one load. The table is open addressing over slots of 64 bits: a tag of 32 bits, and one more than the
//! entry's number; zero is an empty slot.

/// Bits of the filter for each key.
const BITS_A_KEY: usize = 20;
/// Parts into which a filter and a table that are being filled are cut, so that each fits the processor's cache and can
/// be filled by a thread of its own. Both have a multiple of so many words and slots.
pub(super) const PARTS: usize = 1 << PART_BITS;
const PART_BITS: u32 = 6;

pub(super) fn filter_of(keys: usize) -> Vec<u8> {
    let words = (keys * BITS_A_KEY).div_ceil(64).max(1).next_multiple_of(PARTS);
    vec![0; words * 8]
}

/// The part of the filter in which a key lies.
#[inline]
pub(super) fn part_of_filter(key: u64) -> usize {
    (key >> (u64::BITS - PART_BITS)) as usize
}

/// The part of the table in which a key's chain begins.
#[inline]
pub(super) fn part_of_table(key: u64) -> usize {
    (turned(key) >> (u64::BITS - PART_BITS)) as usize
}

#[inline]
fn word_of(words: usize, key: u64) -> usize {
    ((u128::from(key) * words as u128) >> 64) as usize
}

/// Four bits of a word, from the low bits of the key; the high ones chose the word.
#[inline]
fn bits_of(key: u64) -> u64 {
    (1 << (key & 63)) | (1 << ((key >> 6) & 63)) | (1 << ((key >> 12) & 63)) | (1 << ((key >> 18) & 63))
}

/// Lets a key through. `filter` is the stretch that begins at word `first` of a filter of so many `words`.
#[inline]
pub(super) fn admit(filter: &mut [u8], first: usize, words: usize, key: u64) {
    let at = (word_of(words, key) - first) * 8;
    if let Some(eight) = filter.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<8>()) {
        *eight = (u64::from_le_bytes(*eight) | bits_of(key)).to_le_bytes();
    }
}

#[inline]
pub(super) fn admits(filter: &[u8], key: u64) -> bool {
    let at = word_of(filter.len() / 8, key) * 8;
    let bits = bits_of(key);
    filter
        .get(at..)
        .and_then(|rest| rest.first_chunk::<8>())
        .is_some_and(|eight| u64::from_le_bytes(*eight) & bits == bits)
}

#[inline]
pub(super) fn bit(bits: &[u8], number: usize) -> bool {
    bits.get(number / 8).is_some_and(|byte| byte & (1 << (number % 8)) != 0)
}

pub(super) fn set_bit(bits: &mut [u8], number: usize) {
    if let Some(byte) = bits.get_mut(number / 8) {
        *byte |= 1 << (number % 8);
    }
}

/// Slots for that many entries: at most two in three are taken.
pub(super) fn slots_for(entries: usize) -> u64 {
    ((entries as u64 * 3 / 2).max(1) + 1).next_multiple_of(PARTS as u64)
}

/// The filter has used the high bits.
#[inline]
fn turned(key: u64) -> u64 {
    key.wrapping_mul(0xa24b_aed4_963e_e407).rotate_left(32)
}

/// Where a key's chain begins, and its tag.
#[inline]
fn place(slots: u64, key: u64) -> (u64, u32) {
    let turned = turned(key);
    let start = ((u128::from(turned) * u128::from(slots)) >> 64) as u64;
    (start, turned as u32)
}

#[inline]
fn slot(table: &[u8], number: u64) -> u64 {
    let at = number as usize * 8;
    table.get(at..).and_then(|rest| rest.first_chunk::<8>()).map_or(0, |eight| u64::from_le_bytes(*eight))
}

/// What became of an entry that was to be put into a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    Done,
    /// The same stands there already.
    Repeated,
    /// The chain leaves the stretch.
    Beyond,
}

/// A stretch of a table that is being filled.
pub(super) struct Stretch<'t> {
    slots: &'t mut [u8],
    /// The number of its first slot.
    first: u64,
    /// Slots of the whole table.
    all: u64,
}

impl<'t> Stretch<'t> {
    pub fn new(slots: &'t mut [u8], first: u64, all: u64) -> Self {
        Self { slots, first, all }
    }

    /// Puts an entry under a key whose chain begins in this stretch, unless one that is the `same` stands there.
    #[inline]
    pub fn put(&mut self, key: u64, entry: u32, same: impl Fn(u32) -> bool) -> Put {
        let (start, tag) = place(self.all, key);
        let mut at = start - self.first;
        let end = self.slots.len() as u64 / 8;
        while at < end {
            let found = slot(self.slots, at);
            if found == 0 {
                let value = (u64::from(tag) << 32) | u64::from(entry + 1);
                if let Some(eight) =
                    self.slots.get_mut(at as usize * 8..).and_then(|rest| rest.first_chunk_mut::<8>())
                {
                    *eight = value.to_le_bytes();
                }
                return Put::Done;
            }
            if (found >> 32) as u32 == tag && same((found as u32).wrapping_sub(1)) {
                return Put::Repeated;
            }
            at += 1;
        }
        Put::Beyond
    }
}

/// Puts an entry whose chain left its stretch; says whether the same stands there already. The table has at least one
/// empty slot.
pub(super) fn put_beyond(
    table: &mut [u8],
    slots: u64,
    key: u64,
    entry: u32,
    same: impl Fn(u32) -> bool,
) -> bool {
    let (mut at, tag) = place(slots, key);
    loop {
        let found = slot(table, at);
        if found == 0 {
            break;
        }
        if (found >> 32) as u32 == tag && same((found as u32).wrapping_sub(1)) {
            return true;
        }
        at = (at + 1) % slots;
    }
    let value = (u64::from(tag) << 32) | u64::from(entry + 1);
    if let Some(eight) = table.get_mut(at as usize * 8..).and_then(|rest| rest.first_chunk_mut::<8>()) {
        *eight = value.to_le_bytes();
    }
    false
}

/// The entries of one key, in the order in which they were put.
pub struct Found<'a> {
    table: &'a [u8],
    slots: u64,
    at: u64,
    tag: u32,
    /// A damaged table may have no empty slot.
    left: u64,
}

impl<'a> Found<'a> {
    #[inline]
    pub(super) fn new(table: &'a [u8], slots: u64, key: u64) -> Self {
        let (at, tag) = place(slots, key);
        Self { table, slots, at, tag, left: slots }
    }
}

impl Iterator for Found<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        while self.left > 0 {
            let found = slot(self.table, self.at);
            if found == 0 {
                return None;
            }
            self.left -= 1;
            self.at += 1;
            if self.at == self.slots {
                self.at = 0;
            }
            if (found >> 32) as u32 == self.tag {
                return Some((found as u32).wrapping_sub(1));
            }
        }
        None
    }
}

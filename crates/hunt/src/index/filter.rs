//! The filter before the table, and the table.
//!
//! The filter is a Bloom filter split into words of 64 bits: a key sets and asks four bits of one word, so that an
//! answer costs one load. The table is open addressing over slots of 64 bits: a tag of 32 bits, and one more than the
//! entry's number; zero is an empty slot.

/// Bits of the filter for each key.
const BITS_A_KEY: usize = 20;

pub(super) fn filter_of(keys: usize) -> Vec<u8> {
    let words = (keys * BITS_A_KEY).div_ceil(64).max(1);
    vec![0; words * 8]
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

pub(super) fn admit(filter: &mut [u8], key: u64) {
    let at = word_of(filter.len() / 8, key) * 8;
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
    (entries as u64 * 3 / 2).max(1) + 1
}

/// Where a key's chain begins, and its tag. The filter has used the high bits.
#[inline]
fn place(slots: u64, key: u64) -> (u64, u32) {
    let turned = key.wrapping_mul(0xa24b_aed4_963e_e407).rotate_left(32);
    let start = ((u128::from(turned) * u128::from(slots)) >> 64) as u64;
    (start, turned as u32)
}

#[inline]
fn slot(table: &[u8], number: u64) -> u64 {
    let at = number as usize * 8;
    table.get(at..).and_then(|rest| rest.first_chunk::<8>()).map_or(0, |eight| u64::from_le_bytes(*eight))
}

/// Puts an entry under a key. The table has at least one empty slot.
pub(super) fn put(table: &mut [u8], slots: u64, key: u64, entry: u32) {
    let (mut at, tag) = place(slots, key);
    while slot(table, at) != 0 {
        at = (at + 1) % slots;
    }
    let value = (u64::from(tag) << 32) | u64::from(entry + 1);
    if let Some(eight) = table.get_mut(at as usize * 8..).and_then(|rest| rest.first_chunk_mut::<8>()) {
        *eight = value.to_le_bytes();
    }
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

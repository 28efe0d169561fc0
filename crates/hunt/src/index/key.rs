//! Keys: 64 bits by which text asks the index.
//!
//! A key folds ASCII case by setting bit 5 of every byte. That also joins a few punctuation marks, so a key never
//! decides: bytes are compared after it.

/// Bit 5 of eight bytes.
const LOWER: u64 = 0x2020_2020_2020_2020;
const FIRST: u64 = 0x9e37_79b9_7f4a_7c15;
const SECOND: u64 = 0xd6e8_feb8_6659_fd93;

/// What a key is of: the same bytes under two seeds are two keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Seed {
    /// The last two or more labels of a name with dots.
    Dotted = 0x1656_67b1_9e37_79f9,
    /// The last label of a name with dots.
    Ending = 0x27d4_eb2f_1656_67c5,
    /// A run of at least 26 letters and digits.
    Long = 0x85eb_ca77_c2b2_ae63,
    Mail = 0x94d0_49bb_1331_11eb,
    Ipv4 = 0xbf58_476d_1ce4_e5b9,
    Ipv6 = 0xc4ce_b9fe_1a85_ec53,
    /// A URL without its scheme.
    Place = 0xff51_afd7_ed55_8ccd,
    Ja4 = 0xa076_1d64_78bd_642f,
    Mac = 0xe703_7ed1_a0b4_28db,
    Registry = 0x8ebc_6af0_9c88_c6e3,
    /// The longest word of a literal.
    Word = 0x5899_65cc_7537_4cc3,
}

#[inline]
fn mix(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    (product as u64) ^ ((product >> 64) as u64)
}

/// The eight bytes before `end`, the last of them highest; zeros where the text begins later.
#[inline]
pub fn eight_before(text: &[u8], end: usize) -> u64 {
    if let Some(eight) = text.get(..end).and_then(|head| head.last_chunk::<8>()) {
        return u64::from_le_bytes(*eight);
    }
    let mut eight = [0_u8; 8];
    let head = text.get(..end).unwrap_or_default();
    eight[8 - head.len().min(8)..].copy_from_slice(head);
    u64::from_le_bytes(eight)
}

/// The key of the `length` bytes before `end`.
#[inline]
pub fn of_ending(seed: Seed, text: &[u8], end: usize, length: usize) -> u64 {
    let mut state = seed as u64 ^ (length as u64).wrapping_mul(SECOND);
    let mut end = end;
    let mut left = length;
    while left >= 8 {
        state = mix(state ^ (eight_before(text, end) | LOWER), FIRST);
        end -= 8;
        left -= 8;
    }
    if left > 0 {
        let part = (eight_before(text, end) | LOWER) >> (64 - 8 * left);
        state = mix(state ^ part, FIRST);
    }
    mix(state, SECOND)
}

/// The key of all of `bytes`.
#[inline]
pub fn of(seed: Seed, bytes: &[u8]) -> u64 {
    of_ending(seed, bytes, bytes.len(), bytes.len())
}

/// The key of a number.
#[inline]
pub fn of_number(seed: Seed, number: u128) -> u64 {
    let high = mix(seed as u64 ^ ((number >> 64) as u64), FIRST);
    mix(mix(high ^ (number as u64), FIRST) ^ seed as u64, SECOND)
}

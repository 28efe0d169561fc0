//! Networks: ranges of addresses, sorted by their first address.
//!
//! Networks nest and never overlap otherwise. Each range knows the number of the nearest range around it, so that
//! finding the innermost finds all.

/// First and last address, entry, and one more than the number of the range around it.
const RANGE_BYTES: usize = 16 + 16 + 4 + 4;

/// One network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub first: u128,
    pub last: u128,
    pub entry: u32,
}

/// The section of these networks.
pub fn section(mut ranges: Vec<Range>) -> Vec<u8> {
    ranges
        .sort_unstable_by(|a, b| a.first.cmp(&b.first).then(b.last.cmp(&a.last)).then(a.entry.cmp(&b.entry)));
    let mut out = Vec::with_capacity(ranges.len() * RANGE_BYTES);
    let mut around: Vec<usize> = Vec::new();
    for (number, range) in ranges.iter().enumerate() {
        while around.last().is_some_and(|outer| ranges[*outer].last < range.first) {
            around.pop();
        }
        let outer = around.last().map_or(0, |outer| *outer as u32 + 1);
        out.extend_from_slice(&range.first.to_le_bytes());
        out.extend_from_slice(&range.last.to_le_bytes());
        out.extend_from_slice(&range.entry.to_le_bytes());
        out.extend_from_slice(&outer.to_le_bytes());
        around.push(number);
    }
    out
}

fn sixteen(bytes: &[u8], at: usize) -> u128 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |sixteen| u128::from_le_bytes(*sixteen))
}

fn four(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |four| u32::from_le_bytes(*four))
}

/// Appends the entries of every range that holds `address`, the innermost first.
pub fn holding(section: &[u8], address: u128, found: &mut Vec<u32>) {
    let count = section.len() / RANGE_BYTES;
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = usize::midpoint(low, high);
        if sixteen(section, middle * RANGE_BYTES) <= address {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    // The last range that begins at or before the address lies in, or is, the innermost that may hold it.
    let mut next = low;
    while let Some(number) = next.checked_sub(1) {
        let at = number * RANGE_BYTES;
        if address <= sixteen(section, at + 16) {
            found.push(four(section, at + 32));
        }
        let outer = four(section, at + 36) as usize;
        // Ranges around come earlier; anything else is a damaged image.
        next = if outer < next { outer } else { 0 };
    }
}

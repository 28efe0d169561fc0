//! The classes of bytes, one byte at a time.

use super::{BLOCK, Word};

/// The word of one block: the definition that every other way to make it is compared with.
pub(super) fn word(block: &[u8; BLOCK]) -> Word {
    let mut word = Word::default();
    for (position, byte) in block.iter().enumerate() {
        let bit = 1_u64 << position;
        let mut set = |mask: fn(&mut Word) -> &mut u64| *mask(&mut word) |= bit;
        if byte.is_ascii_alphanumeric() {
            set(|word| &mut word.alnum);
            set(|word| &mut word.name);
        }
        if byte.is_ascii_alphabetic() {
            set(|word| &mut word.alpha);
        }
        if byte.is_ascii_hexdigit() {
            set(|word| &mut word.hex);
        }
        match byte {
            b'.' => {
                set(|word| &mut word.dot);
                set(|word| &mut word.name);
            }
            b'-' => set(|word| &mut word.name),
            b'_' => {
                set(|word| &mut word.underscore);
                set(|word| &mut word.name);
            }
            b':' => set(|word| &mut word.colon),
            b'@' => set(|word| &mut word.at),
            b'\\' => set(|word| &mut word.backslash),
            b'\n' => set(|word| &mut word.newline),
            b'%' | 0x1b | 0x80.. => set(|word| &mut word.odd),
            _ => {}
        }
    }
    word
}

//! Text with its masks.

use crate::machine::{BLOCK, Word};

/// Some whole lines and the classes of their bytes.
///
/// Before the first block stands an empty word, behind the last stand two: a window may begin or end outside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tile<'a> {
    pub text: &'a [u8],
    words: &'a [Word],
}

const NOTHING: Word = Word {
    alnum: 0,
    alpha: 0,
    hex: 0,
    name: 0,
    dot: 0,
    colon: 0,
    at: 0,
    underscore: 0,
    backslash: 0,
    newline: 0,
    odd: 0,
};

impl<'a> Tile<'a> {
    pub fn new(text: &'a [u8], words: &'a [Word]) -> Self {
        Self { text, words }
    }

    /// Blocks of text, and one more in which what runs to the end of the text ends.
    pub fn blocks(&self) -> usize {
        self.words.len().saturating_sub(2)
    }

    #[inline]
    pub fn word(&self, block: usize) -> &'a Word {
        self.words.get(block + 1).unwrap_or(&NOTHING)
    }

    /// Block `block`, with the one before and the one behind it.
    #[inline]
    pub fn three(&self, block: usize) -> [&'a Word; 3] {
        match self.words.get(block..block + 3) {
            Some([before, this, behind]) => [before, this, behind],
            _ => [&NOTHING; 3],
        }
    }

    /// 64 bits of a mask, the highest for the byte before `end`.
    #[inline]
    pub fn window(&self, end: usize, mask: impl Fn(&Word) -> u64) -> u64 {
        let block = end / BLOCK;
        let Some([low, high]) = self.words.get(block..block + 2) else { return 0 };
        let both = (u128::from(mask(high)) << 64) | u128::from(mask(low));
        (both >> (end % BLOCK)) as u64
    }

    /// How many bytes before `end` belong to the mask without a gap.
    #[inline]
    pub fn run_before(&self, end: usize, mask: impl Fn(&Word) -> u64 + Copy) -> usize {
        let mut length = 0;
        loop {
            let run = (!self.window(end - length, mask)).leading_zeros() as usize;
            length += run;
            if run < BLOCK || length >= end {
                return length.min(end);
            }
        }
    }

    /// The byte at a position; zero outside, which has no class.
    #[inline]
    pub fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or_default()
    }

    /// The byte before a position; zero at the beginning.
    #[inline]
    pub fn before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(0, |at| self.byte(at))
    }

    /// Whether a name that begins at a position would go on before it: two dots end one.
    pub fn joins_before(&self, at: usize) -> bool {
        let before = self.before(at);
        is_name(before) && !(before == b'.' && self.before(at - 1) == b'.')
    }

    /// The line around a position, without its line feed.
    pub fn line(&self, at: usize) -> (usize, usize) {
        let at = at.min(self.text.len());
        let start = memchr::memrchr(b'\n', &self.text[..at]).map_or(0, |feed| feed + 1);
        let end = memchr::memchr(b'\n', &self.text[at..]).map_or(self.text.len(), |feed| at + feed);
        (start, end)
    }
}

/// `A-Z a-z 0-9 . - _`
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

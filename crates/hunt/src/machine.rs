//! What needs the machine: classes of bytes with vector instructions, and files mapped into memory.
//!
//! The one module of this crate with `unsafe`. [`scalar`] is the oracle for the vectors; which of them runs is
//! decided by the processor at run time.
#![allow(unsafe_code, reason = "vector instructions and memory maps have no safe form; see each block")]

mod map;
mod scalar;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use map::Mapped;

/// Bytes that one [`Word`] describes.
pub const BLOCK: usize = 64;

/// The classes of 64 bytes of text, one bit a byte, the first byte lowest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Word {
    /// `A-Z a-z 0-9`
    pub alnum: u64,
    /// `A-Z a-z`
    pub alpha: u64,
    /// `0-9 A-F a-f`
    pub hex: u64,
    /// `A-Z a-z 0-9 . - _`; the scan takes out dots that stand behind a dot.
    pub name: u64,
    pub dot: u64,
    pub colon: u64,
    pub at: u64,
    pub underscore: u64,
    pub backslash: u64,
    pub newline: u64,
    /// `%`, escape (0x1B), and all bytes above 0x7F.
    pub odd: u64,
}

/// Which instructions make the masks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vectors {
    Scalar,
    Avx2,
    Avx512,
}

impl Vectors {
    /// The best that this processor has.
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx512bw")
                && std::arch::is_x86_feature_detected!("avx512f")
            {
                return Self::Avx512;
            }
            if std::arch::is_x86_feature_detected!("avx2") {
                return Self::Avx2;
            }
        }
        Self::Scalar
    }

    /// Whether this processor can run them.
    pub fn are_here(self) -> bool {
        match self {
            Self::Scalar => true,
            Self::Avx2 => Self::best() != Self::Scalar,
            Self::Avx512 => Self::best() == Self::Avx512,
        }
    }
}

/// Appends the words of `text`; the last is filled up with zero bytes, which have no class.
///
/// Vectors that this processor does not have are replaced by scalar code.
pub fn classify(vectors: Vectors, text: &[u8], words: &mut Vec<Word>) {
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    words.reserve(blocks.len() + 1);
    match vectors {
        #[cfg(target_arch = "x86_64")]
        Vectors::Avx512 if vectors.are_here() => {
            // SAFETY: `are_here` has just asked the processor for AVX-512F and AVX-512BW.
            unsafe { x86::classify_avx512(blocks, words) }
        }
        #[cfg(target_arch = "x86_64")]
        Vectors::Avx2 if vectors.are_here() => {
            // SAFETY: `are_here` has just asked the processor for AVX2.
            unsafe { x86::classify_avx2(blocks, words) }
        }
        _ => words.extend(blocks.iter().map(scalar::word)),
    }
    if !rest.is_empty() {
        let mut last = [0_u8; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        words.push(scalar::word(&last));
    }
}

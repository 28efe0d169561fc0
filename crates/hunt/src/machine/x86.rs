//! The classes of bytes with AVX2 and AVX-512BW.

use std::arch::x86_64::{
    __m256i, __m512i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8,
    _mm256_or_si256, _mm256_set1_epi8, _mm256_sub_epi8, _mm512_cmpeq_epi8_mask, _mm512_cmplt_epu8_mask,
    _mm512_loadu_si512, _mm512_movepi8_mask, _mm512_or_si512, _mm512_set1_epi8, _mm512_sub_epi8,
};

use std::hint::black_box;

use super::{BLOCK, Word};

/// Set in every letter and digit; on a letter it makes lower case.
const LOWER: i8 = 0x20;
const ESCAPE: u8 = 0x1b;

#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn classify_avx512(blocks: &[[u8; BLOCK]], words: &mut Vec<Word>) {
    for block in blocks {
        words.push(word_avx512(block));
    }
}

/// All ones in the mask where `text` has that byte.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn is_avx512(text: __m512i, byte: u8) -> u64 {
    _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(byte.cast_signed()))
}

/// All ones in the mask where `text` is below `limit`, unsigned.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn below_avx512(text: __m512i, limit: i8) -> u64 {
    _mm512_cmplt_epu8_mask(text, _mm512_set1_epi8(limit))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn word_avx512(block: &[u8; BLOCK]) -> Word {
    // SAFETY: the block is 64 readable bytes, and the load wants no alignment.
    let text: __m512i = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
    let folded = _mm512_or_si512(text, _mm512_set1_epi8(LOWER));
    let from_a = _mm512_sub_epi8(folded, _mm512_set1_epi8(b'a'.cast_signed()));
    let from_0 = _mm512_sub_epi8(text, _mm512_set1_epi8(b'0'.cast_signed()));
    let alpha = below_avx512(from_a, 26);
    let digit = below_avx512(from_0, 10);
    let dot = is_avx512(text, b'.');
    let underscore = is_avx512(text, b'_');
    let alnum = alpha | digit;
    Word {
        alnum,
        alpha,
        hex: digit | below_avx512(from_a, 6),
        name: alnum | dot | underscore | is_avx512(text, b'-'),
        dot,
        colon: is_avx512(text, b':'),
        at: is_avx512(text, b'@'),
        underscore,
        backslash: is_avx512(text, b'\\'),
        newline: is_avx512(text, b'\n'),
        odd: _mm512_movepi8_mask(text) | is_avx512(text, b'%') | is_avx512(text, ESCAPE),
    }
}

/// One bit for each of 64 bytes, from two halves.
///
/// The compiler would otherwise see through the masks, join them to vectors of 64 bits and take those apart bit by bit,
/// which is six times as slow; a mask that it cannot see through stays a number.
#[inline]
#[target_feature(enable = "avx2")]
fn both(low: __m256i, high: __m256i) -> u64 {
    let low = u64::from(black_box(_mm256_movemask_epi8(low)).cast_unsigned());
    let high = u64::from(black_box(_mm256_movemask_epi8(high)).cast_unsigned());
    low | (high << 32)
}

/// All ones in each byte that is at most `most`, unsigned.
#[inline]
#[target_feature(enable = "avx2")]
fn at_most(low: __m256i, high: __m256i, most: i8) -> u64 {
    let most = _mm256_set1_epi8(most);
    both(
        _mm256_cmpeq_epi8(_mm256_min_epu8(low, most), low),
        _mm256_cmpeq_epi8(_mm256_min_epu8(high, most), high),
    )
}

#[inline]
#[target_feature(enable = "avx2")]
fn is_avx2(low: __m256i, high: __m256i, byte: u8) -> u64 {
    let wanted = _mm256_set1_epi8(byte.cast_signed());
    both(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted))
}

#[target_feature(enable = "avx2")]
pub(super) fn classify_avx2(blocks: &[[u8; BLOCK]], words: &mut Vec<Word>) {
    for block in blocks {
        words.push(word_avx2(block));
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn word_avx2(block: &[u8; BLOCK]) -> Word {
    let (low, high) = block.split_at(BLOCK / 2);
    // SAFETY: each half is 32 readable bytes, and the load wants no alignment.
    let low: __m256i = unsafe { _mm256_loadu_si256(low.as_ptr().cast()) };
    // SAFETY: as above.
    let high: __m256i = unsafe { _mm256_loadu_si256(high.as_ptr().cast()) };
    let case = _mm256_set1_epi8(LOWER);
    let letter_a = _mm256_set1_epi8(b'a'.cast_signed());
    let digit_0 = _mm256_set1_epi8(b'0'.cast_signed());
    let low_from_a = _mm256_sub_epi8(_mm256_or_si256(low, case), letter_a);
    let high_from_a = _mm256_sub_epi8(_mm256_or_si256(high, case), letter_a);
    let alpha = at_most(low_from_a, high_from_a, 25);
    let digit = at_most(_mm256_sub_epi8(low, digit_0), _mm256_sub_epi8(high, digit_0), 9);
    let dot = is_avx2(low, high, b'.');
    let underscore = is_avx2(low, high, b'_');
    let alnum = alpha | digit;
    Word {
        alnum,
        alpha,
        hex: digit | at_most(low_from_a, high_from_a, 5),
        name: alnum | dot | underscore | is_avx2(low, high, b'-'),
        dot,
        colon: is_avx2(low, high, b':'),
        at: is_avx2(low, high, b'@'),
        underscore,
        backslash: is_avx2(low, high, b'\\'),
        newline: is_avx2(low, high, b'\n'),
        odd: both(low, high) | is_avx2(low, high, b'%') | is_avx2(low, high, ESCAPE),
    }
}

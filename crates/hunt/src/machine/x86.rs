//! The classes of bytes with AVX2 and AVX-512BW.

use std::arch::x86_64::{
    __m256i, __m512i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8,
    _mm256_or_si256, _mm256_set1_epi8, _mm256_sub_epi8, _mm512_cmpeq_epi8_mask, _mm512_cmplt_epu8_mask,
    _mm512_loadu_si512, _mm512_movepi8_mask, _mm512_or_si512, _mm512_set1_epi8, _mm512_sub_epi8,
};

use super::{BLOCK, Word};

/// Set in every letter and digit; on a letter it makes lower case.
const LOWER: i8 = 0x20;
const ESCAPE: i8 = 0x1b;

#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn classify_avx512(blocks: &[[u8; BLOCK]], words: &mut Vec<Word>) {
    for block in blocks {
        // SAFETY: the block is 64 readable bytes, and the load wants no alignment.
        let text: __m512i = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        let is = |byte: u8| _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(byte.cast_signed()));
        let folded = _mm512_or_si512(text, _mm512_set1_epi8(LOWER));
        let from_a = _mm512_sub_epi8(folded, _mm512_set1_epi8(b'a'.cast_signed()));
        let from_0 = _mm512_sub_epi8(text, _mm512_set1_epi8(b'0'.cast_signed()));
        let alpha = _mm512_cmplt_epu8_mask(from_a, _mm512_set1_epi8(26));
        let digit = _mm512_cmplt_epu8_mask(from_0, _mm512_set1_epi8(10));
        let hex_letter = _mm512_cmplt_epu8_mask(from_a, _mm512_set1_epi8(6));
        let dot = is(b'.');
        let underscore = is(b'_');
        let alnum = alpha | digit;
        words.push(Word {
            alnum,
            alpha,
            hex: digit | hex_letter,
            name: alnum | dot | underscore | is(b'-'),
            dot,
            colon: is(b':'),
            at: is(b'@'),
            underscore,
            backslash: is(b'\\'),
            newline: is(b'\n'),
            odd: _mm512_movepi8_mask(text) | is(b'%') | is(ESCAPE.cast_unsigned()),
        });
    }
}

/// One bit for each of 64 bytes, from two halves.
#[target_feature(enable = "avx2")]
fn both(low: __m256i, high: __m256i) -> u64 {
    let low = u64::from(_mm256_movemask_epi8(low).cast_unsigned());
    let high = u64::from(_mm256_movemask_epi8(high).cast_unsigned());
    low | (high << 32)
}

/// All ones in each byte that is at most `most`, unsigned.
#[target_feature(enable = "avx2")]
fn at_most(bytes: __m256i, most: i8) -> __m256i {
    _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(most)), bytes)
}

#[target_feature(enable = "avx2")]
pub(super) fn classify_avx2(blocks: &[[u8; BLOCK]], words: &mut Vec<Word>) {
    for block in blocks {
        let (low, high) = block.split_at(BLOCK / 2);
        // SAFETY: each half is 32 readable bytes, and the load wants no alignment.
        let low: __m256i = unsafe { _mm256_loadu_si256(low.as_ptr().cast()) };
        // SAFETY: as above.
        let high: __m256i = unsafe { _mm256_loadu_si256(high.as_ptr().cast()) };
        let is = |byte: u8| {
            let wanted = _mm256_set1_epi8(byte.cast_signed());
            both(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted))
        };
        let case = _mm256_set1_epi8(LOWER);
        let letter_a = _mm256_set1_epi8(b'a'.cast_signed());
        let digit_0 = _mm256_set1_epi8(b'0'.cast_signed());
        let low_from_a = _mm256_sub_epi8(_mm256_or_si256(low, case), letter_a);
        let high_from_a = _mm256_sub_epi8(_mm256_or_si256(high, case), letter_a);
        let low_from_0 = _mm256_sub_epi8(low, digit_0);
        let high_from_0 = _mm256_sub_epi8(high, digit_0);
        let alpha = both(at_most(low_from_a, 25), at_most(high_from_a, 25));
        let hex_letter = both(at_most(low_from_a, 5), at_most(high_from_a, 5));
        let digit = both(at_most(low_from_0, 9), at_most(high_from_0, 9));
        let dot = is(b'.');
        let underscore = is(b'_');
        let alnum = alpha | digit;
        words.push(Word {
            alnum,
            alpha,
            hex: digit | hex_letter,
            name: alnum | dot | underscore | is(b'-'),
            dot,
            colon: is(b':'),
            at: is(b'@'),
            underscore,
            backslash: is(b'\\'),
            newline: is(b'\n'),
            odd: both(low, high) | is(b'%') | is(ESCAPE.cast_unsigned()),
        });
    }
}
